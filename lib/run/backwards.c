/*
 * The last record is known only when all have been read: so they wait on disk, and are read from its end.  Memory is
 * that of one record, however many there are.
 */
#include "run/backwards.h"

#include <stdlib.h>

/* What stands behind a line in the spool. */
struct foot {
	uint64_t seq;
	size_t len;
	bool failed; /* the line could not be read */
};

static int
keep(struct backwards *b, struct rec *rec, struct fail *why)
{
	struct foot foot = {.seq = rec->seq, .failed = rec->failed_here};

	buf_clear(&b->line, 64 << 10);
	if (rec_write(rec, &b->line, why) == -1)
		return -1;
	foot.len = b->line.len - 1; /* without its newline */
	if (spool_add(&b->spool, b->line.p, foot.len, why) == -1)
		return -1;
	return spool_add(&b->spool, &foot, sizeof(foot), why);
}

int
backwards_read(struct backwards *b, struct input *in, struct fail *why)
{
	struct rec rec = {0};
	int got;

	while ((got = input_next(in, &rec, why)) == 1 && (got = keep(b, &rec, why)) == 0)
		rec_reset(&rec);
	rec_fini(&rec);
	b->read = true;
	b->at = spool_size(&b->spool);
	return got;
}

int
backwards_next(struct backwards *b, struct rec *rec, struct fail *why)
{
	struct foot foot;
	struct fail bad;

	if (b->at == 0)
		return 0;
	if (spool_read(&b->spool, b->at - sizeof(foot), &foot, sizeof(foot), why) == -1)
		return -1;
	b->at -= sizeof(foot) + foot.len;
	buf_clear(&b->line, 64 << 10);
	if (buf_reserve(&b->line, foot.len) == NULL)
		return fail_nomem(why);
	if (spool_read(&b->spool, b->at, b->line.p, foot.len, why) == -1)
		return -1;
	rec->seq = foot.seq;
	if (rec_from_line(rec, b->line.p, foot.len, &bad) == 0) {
		rec->failed_here = foot.failed;
		return 1;
	}
	if (bad.code == FAIL_SYSTEM) { /* out of memory */
		*why = bad;
		return -1;
	}
	rec_fail(rec, b->tool, &bad);
	return 1;
}

void
backwards_fini(struct backwards *b)
{
	spool_fini(&b->spool);
	buf_fini(&b->line);
}
