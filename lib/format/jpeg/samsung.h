/*
 * samsung -- what Samsung's phones append to pictures: entries, and a directory of them at the very end, or before
 * what little others appended.
 *
 * Source: exiftool's documentation of tag names (Samsung Trailer).
 */
#ifndef FORMAT_JPEG_SAMSUNG_H
#define FORMAT_JPEG_SAMSUNG_H

#include "meta/reader.h"

/* Where the data of an entry lies, behind its name. */
struct samsung_entry {
	uint64_t at, len;
};

/* samsung_made() -- whether Samsung made the camera, as far as info knows. */
bool samsung_made(const struct media_info *info);

/* samsung_find() -- the first entry of a type, if that is its name; false: there is none. */
bool samsung_find(struct reader *r, unsigned type, const char *name, struct samsung_entry *out);

/* samsung_clock() -- after Exif was read: set the date of Image_UTC_Data, the instant in UTC at which a picture was
 * taken. */
void samsung_clock(struct reader *r);

#endif
