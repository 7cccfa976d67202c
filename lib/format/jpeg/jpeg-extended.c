/*
 * A packet in one piece is read like any other.  Of several, each is fed to the parser, from the beginning on as far as
 * there is no gap.
 */
#include "format/jpeg/jpeg-extended.h"

#include <string.h>

#include "meta/xmp/xmp.h"

void
jpeg_extended_add(struct jpeg_extended *x, const uint8_t *head, uint64_t at, size_t len, struct media_info *info)
{
	struct jpeg_extended_piece *e = &x->piece[x->n];

	if (len <= JPEG_EXTENDED_HEAD)
		return;
	if (src_be32(head + JPEG_GUID_LEN) > JPEG_EXTENDED_MAX) {
		media_warn(info, FAIL_VALUE, "extended XMP of %u bytes is too long to read",
		    (unsigned)src_be32(head + JPEG_GUID_LEN));
		return;
	}
	if (x->n == JPEG_EXTENDED_PIECES) {
		media_warn(info, FAIL_LIMIT, "more than %d segments of extended XMP", JPEG_EXTENDED_PIECES);
		return;
	}
	x->n++;
	memcpy(e->guid, head, JPEG_GUID_LEN);
	e->total = src_be32(head + JPEG_GUID_LEN);
	e->offset = src_be32(head + JPEG_GUID_LEN + 4);
	e->piece = (struct jpeg_piece){at + JPEG_EXTENDED_HEAD, len - JPEG_EXTENDED_HEAD};
}

static bool
is_one_packet(const struct jpeg_extended *x)
{
	size_t i;

	for (i = 1; i < x->n; i++) {
		if (memcmp(x->piece[i].guid, x->piece[0].guid, JPEG_GUID_LEN) != 0)
			return false;
	}
	return true;
}

/* Any piece of the packet to read; NULL where there is none to choose. */
static const struct jpeg_extended_piece *
choose(struct reader *r, const struct jpeg_extended *x, const struct jpeg_piece *first)
{
	const uint8_t *p;
	size_t i, got;

	if (is_one_packet(x))
		return &x->piece[0];
	if (first->len == 0 || (p = reader_some(r, first->at, first->len, &got)) == NULL)
		return NULL;
	for (i = 0; i < x->n; i++) {
		if (memmem(p, got, x->piece[i].guid, JPEG_GUID_LEN) != NULL)
			return &x->piece[i];
	}
	return NULL;
}

/* The piece of a packet that holds its byte `next`. */
static const struct jpeg_extended_piece *
find_piece(const struct jpeg_extended *x, const char *guid, uint32_t next)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		const struct jpeg_extended_piece *e = &x->piece[i];

		if (memcmp(e->guid, guid, JPEG_GUID_LEN) == 0 && e->offset <= next && next - e->offset < e->piece.len)
			return e;
	}
	return NULL;
}

/* Returns how many bytes of the packet were fed. */
static uint32_t
feed(struct reader *r, const struct jpeg_extended *x, const struct jpeg_extended_piece *chosen)
{
	const struct jpeg_extended_piece *e;
	const uint8_t *p;
	uint32_t next = 0;
	size_t got, skip;

	while (next < chosen->total && (e = find_piece(x, chosen->guid, next)) != NULL) {
		skip = next - e->offset;
		if ((p = reader_some(r, e->piece.at + skip, e->piece.len - skip, &got)) == NULL || got == 0)
			break;
		got = got < chosen->total - next ? got : chosen->total - next;
		xmp_add(r->worker, (const char *)p, got);
		next += (uint32_t)got;
	}
	return next;
}

static void
read_packet(struct reader *r, const struct jpeg_extended *x, const struct jpeg_extended_piece *chosen)
{
	uint32_t fed;

	if (chosen->offset == 0 && chosen->piece.len >= chosen->total) {
		xmp_read(r, chosen->piece.at, chosen->total);
	} else if (xmp_begin(r) == 0) {
		fed = feed(r, x, chosen);
		xmp_end(r->worker);
		if (fed < chosen->total)
			media_warn(
			    r->info, FAIL_TRUNCATED, "extended XMP is missing from its byte %u on", (unsigned)fed);
	}
}

void
jpeg_extended_read(struct reader *r, const struct jpeg_extended *x, const struct jpeg_piece *first)
{
	const struct jpeg_extended_piece *chosen;
	const char *what = r->what;

	if (x->n == 0)
		return;
	r->what = "extended XMP";
	chosen = choose(r, x, first);
	if (chosen != NULL && chosen->total > 0)
		read_packet(r, x, chosen);
	r->what = what;
}
