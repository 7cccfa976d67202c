/*
 * Pictures that no camera writes but that people have: each says its size in its header, and keeps the blocks that
 * other readers know.
 *
 * Source: BPG Specification 0.9.8 (F. Bellard, 2018); FLIF Specification 1.0, part 1; ITU-T T.832, annex A (JPEG XR).
 */
#include <string.h>

#include "format/format.h"
#include "format/inflate.h"
#include "meta/exif/block.h"
#include "meta/exif/ifd.h"
#include "meta/iptc.h"
#include "meta/reader.h"
#include "meta/xmp/xmp.h"

#define BLOCK_MAX (1u << 20)
#define BLOCKS_MAX 256

struct image {
	struct src *src;
	struct work *work;
	struct media_info *info;
	struct fail *why;
	uint64_t at;
	bool has_exif;
};

static int
stop(struct image *m)
{
	if (!src_is_damage(m->why) && m->why->code != FAIL_FORMAT)
		return -1;
	media_warn(m->info, m->why->code, "%s: %s", m->info->type, m->why->message);
	return 0;
}

/* A number in groups of seven bits, the most significant first.  1; 0 for none, with a warning; -1. */
static int
take_number(struct image *m, uint64_t *out)
{
	const uint8_t *p;
	size_t got, i;

	if ((p = src_some(m->src, m->at, 5, &got, m->why)) == NULL)
		return stop(m);
	*out = 0;
	for (i = 0; i < got; i++) {
		*out = *out << 7 | (p[i] & 0x7f);
		if ((p[i] & 0x80) == 0) {
			m->at += i + 1;
			return 1;
		}
	}
	media_warn(m->info, got < 5 ? FAIL_TRUNCATED : FAIL_FORMAT, "%s: a number without an end", m->info->type);
	return 0;
}

/* Whether another block is read. */
static bool
has_room(struct image *m, unsigned n)
{
	if (n == BLOCKS_MAX)
		media_warn(m->info, FAIL_LIMIT, "%s: more than %d blocks", m->info->type, BLOCKS_MAX);
	return n < BLOCKS_MAX;
}

static int
take_size(struct image *m, unsigned more)
{
	uint64_t width, height;
	int rc;

	if ((rc = take_number(m, &width)) != 1 || (rc = take_number(m, &height)) != 1)
		return rc;
	if (width + more > 0)
		media_set_number(m->info, MEDIA_WIDTH, (double)(width + more));
	if (height + more > 0)
		media_set_number(m->info, MEDIA_HEIGHT, (double)(height + more));
	return 1;
}

/* Exif, perhaps with a mark in front, or a byte too many as the first writer of BPG had it. */
static int
read_exif(struct image *m, struct src *src, uint64_t at, uint64_t end)
{
	const uint8_t *p;
	size_t got;

	if (m->has_exif)
		return 0;
	m->has_exif = true;
	if ((p = src_some(src, at, 8, &got, m->why)) == NULL)
		return stop(m);
	if (got == 8 && memcmp(p, "Exif\0\0", 6) == 0)
		at += 6;
	else if (got == 8 && (memcmp(p + 1, "II*\0", 4) == 0 || memcmp(p + 1, "MM\0*", 4) == 0))
		at++;
	return block_read(&(struct reader){.src = src, .work = m->work, .info = m->info, .why = m->why}, at, end);
}

static const char *
bid_bpg(const uint8_t *head, size_t len)
{
	return len >= 4 && memcmp(head, "BPG\xfb", 4) == 0 ? "bpg" : NULL;
}

static int
read_bpg_extension(struct image *m)
{
	uint64_t tag, len;
	int rc;

	if ((rc = take_number(m, &tag)) != 1 || (rc = take_number(m, &len)) != 1)
		return rc;
	m->at += len;
	if (tag == 1)
		rc = read_exif(m, m->src, m->at - len, m->at);
	else if (tag == 3)
		rc = xmp_read(
		    &(struct reader){.src = m->src, .work = m->work, .info = m->info, .why = m->why}, m->at - len, len);
	return rc == -1 ? -1 : 1;
}

static int
read_bpg(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct image m = {.src = src, .work = work, .info = info, .why = why, .at = 6};
	uint64_t len;
	const uint8_t *p;
	size_t got;
	unsigned n;
	int rc;
	bool more;

	if ((p = src_some(src, 0, 6, &got, why)) == NULL)
		return -1;
	more = got == 6 && (p[5] & 0x08) != 0;
	if ((rc = take_size(&m, 0)) != 1 || (rc = take_number(&m, &len)) != 1 || !more ||
	    (rc = take_number(&m, &len)) != 1)
		return rc == -1 ? -1 : 0;
	for (n = 0, len += m.at; rc == 1 && m.at < len && has_room(&m, n); n++)
		rc = read_bpg_extension(&m);
	return rc == -1 ? -1 : 0;
}

static const char *
bid_flif(const uint8_t *head, size_t len)
{
	return len >= 6 && memcmp(head, "FLIF", 4) == 0 && head[4] >= 0x20 && head[5] >= '0' && head[5] <= '2' ? "flif"
													       : NULL;
}

