/*
 * flir -- what FLIR's thermal cameras keep in segments of a JPEG: one file of records, cut wherever a segment was full.
 *
 * Source: exiftool's documentation of tag names (FLIR FFF, CameraInfo), after papers of the maker.
 */
#ifndef FORMAT_JPEG_FLIR_H
#define FORMAT_JPEG_FLIR_H

#include "format/jpeg/jpeg-extended.h"
#include "meta/reader.h"

#define FLIR_HEAD 8         /* bytes in front of a piece: "FLIR", 0, 1, its number, the last one's */
#define FLIR_PIECES_MAX 256 /* numbers are bytes */

struct flir {
	size_t n;                                 /* 0: empty, and the pieces undefined */
	struct jpeg_piece piece[FLIR_PIECES_MAX]; /* by their numbers; len 0: not seen */
};

/* flir_add() -- note a piece: `len` bytes at `at`, which begin with the FLIR_HEAD bytes at `head`. */
void flir_add(struct flir *f, const uint8_t *head, uint64_t at, size_t len, struct media_info *info);

/*
 * flir_read() -- set MEDIA_DATE_MAKER_ORIGINAL from the camera's record: the local time with the zone that the clock
 * was set to, without one where that is 0, and the instant in UTC where it is no zone.
 */
void flir_read(struct reader *r, const struct flir *f);

#endif
