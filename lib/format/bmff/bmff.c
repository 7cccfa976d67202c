/*
 * ISO base media and QuickTime: films, and the pictures of the family (HEIF, AVIF, CR3).  The walk jumps from header to
 * header and never reads what it does not want, so that an index behind gigabytes of film costs as little as one at
 * the front.  Which box is opened inside which is a fixed table without cycles.
 *
 * Source: ISO/IEC 14496-12; QuickTime File Format Specification (Apple 2012).
 */
#include "format/bmff/bmff.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "format/format.h"
#include "format/jpeg/samsung.h"
#include "format/tail.h"
#include "meta/reader.h"

enum {
	BEHIND_MAX = 64,       /* boxes that are looked at behind the index */
	INFLATED_MAX = 1 << 20 /* bytes of an index that is compressed */
};

#define MOOV BOX_TYPE('m', 'o', 'o', 'v')
#define MOOF BOX_TYPE('m', 'o', 'o', 'f')
#define MDAT BOX_TYPE('m', 'd', 'a', 't')
#define MVHD BOX_TYPE('m', 'v', 'h', 'd')
#define CMOV BOX_TYPE('c', 'm', 'o', 'v')
#define CMVD BOX_TYPE('c', 'm', 'v', 'd')
#define MVEX BOX_TYPE('m', 'v', 'e', 'x')
#define MEHD BOX_TYPE('m', 'e', 'h', 'd')
#define SIDX BOX_TYPE('s', 'i', 'd', 'x')
#define TRAK BOX_TYPE('t', 'r', 'a', 'k')
#define TKHD BOX_TYPE('t', 'k', 'h', 'd')
#define MDIA BOX_TYPE('m', 'd', 'i', 'a')
#define MDHD BOX_TYPE('m', 'd', 'h', 'd')
#define HDLR BOX_TYPE('h', 'd', 'l', 'r')
#define MINF BOX_TYPE('m', 'i', 'n', 'f')
#define STBL BOX_TYPE('s', 't', 'b', 'l')
#define STSD BOX_TYPE('s', 't', 's', 'd')
#define STCO BOX_TYPE('s', 't', 'c', 'o')
#define CO64 BOX_TYPE('c', 'o', '6', '4')
#define UDTA BOX_TYPE('u', 'd', 't', 'a')
#define META BOX_TYPE('m', 'e', 't', 'a')
#define KEYS BOX_TYPE('k', 'e', 'y', 's')
#define ILST BOX_TYPE('i', 'l', 's', 't')
#define XML_ BOX_TYPE('x', 'm', 'l', ' ')
#define XMP_ BOX_TYPE('X', 'M', 'P', '_')
#define MPVD BOX_TYPE('m', 'p', 'v', 'd')

#define UUID_XMP "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
#define UUID_CANON "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"
#define UUID_LEN 16

/* The boxes that are opened, each with the one it lies in; 0 is the file. */
static const struct {
	uint32_t outer, inner;
} opened[] = {
    {0, MOOV},
    {0, META},
    {MOOV, CMOV},
    {MOOV, TRAK},
    {MOOV, UDTA},
    {MOOV, META},
    {MOOV, MVEX},
    {UDTA, META},
    {TRAK, META},
    {TRAK, MDIA},
    {MDIA, MINF},
    {MINF, STBL},
    {META, ILST},
};

static const struct {
	uint32_t outer, inner;
	void (*take)(struct bmff *f, const struct box *b);
} taken[] = {
    {MOOV, MVHD, bmff_mvhd},
    {MVEX, MEHD, bmff_mehd},
    {CMOV, CMVD, bmff_compressed},
    {TRAK, TKHD, bmff_tkhd},
    {MDIA, MDHD, bmff_mdhd},
    {MDIA, HDLR, bmff_hdlr},
    {STBL, STSD, bmff_stsd},
    {STBL, STCO, bmff_chunks},
    {STBL, CO64, bmff_chunks},
    {META, KEYS, bmff_keys},
    {META, XML_, bmff_sony},
    {0, SIDX, bmff_sidx},
};

/* What stands beside the index. */
static void
take_outermost(struct bmff *f, const struct box *b)
{
	if (b->type == MPVD)
		media_set_bool(f->boxes.info, MEDIA_MOTION_PHOTO, true);
	if (b->type == MDAT && f->seen_meta && !f->film) { /* the picture is whole */
		f->boxes.tailed = true;
		if (b->end == src_size(f->boxes.src) &&
		    tail_check(&(struct reader){.src = f->boxes.src, .info = f->boxes.info, .why = f->boxes.why},
			b->body, b->end) == -1)
			box_fail(&f->boxes);
	}
	if (!f->seen_moov)
		return;
	f->boxes.stop = b->type == MOOF || ++f->behind == BEHIND_MAX;
	if (f->behind == BEHIND_MAX)
		media_warn(f->boxes.info, FAIL_LIMIT, "of what is behind the index the first %d boxes were looked at",
		    BEHIND_MAX);
}

