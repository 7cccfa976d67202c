/*
 * Blocks of metadata in a PNG: Exif in a chunk of its own, and what raw profiles hold.  Those of two kinds are told
 * apart by their first bytes, because writers do not agree on what a name means.
 *
 * Source: PNG Specification, third edition, 11.3.4.5 (eXIf); exiv2 and ImageMagick for the raw profiles.
 */
#include <string.h>
#include <strings.h>

#include "format/inflate.h"
#include "format/png/png.h"
#include "meta/exif/block.h"
#include "meta/iptc.h"
#include "meta/photoshop.h"
#include "meta/reader.h"
#include "meta/xmp/xmp.h"

static void
read_exif(struct png *p, uint64_t at, uint64_t end)
{
	const uint8_t *head;
	size_t got;

	if (p->has_exif || (head = reader_some(p->r, at, 6, &got)) == NULL)
		return;
	if (got == 6 && memcmp(head, "Exif\0\0", 6) == 0)
		at += 6;
	p->has_exif = true;
	block_read(p->r, at, end);
}

/* The once proposed zxIf: a zero, the length, and the compressed block. */
static void
read_compressed(struct png *p, const struct png_chunk *c)
{
	struct inflate in = {.at = c->at + 5, .end = c->at + c->len};
	struct buf block = {0};
	struct src *outer = inflate_enter(p->r, &in, &block);

	if (outer != NULL) {
		read_exif(p, 0, block.len);
		reader_leave(p->r, outer);
	}
	buf_fini(&block);
}

void
png_exif(struct png *p, const struct png_chunk *c)
{
	const uint8_t *head;
	size_t got;

	if (p->has_exif || (head = reader_some(p->r, c->at, 1, &got)) == NULL)
		return;
	if (c->len > 5 && got == 1 && head[0] == 0)
		read_compressed(p, c);
	else
		read_exif(p, c->at, c->at + c->len);
}

static bool
begins(const struct buf *b, const char *bytes, size_t len)
{
	return b->len >= len && memcmp(b->p, bytes, len) == 0;
}

/* Which reader a profile is for is told by its bytes, and by its name where they do not say it. */
static void
route(struct png *p, const char *name, const struct buf *b)
{
	static const char xmp[] = "http://ns.adobe.com/xap/1.0/"; /* its NUL is part of the mark */

	if (begins(b, "Exif\0\0", 6) || begins(b, "II*\0", 4) || begins(b, "MM\0*", 4))
		read_exif(p, 0, b->len);
	else if (begins(b, xmp, sizeof xmp))
		xmp_read(p->r, sizeof xmp, b->len - sizeof xmp);
	else if (strcasecmp(name, "xmp") == 0)
		xmp_read(p->r, 0, b->len);
	else if (begins(b, "8BIM", 4))
		photoshop_read(p->r, 0, b->len);
	else if (strcasecmp(name, "iptc") == 0 && begins(b, "\x1c", 1))
		iptc_read(p->r, 0, b->len, IPTC_UNDATED);
	else if (strncasecmp(name, "ic", 2) != 0) /* icc and icm: colour profiles */
		media_warn(p->r->info, FAIL_VALUE, "%s: an unknown kind of profile was ignored", p->r->what);
}

void
png_profile(struct png *p, const char *name, const struct buf *bytes)
{
	struct src *outer = reader_enter(p->r, (const uint8_t *)bytes->p, bytes->len);

	if (outer == NULL)
		return;
	route(p, name, bytes);
	reader_leave(p->r, outer);
}
