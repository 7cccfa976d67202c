#include "archive/forward.h"

#include <inttypes.h>
#include <stdbool.h>

#define STEP (64u << 10)

/* Keep what of the next bytes is to be kept. */
static int
keep(struct forward *f, const char *bytes, size_t len, struct fail *why)
{
	uint64_t end = f->passed + len;
	size_t n;
	int rc = 0;

	if (f->passed < f->head) {
		n = end < f->head ? len : (size_t)(f->head - f->passed);
		rc = spool_add(&f->spool, bytes, n, why);
	}
	if (rc == 0 && end > f->tail) {
		n = f->passed >= f->tail ? len : (size_t)(end - f->tail);
		rc = spool_add(&f->spool, bytes + (len - n), n, why);
	}
	f->passed = end;
	return rc;
}

/* The next bytes, as packed_read(); those that are to be are kept. */
static ssize_t
step(struct forward *f, char *dst, size_t len, struct fail *why)
{
	ssize_t n = packed_read(f->from, dst, len, why);

	return n > 0 && keep(f, dst, (size_t)n, why) == -1 ? -1 : n;
}

/* On to an offset.  Returns 1, 0 where the member ends before, -1. */
static int
advance(struct forward *f, uint64_t offset, struct fail *why)
{
	char unwanted[STEP];
	ssize_t n = 1;

	while (n > 0 && f->passed < offset)
		n = step(f, unwanted, offset - f->passed < STEP ? (size_t)(offset - f->passed) : STEP, why);
	return n > 0 ? 1 : (int)n;
}

int
forward_begin(struct forward *f, struct packed *from, uint64_t *size, struct fail *why)
{
	const struct unpack_member *m = unpack_member(from->open);

	f->from = from;
	f->passed = 0;
	f->head = m->has_size && m->size > 2 * FORWARD_KEEP ? FORWARD_KEEP : 2 * FORWARD_KEEP;
	f->tail = m->has_size && m->size > 2 * FORWARD_KEEP ? m->size - FORWARD_KEEP : UINT64_MAX;
	if (spool_reset(&f->spool, why) == -1)
		return -1;
	*size = m->size;
	if (m->has_size)
		return 0;
	if (advance(f, UINT64_MAX, why) == -1)
		return -1;
	*size = f->passed;
	return 0;
}

/* Bytes that have passed. */
static int
again(struct forward *f, char *dst, size_t len, uint64_t offset, struct fail *why)
{
	bool in_head = offset < f->head && len <= f->head - offset;

	if (!in_head && offset < f->tail)
		return fail_set(why, FAIL_LIMIT, "read",
		    "%zu bytes at %" PRIu64
		    " have passed, and were not kept: only %ju MiB at the beginning and the end are",
		    len, offset, (uintmax_t)(FORWARD_KEEP >> 20));
	return spool_read(&f->spool, in_head ? offset : f->head + (offset - f->tail), dst, len, why);
}

ssize_t
forward_read(void *forward, void *dst, size_t len, uint64_t offset, struct fail *why)
{
	struct forward *f = forward;
	char *to = dst;
	size_t had = 0;
	ssize_t n = 1;
	int got;

	if (offset < f->passed) {
		had = f->passed - offset < len ? (size_t)(f->passed - offset) : len;
		if (again(f, to, had, offset, why) == -1)
			return -1;
	} else if ((got = advance(f, offset, why)) != 1) {
		return got;
	}
	for (; had < len && n > 0; had += n > 0 ? (size_t)n : 0)
		n = step(f, to + had, len - had, why);
	return n == -1 ? -1 : (ssize_t)had;
}

void
forward_fini(struct forward *f)
{
	spool_fini(&f->spool);
}
