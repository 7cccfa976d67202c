/*
 * The headers.  A movie's picture is that of its first video track; where a picture (HEIF) has tracks besides its
 * items, they say nothing about its size, which is why the size is set at the end.
 */
#include <stdio.h>
#include <string.h>

#include "format/bmff/bmff.h"

#define VIDE BOX_TYPE('v', 'i', 'd', 'e')
#define PICT BOX_TYPE('p', 'i', 'c', 't') /* a sequence of pictures */
#define GPMD BOX_TYPE('g', 'p', 'm', 'd')
#define CO64 BOX_TYPE('c', 'o', '6', '4')

#define EPOCH_1904_S 2082844800

static void
tag_text(struct bmff *f, const char *group, const char *name, const void *text, size_t len)
{
	movie_text(&f->movie,
	    &(struct movie_text){.what = MOVIE_NOTHING, .group = group, .name = name, .p = text, .len = len});
}

/* A time as the file has it. */
static void
tag_time(struct bmff *f, const char *group, const char *name, uint64_t seconds)
{
	char text[32] = "0000:00:00 00:00:00";
	struct when w;

	if (f->r->info->tags == NULL || seconds > INT64_MAX)
		return;
	if (seconds != 0) {
		if (!when_from_epoch((int64_t)seconds - EPOCH_1904_S, 0, 0, &w))
			return;
		snprintf(text, sizeof text, "%04d:%02d:%02d %02d:%02d:%02d", w.year, w.month, w.day, w.hour, w.minute,
		    w.second);
	}
	tag_text(f, group, name, text, strlen(text));
}

static uint64_t
number(const uint8_t *p, bool wide)
{
	return wide ? src_be64(p) : src_be32(p);
}

/* What mvhd, mdhd and tkhd begin with alike, but that tkhd has a number where the others have the scale. */
struct head {
	uint64_t created, modified, duration;
	uint32_t scale;
	bool wide;    /* of 64 bits */
	bool endless; /* the duration is not known */
	size_t len;   /* of all that */
};

static bool
read_head(struct bmff *f, const struct box *b, bool is_track, struct head *h)
{
	size_t wide, pad = is_track ? 4 : 0;
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 20 + pad);

	if (p == NULL)
		return false;
	wide = p[0] == 1 ? 8 : 4;
	*h = (struct head){.len = 4 + 2 * wide + 4 + pad + wide, .wide = wide == 8};
	if ((p = box_bytes(&f->boxes, b, 0, h->len)) == NULL)
		return false;
	h->created = number(p + 4, h->wide);
	h->modified = number(p + 4 + wide, h->wide);
	h->scale = src_be32(p + 4 + 2 * wide);
	h->duration = number(p + h->len - wide, h->wide);
	h->endless = h->duration == (h->wide ? UINT64_MAX : UINT32_MAX);
	return true;
}

static void
set_duration(struct bmff *f, uint64_t duration, uint32_t scale)
{
	if (duration != 0 && scale != 0)
		media_set_number(f->r->info, MEDIA_DURATION, (double)duration / scale);
}

void
bmff_mvhd(struct bmff *f, const struct box *b)
{
	struct head h;

	if (b->end - b->body < 32 || !read_head(f, b, false, &h))
		return;
	movie_created(&f->movie, MOVIE_MVHD, h.created, h.wide);
	f->timescale = h.scale;
	tag_time(f, "QuickTime", "CreateDate", h.created);
	tag_time(f, "QuickTime", "ModifyDate", h.modified);
	movie_tag_number(&f->movie, "QuickTime", "TimeScale", h.scale);
	if (h.endless)
		return;
	set_duration(f, h.duration, h.scale);
	if (h.scale != 0)
		movie_tag_number(&f->movie, "QuickTime", "Duration", (double)h.duration / h.scale);
}

/* The length of a movie in fragments. */
void
bmff_mehd(struct bmff *f, const struct box *b)
{
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 8);

	if (p != NULL && p[0] == 1)
		p = box_bytes(&f->boxes, b, 0, 12);
	if (p != NULL)
		set_duration(f, number(p + 4, p[0] == 1), f->timescale);
}

/* The index of fragments says how long each of them is. */
void
bmff_sidx(struct bmff *f, const struct box *b)
{
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 32);
	size_t count, at;

	if (p == NULL || f->fragments > 0)
		return;
	f->fragment_scale = src_be32(p + 8);
	at = p[0] == 0 ? 24 : 32;
	count = src_be16(p + at - 2);
	if ((p = box_bytes(&f->boxes, b, 0, at + 12 * count)) == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		f->fragments += src_be32(p + at + 12 * i + 4);
}

static int
sign(const uint8_t *p)
{
	int32_t v = (int32_t)src_be32(p);

	return (v > 0) - (v < 0);
}

int
bmff_orientation(const int matrix[4])
{
	static const struct {
		int matrix[4], orientation;
	} turns[] = {
	    {{-1, 0, 0, 1}, 2},
	    {{-1, 0, 0, -1}, 3},
	    {{1, 0, 0, -1}, 4},
	    {{0, 1, 1, 0}, 5},
	    {{0, 1, -1, 0}, 6},
	    {{0, -1, -1, 0}, 7},
	    {{0, -1, 1, 0}, 8},
	};

	for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
		if (memcmp(turns[i].matrix, matrix, sizeof turns[i].matrix) == 0)
			return turns[i].orientation;
	}
	return 0;
}

