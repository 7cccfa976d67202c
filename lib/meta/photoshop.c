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

enum { IPTC_MAX = 8, HEADER_MIN = 12, HEADER_MAX = 4 + 2 + 256 + 4, DIGEST_LEN = 16 };

enum {
	RESOLUTION = 0x03ed,
	IPTC = 0x0404,
	COPYRIGHT_FLAG = 0x040a,
	URL = 0x040b,
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
	struct src *src;
	struct work *work;
	struct media_info *info;
	struct fail *why;
	struct photoshop_range iptc[IPTC_MAX], exif, xmp; /* end 0: none */
	size_t niptc;
	uint8_t digest[DIGEST_LEN];
	bool has_digest;
};

/* Damage is a warning and ends the reading (0); a read that failed ends it with -1. */
static int
stop(struct photoshop *p)
{
	if (p->why->code == FAIL_SYSTEM)
		return -1;
	media_warn(p->info, p->why->code, "Photoshop resources: %s", p->why->message);
	return 0;
}

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

/*
 * Takes the header at `at`, which a resource of odd length may come before without its padding.
 * 1, 0 at the end, -1 for a failed read.
 */
static int
take_header(struct photoshop *p, uint64_t at, uint64_t end, bool padded, struct resource *r)
{
	const uint8_t *h;
	size_t got, name;

	if (end < at || end - at < HEADER_MIN)
		return 0;
	if ((h = src_some(p->src, at, end - at < HEADER_MAX ? (size_t)(end - at) : HEADER_MAX, &got, p->why)) == NULL)
		return stop(p);
	if (padded && got >= 4 && !is_signature(h)) /* perhaps it was left out */
		return take_header(p, at - 1, end, false, r);
	if (got < HEADER_MIN || !is_signature(h)) {
		media_warn(
		    p->info, got < HEADER_MIN ? FAIL_TRUNCATED : FAIL_FORMAT, "the Photoshop resources are damaged");
		return 0;
	}
	name = 6 + (((size_t)h[6] + 2) & ~(size_t)1);
	if (name + 4 > got) {
		media_warn(p->info, FAIL_TRUNCATED, "the Photoshop resources are damaged");
		return 0;
	}
	*r = (struct resource){.id = src_be16(h + 4), .at = at + name + 4, .len = src_be32(h + name)};
	return 1;
}

static const uint8_t *
fetch(struct photoshop *p, const struct resource *r, size_t len)
{
	return r->len >= len ? src_at(p->src, r->at, len, p->why) : NULL;
}

#define NAME(text) ((struct slice){text, sizeof(text) - 1})

