/*
 * jpeg-extended -- XMP that has no room in one segment of a JPEG: its rest stands in further segments, in any order.
 *
 * Source: Adobe's XMP specification, part 3, 1.1.3.1.
 */
#ifndef FORMAT_JPEG_JPEG_EXTENDED_H
#define FORMAT_JPEG_JPEG_EXTENDED_H

#include "meta/reader.h"

#define JPEG_EXTENDED_PIECES 64
#define JPEG_EXTENDED_MAX (1u << 20) /* bytes of a packet; a longer one is not read */
#define JPEG_EXTENDED_HEAD 40        /* bytes in front of a piece: GUID, length of the packet, offset in it */
#define JPEG_GUID_LEN 32

struct jpeg_piece {
	uint64_t at;
	size_t len;
};

struct jpeg_extended {
	size_t n; /* 0: empty */
	struct jpeg_extended_piece {
		struct jpeg_piece piece;
		uint32_t total, offset; /* of the packet; of this piece in it */
		char guid[JPEG_GUID_LEN];
	} piece[JPEG_EXTENDED_PIECES];
};

/* jpeg_extended_add() -- note a piece: `len` bytes at `at`, which begin with the JPEG_EXTENDED_HEAD bytes at `head`. */
void jpeg_extended_add(struct jpeg_extended *x, const uint8_t *head, uint64_t at, size_t len, struct media_info *info);

/*
 * jpeg_extended_read() -- read the packet that `first`, the packet in a segment of its own (len 0: none), names, or
 * that is the only one.  What is missing of it is a warning.
 */
void jpeg_extended_read(struct reader *r, const struct jpeg_extended *x, const struct jpeg_piece *first);

#endif
