/* jpeg-maker -- segments in which cameras before Exif kept what they knew. */
#ifndef FORMAT_JPEG_JPEG_MAKER_H
#define FORMAT_JPEG_JPEG_MAKER_H

#include "media/media.h"
#include "media/src.h"

/*
 * Each sets MEDIA_DATE_MAKER_ORIGINAL, as the camera's clock had it, from a segment that is one of theirs: Casio's QVCI
 * in APP1, the "[picture info]" of Olympus, Agfa, Polaroid and others in APP12. Source: exiftool's documentation of
 * JPEG, Casio and APP12 tags.
 */
void jpeg_maker_qvci(const uint8_t *p, size_t len, struct media_info *info);
void jpeg_maker_picture_info(const uint8_t *p, size_t len, struct media_info *info);

#endif
