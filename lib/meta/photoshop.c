/*
 * The resources are looked through first and read then, in the order that they need: the XMP before the IPTC, which
 * may be newer.  A digest is only computed where there is something to decide.
 */
#include "meta/photoshop.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "meta/exif/block.h"
#include "meta/exif/tags.h"
#include "meta/iptc.h"
#include "meta/xmp/xmp.h"

enum { IPTC_MAX = 8, HEADER_MIN = 12, HEADER_MAX = 4 + 2 + 256 + 4, DIGEST_LEN = 16, THUMBNAIL_HEAD = 28 };

enum {
	RESOLUTION = 0x03ed,
	IPTC = 0x0404,
	COPYRIGHT_FLAG = 0x040a,
	URL = 0x040b,
	THUMBNAIL = 0x040c, /* a JPEG behind a head */
	GLOBAL_ANGLE = 0x040d,
	GLOBAL_ALTITUDE = 0x0419,
	EXIF = 0x0422,
	XMP = 0x0424,
	IPTC_DIGEST = 0x0425
};

struct resource {
	uint16_t id;
	uint64_t at, len; /* of the data */
};

struct photoshop {
	struct reader *r;
	struct photoshop_range iptc[IPTC_MAX], exif, xmp; /* end 0: none */
	size_t niptc;
	uint8_t digest[DIGEST_LEN];
	bool has_digest;
};

static bool
is_signature(const uint8_t *p)
{
	static const char known[][5] = {"8BIM", "PHUT", "DCSR", "AgHg", "MeSa"};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (memcmp(p, known[i], 4) == 0)
			return true;
	}
	return false;
}

static bool
damaged(struct photoshop *p, enum fail_code code)
{
	media_warn(p->r->info, code, "the Photoshop resources are damaged");
	return false;
}

/* Reads the header at `at`, which a resource of odd length may come before without its padding. */
static bool
read_header(struct photoshop *p, uint64_t at, uint64_t end, bool padded, struct resource *res)
{
	const uint8_t *h;
	size_t got, name;

	if (end < at || end - at < HEADER_MIN ||
	    (h = reader_some(p->r, at, end - at < HEADER_MAX ? (size_t)(end - at) : HEADER_MAX, &got)) == NULL)
		return false;
	if (padded && got >= 4 && !is_signature(h)) /* perhaps it was left out */
		return read_header(p, at - 1, end, false, res);
	if (got < HEADER_MIN)
		return damaged(p, FAIL_TRUNCATED);
	if (!is_signature(h))
		return damaged(p, FAIL_FORMAT);
	name = 6 + (((size_t)h[6] + 2) & ~(size_t)1);
	if (name + 4 > got)
		return damaged(p, FAIL_TRUNCATED);
	*res = (struct resource){.id = src_be16(h + 4), .at = at + name + 4, .len = src_be32(h + name)};
	return true;
}

static const uint8_t *
fetch(struct photoshop *p, const struct resource *res, size_t len)
{
	return res->len >= len ? reader_try(p->r, res->at, len) : NULL;
}

#define NAME(text) ((struct slice){text, sizeof(text) - 1})

