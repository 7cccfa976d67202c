/*
 * A source is a stack of two windows over one file: the head, read once when the file is opened, and one other that
 * moves to wherever a reader points.  A range that lies in neither moves the second window there, with some
 * read-ahead, because what a structure points to is usually followed by more of the same.  A source in memory goes
 * the same way, budget included, but its windows lie on the caller's bytes: a sanitizer sees a byte too many, and a
 * fuzzer meets the limits that files meet.
 */
#include "media/src.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file/io.h"

#define READ_AHEAD 4096u
#define WINDOW_KEEP (64u << 10) /* memory of the second window that is kept for the next file */
#define GIVE_COST 16u           /* bytes that giving out a range counts for beside its own */

struct window {
	uint64_t start;
	size_t len;
	const uint8_t *p;
};

struct src {
	uint64_t base, size; /* where in the file offset 0 lies, and what follows */
	struct window head, far;
	const uint8_t *memory; /* NULL: a file … */
	struct src_from from;  /* … or, with a function, elsewhere */
	int fd;
	uint64_t budget_bytes, budget_given;
	unsigned budget_reads;
	uint8_t *far_bytes;
	size_t far_cap;
	_Alignas(64) uint8_t head_bytes[SRC_HEAD_SIZE]; /* the kernel copies slower to what is not aligned */
};

struct src *
src_new(void)
{
	struct src *s = aligned_alloc(_Alignof(struct src), sizeof(*s));

	if (s != NULL)
		*s = (struct src){0};
	return s;
}

void
src_free(struct src *s)
{
	if (s == NULL)
		return;
	free(s->far_bytes);
	free(s);
}

static void
begin(struct src *s, int fd, const uint8_t *memory, uint64_t size_bytes)
{
	s->fd = fd;
	s->memory = memory;
	s->from = (struct src_from){0};
	s->base = 0;
	s->size = size_bytes;
	s->budget_bytes = SRC_BUDGET_BYTES;
	s->budget_given = SRC_BUDGET_GIVEN;
	s->budget_reads = SRC_BUDGET_READS;
	s->head = s->far = (struct window){.p = s->head_bytes};
	if (s->far_cap > WINDOW_KEEP) {
		free(s->far_bytes);
		s->far_bytes = NULL;
		s->far_cap = 0;
	}
}

/* Moves a window; there is room for the bytes of a file. */
static int
fill(struct src *s, struct window *w, uint64_t offset, size_t len, struct fail *why)
{
	uint8_t *store = w == &s->head ? s->head_bytes : s->far_bytes;
	ssize_t n;

	w->len = 0;
	w->start = offset;
	if (s->memory != NULL) {
		w->p = s->memory + s->base + offset;
		w->len = len;
		return 0;
	}
	w->p = store;
	if (s->from.read != NULL)
		n = s->from.read(s->from.arg, store, len, s->base + offset, why);
	else
		n = io_read(s->fd, store, len, s->base + offset, why);
	if (n == -1)
		return -1;
	w->len = (size_t)n;
	if (w->len < len) /* the file has become shorter than its status said */
		s->size = offset + w->len;
	return 0;
}

static int
fill_head(struct src *s, struct fail *why)
{
	return fill(s, &s->head, 0, s->size < SRC_HEAD_SIZE ? s->size : SRC_HEAD_SIZE, why);
}

int
src_open(struct src *s, int fd, uint64_t size_bytes, struct fail *why)
{
	begin(s, fd, NULL, size_bytes);
	return fill_head(s, why);
}

int
src_open_from(struct src *s, const struct src_from *from, uint64_t size_bytes, struct fail *why)
{
	begin(s, -1, NULL, size_bytes);
	s->from = *from;
	return fill_head(s, why);
}

void
src_open_memory(struct src *s, const uint8_t *bytes, size_t len)
{
	begin(s, -1, bytes != NULL ? bytes : s->head_bytes, len);
	s->head = (struct window){.p = s->memory, .len = len < SRC_HEAD_SIZE ? len : SRC_HEAD_SIZE};
}

