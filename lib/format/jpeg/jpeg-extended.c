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
		media_warn(
		    info, FAIL_VALUE, "extended XMP of %u bytes is not read", (unsigned)src_be32(head + JPEG_GUID_LEN));
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

/* Damage is a warning (0); a read that failed is -1. */
static int
stop(struct media_info *info, struct fail *why)
{
	if (!src_is_damage(why))
		return -1;
	media_warn(info, why->code, "extended XMP: %s", why->message);
	return 0;
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

/* Any piece of the packet to read: *chosen, NULL where there is none to choose.  0, or -1 for a failed read. */
static int
choose(const struct jpeg_extended *x, const struct jpeg_piece *first, struct src *src, struct media_info *info,
    const struct jpeg_extended_piece **chosen, struct fail *why)
{
	const uint8_t *p;
	size_t i, got;

	*chosen = NULL;
	if (is_one_packet(x)) {
		*chosen = &x->piece[0];
		return 0;
	}
	if (first->len == 0)
		return 0;
	if ((p = src_some(src, first->at, first->len, &got, why)) == NULL)
		return stop(info, why);
	for (i = 0; i < x->n && *chosen == NULL; i++) {
		if (memmem(p, got, x->piece[i].guid, JPEG_GUID_LEN) != NULL)
			*chosen = &x->piece[i];
	}
	return 0;
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

/* Returns how many bytes of the packet were fed; why->code says whether a read has failed. */
static uint32_t
feed(const struct jpeg_extended *x, const struct jpeg_extended_piece *chosen, struct src *src, struct work *work,
    struct fail *why)
{
	const struct jpeg_extended_piece *e;
	const uint8_t *p;
	uint32_t next = 0;
	size_t got, skip;

	why->code = FAIL_NONE;
	while (next < chosen->total && (e = find_piece(x, chosen->guid, next)) != NULL) {
		skip = next - e->offset;
		if ((p = src_some(src, e->piece.at + skip, e->piece.len - skip, &got, why)) == NULL || got == 0)
			break;
		got = got < chosen->total - next ? got : chosen->total - next;
		xmp_add(work, (const char *)p, got);
		next += (uint32_t)got;
	}
	return next;
}

int
jpeg_extended_read(const struct jpeg_extended *x, const struct jpeg_piece *first, struct src *src, struct work *work,
    struct media_info *info, struct fail *why)
{
	const struct jpeg_extended_piece *chosen;
	uint32_t fed;

	if (x->n == 0)
		return 0;
	if (choose(x, first, src, info, &chosen, why) == -1)
		return -1;
	if (chosen == NULL || chosen->total == 0)
		return 0;
	if (chosen->offset == 0 && chosen->piece.len >= chosen->total)
		return xmp_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, chosen->piece.at,
		    chosen->total);
	if (xmp_begin(&(struct reader){.work = work, .info = info, .why = why}) == -1)
		return -1;
	fed = feed(x, chosen, src, work, why);
	xmp_end(work);
	if (fed < chosen->total)
		media_warn(info, FAIL_TRUNCATED, "extended XMP lacks what follows its byte %u", (unsigned)fed);
	return why->code == FAIL_NONE ? 0 : stop(info, why);
}