static bool
take_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	return buf_add(arg, bytes, len) == 0;
}

/* What a FLIF keeps compressed: Exif or XMP, by the chunk's name. */
static int
read_packed(struct image *m, bool is_exif, uint64_t at, uint64_t len)
{
	struct buf block = {0};
	struct inflate in = {
	    .src = m->src, .at = at, .end = at + len, .raw = true, .max = BLOCK_MAX, .take = take_bytes, .arg = &block};
	int rc = inflate_run(&in, m->why) == 0 ? 0 : stop(m);
	struct src *inner;

	if (rc == 0 && (block.len > 0 || block.failed)) {
		if (block.failed || (inner = work_open(m->work, (const uint8_t *)block.p, block.len)) == NULL) {
			rc = fail_nomem(m->why);
		} else {
			rc = is_exif
				 ? read_exif(m, inner, 0, block.len)
				 : xmp_read(
				       &(struct reader){.src = inner, .work = m->work, .info = m->info, .why = m->why},
				       0, block.len);
			work_close(m->work);
		}
	}
	buf_fini(&block);
	return rc;
}

/* 1 to go on, 0 where the picture begins, -1. */
static int
read_flif_chunk(struct image *m)
{
	const uint8_t *p;
	char name[5] = "";
	uint64_t len;
	size_t got;
	int rc;

	if ((p = src_some(m->src, m->at, 4, &got, m->why)) == NULL)
		return stop(m);
	if (got < 4 || p[0] < 0x20)
		return 0;
	memcpy(name, p, 4);
	m->at += 4;
	if ((rc = take_number(m, &len)) != 1)
		return rc;
	if (strcmp(name, "eXif") == 0 || strcmp(name, "eXmp") == 0)
		rc = read_packed(m, name[2] == 'i', m->at, len);
	m->at += len;
	return rc == -1 ? -1 : 1;
}

static int
read_flif(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct image m = {.src = src, .work = work, .info = info, .why = why, .at = 6};
	const uint8_t *p;
	bool animated;
	uint64_t frames;
	size_t got;
	unsigned n;
	int rc;

	if ((p = src_some(src, 0, 6, &got, why)) == NULL)
		return -1;
	animated = got == 6 && p[4] >= 0x50;
	if ((rc = take_size(&m, 1)) == 1 && animated)
		rc = take_number(&m, &frames);
	for (n = 0; rc == 1 && has_room(&m, n); n++)
		rc = read_flif_chunk(&m);
	return rc == -1 ? -1 : 0;
}

static const char *
bid_jxr(const uint8_t *head, size_t len)
{
	return len >= 4 && memcmp(head, "II\xbc\1", 4) == 0 ? "jxr" : NULL;
}

enum { JXR_WIDTH = 0xbc80, JXR_HEIGHT = 0xbc81, TAG_XMP = 0x02bc, TAG_IPTC = 0x83bb };

struct jxr {
	struct image image;
	struct {
		uint64_t at, len;
	} xmp, iptc;
};

/* Blocks are only noted: while the directories are walked their source is in use. */
static void
look(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct jxr *j = arg;

	if (e->kind != IFD_IMAGE || e->nth != 0)
		return;
	if (e->tag == JXR_WIDTH || e->tag == JXR_HEIGHT) {
		media_set_number(j->image.info, e->tag == JXR_WIDTH ? MEDIA_WIDTH : MEDIA_HEIGHT, ifd_number(ifd, e));
	} else if (e->tag == TAG_XMP && j->xmp.len == 0) {
		j->xmp.at = e->at;
		j->xmp.len = e->bytes;
	} else if (e->tag == TAG_IPTC && j->iptc.len == 0) {
		j->iptc.at = e->at;
		j->iptc.len = e->bytes;
	}
}

/* A JPEG XR is a TIFF with other numbers for what describes its picture. */
static int
read_jxr(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct jxr j = {.image = {.info = info}};
	struct ifd_visitor v = {.entry = look, .arg = &j};
	uint64_t size = src_size(src);
	struct ifd ifd;

	if (!ifd_open(&ifd, &(struct reader){.src = src, .info = NULL, .why = why}, 0, size))
		return ifd.r->failed ? -1 : 0;
	if (ifd_walk(&ifd, &v) == -1 ||
	    block_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, 0, size) == -1)
		return -1;
	if (j.xmp.len > 0 &&
	    xmp_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, j.xmp.at, j.xmp.len) == -1)
		return -1;
	if (j.iptc.len > 0 && j.iptc.at <= size && j.iptc.len <= size - j.iptc.at &&
	    iptc_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, j.iptc.at,
		j.iptc.at + j.iptc.len, IPTC_UNDATED) == -1)
		return -1;
	return 0;
}

const struct format_reader format_bpg = {bid_bpg, read_bpg};
const struct format_reader format_flif = {bid_flif, read_flif};
const struct format_reader format_jxr = {bid_jxr, read_jxr};
