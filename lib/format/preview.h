/*
 * preview -- the small picture that a file holds of its own: what cameras put into Exif, and into raw files.  Nothing
 * is decoded.
 */
#ifndef FORMAT_PREVIEW_H
#define FORMAT_PREVIEW_H

#include "base/buf.h"
#include "base/fail.h"
#include "media/src.h"
#include "meta/reader.h"

/* {0} is empty; release jpeg with buf_fini(). */
struct preview {
	struct buf jpeg; /* len 0: there is none */
	int orientation; /* how it is to be turned, 1 to 8 as in Exif */
};

/*
 * preview_read() -- find the shortest one that jpeg_small() accepts.
 *
 *   src     opened, borrowed
 *   worker  from reader_worker_new()
 *   out     replaced
 *
 * Returns 0, also where there is none, or -1: a failed read, ENOMEM.  Threads: safe while src, worker and out are
 * unshared.
 */
int preview_read(struct src *src, struct reader_worker *worker, struct preview *out, struct fail *why);

#endif
