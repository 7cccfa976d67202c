/*
 * h264 -- what an H.264 stream says of the picture, and what a camcorder wrote between the pictures.
 *
 * Source: ITU-T H.264, 7.3.1 (NAL units), 7.3.2.1.1 (sequence parameter set), 7.3.2.3 (SEI), D.1.6 (user data);
 * the camcorder's block is Sony's and Panasonic's "modified DV pack metadata" of AVCHD, as exiftool documents it.
 */
#ifndef FORMAT_STREAM_H264_H
#define FORMAT_STREAM_H264_H

#include "meta/reader.h"

struct h264 {
	struct reader *r;
	bool has_size, has_camera;
};

/* h264_wants(), h264_unit() -- for startcode.h, with a struct h264 as the argument. */
bool h264_wants(uint8_t first);
void h264_unit(void *h264, const uint8_t *unit, size_t len);

/* h264_camera() -- the block behind its name: a count, and as many packs of a byte that names them and four of value.
 */
void h264_camera(struct reader *r, const uint8_t *p, size_t len);

#endif
