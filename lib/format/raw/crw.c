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
	struct reader *r;
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

static void
push(struct crw *c, uint64_t at, uint64_t len, bool describes)
{
	size_t i;

	for (i = 0; i < c->nheaps; i++) {
		if (c->heap[i].at + c->heap[i].len == at + len) { /* its directory's place stands at its end */
			media_warn(c->r->info, FAIL_FORMAT, "CRW: two entries point to the same heap");
			return;
		}
	}
	if (c->nheaps == HEAPS_MAX) {
		media_warn(c->r->info, FAIL_LIMIT, "CRW: more than %d heaps; the rest was not read", HEAPS_MAX);
		return;
	}
	c->heap[c->nheaps++] = (struct heap){.at = at, .len = len, .describes = describes};
}

/* Looks at an entry of a heap: a record within it, one elsewhere, or a heap. */
static void
visit(struct crw *c, const struct heap *h, const uint8_t *entry)
{
	uint16_t tag = crw_get16(&c->shot, entry), type = (tag >> 8) & 0x38;
	uint64_t len = crw_get32(&c->shot, entry + 2), at = h->at + crw_get32(&c->shot, entry + 6);
	struct crw_record r = {.p = entry + 2, .len = 8, .describes = h->describes};

	if ((tag & 0x4000) == 0 && (type == 0x28 || type == 0x30)) {
		push(c, at, len, (tag & 0x3fff) == 0x2804);
		return;
	}
	if (tag == 0x2007 || tag == 0x2008) /* a JPEG of the picture, and its thumbnail */
		reader_preview(c->r, at, 0, (double)len);
	if ((tag & 0x4000) == 0) {
		r.len = len < VALUE_MAX ? (size_t)len : VALUE_MAX;
		r.p = crw_is_wanted(tag & 0x3fff) ? reader_at(c->r, at, r.len) : NULL;
	}
	if (r.p != NULL)
		crw_record(&c->shot, tag & 0x3fff, &r);
}

/* Copies a heap's entries, since records move the source's window.  Returns how many. */
static size_t
copy_entries(struct crw *c, const struct heap *h, uint8_t *out)
{
	const uint8_t *p;
	uint64_t at;
	size_t n, got;

	if (h->len < 4) {
		media_warn(c->r->info, FAIL_FORMAT, "CRW: a heap without a directory");
		return 0;
	}
	if ((p = reader_at(c->r, h->at + h->len - 4, 4)) == NULL)
		return 0;
	at = h->at + crw_get32(&c->shot, p);
	if ((p = reader_at(c->r, at, 2)) == NULL)
		return 0;
	if ((n = crw_get16(&c->shot, p)) > ENTRIES_MAX) {
		media_warn(
		    c->r->info, FAIL_LIMIT, "CRW: only the first %d of a heap's %zu records were read", ENTRIES_MAX, n);
		n = ENTRIES_MAX;
	}
	if ((p = reader_some(c->r, at + 2, n * ENTRY_SIZE, &got)) == NULL)
		return 0;
	if (got < n * ENTRY_SIZE)
		media_warn(c->r->info, FAIL_TRUNCATED, "CRW: the file ends within a directory");
	memcpy(out, p, got);
	return got / ENTRY_SIZE;
}

static void
walk_heap(struct crw *c, struct heap h)
{
	uint8_t entries[ENTRIES_MAX * ENTRY_SIZE];
	size_t n = copy_entries(c, &h, entries), i;

	for (i = 0; i < n && !c->r->failed; i++)
		visit(c, &h, entries + i * ENTRY_SIZE);
}

static void
read_heaps(struct crw *c)
{
	const uint8_t *p = reader_at(c->r, 0, 14);
	uint64_t head, size = reader_size(c->r);

	if (p == NULL)
		return;
	c->shot.big_endian = *p == 'M';
	if ((head = crw_get32(&c->shot, p + 2)) >= size) {
		media_warn(c->r->info, FAIL_TRUNCATED, "CRW: the file ends before its first heap");
		return;
	}
	push(c, head, size - head, false);
	for (size_t i = 0; i < c->nheaps; i++)
		walk_heap(c, c->heap[i]);
	if (c->r->failed)
		return;
	crw_end(&c->shot);
	canonvrd_read(c->r);
}

static void
read_crw(struct reader *r)
{
	read_heaps(&(struct crw){.r = r, .shot.r = r});
}

const struct format_reader format_crw = {bid, read_crw};
