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

#define BLOCK_MAX (1u << 20)

int
png_block(struct png *p, struct src *src, uint64_t at, uint64_t end)
{
	const uint8_t *head;
	size_t got;

	if (p->has_exif)
		return 0;
	if ((head = src_some(src, at, 6, &got, p->why)) == NULL)
		return png_stop(p, "Exif");
	if (got == 6 && memcmp(head, "Exif\0\0", 6) == 0)
		at += 6;
	p->has_exif = true;
	return block_read(&(struct reader){.src = src, .work = p->work, .info = p->info, .why = p->why}, at, end);
}

static bool
take_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	return buf_add(arg, bytes, len) == 0;
}

/* The once proposed zxIf: a zero, the length, and the compressed block. */
static int
read_compressed(struct png *p, const struct png_chunk *c)
{
	struct buf block = {0};
	struct inflate in = {
	    .src = p->src, .at = c->at + 5, .end = c->at + c->len, .max = BLOCK_MAX, .take = take_bytes, .arg = &block};
	int rc = inflate_run(&in, p->why) == 0 ? 0 : png_stop(p, "compressed Exif");
	struct src *inner;

	if (rc == 0 && (block.len > 0 || block.failed)) {
		if (block.failed || (inner = work_open(p->work, (const uint8_t *)block.p, block.len)) == NULL) {
			rc = fail_nomem(p->why);
		} else {
			rc = png_block(p, inner, 0, block.len);
			work_close(p->work);
		}
	}
	buf_fini(&block);
	return rc;
}

int
png_exif(struct png *p, const struct png_chunk *c)
{
	const uint8_t *head;
	size_t got;

	if (p->has_exif)
		return 0;
	if ((head = src_some(p->src, c->at, 1, &got, p->why)) == NULL)
		return png_stop(p, "Exif");
	if (c->len > 5 && got == 1 && head[0] == 0)
		return read_compressed(p, c);
	return png_block(p, p->src, c->at, c->at + c->len);
}

static bool
begins(const struct buf *b, const char *bytes, size_t len)
{
	return b->len >= len && memcmp(b->p, bytes, len) == 0;
}

/* Which reader a profile is for is told by its bytes, and by its name where they do not say it. */
static int
route(struct png *p, const char *name, const struct buf *b, struct src *src)
{
	static const char xmp[] = "http://ns.adobe.com/xap/1.0/"; /* its NUL is part of the mark */

	if (begins(b, "Exif\0\0", 6) || begins(b, "II*\0", 4) || begins(b, "MM\0*", 4))
		return png_block(p, src, 0, b->len);
	if (begins(b, xmp, sizeof xmp))
		return xmp_read(&(struct reader){.src = src, .work = p->work, .info = p->info, .why = p->why},
		    sizeof xmp, b->len - sizeof xmp);
	if (strcasecmp(name, "xmp") == 0)
		return xmp_read(
		    &(struct reader){.src = src, .work = p->work, .info = p->info, .why = p->why}, 0, b->len);
	if (begins(b, "8BIM", 4))
		return photoshop_read(
		    &(struct reader){.src = src, .work = p->work, .info = p->info, .why = p->why}, 0, b->len);
	if (strcasecmp(name, "iptc") == 0 && begins(b, "\x1c", 1))
		return iptc_read(&(struct reader){.src = src, .work = p->work, .info = p->info, .why = p->why}, 0,
		    b->len, IPTC_UNDATED);
	if (strncasecmp(name, "ic", 2) != 0) /* icc and icm: colour profiles */
		media_warn(p->info, FAIL_VALUE, "a raw profile that is none of the known kinds was passed over");
	return 0;
}

int
png_profile(struct png *p, const char *name, const struct buf *bytes)
{
	struct src *src = work_open(p->work, (const uint8_t *)bytes->p, bytes->len);
	int rc;

	if (src == NULL)
		return fail_nomem(p->why);
	rc = route(p, name, bytes, src);
	work_close(p->work);
	return rc;
}
