/* lens -- a lens told by numbers, in words. */
#ifndef META_EXIF_LENS_H
#define META_EXIF_LENS_H

#include <stddef.h>

#define LENS_MAX 96

/*
 * lens_text() -- "18-55mm f/3.5-5.6" of the shortest and longest focal length in mm and the widest aperture at each;
 * 0 or NaN: not told.  Returns the length, 0 without a shortest focal length or where the numbers contradict each
 * other.
 */
size_t lens_text(const double v[4], char text[LENS_MAX]);

#endif
