/*
 * ISO base media and QuickTime: boxes within boxes, each with its size before it.  The walk jumps from header to
 * header and never reads what it does not want, so that an index behind gigabytes of film costs as little as one at
 * the front.  Which box is opened inside which is a fixed table without cycles: nothing a file says can nest deeper
 * than the table does, and the stack of open boxes is a small array.
 *
 * Pictures of the family (HEIF, CR3 …) are recognised here, and not read.
 */
#include "format/bmff.h"

#include <inttypes.h>
#include <string.h>

#include "format/format.h"
#include "format/movie.h"
#include "media/src.h"
#include "format/userdata.h"

enum {
	DEPTH_MAX = 8, /* file, moov, udta, meta, ilst is the deepest but one */
	BOXES_MAX = 65536
};

#define MOOV BMFF_TYPE('m', 'o', 'o', 'v')
#define MOOF BMFF_TYPE('m', 'o', 'o', 'f')
#define MDAT BMFF_TYPE('m', 'd', 'a', 't')
#define MVHD BMFF_TYPE('m', 'v', 'h', 'd')
#define CMOV BMFF_TYPE('c', 'm', 'o', 'v')
#define MVEX BMFF_TYPE('m', 'v', 'e', 'x')
#define MEHD BMFF_TYPE('m', 'e', 'h', 'd')
#define TRAK BMFF_TYPE('t', 'r', 'a', 'k')
#define TKHD BMFF_TYPE('t', 'k', 'h', 'd')
#define MDIA BMFF_TYPE('m', 'd', 'i', 'a')
#define MDHD BMFF_TYPE('m', 'd', 'h', 'd')
#define HDLR BMFF_TYPE('h', 'd', 'l', 'r')
#define MINF BMFF_TYPE('m', 'i', 'n', 'f')
#define STBL BMFF_TYPE('s', 't', 'b', 'l')
#define STSD BMFF_TYPE('s', 't', 's', 'd')
#define UDTA BMFF_TYPE('u', 'd', 't', 'a')
#define META BMFF_TYPE('m', 'e', 't', 'a')
#define KEYS BMFF_TYPE('k', 'e', 'y', 's')
#define ILST BMFF_TYPE('i', 'l', 's', 't')
#define VIDE BMFF_TYPE('v', 'i', 'd', 'e')

