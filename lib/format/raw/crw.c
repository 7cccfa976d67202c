/*
 * Canon's raw format before CR2: a heap of records with its directory at the end, some of which are heaps again.
 * Heaps wait in a queue that is also the list of those seen, so that neither a cycle nor depth can hold the walk.
 *
 * Source: Canon, CIFF specification on image data file 1.0 r4.
 */
#include <string.h>

#include "format/format.h"
#include "format/jpeg/canonvrd.h"
#include "format/raw/crw-shot.h"

#define HEAPS_MAX 64
#define ENTRIES_MAX 512 /* of one heap */
#define ENTRY_SIZE 10
#define VALUE_MAX 256

struct heap {
	uint64_t at, len;
	bool describes; /* of type ImageDescription, where a comment is the format's name */
};

struct crw {
	struct src *src;
	struct media_info *info;
	struct fail *why;
	struct crw_shot shot;
	struct heap heap[HEAPS_MAX];
	size_t nheaps;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 14 || (memcmp(head, "II", 2) != 0 && memcmp(head, "MM", 2) != 0) ||
	    memcmp(head + 6, "HEAPCCDR", 8) != 0)
		return NULL;
	return "crw";
}

/* What a read that failed means for the whole: damage is a warning (0), else -1. */
static int
give_up(struct crw *c)
{
	if (!src_is_damage(c->why))
		return -1;
	media_warn(c->info, c->why->code, "CRW: %s", c->why->message);
	return 0;
}

static void
push(struct crw *c, uint64_t at, uint64_t len, bool describes)
{
	size_t i;

	for (i = 0; i < c->nheaps; i++) {
		if (c->heap[i].at + c->heap[i].len == at + len) { /* its directory's place stands at its end */
			media_warn(c->info, FAIL_FORMAT, "CRW: a heap that is pointed to twice");
			return;
		}
	}
	if (c->nheaps == HEAPS_MAX) {
		media_warn(c->info, FAIL_LIMIT, "CRW: more than %d heaps", HEAPS_MAX);
		return;
	}
	c->heap[c->nheaps++] = (struct heap){.at = at, .len = len, .describes = describes};
}

/* Looks at an entry of a heap: a record within it, one elsewhere, or a heap.  0 or -1. */
static int
visit(struct crw *c, const struct heap *h, const uint8_t *entry)
{
	uint16_t tag = crw_get16(&c->shot, entry), type = (tag >> 8) & 0x38;
	uint64_t len = crw_get32(&c->shot, entry + 2), at = h->at + crw_get32(&c->shot, entry + 6);
	struct crw_record r = {.p = entry + 2, .len = 8, .describes = h->describes};

	if ((tag & 0x4000) == 0) {
		if (type == 0x28 || type == 0x30) {
			push(c, at, len, (tag & 0x3fff) == 0x2804);
			return 0;
		}
		if (!crw_is_wanted(tag & 0x3fff))
			return 0;
		r.len = len < VALUE_MAX ? (size_t)len : VALUE_MAX;
		if ((r.p = src_at(c->src, at, r.len, c->why)) == NULL)
			return give_up(c);
	}
	crw_record(&c->shot, tag & 0x3fff, &r);
	return 0;
}

/* Copies a heap's entries, since records move the source's window.  Returns how many; -1 when it could not be read. */
static int
copy_entries(struct crw *c, const struct heap *h, uint8_t *out)
{
	const uint8_t *p;
	uint64_t at;
	size_t n, got;

	if (h->len < 4 || (p = src_at(c->src, h->at + h->len - 4, 4, c->why)) == NULL) {
		if (h->len >= 4)
			return give_up(c);
		media_warn(c->info, FAIL_FORMAT, "CRW: a heap without a directory");
		return 0;
	}
	at = h->at + crw_get32(&c->shot, p);
	if ((p = src_at(c->src, at, 2, c->why)) == NULL)
		return give_up(c);
	if ((n = crw_get16(&c->shot, p)) > ENTRIES_MAX) {
		media_warn(c->info, FAIL_LIMIT, "CRW: a heap of %zu records; %d are read", n, ENTRIES_MAX);
		n = ENTRIES_MAX;
	}
	if ((p = src_some(c->src, at + 2, n * ENTRY_SIZE, &got, c->why)) == NULL)
		return give_up(c);
	if (got < n * ENTRY_SIZE)
		media_warn(c->info, FAIL_TRUNCATED, "CRW: a directory reaches beyond the end");
	memcpy(out, p, got);
	return (int)(got / ENTRY_SIZE);
}

static int
walk_heap(struct crw *c, struct heap h)
{
	uint8_t entries[ENTRIES_MAX * ENTRY_SIZE];
	int n = copy_entries(c, &h, entries), i;

	for (i = 0; i < n; i++) {
		if (visit(c, &h, entries + i * ENTRY_SIZE) == -1)
			return -1;
	}
	return n == -1 ? -1 : 0;
}

static int
read_crw(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct crw c = {.src = src, .info = info, .why = why, .shot = {.work = work, .info = info}};
	const uint8_t *p;
	uint64_t head;
	size_t i;

	if ((p = src_at(src, 0, 14, why)) == NULL)
		return give_up(&c);
	c.shot.big_endian = *p == 'M';
	head = crw_get32(&c.shot, p + 2);
	if (head >= src_size(src)) {
		media_warn(info, FAIL_TRUNCATED, "CRW: the heap begins beyond the end");
		return 0;
	}
	push(&c, head, src_size(src) - head, false);
	for (i = 0; i < c.nheaps; i++) {
		if (walk_heap(&c, c.heap[i]) == -1)
			return -1;
	}
	crw_end(&c.shot);
	return canonvrd_read(&(struct reader){.src = src, .work = work, .info = info, .why = why});
}

const struct format_reader format_crw = {bid, read_crw};
