/*
 * reader -- one file being read: where its bytes come from, what its worker keeps, and what was found.
 *
 * Readers of formats and of metadata ask it for ranges of bytes and stop where there is none.  By then damage is a
 * warning, and a read that failed stays in the handle: every later request answers NULL at once, and who called
 * format_read() is told.  So what stands between two requests reads like the specification.
 */
#ifndef META_READER_H
#define META_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "media/media.h"
#include "media/src.h"

struct tags;
struct xmp;
struct xmp_sidecar;

/* Where JPEGs may lie that are small pictures of the file: the shortest that were met.  {0} is empty. */
#define READER_PREVIEWS_MAX 16
#define READER_PREVIEW_BYTES (128u << 10) /* longer ones are passed over */
struct reader_previews {
	size_t n;
	struct reader_preview {
		uint64_t at;
		size_t len;
	} preview[READER_PREVIEWS_MAX];
};

/* What a worker keeps from one file to the next, for those readers that need it. */
struct reader_worker {
	struct reader_previews *previews; /* borrowed; NULL: nobody wants them */
	struct tags *tags;                /* NULL until first needed; see tags.h */
	struct xmp *xmp;                  /* NULL until first needed; see xmp.h */
	struct xmp_sidecar *sidecar;      /* while one is read; else NULL; see xmp.h */
	struct src *inner;
	bool inner_in_use;
};

struct reader_worker *reader_worker_new(void); /* NULL: ENOMEM */
void reader_worker_free(struct reader_worker *w);

/*
 * struct reader -- filled by the caller with all but the last.  Threads: one at a time.
 *
 *   src     the source, opened; borrowed
 *   worker  the worker's state; borrowed
 *   info    takes what is found, and the warnings; NULL: nobody wants to know
 *   why     says what failed, once something has
 *   what    what warnings of damage begin with: the part that is being read, as a user knows it ("GIF"); at first the
 *           format's name
 *   failed  a read failed (EIO …), or memory was short: *why is filled
 */
struct reader {
	struct src *src;
	struct reader_worker *worker;
	struct media_info *info;
	struct fail *why;
	const char *what;
	bool failed;
};

/*
 * reader_at() -- exactly len bytes at `offset`, valid until the next request.  NULL where the file ends before or a
 * limit is reached (then there is a warning), or the read failed.
 */
const uint8_t *reader_at(struct reader *r, uint64_t offset, size_t len);

/* reader_try() -- the same without a warning, for what need not be there. */
const uint8_t *reader_try(struct reader *r, uint64_t offset, size_t len);

/* reader_some() -- as many bytes as the file has from `offset` on, up to len; *got may be 0.  NULL as above. */
const uint8_t *reader_some(struct reader *r, uint64_t offset, size_t len, size_t *got);

/* reader_damage() -- take *why, which another function filled: damage of the file is a warning, all else a failure. */
void reader_damage(struct reader *r);

/* reader_nomem() -- memory was short: fails. */
void reader_nomem(struct reader *r);

/* reader_size() -- bytes of the file. */
static inline uint64_t
reader_size(const struct reader *r)
{
	return src_size(r->src);
}

/* reader_set_size() -- set width and height in pixels, of which what is not above 0 is unknown. */
void reader_set_size(struct reader *r, double width, double height);

/* reader_wants_previews() -- whether it is worth looking for them. */
bool reader_wants_previews(const struct reader *r);

/*
 * reader_preview() -- note that a small JPEG may lie at `at` behind `base`, numbers as a directory has them, NaN
 * included: what is there is looked at later.  One in bytes that are read from memory is passed over.
 */
void reader_preview(struct reader *r, uint64_t base, double at, double len);

/*
 * reader_enter() -- from now on read bytes in memory (borrowed), for a block that a container keeps compressed or in
 * pieces, until reader_leave() is given what this returned.  One at a time: NULL where one is being read already (a
 * block within a block within a file is nothing that a camera writes), which is no failure, or ENOMEM, which is one.
 */
struct src *reader_enter(struct reader *r, const uint8_t *bytes, size_t len);
void reader_leave(struct reader *r, struct src *outer);

#endif
