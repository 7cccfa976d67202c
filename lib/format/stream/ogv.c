/*
 * Ogg with a Theora film: pages, each with pieces of packets of one stream.  A stream's first packet says what it is,
 * the second has comments; the count on its last page says how long it is.
 *
 * Source: RFC 3533 (Ogg), 6; Theora specification (xiph.org 2017), 6; Vorbis I specification, 5 (comments).
 */
#include "format/format.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "format/iso6709.h"
#include "media/media.h"
#include "meta/exif/tags.h"

enum { PAGE_HEADER = 27, PAGES_MAX = 1024, SEGMENTS_MAX = 255, STREAMS_MAX = 16 };
enum { PAGE_MAX = PAGE_HEADER + SEGMENTS_MAX + SEGMENTS_MAX * 255, IDENTIFICATION = 42 };

#define PACKET_MAX (1u << 20) /* of comments, which may hold pictures */
#define END_SEARCHED (64u << 10)

struct stream {
	uint32_t serial;
	const char *group; /* NULL: of no interest */
	double rate;       /* counts a second; 0: unknown */
	unsigned shift;    /* of a page's count: above are frames up to a key frame, below those after it */
	size_t packets;    /* complete so far */
	struct buf packet;
};

struct ogv {
	struct reader *r;
	struct stream stream[STREAMS_MAX];
	size_t nstreams;
	bool has_film;
};

