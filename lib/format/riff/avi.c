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
	tags_number(&(struct reader){.work = a->work, .info = a->info}, "RIFF", (struct slice){name, strlen(name)}, v);
}

/* The first `want` bytes of a chunk.  NULL with *rc -1 where they could not be read, 0 where there are not as many. */
static const uint8_t *
bytes_of(struct avi *a, const struct riff_chunk *c, size_t want, int *rc)
{
	const uint8_t *p;
	size_t got;

	*rc = 0;
	if (c->len < want)
		return NULL;
	if ((p = src_some(a->riff.src, c->at, want, &got, a->riff.why)) == NULL)
		*rc = riff_stop(&a->riff, "AVI");
	return p != NULL && got == want ? p : NULL;
}

/* avih: the film as a whole. */
static int
read_header(struct avi *a, const struct riff_chunk *c)
{
	const uint8_t *p;
	int rc;

	if ((p = bytes_of(a, c, 40, &rc)) == NULL)
		return rc;
	a->us_per_frame = src_le32(p);
	a->frames = src_le32(p + 16);
	a->width = src_le32(p + 32);
	a->height = src_le32(p + 36);
	if (a->us_per_frame > 0)
		add_number(a, "FrameRate", 1e6 / a->us_per_frame);
	add_number(a, "MaxDataRate", src_le32(p + 4));
	add_number(a, "FrameCount", a->frames);
	add_number(a, "StreamCount", src_le32(p + 24));
	add_number(a, "ImageWidth", a->width);
	add_number(a, "ImageHeight", a->height);
	return 0;
}

/* strh: one stream. */
static int
read_stream(struct avi *a, const struct riff_chunk *c)
{
	static const struct slice codec[] = {{"AudioCodec", 10}, {"VideoCodec", 10}};
	uint32_t scale, rate, length;
	const uint8_t *p;
	int rc;

	a->is_video = false;
	if ((p = bytes_of(a, c, 36, &rc)) == NULL)
		return rc;
	a->is_video = memcmp(p, "vids", 4) == 0 && !a->has_video;
	scale = src_le32(p + 20);
	rate = src_le32(p + 24);
	length = src_le32(p + 32);
	if (memcmp(p, "vids", 4) == 0 || memcmp(p, "auds", 4) == 0)
		tags_text(&(struct reader){.work = a->work, .info = a->info}, "RIFF", codec[p[0] == 'v'],
		    (const char *)p + 4, 4);
	tags_text(&(struct reader){.work = a->work, .info = a->info}, "RIFF", (struct slice){"StreamType", 10},
	    (const char *)p, 4);
	if (!a->is_video)
		return 0;
	a->has_video = true;
	if (rate > 0)
		a->seconds = (double)length * scale / rate;
	if (scale > 0)
		add_number(a, "VideoFrameRate", (double)rate / scale);
	add_number(a, "VideoFrameCount", length);
	return 0;
}

/* strf of a video stream is a bitmap's header; a height below zero says from where the lines are counted. */
static int
read_format(struct avi *a, const struct riff_chunk *c)
{
	const uint8_t *p;
	int64_t height;
	int rc;

	if (!a->is_video || (p = bytes_of(a, c, 40, &rc)) == NULL)
		return a->is_video ? rc : 0;
	height = (int32_t)src_le32(p + 8);
	if ((int32_t)src_le32(p + 4) <= 0 || height == 0)
		return 0;
	media_set_number(a->info, MEDIA_WIDTH, src_le32(p + 4));
	media_set_number(a->info, MEDIA_HEIGHT, (double)(height < 0 ? -height : height));
	return 0;
}

/* The lists in the list of headers: a stream's, or OpenDML's. */
static int
read_inner(struct avi *a, const struct riff_chunk *list)
{
	uint64_t at = list->at, end = list->at + list->len;
	struct riff_chunk c;
	const uint8_t *p;
	int rc, got = 0;

	while (got != -1 && (rc = riff_next(&a->riff, &at, end, &c)) == 1) {
		if (is(&c, "strh")) {
			got = read_stream(a, &c);
		} else if (is(&c, "strf")) {
			got = read_format(a, &c);
		} else if (is(&c, "strd")) {
			got = avi_maker(a, &c);
		} else if (is(&c, "dmlh") && (p = bytes_of(a, &c, 4, &got)) != NULL) {
			a->total_frames = src_le32(p);
			add_number(a, "TotalFrameCount", a->total_frames);
		}
	}
	return got == -1 || rc == -1 ? -1 : 0;
}

