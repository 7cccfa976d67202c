/*
 * mpf -- the index of a multi-picture file: several pictures, one behind the other, in a JPEG.
 *
 * Source: CIPA DC-007-2009, 5.2.
 */
#ifndef FORMAT_JPEG_MPF_H
#define FORMAT_JPEG_MPF_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

/*
 * mpf_read() -- append the tags of the index whose TIFF header is at `at` and which ends before `end`; for --all
 * (info->tags is set).  The other pictures are not followed.  Returns 0, or -1 when the source could not be read.
 */
int mpf_read(struct src *src, uint64_t at, uint64_t end, struct work *work, struct media_info *info, struct fail *why);

#endif
