/* mpeg -- the size of an MPEG-1 or MPEG-2 picture.  Source: ISO/IEC 13818-2, 6.2.2.1 (sequence header). */
#ifndef FORMAT_STREAM_MPEG_H
#define FORMAT_STREAM_MPEG_H

#include "meta/reader.h"

struct mpeg {
	struct reader *r;
	bool has_size;
	double frame_s; /* how long a picture stands; 0: unknown */
};

/* mpeg_wants(), mpeg_unit() -- for startcode.h, with a struct mpeg as the argument. */
bool mpeg_wants(uint8_t first);
void mpeg_unit(void *mpeg, const uint8_t *unit, size_t len);

#endif