/* A chunk that stands at the top, or in a list there. */
static int
read_chunk(struct avi *a, const struct riff_chunk *c)
{
	if (is(c, "strl") || is(c, "odml"))
		return c->is_list ? read_inner(a, c) : 0;
	if (is(c, "avih"))
		return read_header(a, c);
	if (is(c, "JUNK") || is(c, "nctg"))
		return avi_maker(a, c);
	return avi_text(a, c);
}

/* Whether a list holds words, or what a camera of Nikon's says. */
static bool
is_plain_list(const struct riff_chunk *c)
{
	return c->is_list && (is(c, "INFO") || is(c, "INF0") || is(c, "exif") || is(c, "ncdt"));
}

static int
read_list(struct avi *a, const struct riff_chunk *list)
{
	uint64_t at = list->at, end = list->at + list->len;
	struct riff_chunk c;
	int rc;

	if (!is(list, "hdrl") && !is_plain_list(list))
		return 0;
	while ((rc = riff_next(&a->riff, &at, end, &c)) == 1) {
		if (is_plain_list(&c))
			at = c.at; /* one in the list of headers */
		else if (read_chunk(a, &c) == -1)
			return -1;
	}
	return rc;
}

/* Frames at the top of the file: the camera stopped before it wrote how long their list is. */
static bool
is_frame(const struct riff_chunk *c)
{
	return c->id[0] >= '0' && c->id[0] <= '9' && c->id[1] >= '0' && c->id[1] <= '9';
}

/* A chunk at the top of the file.  1 to go on, 0, -1. */
static int
read_top(struct avi *a, const struct riff_chunk *c, uint64_t *at)
{
	if (c->is_riff) {
		*at = c->at; /* into the next part of the film */
		return 1;
	}
	if (is(c, "movi") && c->is_list && c->len == 0)
		media_warn(a->info, FAIL_TRUNCATED, "the AVI was never finished");
	if (c->is_list)
		return read_list(a, c) == -1 ? -1 : 1;
	if (is_frame(c) && a->frame_chunks++ == FRAME_CHUNKS_MAX) {
		media_warn(a->info, FAIL_FORMAT, "frames outside their list; what is behind them was not looked for");
		return 0;
	}
	if (is(c, "_PMX"))
		return xmp_read(
			   &(struct reader){.src = a->riff.src, .work = a->work, .info = a->info, .why = a->riff.why},
			   c->at, c->len) == -1
			   ? -1
			   : 1;
	return read_chunk(a, c) == -1 ? -1 : 1;
}

/*
 * The header of the film tells its length, and OpenDML's that of all its parts; where it counts the frames of two
 * streams (3D), the stream's own header is right, which in other cameras is the one that is wrong.
 */
static void
settle(struct avi *a)
{
	uint32_t frames = a->total_frames > a->frames ? a->total_frames : a->frames;
	double seconds = (double)frames * a->us_per_frame / 1e6;

	if (a->seconds > 0 && (seconds <= 0 || (seconds > 1.9 * a->seconds && seconds < 3.1 * a->seconds)))
		seconds = a->seconds;
	if (seconds > 0)
		media_set_number(a->info, MEDIA_DURATION, seconds);
	if (a->width > 0 && a->height > 0 && a->width <= INT32_MAX && a->height <= INT32_MAX) {
		media_set_number(a->info, MEDIA_WIDTH, a->width);
		media_set_number(a->info, MEDIA_HEIGHT, a->height);
	}
	avi_text_end(a);
}

static int
read_avi(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct avi a = {.work = work, .info = info};
	struct riff_chunk c;
	uint64_t at = 12;
	int rc;

	if (riff_open(&a.riff, src, info, why, &c) == -1)
		return -1;
	while ((rc = riff_next(&a.riff, &at, src_size(src), &c)) == 1 && (rc = read_top(&a, &c, &at)) == 1)
		;
	settle(&a);
	return rc == -1 ? -1 : 0;
}

const struct format_reader format_avi = {bid, read_avi};