/* The boxes that are opened, each with the one it lies in; 0 is the file. */
static const struct {
	uint32_t outer, inner;
} opened[] = {
    {0, MOOV},
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

struct box {
	uint32_t type;
	uint64_t body, end;
};

struct track {
	uint32_t handler;
	unsigned width, height;             /* of the coded picture */
	unsigned shown_width, shown_height; /* as the track header has it */
	int orientation;
};

struct walk {
	struct src *src;
	struct media_info *info;
	struct fail *why;
	struct movie movie;
	struct userdata_keys keys;
	struct track track;
	struct box open[DEPTH_MAX]; /* the file is the first */
	size_t depth;
	uint32_t timescale;
	bool seen_moov, seen_video;
	bool cut;  /* a box had to be cut: those inside it, too, and that is no news */
	bool stop; /* nothing more is to be read */
	bool failed;
};

/* A read that did not succeed: an error of the system fails the file, all else is a warning; both end the walk. */
static void
give_up(struct walk *w)
{
	w->stop = true;
	if (w->why->code == FAIL_SYSTEM)
		w->failed = true;
	else
		media_warn(w->info, w->why->code, "%s", w->why->message);
}

static const char *
type_name(uint32_t type, char name[5])
{
	for (int i = 0; i < 4; i++) {
		name[i] = (char)(type >> (24 - 8 * i));
		if (name[i] <= ' ' || name[i] > '~')
			name[i] = '_';
	}
	name[4] = '\0';
	return name;
}

/* The first bytes of a box's body, `len` of them, or NULL where it is shorter. */
static const uint8_t *
body_bytes(struct walk *w, const struct box *b, size_t len)
{
	const uint8_t *p;

	if (b->end - b->body < len)
		return NULL;
	if ((p = src_at(w->src, b->body, len, w->why)) == NULL)
		give_up(w);
	return p;
}

/* A box that says it is longer than what it lies in is taken as far as it goes. */
static void
cut(struct walk *w, const struct box *b, uint64_t beyond)
{
	char name[5], outer[5];

	if (w->cut)
		return;
	w->cut = true;
	if (w->depth == 1)
		media_warn(w->info, FAIL_TRUNCATED, "the file ends %" PRIu64 " bytes before its %s box does", beyond,
		    type_name(b->type, name));
	else
		media_warn(w->info, FAIL_FORMAT, "a %s box runs over the end of its %s box", type_name(b->type, name),
		    type_name(w->open[w->depth - 1].type, outer));
}

/* The header at `at`, which lies at least eight bytes before `end`.  False: there is no going on behind it. */
static bool
read_header(struct walk *w, uint64_t at, uint64_t end, struct box *b)
{
	size_t len, header = 8;
	const uint8_t *p = src_some(w->src, at, end - at < 16 ? (size_t)(end - at) : 16, &len, w->why);
	uint64_t size;

	if (p == NULL) {
		give_up(w);
		return false;
	}
	if (len < 8)
		return false;
	size = src_be32(p);
	b->type = src_be32(p + 4);
	if (size == 0)
		size = end - at;
	if (size == 1 && len == 16) {
		size = src_be64(p + 8);
		header = 16;
	}
	/* What follows the movie is not always a box. */
	if (w->depth == 1 && w->seen_moov && b->type != MDAT && (size < header || size > end - at))
		return false;
	if (size < header) {
		media_warn(w->info, FAIL_FORMAT, "a box of %" PRIu64 " bytes cannot be", size);
		return false;
	}
	b->body = at + header;
	b->end = size > end - at ? end : at + size;
	if (b->body > end)
		return false;
	if (size > end - at)
		cut(w, b, size - (end - at));
	return true;
}

static void
take_mvhd(struct walk *w, const struct box *b)
{
	const uint8_t *p = body_bytes(w, b, 32);
	uint64_t duration, unknown;

	if (p == NULL)
		return;
	if (p[0] == 1) {
		movie_created(&w->movie, MOVIE_MVHD, src_be64(p + 4));
		w->timescale = src_be32(p + 20);
		duration = src_be64(p + 24);
		unknown = UINT64_MAX;
	} else {
		movie_created(&w->movie, MOVIE_MVHD, src_be32(p + 4));
		w->timescale = src_be32(p + 12);
		duration = src_be32(p + 16);
		unknown = UINT32_MAX;
	}
	if (duration != 0 && duration != unknown && w->timescale != 0)
		media_set_number(w->info, MEDIA_DURATION, (double)duration / w->timescale);
}

/* The length of a film in fragments. */
static void
take_mehd(struct walk *w, const struct box *b)
{
	const uint8_t *p = body_bytes(w, b, 8);
	uint64_t duration;

	if (p != NULL && p[0] == 1)
		p = body_bytes(w, b, 12);
	if (p == NULL)
		return;
	duration = p[0] == 1 ? src_be64(p + 4) : src_be32(p + 4);
	if (duration != 0 && w->timescale != 0)
		media_set_number(w->info, MEDIA_DURATION, (double)duration / w->timescale);
}

static int
sign(const uint8_t *p)
{
	int32_t v = (int32_t)src_be32(p);

	return (v > 0) - (v < 0);
}

/* The transformation's a, b, c, d as an Exif orientation; 0 for none, and for those that Exif does not know. */
static int
orientation(const uint8_t *matrix)
{
	static const struct {
		int a, b, c, d, orientation;
	} turns[] = {
	    {-1, 0, 0, 1, 2},
	    {-1, 0, 0, -1, 3},
	    {1, 0, 0, -1, 4},
	    {0, 1, 1, 0, 5},
	    {0, 1, -1, 0, 6},
	    {0, -1, -1, 0, 7},
	    {0, -1, 1, 0, 8},
	};
	int a = sign(matrix), b = sign(matrix + 4), c = sign(matrix + 12), d = sign(matrix + 16);

	for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++)
		if (a == turns[i].a && b == turns[i].b && c == turns[i].c && d == turns[i].d)
			return turns[i].orientation;
	return 0;
}