static void
take(struct bmff *f, const struct box *b)
{
	uint32_t outer = box_outer(&f->boxes, 0);

	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		if (taken[i].outer == outer && taken[i].inner == b->type)
			taken[i].take(f, b);
	}
	if (box_is_uuid(&f->boxes, b, UUID_XMP))
		bmff_xmp(f, b, UUID_LEN);
	else if (outer == UDTA && b->type == XMP_)
		bmff_xmp(f, b, 0);
	else if (outer == ILST)
		bmff_item(f, b);
	else if (outer == UDTA && box_outer(&f->boxes, 1) == MOOV && !bmff_maker(f, b))
		bmff_userdata(f, b);
	else if (outer == BOX_UUID)
		cr3_part(f, b);
	else if (outer == 0)
		take_outermost(f, b);
}

/* ISO's meta has a version and flags before its children, QuickTime's is a box like any other; in both the first child
 * has to be hdlr. */
static uint64_t
skip_of_meta(struct bmff *f, const struct box *b)
{
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 8);

	if (p == NULL || src_be32(p + 4) == HDLR)
		return 0;
	return f->quicktime && src_be32(p) != 0 ? 0 : 4;
}

/* Where the children of a box begin in its body, through *skip; false: it is not opened. */
static bool
is_opened(struct bmff *f, const struct box *b, uint64_t *skip)
{
	uint32_t outer = box_outer(&f->boxes, 0);

	*skip = 0;
	if ((outer == MOOV || outer == UDTA) && box_is_uuid(&f->boxes, b, UUID_CANON)) {
		*skip = UUID_LEN;
		return true;
	}
	for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++) {
		if (opened[i].outer == outer && opened[i].inner == b->type) {
			*skip = b->type == META ? skip_of_meta(f, b) : 0;
			return true;
		}
	}
	return false;
}

static void
enter(struct bmff *f, const struct box *b, uint64_t skip)
{
	uint32_t outer = box_outer(&f->boxes, 0);

	if (b->type == TRAK)
		f->track = (struct bmff_track){.nth = ++f->tracks};
	if (b->type == META)
		userdata_no_keys(&f->keys);
	if (b->type == MOOV)
		f->seen_moov = f->boxes.loose = true;
	if (b->type == META && outer == 0 && !f->seen_meta) { /* a file may have one */
		f->seen_meta = true;
		heif_meta(f, b, skip);
	}
	box_enter(&f->boxes, b, b->body + skip);
}

static void
leave(struct bmff *f, const struct box *b)
{
	if (b->type == TRAK)
		bmff_track_ended(f);
	else if (b->type == BOX_UUID)
		cr3_end(f);
	else if (b->type == CMOV && !f->decompressed)
		media_warn(f->boxes.info, FAIL_FORMAT, "the movie's index is compressed and could not be read");
}

void
bmff_walk(struct bmff *f)
{
	enum box_step step;
	uint64_t skip;
	struct box b;

	while ((step = box_next(&f->boxes, &b)) != BOX_END) {
		if (step == BOX_LEFT)
			leave(f, &b);
		else if (is_opened(f, &b, &skip))
			enter(f, &b, skip);
		else if (!f->boxes.stop)
			take(f, &b);
	}
}

/* The index that lay compressed, as if it stood where its compressed form does. */
static void
walk_inflated(struct bmff *f, const uint8_t *bytes, size_t len)
{
	struct boxes outside = f->boxes;
	struct src *src = work_open(f->work, bytes, len);

	if (src == NULL) {
		outside.info->text.failed |= work_lacks_memory(f->work);
		return;
	}
	box_begin(&f->boxes, src, outside.info, outside.why, 0, len);
	f->boxes.count = outside.count;
	f->decompressed = true;
	bmff_walk(f);
	work_close(f->work);
	box_done(&outside, &f->boxes);
	f->boxes = outside;
}

void
bmff_compressed(struct bmff *f, const struct box *b)
{
	size_t len = b->end - b->body < INFLATED_MAX ? (size_t)(b->end - b->body) : INFLATED_MAX;
	bool first = !f->seen_cmvd; /* few bytes make many: once is enough */
	const uint8_t *p = first && len > 4 && f->work != NULL ? box_bytes(&f->boxes, b, 0, len) : NULL;
	uLongf room = p != NULL && src_be32(p) < INFLATED_MAX ? src_be32(p) : 0;
	uint8_t *out = room > 0 ? malloc(room) : NULL;

	f->seen_cmvd = true;
	f->boxes.info->text.failed |= room > 0 && out == NULL;
	if (out == NULL)
		return;
	if (uncompress(out, &room, p + 4, (uLong)len - 4) == Z_OK)
		walk_inflated(f, out, room);
	free(out);
}

static int
bmff_read(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct bmff f = {.work = work};

	f.film = !media_is_picture(info->type);
	box_begin(&f.boxes, src, info, why, 0, src_size(src));
	movie_init(&f.movie, info, work);
	f.quicktime = strcmp(info->type, "mov") == 0;
	f.movie.keeps_utc = strcmp(info->type, "cr3") == 0;
	bmff_walk(&f);
	if (f.film && !f.seen_moov && !f.seen_meta && !f.boxes.stop)
		media_warn(info, FAIL_FORMAT, "the film has no index (moov)");
	if (f.film && !f.boxes.failed)
		bmff_insta360(&f);
	if (!f.film && !f.boxes.failed && samsung_clock(r) == -1)
		box_fail(&f.boxes);
	bmff_end(&f);
	movie_finish(&f.movie);
	movie_fini(&f.movie);
	userdata_fini(&f.keys);
	return f.boxes.failed ? -1 : 0;
}

const struct format_reader format_bmff = {bmff_bid, bmff_read};