static void
add_digest(struct photoshop *p)
{
	char hex[2 * DIGEST_LEN + 1];
	size_t i;

	for (i = 0; i < DIGEST_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", p->digest[i]);
	tags_text(
	    &(struct reader){.work = p->work, .info = p->info}, "Photoshop", NAME("IPTCDigest"), hex, 2 * DIGEST_LEN);
}

/* What only --all tells. */
static void
add_tag(struct photoshop *p, const struct resource *r)
{
	const uint8_t *v;

	if (r->id == RESOLUTION && (v = fetch(p, r, 12)) != NULL) {
		tags_number(&(struct reader){.work = p->work, .info = p->info}, "Photoshop", NAME("XResolution"),
		    src_be32(v) / 65536.0);
		tags_number(&(struct reader){.work = p->work, .info = p->info}, "Photoshop", NAME("YResolution"),
		    src_be32(v + 8) / 65536.0);
	} else if (r->id == COPYRIGHT_FLAG && (v = fetch(p, r, 1)) != NULL) {
		tags_number(
		    &(struct reader){.work = p->work, .info = p->info}, "Photoshop", NAME("CopyrightFlag"), v[0]);
	} else if (r->id == URL && r->len <= TAGS_VALUE_MAX && (v = fetch(p, r, (size_t)r->len)) != NULL) {
		tags_text(&(struct reader){.work = p->work, .info = p->info}, "Photoshop", NAME("URL"), (const char *)v,
		    (size_t)r->len);
	} else if (r->id == GLOBAL_ANGLE && (v = fetch(p, r, 4)) != NULL) {
		tags_number(&(struct reader){.work = p->work, .info = p->info}, "Photoshop", NAME("GlobalAngle"),
		    (int32_t)src_be32(v));
	} else if (r->id == GLOBAL_ALTITUDE && (v = fetch(p, r, 4)) != NULL) {
		tags_number(&(struct reader){.work = p->work, .info = p->info}, "Photoshop", NAME("GlobalAltitude"),
		    (int32_t)src_be32(v));
	} else if (r->id == IPTC_DIGEST && p->has_digest) {
		add_digest(p);
	}
}

static void
note(struct photoshop *p, const struct resource *r)
{
	struct photoshop_range range = {r->at, r->at + r->len};
	const uint8_t *v;

	if (r->id == IPTC && p->niptc == IPTC_MAX)
		media_warn(p->info, FAIL_LIMIT, "more than %d blocks of IPTC", IPTC_MAX);
	else if (r->id == IPTC)
		p->iptc[p->niptc++] = range;
	else if (r->id == EXIF && p->exif.end == 0)
		p->exif = range;
	else if (r->id == XMP && p->xmp.end == 0)
		p->xmp = range;
	else if (r->id == IPTC_DIGEST && !p->has_digest && (v = fetch(p, r, DIGEST_LEN)) != NULL) {
		memcpy(p->digest, v, DIGEST_LEN);
		p->has_digest = true;
	}
	if (p->info->tags != NULL)
		add_tag(p, r);
}

static int
scan(struct photoshop *p, uint64_t at, uint64_t end)
{
	struct resource r = {.len = 0};
	unsigned n = 0;
	int rc = 0;

	while (n++ < PHOTOSHOP_RESOURCES_MAX && (rc = take_header(p, at, end, r.len & 1, &r)) == 1) {
		if (r.len > end - r.at) {
			media_warn(p->info, FAIL_TRUNCATED, "Photoshop resource 0x%04x is cut", r.id);
			r.len = end > r.at ? end - r.at : 0;
		}
		note(p, &r);
		if (p->why->code == FAIL_SYSTEM)
			return -1;
		at = r.at + r.len + (r.len & 1);
	}
	if (rc == 1)
		media_warn(p->info, FAIL_LIMIT, "more than %d Photoshop resources", PHOTOSHOP_RESOURCES_MAX);
	return rc == -1 ? -1 : 0;
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
 * the block is padded, and who noted the digest may not have counted that.  0, or -1.
 */
static int
find_age(struct photoshop *p, struct photoshop_range iptc, enum iptc_age *age)
{
	static const uint8_t zeros[DIGEST_LEN];
	size_t len = (size_t)(iptc.end - iptc.at);
	const uint8_t *bytes;

	*age = IPTC_UNDATED;
	if (!p->has_digest || memcmp(p->digest, zeros, DIGEST_LEN) == 0 || !has_xmp(p->info))
		return 0;
	if ((bytes = src_at(p->src, iptc.at, len, p->why)) == NULL)
		return p->why->code == FAIL_SYSTEM ? -1 : 0;
	*age = IPTC_IN_STEP;
	if (fits(p, bytes, len))
		return 0;
	while (len > 0 && bytes[len - 1] == '\0')
		len--;
	if (!fits(p, bytes, len))
		*age = IPTC_NEWER;
	return 0;
}

static int
read_iptc(struct photoshop *p)
{
	enum iptc_age age = IPTC_UNDATED;
	size_t i;

	if (p->niptc > 0 && find_age(p, p->iptc[0], &age) == -1)
		return -1;
	for (i = 0; i < p->niptc; i++) {
		if (iptc_read(&(struct reader){.src = p->src, .work = p->work, .info = p->info, .why = p->why},
			p->iptc[i].at, p->iptc[i].end, age) == -1)
			return -1;
	}
	return 0;
}

int
photoshop_read_beside(struct reader *r, struct photoshop_range resources, struct photoshop_range iptc)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct photoshop p = {.src = src, .work = work, .info = info, .why = why};

	why->code = FAIL_NONE;
	if (iptc.end > iptc.at)
		p.iptc[p.niptc++] = iptc;
	if (scan(&p, resources.at, resources.end) == -1)
		return -1;
	if (p.exif.end > 0 && block_read(&(struct reader){.src = src, .work = work, .info = info, .why = why},
				  p.exif.at, p.exif.end) == -1)
		return -1;
	if (p.xmp.end > 0 && xmp_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, p.xmp.at,
				 p.xmp.end - p.xmp.at) == -1)
		return -1;
	return read_iptc(&p);
}

int
photoshop_read(struct reader *r, uint64_t at, uint64_t end)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	return photoshop_read_beside(&(struct reader){.src = src, .work = work, .info = info, .why = why},
	    (struct photoshop_range){at, end}, (struct photoshop_range){0, 0});
}