static void
take_tkhd(struct walk *w, const struct box *b)
{
	const uint8_t *p = body_bytes(w, b, 84);

	if (p == NULL)
		return;
	movie_created(&w->movie, MOVIE_TKHD, p[0] == 1 ? src_be64(p + 4) : src_be32(p + 4));
	if (p[0] == 1 && (p = body_bytes(w, b, 96)) == NULL)
		return;
	p += p[0] == 1 ? 52 : 40;
	w->track.orientation = orientation(p);
	w->track.shown_width = src_be16(p + 36);
	w->track.shown_height = src_be16(p + 40);
}

static void
take_mdhd(struct walk *w, const struct box *b)
{
	const uint8_t *p = body_bytes(w, b, 20);

	if (p != NULL)
		movie_created(&w->movie, MOVIE_MDHD, p[0] == 1 ? src_be64(p + 4) : src_be32(p + 4));
}

static void
take_hdlr(struct walk *w, const struct box *b)
{
	const uint8_t *p = body_bytes(w, b, 12);

	if (p != NULL)
		w->track.handler = src_be32(p + 8);
}

/* The first sample description, read as that of a video; whether it is one, the handler says. */
static void
take_stsd(struct walk *w, const struct box *b)
{
	const uint8_t *p = body_bytes(w, b, 44);

	if (p == NULL)
		return;
	w->track.width = src_be16(p + 40);
	w->track.height = src_be16(p + 42);
}

/* The end of a track: the first with pictures says how large they are and which way up. */
static void
finish_track(struct walk *w)
{
	const struct track *t = &w->track;
	bool coded = t->width > 0 && t->height > 0;
	unsigned width = coded ? t->width : t->shown_width, height = coded ? t->height : t->shown_height;

	if (t->handler != VIDE || w->seen_video || width == 0 || height == 0)
		return;
	w->seen_video = true;
	media_set_number(w->info, MEDIA_WIDTH, width);
	media_set_number(w->info, MEDIA_HEIGHT, height);
	if (t->orientation != 0)
		media_set_number(w->info, MEDIA_ORIENTATION, t->orientation);
}

/* A whole body of text; its length through *len. */
static const uint8_t *
text_bytes(struct walk *w, const struct box *b, size_t *len)
{
	char name[5];

	if (b->end - b->body > USERDATA_TEXT_MAX) {
		media_warn(w->info, FAIL_LIMIT, "a text of %" PRIu64 " bytes (%s) was passed over", b->end - b->body,
		    type_name(b->type, name));
		return NULL;
	}
	*len = (size_t)(b->end - b->body);
	return body_bytes(w, b, *len);
}

static void
take_keys(struct walk *w, const struct box *b)
{
	size_t len;
	const uint8_t *p = text_bytes(w, b, &len);

	if (p != NULL && !userdata_keys(&w->keys, p, len))
		media_warn(w->info, FAIL_LIMIT, "of the metadata keys the first %u were read", USERDATA_KEYS_MAX);
}

static void
take_item(struct walk *w, const struct box *b)
{
	bool in_track = w->depth > 2 && w->open[2].type == TRAK;
	const uint8_t *p;
	size_t len;

	if (!userdata_has_key(&w->keys, b->type) && !userdata_known(b->type))
		return;
	if ((p = text_bytes(w, b, &len)) != NULL)
		userdata_item(&w->movie, &w->keys, in_track, b->type, p, len);
}

static void
take_userdata(struct walk *w, const struct box *b)
{
	const uint8_t *p;
	size_t len;

	if (userdata_known(b->type) && (p = text_bytes(w, b, &len)) != NULL)
		userdata_box(&w->movie, b->type, p, len);
}

