/*
 * jpeg-app -- what the application segments of a JPEG hold: Exif, XMP, Photoshop's resources, the index of a
 * multi-picture file, and for --all what JFIF, Adobe and comments say.
 *
 * Source: CIPA DC-008 (Exif 3.0), 4.5.6; Adobe's XMP specification, part 3, 1.1.3 (extended XMP, Photoshop resources);
 * CIPA DC-007 (MPF); ITU-T T.871 (JFIF).
 *
 * Of several Exif blocks the last one counts, as it does for exiftool, unless it is poorer: has fewer tags than an
 * earlier one.  They are never mixed.  XMP is found behind headers that are nearly Adobe's, too.
 */
#ifndef FORMAT_JPEG_JPEG_APP_H
#define FORMAT_JPEG_JPEG_APP_H

#include "format/jpeg/flir.h"
#include "format/jpeg/jpeg-extended.h"
#include "meta/exif/block.h"
#include "meta/reader.h"

#define JPEG_PIECES_MAX 64         /* segments that one block may be spread over */
#define JPEG_GATHER_MAX (1u << 20) /* bytes of such a block */

/* A block that goes on in the segment behind its own. */
struct jpeg_pieces {
	size_t n;
	uint64_t len;
	struct jpeg_piece piece[JPEG_PIECES_MAX];
};

/* Begin with jpeg_app_begin(). */
struct jpeg_app {
	struct reader *r;
	bool exif_open;                             /* the segment before was full: the block may go on */
	struct jpeg_piece xmp;                      /* the first packet; len 0: none */
	struct block_size size;                     /* as Exif says */
	struct jpeg_pieces exif, before, photoshop; /* before: the best Exif block before the last one */
	struct jpeg_extended extended;
	struct flir flir;
};

void jpeg_app_begin(struct jpeg_app *a, struct reader *r);

/* jpeg_app_segment() -- look at any segment before the scan: `len` bytes at `at`. */
void jpeg_app_segment(struct jpeg_app *a, uint8_t marker, uint64_t at, size_t len);

/* jpeg_app_end() -- read what was spread over segments. */
void jpeg_app_end(struct jpeg_app *a);

#endif