static void
add_digest(struct photoshop *p)
{
	char hex[2 * DIGEST_LEN + 1];
	size_t i;

	for (i = 0; i < DIGEST_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", p->digest[i]);
	tags_text(p->r, "Photoshop", NAME("IPTCDigest"), hex, 2 * DIGEST_LEN);
}

/* What only --all tells. */
static void
add_tag(struct photoshop *p, const struct resource *res)
{
	const uint8_t *v;

	if (res->id == RESOLUTION && (v = fetch(p, res, 12)) != NULL) {
		tags_number(p->r, "Photoshop", NAME("XResolution"), src_be32(v) / 65536.0);
		tags_number(p->r, "Photoshop", NAME("YResolution"), src_be32(v + 8) / 65536.0);
	} else if (res->id == COPYRIGHT_FLAG && (v = fetch(p, res, 1)) != NULL) {
		tags_number(p->r, "Photoshop", NAME("CopyrightFlag"), v[0]);
	} else if (res->id == URL && res->len <= TAGS_VALUE_MAX && (v = fetch(p, res, (size_t)res->len)) != NULL) {
		tags_text(p->r, "Photoshop", NAME("URL"), (const char *)v, (size_t)res->len);
	} else if (res->id == GLOBAL_ANGLE && (v = fetch(p, res, 4)) != NULL) {
		tags_number(p->r, "Photoshop", NAME("GlobalAngle"), (int32_t)src_be32(v));
	} else if (res->id == GLOBAL_ALTITUDE && (v = fetch(p, res, 4)) != NULL) {
		tags_number(p->r, "Photoshop", NAME("GlobalAltitude"), (int32_t)src_be32(v));
	} else if (res->id == IPTC_DIGEST && p->has_digest) {
		add_digest(p);
	}
}

static void
note(struct photoshop *p, const struct resource *res)
{
	struct photoshop_range range = {res->at, res->at + res->len};
	const uint8_t *v;

	if (res->id == IPTC && p->niptc == IPTC_MAX)
		media_warn(p->r->info, FAIL_LIMIT, "more than %d blocks of IPTC", IPTC_MAX);
	else if (res->id == IPTC)
		p->iptc[p->niptc++] = range;
	else if (res->id == EXIF && p->exif.end == 0)
		p->exif = range;
	else if (res->id == XMP && p->xmp.end == 0)
		p->xmp = range;
	else if (res->id == THUMBNAIL)
		reader_preview(p->r, res->at, THUMBNAIL_HEAD, (double)res->len - THUMBNAIL_HEAD);
	else if (res->id == IPTC_DIGEST && !p->has_digest && (v = fetch(p, res, DIGEST_LEN)) != NULL) {
		memcpy(p->digest, v, DIGEST_LEN);
		p->has_digest = true;
	}
	if (p->r->info->tags != NULL)
		add_tag(p, res);
}

static void
scan(struct photoshop *p, uint64_t at, uint64_t end)
{
	struct media_info *info = p->r->info;
	struct resource res = {.len = 0};
	unsigned n;

	for (n = 0; n < PHOTOSHOP_RESOURCES_MAX && read_header(p, at, end, res.len & 1, &res); n++) {
		if (res.len > end - res.at) {
			media_warn(info, FAIL_TRUNCATED, "Photoshop resource 0x%04x is cut off", res.id);
			res.len = end > res.at ? end - res.at : 0;
		}
		note(p, &res);
		at = res.at + res.len + (res.len & 1);
	}
	if (n == PHOTOSHOP_RESOURCES_MAX)
		media_warn(info, FAIL_LIMIT, "more than %u Photoshop resources; the rest was not read", n);
}

/* Whether XMP said something that IPTC may say otherwise. */
static bool
has_xmp(const struct media_info *info)
{
	static const enum media_field words[] = {
	    MEDIA_TITLE, MEDIA_DESCRIPTION, MEDIA_ARTIST, MEDIA_COPYRIGHT, MEDIA_KEYWORDS};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		const struct media_value *v = &info->field[words[i]];

		if (v->kind != MEDIA_ABSENT && v->origin == MEDIA_FROM_XMP)
			return true;
	}
	return false;
}

static bool
fits(const struct photoshop *p, const uint8_t *bytes, size_t len)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned n;

	return EVP_Digest(bytes, len, digest, &n, EVP_md5(), NULL) != 1 || memcmp(digest, p->digest, DIGEST_LEN) == 0;
}

/*
 * How old the IPTC block is: changed after its digest was noted, or not.  A digest of zeros stands for none.  In TIFF
 * the block is padded, and who noted the digest may not have counted that.
 */
static enum iptc_age
age_of(struct photoshop *p, struct photoshop_range iptc)
{
	static const uint8_t zeros[DIGEST_LEN];
	size_t len = (size_t)(iptc.end - iptc.at);
	const uint8_t *bytes;

	if (!p->has_digest || memcmp(p->digest, zeros, DIGEST_LEN) == 0 || !has_xmp(p->r->info) ||
	    (bytes = reader_try(p->r, iptc.at, len)) == NULL)
		return IPTC_UNDATED;
	if (fits(p, bytes, len))
		return IPTC_IN_STEP;
	while (len > 0 && bytes[len - 1] == '\0')
		len--;
	return fits(p, bytes, len) ? IPTC_IN_STEP : IPTC_NEWER;
}

void
photoshop_read_beside(struct reader *r, struct photoshop_range resources, struct photoshop_range iptc)
{
	struct photoshop p = {.r = r};
	const char *what = r->what;
	enum iptc_age age;

	r->what = "Photoshop resources";
	if (iptc.end > iptc.at)
		p.iptc[p.niptc++] = iptc;
	scan(&p, resources.at, resources.end);
	if (p.exif.end > 0)
		block_read(r, p.exif.at, p.exif.end);
	if (p.xmp.end > 0)
		xmp_read(r, p.xmp.at, p.xmp.end - p.xmp.at);
	age = p.niptc > 0 ? age_of(&p, p.iptc[0]) : IPTC_UNDATED;
	for (size_t i = 0; i < p.niptc; i++)
		iptc_read(r, p.iptc[i].at, p.iptc[i].end, age);
	r->what = what;
}

void
photoshop_read(struct reader *r, uint64_t at, uint64_t end)
{
	photoshop_read_beside(r, (struct photoshop_range){at, end}, (struct photoshop_range){0, 0});
}
