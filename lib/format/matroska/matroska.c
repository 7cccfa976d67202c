/*
 * Where things are in a Matroska file: a segment of a few large elements, of which all but the clusters (the pictures
 * and sounds) say something about the film, and which an index, the SeekHead, finds.
 *
 * The elements before the first cluster are taken as they come; then whatever the index points to and was not met
 * yet.  A file without an index, or whose index is silent about the tracks, is followed on past clusters of known size
 * for a number of steps; a cluster of unknown size cannot be passed without reading it, and ends the search.  Only
 * then are the elements read, in an order that does not depend on the file's.
 */
#include "format/matroska/matroska.h"

#include <string.h>

#include "format/format.h"

enum { EBML = 0x1a45dfa3, SEGMENT = 0x18538067, SEEKHEAD = 0x114d9b74, SEEK = 0x4dbb, SEEK_ID = 0x53ab };
enum { SEEK_POSITION = 0x53ac, INFO = 0x1549a966, TRACKS = 0x1654ae6b, TAGS = 0x1254c367, CLUSTER = 0x1f43b675 };
enum { DOCTYPE = 0x4282 };

#define BEFORE_SEGMENT_MAX 16 /* elements, the header among them */
#define BEFORE_CLUSTER_MAX 256
#define CLUSTERS_MAX 32 /* passed in search of what no index finds */
#define SEEKHEADS_MAX 4
#define SEEKS_MAX 64

static const struct matroska_name header_names[] = {
    {0x4286, MATROSKA_UINT, "EBMLVersion"},
    {0x42f7, MATROSKA_UINT, "EBMLReadVersion"},
    {DOCTYPE, MATROSKA_TEXT, "DocType"},
    {0x4287, MATROSKA_UINT, "DocTypeVersion"},
    {0x4285, MATROSKA_UINT, "DocTypeReadVersion"},
    {0},
};

/* What the segment has, and where. */
struct segment {
	struct ebml *ebml;
	uint64_t start, end; /* of its body */
	struct ebml_element info, tracks, tags[MATROSKA_TAGS_MAX];
	size_t ntags;
	uint64_t seekhead[SEEKHEADS_MAX]; /* those read */
	size_t nseekheads;
	uint64_t seek[SEEKS_MAX]; /* offsets to look at */
	size_t nseeks;
};

/* The header says which of the two it is; what it says of versions is nobody's business but the tags'. */
static void
read_header(struct ebml *d, const struct ebml_element *header)
{
	struct ebml_walk w;
	struct ebml_element e;
	struct ebml_value v;

	ebml_walk_init(&w, d, header);
	while (ebml_next(&w, &e) == EBML_ELEMENT) {
		if (!ebml_value(d, &e, &v))
			continue;
		if (e.id == DOCTYPE && slice_eq(ebml_text(&v), "webm"))
			media_set_type(d->r->info, "webm");
		matroska_tag(d->r, "Matroska", header_names, &v);
	}
}

static void
add_seek(struct segment *s, uint64_t position)
{
	if (s->nseeks == SEEKS_MAX)
		media_warn(s->ebml->r->info, FAIL_LIMIT, "an index with more than %d entries; the rest was not read",
		    SEEKS_MAX);
	else if (position < s->end - s->start)
		s->seek[s->nseeks++] = s->start + position;
}

static bool
is_wanted(uint64_t id)
{
	return id == INFO || id == TRACKS || id == TAGS || id == SEEKHEAD;
}

/* One entry of an index: what lies where, in either order. */
static void
read_seek(struct segment *s, struct ebml_walk *w)
{
	uint64_t id = 0, position = UINT64_MAX, u;
	struct ebml_element e;
	struct ebml_value v;

	while (ebml_next(w, &e) == EBML_ELEMENT) {
		if ((e.id == SEEK_ID || e.id == SEEK_POSITION) && ebml_value(s->ebml, &e, &v) && ebml_uint(&v, &u))
			*(e.id == SEEK_ID ? &id : &position) = u;
	}
	if (is_wanted(id))
		add_seek(s, position);
}

