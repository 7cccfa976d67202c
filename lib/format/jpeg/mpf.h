/*
 * mpf -- the index of a multi-picture file: several pictures, one behind the other, in a JPEG.
 *
 * Source: CIPA DC-007-2009, 5.2.
 */
#ifndef FORMAT_JPEG_MPF_H
#define FORMAT_JPEG_MPF_H

#include "meta/reader.h"

/*
 * mpf_read() -- append the tags of the index whose TIFF header is at `at` and which ends before `end`; for --all
 * (info->tags is set).  The other pictures are not followed.
 */
void mpf_read(struct reader *r, uint64_t at, uint64_t end);

#endif