static uint32_t
be24(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static void
read_theora(struct ogv *o, struct stream *s, const uint8_t *p, size_t len)
{
	uint32_t width, height;

	if (o->has_film || len < IDENTIFICATION)
		return;
	o->has_film = true;
	s->rate = src_be32(p + 26) != 0 ? (double)src_be32(p + 22) / src_be32(p + 26) : 0;
	s->shift = src_be16(p + 40) >> 5 & 31u;
	width = be24(p + 14);
	height = be24(p + 17);
	if (width == 0 || height == 0)
		return;
	reader_set_size(o->r, width, height);
	tags_size(o->r, "Theora", width, height);
}

/* What a stream is, by its first packet. */
static void
identify(struct ogv *o, struct stream *s)
{
	const uint8_t *p = (const uint8_t *)buf_cstr(&s->packet);

	if (s->packet.len >= 7 && memcmp(p, "\x80theora", 7) == 0) {
		s->group = "Theora";
		read_theora(o, s, p, s->packet.len);
	} else if (s->packet.len >= 7 && memcmp(p, "\1vorbis", 7) == 0) {
		s->group = "Vorbis";
		s->rate = s->packet.len >= 16 ? src_le32(p + 12) : 0;
	}
}

static void
add_tag(struct ogv *o, const char *group, struct slice key, struct slice value)
{
	char name[64];
	bool begin = true;
	size_t n = 0;

	if (o->r->info->tags == NULL)
		return;
	for (size_t i = 0; i < key.len && n < sizeof name; i++) {
		char c = key.p[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

		if (c != '_')
			name[n++] = (char)(!letter ? c : begin ? c & ~0x20 : c | 0x20);
		begin = c == '_';
	}
	tags_text(o->r, group, (struct slice){name, n}, value.p, value.len);
}

static bool
is_key(struct slice key, const char *name)
{
	return key.len == strlen(name) && strncasecmp(key.p, name, key.len) == 0;
}

/* What ffmpeg carries over from a camera's film.  DATE is the day of publication; a LOCATION can be any words. */
static void
note_origin(struct ogv *o, struct slice key, struct slice value)
{
	if (is_key(key, "CREATION_TIME"))
		media_set_date_text(o->r->info, MEDIA_DATE_VORBIS_CREATION, value.p, value.len);
	else if (is_key(key, "LOCATION") && value.len > 0 && (value.p[0] == '+' || value.p[0] == '-'))
		iso6709_set(o->r->info, (const uint8_t *)value.p, value.len);
}

static void
note_comment(struct ogv *o, const char *group, struct slice text)
{
	static const struct {
		const char *key;
		enum media_field field;
	} known[] = {
	    {"TITLE", MEDIA_TITLE},
	    {"ARTIST", MEDIA_ARTIST},
	    {"COPYRIGHT", MEDIA_COPYRIGHT},
	    {"DESCRIPTION", MEDIA_DESCRIPTION},
	    {"COMMENT", MEDIA_DESCRIPTION},
	    {"ENCODER", MEDIA_SOFTWARE},
	};
	const char *equals = memchr(text.p, '=', text.len);
	struct slice key, value;

	if (equals == NULL)
		return;
	key = (struct slice){text.p, (size_t)(equals - text.p)};
	value = (struct slice){equals + 1, text.len - key.len - 1};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (is_key(key, known[i].key))
			media_set_text(o->r->info, known[i].field, value.p, value.len);
	}
	note_origin(o, key, value);
	add_tag(o, group, key, value);
}

/* Behind the packet's name: who wrote it, a count, and texts, each after its length. */
static void
read_comments(struct ogv *o, const struct stream *s)
{
	const char *p = buf_cstr(&s->packet) + 7;
	size_t left = s->packet.len - 7, count, len;

	for (int part = 0; part < 2; part++) {
		if (left < 4)
			return;
		count = src_le32((const uint8_t *)p);
		len = part == 0 ? count : 0;
		if (len > left - 4)
			return;
		p += 4 + len;
		left -= 4 + len;
	}
	for (size_t i = 0; i < count && left >= 4; i++) {
		len = src_le32((const uint8_t *)p);
		if (len > left - 4)
			return;
		note_comment(o, s->group, (struct slice){p + 4, len});
		p += 4 + len;
		left -= 4 + len;
	}
}

static void
finish_packet(struct ogv *o, struct stream *s)
{
	if (s->packets == 0)
		identify(o, s);
	else if (s->packets == 1 && s->group != NULL && s->packet.len > 7)
		read_comments(o, s);
	s->packets++;
	o->r->info->text.failed |= s->packet.failed;
	buf_fini(&s->packet);
}

/* The stream of a page; NULL for one too many, and for those whose comments have been read. */
static struct stream *
stream_of(struct ogv *o, uint32_t serial)
{
	for (size_t i = 0; i < o->nstreams; i++) {
		if (o->stream[i].serial == serial)
			return o->stream[i].packets < 2 ? &o->stream[i] : NULL;
	}
	if (o->nstreams == STREAMS_MAX) {
		media_warn(o->r->info, FAIL_LIMIT, "more than %d streams; the rest was not read", STREAMS_MAX);
		return NULL;
	}
	o->stream[o->nstreams] = (struct stream){.serial = serial};
	return &o->stream[o->nstreams++];
}

/* A page's pieces; one shorter than 255 bytes ends a packet. */
static void
add_page(struct ogv *o, const uint8_t *page, size_t segments, size_t len)
{
	struct stream *s = stream_of(o, src_le32(page + 14));
	size_t at = PAGE_HEADER + segments;

	for (size_t i = 0; s != NULL && at <= len && i < segments && s->packets < 2; i++) {
		size_t n = page[PAGE_HEADER + i];

		if (n > len - at)
			return;
		if (s->packet.len < PACKET_MAX)
			buf_add(&s->packet, page + at, n);
		else
			media_warn(
			    o->r->info, FAIL_VALUE, "comments of more than %u KiB were cut short", PACKET_MAX >> 10);
		at += n;
		if (n < 255)
			finish_packet(o, s);
	}
}

static bool
has_all(const struct ogv *o)
{
	for (size_t i = 0; i < o->nstreams; i++) {
		if (o->stream[i].packets == 0 || (o->stream[i].group != NULL && o->stream[i].packets < 2))
			return false;
	}
	return o->nstreams > 0;
}

/* The page at `at`: its length, or 0 where there is no whole one. */
static size_t
read_page(struct ogv *o, uint64_t at)
{
	struct reader *r = o->r;
	const uint8_t *p = reader_at(r, at, PAGE_HEADER);
	size_t segments, len, got;

	if (p != NULL && memcmp(p, "OggS", 4) != 0)
		media_warn(r->info, FAIL_FORMAT, "no Ogg page at %" PRIu64, at);
	if (p == NULL || memcmp(p, "OggS", 4) != 0)
		return 0;
	segments = p[26];
	len = PAGE_HEADER + segments;
	if ((p = reader_at(r, at, len)) == NULL)
		return 0;
	for (size_t s = 0; s < segments; s++)
		len += p[PAGE_HEADER + s];
	if ((p = reader_some(r, at, len, &got)) == NULL)
		return 0;
	add_page(o, p, segments, got);
	if (got < len)
		media_warn(r->info, FAIL_TRUNCATED, "the file ends inside a page");
	return got < len ? 0 : len;
}

/* The pages with the streams' headers. */
static void
read_pages(struct ogv *o)
{
	uint64_t at = 0;
	size_t len = 1;

	for (int i = 0; len > 0 && at < reader_size(o->r) && !has_all(o); i++, at += len) {
		if (i == PAGES_MAX) {
			media_warn(
			    o->r->info, FAIL_LIMIT, "headers of more than %d pages; the rest was not read", PAGES_MAX);
			return;
		}
		len = read_page(o, at);
	}
}

/* The seconds that a page ends at; 0 where it does not say. */
static double
end_of(const struct ogv *o, const uint8_t *page)
{
	uint64_t count = src_le64(page + 6);

	for (size_t i = 0; i < o->nstreams && count != UINT64_MAX; i++) {
		const struct stream *s = &o->stream[i];

		if (s->serial == src_le32(page + 14) && s->rate > 0)
			return (double)((count >> s->shift) + (count & ((UINT64_C(1) << s->shift) - 1))) / s->rate;
	}
	return 0;
}

/* The film ends with the longest of its streams. */
static void
read_duration(struct ogv *o)
{
	uint64_t size = reader_size(o->r), from = size > END_SEARCHED ? size - END_SEARCHED : 0;
	const uint8_t *p, *page;
	double end_s, duration_s = 0;
	size_t len;

	if ((p = reader_some(o->r, from, END_SEARCHED, &len)) == NULL)
		return;
	while (len >= PAGE_HEADER && (page = memmem(p, len, "OggS", 4)) != NULL) {
		len -= (size_t)(page - p);
		if (len >= PAGE_HEADER && (end_s = end_of(o, page)) > duration_s)
			duration_s = end_s;
		p = page + 4;
		len -= 4;
	}
	if (duration_s > 0)
		media_set_number(o->r->info, MEDIA_DURATION, duration_s);
}

static void
ogv_read(struct reader *r)
{
	struct ogv o = {.r = r};

	read_pages(&o);
	for (size_t i = 0; i < o.nstreams; i++) {
		r->info->text.failed |= o.stream[i].packet.failed;
		buf_fini(&o.stream[i].packet);
	}
	read_duration(&o);
}

static bool
has(const uint8_t *head, size_t len, const char *text)
{
	return memmem(head, len < 512 ? len : 512, text, strlen(text)) != NULL;
}

static const char *
ogv_bid(const uint8_t *head, size_t len)
{
	if (len < 4 || memcmp(head, "OggS", 4) != 0)
		return NULL;
	if (!has(head, len, "\x80theora") && !has(head, len, "BBCD") && !has(head, len, "\1video"))
		return NULL;
	return "ogv";
}

const struct format_reader format_ogv = {ogv_bid, ogv_read};
