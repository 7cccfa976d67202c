/* dv -- dates as DV tapes have them, and the H.264 of camcorders. */
#ifndef FORMAT_STREAM_DV_H
#define FORMAT_STREAM_DV_H

#include "media/when.h"

enum { DV_DATE = 7, DV_TEXT = 32 };

/*
 * dv_when() -- a date of binary-coded decimals: century, year, month, day, hour, minute, second.
 *
 *   text  takes it as Exif would write it
 *
 * Returns false for what is no date.
 */
bool dv_when(const uint8_t bcd[DV_DATE], bool has_time, char text[DV_TEXT], struct when *out);

#endif
