/*
 * An AVI begins with a list of headers, then comes the list with the frames, and its index.  The frames are leapt over,
 * because words and XMP often stand behind them.  A film over a gigabyte goes on in more chunks RIFF, which are walked
 * like the first.  Lists lie in lists no deeper than the loops here.
 *
 * Source: Microsoft, AVI RIFF File Reference; OpenDML AVI File Format Extensions 1.02 (Matrox, 1996).
 */
#include "format/riff/avi.h"

#include <string.h>

#include "format/format.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

#define FRAME_CHUNKS_MAX 64

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 12 || memcmp(head, "RIFF", 4) != 0 ||
	    (memcmp(head + 8, "AVI ", 4) != 0 && memcmp(head + 8, "AVIX", 4) != 0))
		return NULL;
	return "avi";
}

static bool
is(const struct riff_chunk *c, const char *id)
{
	return strcmp(c->id, id) == 0;
}

static void
add_number(struct avi *a, const char *name, double v)
{
	tags_number(a->r, "RIFF", slice_of(name), v);
}

/* avih: the film as a whole. */
static void
read_header(struct avi *a, const struct riff_chunk *c)
{
	const uint8_t *p;

	if ((p = riff_bytes(&a->riff, c, 40)) == NULL)
		return;
	a->us_per_frame = src_le32(p);
	a->frames = src_le32(p + 16);
	a->width = src_le32(p + 32);
	a->height = src_le32(p + 36);
	if (a->us_per_frame > 0)
		add_number(a, "FrameRate", 1e6 / a->us_per_frame);
	add_number(a, "MaxDataRate", src_le32(p + 4));
	add_number(a, "FrameCount", a->frames);
	add_number(a, "StreamCount", src_le32(p + 24));
	tags_size(a->r, "RIFF", a->width, a->height);
}

/* strh: one stream. */
static void
read_stream(struct avi *a, const struct riff_chunk *c)
{
	static const struct slice codec[] = {{"AudioCodec", 10}, {"VideoCodec", 10}};
	uint32_t scale, rate, length;
	const uint8_t *p;

	a->is_video = false;
	if ((p = riff_bytes(&a->riff, c, 36)) == NULL)
		return;
	a->is_video = memcmp(p, "vids", 4) == 0 && !a->has_video;
	scale = src_le32(p + 20);
	rate = src_le32(p + 24);
	length = src_le32(p + 32);
	if (memcmp(p, "vids", 4) == 0 || memcmp(p, "auds", 4) == 0)
		tags_text(a->r, "RIFF", codec[p[0] == 'v'], (const char *)p + 4, 4);
	tags_text(a->r, "RIFF", slice_of("StreamType"), (const char *)p, 4);
	if (!a->is_video)
		return;
	a->has_video = true;
	if (rate > 0)
		a->seconds = (double)length * scale / rate;
	if (scale > 0)
		add_number(a, "VideoFrameRate", (double)rate / scale);
	add_number(a, "VideoFrameCount", length);
}

/* strf of a video stream is a bitmap's header; a height below zero says from where the lines are counted. */
static void
read_format(struct avi *a, const struct riff_chunk *c)
{
	const uint8_t *p;
	int64_t height;

	if (!a->is_video || (p = riff_bytes(&a->riff, c, 40)) == NULL)
		return;
	height = (int32_t)src_le32(p + 8);
	if ((int32_t)src_le32(p + 4) > 0 && height != 0)
		reader_set_size(a->r, src_le32(p + 4), (double)(height < 0 ? -height : height));
}

