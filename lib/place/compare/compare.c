#include "place/compare/compare.h"

#include <string.h>
#include <unistd.h>

#include "file/io.h"
#include "place/stage/copy.h"

#define HALF (SCRATCH_BYTES / 2)

static enum reason
compare_bytes(struct compare *c)
{
	unsigned char *mine = c->scratch->bytes, *theirs = mine + HALF;
	uint64_t at = 0;
	ssize_t n, m;

	do {
		if ((n = io_read(c->source, mine, HALF, at, &c->why)) == -1)
			return REASON_UNREADABLE;
		if ((m = io_read(c->copy, theirs, HALF, at, &c->why)) == -1)
			return REASON_COPY_UNREADABLE;
		if (n != m || memcmp(mine, theirs, (size_t)n) != 0)
			return REASON_DIFFERS;
		if (c->recorded->mask != 0)
			digest_update(c->scratch->digest, mine, (size_t)n);
		meter_add(c->scratch->meter, (uint64_t)n);
		at += (uint64_t)n;
	} while ((size_t)n == HALF);
	return at == c->size ? REASON_NONE : REASON_CHANGED;
}

static bool
has_all(const struct digests *have, const struct digests *want)
{
	return digest_equal(have, want) && (have->mask & want->mask) == want->mask;
}

static enum reason
compare(struct compare *c)
{
	const struct digests *recorded = c->recorded;
	struct digests got;
	enum reason reason;

	if (recorded->mask != 0 && digest_start(c->scratch->digest, recorded->mask, &c->why) == -1)
		return REASON_UNREADABLE;
	if ((reason = compare_bytes(c)) != REASON_NONE || recorded->mask == 0)
		return reason;
	if (digest_final(c->scratch->digest, &got, &c->why) == -1)
		return REASON_UNREADABLE;
	if (has_all(&got, recorded))
		return REASON_NONE;
	fail_set(&c->why, FAIL_VERIFY, "verify", "its digest differs");
	return REASON_NOT_RECORDED;
}

/* One that was written just now is flushed first: nothing of what is in memory is dropped before. */
static bool
drop_source(struct compare *c)
{
	return copy_drop_pages(c->scratch, c->source, c->size) ||
	       (fdatasync(c->source) == 0 && copy_drop_pages(c->scratch, c->source, c->size));
}

enum reason
compare_files(struct compare *c)
{
	enum reason reason = REASON_NOT_READ_BACK;

	if (c->both)
		copy_lock(c->source);
	copy_lock(c->copy);
	c->cached = !copy_drop_pages(c->scratch, c->copy, c->size) || (c->both && !drop_source(c));
	if (c->both || !c->cached)
		reason = compare(c);
	copy_unlock(c->copy);
	if (c->both)
		copy_unlock(c->source);
	return reason;
}