void
src_skip(struct src *s, size_t n)
{
	s->base += n;
	s->size -= n;
	s->head.p += n;
	s->head.len -= n;
	s->far.len = 0;
}

uint64_t
src_size(const struct src *s)
{
	return s->size;
}

static int
make_room(struct src *s, size_t len, struct fail *why)
{
	uint8_t *bytes;

	if (s->memory != NULL || len <= s->far_cap)
		return 0;
	if ((bytes = realloc(s->far_bytes, len)) == NULL)
		return fail_nomem(why);
	s->far_bytes = bytes;
	s->far_cap = len;
	return 0;
}

/* Moves the second window to a range that lies inside the file. */
static int
reach(struct src *s, uint64_t offset, size_t len, struct fail *why)
{
	size_t want = len < READ_AHEAD ? READ_AHEAD : len;

	if (want > s->size - offset)
		want = (size_t)(s->size - offset);
	s->far.len = 0;
	if (s->budget_reads == 0 || want > s->budget_bytes)
		return fail_set(why, FAIL_LIMIT, "read", "its metadata would take more than %u MiB or %u reads",
		    SRC_BUDGET_BYTES >> 20, SRC_BUDGET_READS);
	s->budget_reads--;
	s->budget_bytes -= want;
	if (make_room(s, want, why) == -1)
		return -1;
	return fill(s, &s->far, offset, want, why);
}

static const uint8_t *
within(const struct window *w, uint64_t offset, size_t len)
{
	if (offset < w->start || offset - w->start > w->len || len > w->len - (size_t)(offset - w->start))
		return NULL;
	return w->p + (size_t)(offset - w->start);
}

static const uint8_t *
truncated(const struct src *s, uint64_t offset, size_t len, struct fail *why)
{
	fail_set(why, FAIL_TRUNCATED, "read", "%zu bytes at %" PRIu64 " lie beyond the end at %" PRIu64, len, offset,
	    s->size);
	return NULL;
}

static bool
too_long(size_t len, struct fail *why)
{
	if (len <= SRC_WINDOW_MAX)
		return false;
	fail_set(why, FAIL_LIMIT, "read", "a range of %zu bytes is over the limit of %u", len, SRC_WINDOW_MAX);
	return true;
}

/* A range that lies in the file; *len becomes less where the file turns out to be shorter. */
static const uint8_t *
get_range(struct src *s, uint64_t offset, size_t *len, struct fail *why)
{
	const uint8_t *p;

	if (too_long(*len, why))
		return NULL;
	if (*len + GIVE_COST > s->budget_given) {
		fail_set(why, FAIL_LIMIT, "read", "the same bytes are pointed to again and again, over %u MiB in all",
		    SRC_BUDGET_GIVEN >> 20);
		return NULL;
	}
	s->budget_given -= *len + GIVE_COST;
	if ((p = within(&s->head, offset, *len)) != NULL || (p = within(&s->far, offset, *len)) != NULL)
		return p;
	if (reach(s, offset, *len, why) == -1)
		return NULL;
	if (*len > s->far.len)
		*len = s->far.len;
	return s->far.p;
}

const uint8_t *
src_at(struct src *s, uint64_t offset, size_t len, struct fail *why)
{
	const uint8_t *p;
	size_t got = len;

	if (offset > s->size || len > s->size - offset)
		return truncated(s, offset, len, why);
	if ((p = get_range(s, offset, &got, why)) == NULL || got == len)
		return p;
	return truncated(s, offset, len, why);
}

const uint8_t *
src_some(struct src *s, uint64_t offset, size_t len, size_t *got, struct fail *why)
{
	const uint8_t *p;

	*got = 0;
	if (offset >= s->size)
		return s->head.p;
	if (len > s->size - offset)
		len = (size_t)(s->size - offset);
	if ((p = get_range(s, offset, &len, why)) != NULL)
		*got = len;
	return p;
}