void
bmff_tkhd(struct bmff *f, const struct box *b)
{
	int matrix[4];
	const uint8_t *p;
	struct head h;

	if (b->end - b->body < 84 || !read_head(f, b, true, &h))
		return;
	movie_created(&f->movie, MOVIE_TKHD, h.created, h.wide);
	tag_time(f, f->track.name, "TrackCreateDate", h.created);
	tag_time(f, f->track.name, "TrackModifyDate", h.modified);
	if (f->timescale != 0 && !h.endless)
		movie_tag_number(&f->movie, f->track.name, "TrackDuration", (double)h.duration / f->timescale);
	if ((p = box_bytes(&f->boxes, b, h.len + 16, 44)) == NULL)
		return;
	for (int i = 0; i < 4; i++)
		matrix[i] = sign(p + (i / 2) * 12 + (i % 2) * 4);
	f->track.orientation = bmff_orientation(matrix);
	f->track.shown_width = src_be16(p + 36);
	f->track.shown_height = src_be16(p + 40);
	if (f->track.shown_width > 0 && f->track.shown_height > 0) {
		movie_tag_number(&f->movie, f->track.name, "ImageWidth", f->track.shown_width);
		movie_tag_number(&f->movie, f->track.name, "ImageHeight", f->track.shown_height);
	}
}

void
bmff_mdhd(struct bmff *f, const struct box *b)
{
	struct head h;

	if (!read_head(f, b, false, &h))
		return;
	movie_created(&f->movie, MOVIE_MDHD, h.created, h.wide);
	tag_time(f, f->track.name, "MediaCreateDate", h.created);
	tag_time(f, f->track.name, "MediaModifyDate", h.modified);
	movie_tag_number(&f->movie, f->track.name, "MediaTimeScale", h.scale);
	if (h.scale != 0 && !h.endless)
		movie_tag_number(&f->movie, f->track.name, "MediaDuration", (double)h.duration / h.scale);
}

void
bmff_hdlr(struct bmff *f, const struct box *b)
{
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 12);

	if (p == NULL)
		return;
	f->track.handler = src_be32(p + 8);
	tag_text(f, f->track.name, "HandlerType", p + 8, 4);
	p = box_bytes(&f->boxes, b, 24, 6); /* the name, in QuickTime behind its length */
	if (p != NULL && (memcmp(p, "GoPro", 5) == 0 || memcmp(p + 1, "GoPro", 5) == 0))
		f->movie.maker = "GoPro";
}

/* The first sample description, read as that of a video; whether it is one, the handler says. */
void
bmff_stsd(struct bmff *f, const struct box *b)
{
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 16);

	f->track.gopro = p != NULL && src_be32(p + 12) == GPMD;
	if ((p = box_bytes(&f->boxes, b, 0, 44)) == NULL)
		return;
	f->track.width = src_be16(p + 40);
	f->track.height = src_be16(p + 42);
	if (f->track.handler != VIDE && f->track.handler != PICT)
		return;
	tag_text(f, f->track.name, "CompressorID", p + 12, 4);
	movie_tag_number(&f->movie, f->track.name, "SourceImageWidth", f->track.width);
	movie_tag_number(&f->movie, f->track.name, "SourceImageHeight", f->track.height);
}

/* Where the first chunks begin, of a track whose content is read; its sample description comes before. */
void
bmff_chunks(struct bmff *f, const struct box *b)
{
	size_t wide = b->type == CO64 ? 8 : 4, n;
	const uint8_t *p = f->track.gopro ? box_bytes(&f->boxes, b, 0, 8) : NULL;

	if (p == NULL)
		return;
	n = src_be32(p + 4) < BMFF_CHUNKS_MAX ? src_be32(p + 4) : BMFF_CHUNKS_MAX;
	if ((p = box_bytes(&f->boxes, b, 8, n * wide)) == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		f->track.chunk[i] = number(p + wide * i, wide == 8);
	f->track.nchunks = n;
}

/* The first track with pictures says how large they are and which way up. */
void
bmff_track_ended(struct bmff *f)
{
	struct bmff_track *t = &f->track;

	if (t->gopro && !f->decompressed)
		bmff_gopro_clock(f);
	if (t->width == 0 || t->height == 0) {
		t->width = t->shown_width;
		t->height = t->shown_height;
	}
	if ((t->handler == VIDE || t->handler == PICT) && f->shown.nth == 0 && t->width > 0 && t->height > 0)
		f->shown = *t;
}

void
bmff_end(struct bmff *f)
{
	struct media_info *info = f->r->info;
	bool is_first = info->field[MEDIA_WIDTH].kind == MEDIA_ABSENT;

	set_duration(f, f->fragments, f->fragment_scale);
	if (f->shown.nth == 0 || (!f->is_movie && !is_first))
		return;
	reader_set_size(f->r, f->shown.width, f->shown.height);
	if (f->shown.orientation != 0)
		media_set_number(info, MEDIA_ORIENTATION, f->shown.orientation);
}
