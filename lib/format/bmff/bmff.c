/*
 * ISO base media and QuickTime: movies, and the pictures of the family (HEIF, AVIF, CR3).  The walk jumps from header
 * to header and never reads what it does not want, so that an index behind gigabytes of video costs as little as one at
 * the front.  Which box is opened inside which is a fixed table without cycles.
 *
 * Source: ISO/IEC 14496-12; QuickTime File Format Specification (Apple 2012).
 */
#include "format/bmff/bmff.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "format/jpeg/samsung.h"
#include "format/tail.h"
#include "meta/xmp/xmp.h"

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

#define UUID_CANON "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"

const uint8_t *
bmff_text(struct bmff *f, const struct box *b, size_t *len)
{
	char name[5];

	if (b->end - b->body > BMFF_TEXT_MAX) {
		media_warn(f->r->info, FAIL_VALUE, "skipped a text of %" PRIu64 " bytes (%s box), which is too long",
		    b->end - b->body, box_name(b->type, name));
		return NULL;
	}
	*len = (size_t)(b->end - b->body);
	return box_bytes(&f->boxes, b, 0, *len);
}

static void read_compressed(struct bmff *f, const struct box *b); /* which walks again */

/* Boxes, each with the one it lies in; 0 is the file. */
static const struct {
	uint32_t outer, inner;
	void (*read)(struct bmff *f, const struct box *b); /* NULL: it is opened */
} known[] = {
    {0, MOOV, NULL},
    {0, META, NULL},
    {0, SIDX, bmff_sidx},
    {MOOV, CMOV, NULL},
    {MOOV, TRAK, NULL},
    {MOOV, UDTA, NULL},
    {MOOV, META, NULL},
    {MOOV, MVEX, NULL},
    {MOOV, MVHD, bmff_mvhd},
    {MVEX, MEHD, bmff_mehd},
    {CMOV, CMVD, read_compressed},
    {UDTA, META, NULL},
    {TRAK, META, NULL},
    {TRAK, TKHD, bmff_tkhd},
    {TRAK, MDIA, NULL},
    {MDIA, MDHD, bmff_mdhd},
    {MDIA, HDLR, bmff_hdlr},
    {MDIA, MINF, NULL},
    {MINF, STBL, NULL},
    {STBL, STSD, bmff_stsd},
    {STBL, STCO, bmff_chunks},
    {STBL, CO64, bmff_chunks},
    {META, KEYS, bmff_keys},
    {META, XML_, bmff_sony},
    {META, ILST, NULL},
};

static void
read_xmp(struct bmff *f, const struct box *b, uint64_t skip)
{
	if (b->end - b->body > skip)
		xmp_read(f->r, b->body + skip, b->end - b->body - skip);
}

/* What stands beside the index. */
static void
read_outermost(struct bmff *f, const struct box *b)
{
	struct reader *r = f->r;

	if (b->type == MPVD)
		media_set_bool(r->info, MEDIA_MOTION_PHOTO, true);
	if (b->type == MDAT && f->seen_meta && !f->is_movie) { /* the picture is whole */
		f->boxes.tailed = true;
		if (b->end == reader_size(r))
			tail_check(r, b->body, b->end);
	}
	if (!f->seen_moov)
		return;
	f->boxes.stop = b->type == MOOF || ++f->behind == BEHIND_MAX;
	if (f->behind == BEHIND_MAX)
		media_warn(
		    r->info, FAIL_LIMIT, "only the first %d boxes after the movie's index were read", BEHIND_MAX);
}

static void
read_box(struct bmff *f, const struct box *b)
{
	uint32_t outer = box_outer(&f->boxes, 0);

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].outer == outer && known[i].inner == b->type)
			known[i].read(f, b);
	}
	if (box_is_uuid(&f->boxes, b, BOX_UUID_XMP))
		read_xmp(f, b, BOX_UUID_LEN);
	else if (outer == UDTA && b->type == XMP_)
		read_xmp(f, b, 0);
	else if (outer == ILST)
		bmff_item(f, b);
	else if (outer == UDTA && box_outer(&f->boxes, 1) == MOOV && !bmff_maker(f, b))
		bmff_userdata(f, b);
	else if (outer == BOX_UUID)
		cr3_part(f, b);
	else if (outer == 0)
		read_outermost(f, b);
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
		*skip = BOX_UUID_LEN;
		return true;
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].outer == outer && known[i].inner == b->type && known[i].read == NULL) {
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

	if (b->type == TRAK) {
		f->track = (struct bmff_track){.nth = ++f->tracks};
		snprintf(f->track.name, sizeof f->track.name, "Track%u", f->tracks);
	}
	if (b->type == META)
		bmff_no_keys(f);
	if (b->type == MOOV)
		f->seen_moov = f->boxes.loose = true;
	if (b->type == META && outer == 0 && !f->seen_meta) { /* a file may have one */
		f->seen_meta = true;
		heif_meta(&f->boxes, b, skip);
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
		media_warn(f->r->info, FAIL_FORMAT, "the movie's index is compressed and could not be read");
}

static void
walk(struct bmff *f)
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
			read_box(f, &b);
	}
}

/* The index that lay compressed, as if it stood where its compressed form does. */
static void
walk_inflated(struct bmff *f, const uint8_t *bytes, size_t len)
{
	struct boxes outside = f->boxes;
	struct src *src = reader_enter(f->r, bytes, len);

	if (src == NULL)
		return;
	box_begin(&f->boxes, f->r, 0, len);
	f->boxes.count = outside.count;
	f->decompressed = true;
	walk(f);
	reader_leave(f->r, src);
	box_done(&outside, &f->boxes);
	f->boxes = outside;
}

/* Of an old QuickTime movie; the first of its file, as few bytes make many. */
static void
read_compressed(struct bmff *f, const struct box *b)
{
	size_t len = b->end - b->body < INFLATED_MAX ? (size_t)(b->end - b->body) : INFLATED_MAX;
	const uint8_t *p = !f->seen_cmvd && len > 4 ? box_bytes(&f->boxes, b, 0, len) : NULL;
	uLongf room = p != NULL && src_be32(p) < INFLATED_MAX ? src_be32(p) : 0;
	uint8_t *out = room > 0 ? malloc(room) : NULL;

	f->seen_cmvd = true;
	if (room > 0 && out == NULL)
		reader_nomem(f->r);
	else if (room > 0 && uncompress(out, &room, p + 4, (uLong)len - 4) == Z_OK)
		walk_inflated(f, out, room);
	free(out);
}

static void
bmff_read(struct reader *r)
{
	struct bmff f = {.r = r, .is_movie = !media_is_picture(r->info->type)};

	r->what = f.is_movie ? "the movie" : "the picture";
	box_begin(&f.boxes, r, 0, reader_size(r));
	movie_init(&f.movie, r);
	f.quicktime = strcmp(r->info->type, "mov") == 0;
	f.movie.keeps_utc = strcmp(r->info->type, "cr3") == 0;
	walk(&f);
	if (f.is_movie && !f.seen_moov && !f.seen_meta && !f.boxes.stop && !r->failed)
		media_warn(r->info, FAIL_FORMAT,
		    "the movie has no index (moov box): recording or copying was probably interrupted");
	if (f.is_movie)
		bmff_insta360(&f);
	else
		samsung_clock(r);
	bmff_end(&f);
	movie_finish(&f.movie);
	movie_fini(&f.movie);
	buf_fini(&f.keys.names);
}

const struct format_reader format_bmff = {bmff_bid, bmff_read};