/* The lists in the list of headers: a stream's, or OpenDML's. */
static void
read_inner(struct avi *a, const struct riff_chunk *list)
{
	uint64_t at = list->at, end = list->at + list->len;
	struct riff_chunk c;
	const uint8_t *p;

	while (riff_next(&a->riff, &at, end, &c)) {
		if (is(&c, "strh")) {
			read_stream(a, &c);
		} else if (is(&c, "strf")) {
			read_format(a, &c);
		} else if (is(&c, "strd")) {
			avi_maker(a, &c);
		} else if (is(&c, "dmlh") && (p = riff_bytes(&a->riff, &c, 4)) != NULL) {
			a->total_frames = src_le32(p);
			add_number(a, "TotalFrameCount", a->total_frames);
		}
	}
}

/* A chunk that stands at the top, or in a list there. */
static void
read_chunk(struct avi *a, const struct riff_chunk *c)
{
	if (c->is_list && (is(c, "strl") || is(c, "odml")))
		read_inner(a, c);
	else if (is(c, "avih"))
		read_header(a, c);
	else if (is(c, "JUNK") || is(c, "nctg"))
		avi_maker(a, c);
	else
		avi_text(a, c);
}

/* Whether a list holds words, or what a camera of Nikon's says. */
static bool
is_plain_list(const struct riff_chunk *c)
{
	return c->is_list && (is(c, "INFO") || is(c, "INF0") || is(c, "exif") || is(c, "ncdt"));
}

static void
read_list(struct avi *a, const struct riff_chunk *list)
{
	uint64_t at = list->at, end = list->at + list->len;
	struct riff_chunk c;

	if (!is(list, "hdrl") && !is_plain_list(list))
		return;
	while (riff_next(&a->riff, &at, end, &c)) {
		if (is_plain_list(&c))
			at = c.at; /* one in the list of headers */
		else
			read_chunk(a, &c);
	}
}

/* Frames at the top of the file: the camera stopped before it wrote how long their list is. */
static bool
is_frame(const struct riff_chunk *c)
{
	return c->id[0] >= '0' && c->id[0] <= '9' && c->id[1] >= '0' && c->id[1] <= '9';
}

/* A chunk at the top of the file.  False where nothing more is to be looked for. */
static bool
read_top(struct avi *a, const struct riff_chunk *c, uint64_t *at)
{
	if (is(c, "movi") && c->is_list && c->len == 0)
		media_warn(a->r->info, FAIL_TRUNCATED, "the recording was never finished");
	if (c->is_riff) {
		*at = c->at; /* into the next part of the film */
	} else if (c->is_list) {
		read_list(a, c);
	} else if (is_frame(c) && a->frame_chunks++ == FRAME_CHUNKS_MAX) {
		media_warn(a->r->info, FAIL_FORMAT, "frames outside their list; what follows them was not read");
		return false;
	} else if (is(c, "_PMX")) {
		xmp_read(a->r, c->at, c->len);
	} else {
		read_chunk(a, c);
	}
	return true;
}

/*
 * The header of the film tells its length, and OpenDML's that of all its parts; where it counts the frames of two
 * streams (3D), the stream's own header is right, which in other cameras is the one that is wrong.
 */
static void
set_whole(struct avi *a)
{
	uint32_t frames = a->total_frames > a->frames ? a->total_frames : a->frames;
	double seconds = (double)frames * a->us_per_frame / 1e6;

	if (a->seconds > 0 && (seconds <= 0 || (seconds > 1.9 * a->seconds && seconds < 3.1 * a->seconds)))
		seconds = a->seconds;
	if (seconds > 0)
		media_set_number(a->r->info, MEDIA_DURATION, seconds);
	if (a->width > 0 && a->height > 0 && a->width <= INT32_MAX && a->height <= INT32_MAX)
		reader_set_size(a->r, a->width, a->height);
	avi_text_end(a);
}

static void
read_avi(struct reader *r)
{
	struct avi a = {.r = r};
	struct riff_chunk c;
	uint64_t at = 12;

	riff_open(&a.riff, r);
	while (riff_next(&a.riff, &at, reader_size(r), &c) && read_top(&a, &c, &at))
		;
	set_whole(&a);
}

const struct format_reader format_avi = {bid, read_avi};