static const struct {
	uint32_t outer, inner;
	void (*take)(struct walk *w, const struct box *b);
} taken[] = {
    {MOOV, MVHD, take_mvhd},
    {MVEX, MEHD, take_mehd},
    {TRAK, TKHD, take_tkhd},
    {MDIA, MDHD, take_mdhd},
    {MDIA, HDLR, take_hdlr},
    {STBL, STSD, take_stsd},
    {META, KEYS, take_keys},
};

static void
take(struct walk *w, const struct box *b)
{
	uint32_t outer = w->open[w->depth - 1].type;

	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		if (taken[i].outer == outer && taken[i].inner == b->type) {
			taken[i].take(w, b);
			return;
		}
	if (outer == ILST)
		take_item(w, b);
	else if (outer == UDTA)
		take_userdata(w, b);
	else if (outer == MOOV && b->type == CMOV)
		media_warn(w->info, FAIL_FORMAT, "the movie's index is compressed and was not read");
	else if (outer == 0 && w->seen_moov && (b->type == MDAT || b->type == MOOF))
		w->stop = true;
}

static bool
is_opened(const struct walk *w, uint32_t type)
{
	for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++)
		if (opened[i].outer == w->open[w->depth - 1].type && opened[i].inner == type)
			return w->depth < DEPTH_MAX;
	return false;
}

/* QuickTime's meta is a box like any other, ISO's has a version and flags before its children. */
static uint64_t
first_child(struct walk *w, const struct box *b)
{
	const uint8_t *p = b->type == META ? body_bytes(w, b, 4) : NULL;

	return p != NULL && src_be32(p) == 0 ? b->body + 4 : b->body;
}

/* Opens a box; returns where its children begin. */
static uint64_t
enter(struct walk *w, const struct box *b)
{
	if (b->type == TRAK)
		w->track = (struct track){0};
	if (b->type == META)
		w->keys.n = 0;
	if (b->type == MOOV)
		w->seen_moov = true;
	w->open[w->depth++] = *b;
	return first_child(w, b);
}

static void
leave(struct walk *w)
{
	if (w->open[--w->depth].type == TRAK)
		finish_track(w);
}

static void
walk(struct walk *w)
{
	uint64_t at = 0;
	unsigned boxes = 0;
	struct box b;

	while (w->depth > 0 && !w->stop) {
		uint64_t end = w->open[w->depth - 1].end;

		if (at > end || end - at < 8) {
			at = end;
			leave(w);
		} else if (boxes++ == BOXES_MAX) {
			media_warn(w->info, FAIL_LIMIT, "of the file's boxes the first %u were read", BOXES_MAX);
			w->stop = true;
		} else if (!read_header(w, at, end, &b)) {
			at = end;
		} else if (is_opened(w, b.type)) {
			at = enter(w, &b);
		} else {
			take(w, &b);
			at = b.end;
		}
	}
	while (w->depth > 0)
		leave(w);
}

static bool
is_film(struct src *src, struct fail *why)
{
	const char *type, *mime;
	size_t len;
	const uint8_t *head = src_some(src, 0, SRC_HEAD_SIZE, &len, why);

	return head != NULL && bmff_bid(head, len, &type, &mime) && strncmp(mime, "image/", 6) != 0;
}

static int
bmff_read(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	struct walk w = {.src = src, .info = info, .why = why, .depth = 1};

	(void)work;
	if (!is_film(src, why))
		return 0;
	w.open[0].end = src_size(src);
	movie_init(&w.movie, info);
	walk(&w);
	if (!w.seen_moov && !w.stop)
		media_warn(info, FAIL_FORMAT, "the film has no index (moov)");
	movie_finish(&w.movie);
	movie_fini(&w.movie);
	return w.failed ? -1 : 0;
}

const struct format_reader format_bmff = {bmff_bid, bmff_read};