static void
read_seekhead(struct segment *s, const struct ebml_element *head)
{
	struct ebml_walk w;
	struct ebml_element e;
	enum ebml_step step;

	for (size_t i = 0; i < s->nseekheads; i++) {
		if (s->seekhead[i] == head->at)
			return;
	}
	if (s->nseekheads == SEEKHEADS_MAX)
		return;
	s->seekhead[s->nseekheads++] = head->at;
	ebml_walk_init(&w, s->ebml, head);
	while ((step = ebml_next(&w, &e)) != EBML_END) {
		if (step == EBML_ELEMENT && e.id == SEEK && ebml_enter(&w, &e))
			read_seek(s, &w);
	}
}

static void
add_tags(struct segment *s, const struct ebml_element *e)
{
	for (size_t i = 0; i < s->ntags; i++) {
		if (s->tags[i].at == e->at)
			return;
	}
	if (s->ntags < MATROSKA_TAGS_MAX)
		s->tags[s->ntags++] = *e;
	else
		media_warn(s->ebml->r->info, FAIL_LIMIT, "more than %d elements of tags; the rest was not read",
		    MATROSKA_TAGS_MAX);
}

/* Notes an element of the segment that is worth reading. */
static void
note(struct segment *s, const struct ebml_element *e)
{
	if (e->id == SEEKHEAD)
		read_seekhead(s, e);
	else if (e->id == INFO && s->info.id == 0)
		s->info = *e;
	else if (e->id == TRACKS && s->tracks.id == 0)
		s->tracks = *e;
	else if (e->id == TAGS)
		add_tags(s, e);
}

/* One element of the segment.  False where it is not whole; what there is of it is noted all the same. */
static bool
look(struct segment *s, uint64_t at, struct ebml_element *e)
{
	if (ebml_read(s->ebml, at, s->end, e))
		return true;
	note(s, e);
	return false;
}

/* What the index points to.  It may find further indexes, so that the list grows meanwhile. */
static void
follow_seeks(struct segment *s)
{
	struct ebml_element e;

	for (size_t i = 0; i < s->nseeks; i++) {
		if (!look(s, s->seek[i], &e))
			continue;
		if (is_wanted(e.id))
			note(s, &e);
		else
			media_warn(s->ebml->r->info, FAIL_FORMAT, "the Matroska index points to a wrong place");
	}
	s->nseeks = 0;
}

static bool
is_complete(const struct segment *s)
{
	return s->info.id != 0 && s->tracks.id != 0 && (s->nseekheads > 0 || s->ntags > 0);
}

static void
search(struct segment *s)
{
	unsigned steps = 0, clusters = 0;
	uint64_t at = s->start;
	struct ebml_element e;

	while (at < s->end && steps++ < BEFORE_CLUSTER_MAX && clusters <= CLUSTERS_MAX && look(s, at, &e)) {
		note(s, &e);
		if (e.id == CLUSTER && clusters++ == 0)
			follow_seeks(s);
		if (e.unknown_size || (clusters > 0 && is_complete(s)))
			break;
		at = e.at + e.size;
	}
	follow_seeks(s);
}

/* The first segment, after the header and whatever else stands before it. */
static void
find_segment(struct segment *s)
{
	struct reader *r = s->ebml->r;
	struct ebml_element e;
	uint64_t at = 0;

	for (int i = 0; i < BEFORE_SEGMENT_MAX; i++) {
		bool whole = ebml_read(s->ebml, at, reader_size(r), &e);

		if (e.id == EBML)
			read_header(s->ebml, &e);
		if (e.id == SEGMENT) {
			s->start = e.at;
			s->end = e.at + e.size;
		}
		if (e.id == SEGMENT || !whole)
			return;
		at = e.at + e.size;
	}
	media_warn(r->info, FAIL_FORMAT, "no Matroska segment among the first %d elements", BEFORE_SEGMENT_MAX);
}

static void
matroska_read(struct reader *r)
{
	struct matroska m = {.ebml = {.r = r}};
	struct segment s = {.ebml = &m.ebml};

	find_segment(&s);
	search(&s);
	if (s.info.id != 0)
		matroska_info(&m, &s.info);
	if (s.tracks.id != 0)
		matroska_tracks(&m, &s.tracks);
	matroska_tags(&m, s.tags, s.ntags);
}

static const char *
matroska_bid(const uint8_t *head, size_t len)
{
	if (len < 4 || memcmp(head, "\x1a\x45\xdf\xa3", 4) != 0)
		return NULL;
	return "mkv";
}

const struct format_reader format_matroska = {matroska_bid, matroska_read};
