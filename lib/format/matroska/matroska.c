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

#include <inttypes.h>
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
};

/* What a segment has, and where. */
struct map {
	uint64_t start, end; /* of the segment's body */
	struct ebml_element info, tracks, tags[MATROSKA_TAGS_MAX];
	size_t ntags;
	uint64_t seekhead[SEEKHEADS_MAX]; /* those read */
	size_t nseekheads;
	uint64_t seek[SEEKS_MAX]; /* offsets to look at */
	size_t nseeks;
};

/* Whether a failure is a failed read; damage and limits become a warning. */
static bool
is_fatal(struct matroska *m, struct fail *why)
{
	if (why->code == FAIL_SYSTEM)
		return true;
	if (why->code != FAIL_NONE)
		media_warn(m->info, why->code, "%s", why->message);
	*why = (struct fail){0};
	return false;
}

static bool
spend(struct matroska *m)
{
	if (m->elements > 0) {
		m->elements--;
		return true;
	}
	media_warn(m->info, FAIL_LIMIT, "more than %u elements", MATROSKA_ELEMENTS_MAX);
	return false;
}

enum ebml_step
matroska_next(struct matroska *m, struct ebml_walk *w, struct ebml_element *e, struct fail *why)
{
	enum ebml_step step;

	while ((step = ebml_next(w, e, why)) == EBML_FAILED) {
		if (is_fatal(m, why))
			return EBML_FAILED;
	}
	return step == EBML_ELEMENT && !spend(m) ? EBML_END : step;
}

const uint8_t *
matroska_value(struct matroska *m, const struct ebml_element *e, size_t *len, struct fail *why)
{
	const uint8_t *p = ebml_bytes(m->src, e, EBML_TEXT_MAX, len, why);

	if (p == NULL)
		is_fatal(m, why);
	else if (e->size > EBML_TEXT_MAX)
		media_warn(m->info, FAIL_VALUE, "a value of more than %u KiB is cut", EBML_TEXT_MAX >> 10);
	return p;
}

/* The header says which of the two it is; what it says of versions is nobody's business but the tags'. */
static int
read_header(struct matroska *m, const struct ebml_element *header, struct fail *why)
{
	struct ebml_walk w;
	struct ebml_element e;
	enum ebml_step step;
	const uint8_t *p;
	size_t len;

	ebml_walk_init(&w, m->src, header);
	while ((step = matroska_next(m, &w, &e, why)) == EBML_ELEMENT) {
		if ((p = matroska_value(m, &e, &len, why)) == NULL) {
			if (why->code != FAIL_NONE)
				return -1;
			continue;
		}
		if (e.id == DOCTYPE && strnlen((const char *)p, len) == 4 && memcmp(p, "webm", 4) == 0)
			media_set_type(m->info, "webm");
		matroska_tag(m, "Matroska", header_names, sizeof header_names / sizeof header_names[0], &e, p, len);
	}
	return step == EBML_FAILED ? -1 : 0;
}

static void
add_seek(struct matroska *m, struct map *map, uint64_t position)
{
	if (map->nseeks == SEEKS_MAX)
		media_warn(m->info, FAIL_LIMIT, "an index with more than %d places to look at", SEEKS_MAX);
	else if (position < map->end - map->start)
		map->seek[map->nseeks++] = map->start + position;
}

static bool
is_wanted(uint64_t id)
{
	return id == INFO || id == TRACKS || id == TAGS || id == SEEKHEAD;
}

/* One entry of an index: what lies where, in either order. */
static int
read_seek(struct matroska *m, struct map *map, struct ebml_walk *w, struct fail *why)
{
	uint64_t id = 0, position = UINT64_MAX, v;
	struct ebml_element e;
	enum ebml_step step;
	const uint8_t *p;
	size_t len;

	while ((step = matroska_next(m, w, &e, why)) == EBML_ELEMENT) {
		if (e.id != SEEK_ID && e.id != SEEK_POSITION)
			continue;
		if ((p = matroska_value(m, &e, &len, why)) == NULL && why->code != FAIL_NONE)
			return -1;
		if (p != NULL && ebml_uint(p, len, &v))
			*(e.id == SEEK_ID ? &id : &position) = v;
	}
	if (is_wanted(id))
		add_seek(m, map, position);
	return step == EBML_FAILED ? -1 : 0;
}

static int
read_seekhead(struct matroska *m, struct map *map, const struct ebml_element *head, struct fail *why)
{
	struct ebml_walk w;
	struct ebml_element e;
	enum ebml_step step;

	for (size_t i = 0; i < map->nseekheads; i++) {
		if (map->seekhead[i] == head->at)
			return 0;
	}
	if (map->nseekheads == SEEKHEADS_MAX)
		return 0;
	map->seekhead[map->nseekheads++] = head->at;
	ebml_walk_init(&w, m->src, head);
	while ((step = matroska_next(m, &w, &e, why)) != EBML_END) {
		if (step == EBML_FAILED ||
		    (step == EBML_ELEMENT && e.id == SEEK && ebml_enter(&w, &e) && read_seek(m, map, &w, why) == -1))
			return -1;
	}
	return 0;
}

/* Notes an element of the segment that is worth reading. */
static int
note(struct matroska *m, struct map *map, const struct ebml_element *e, struct fail *why)
{
	switch (e->id) {
	case SEEKHEAD:
		return read_seekhead(m, map, e, why);
	case INFO:
		if (map->info.id == 0)
			map->info = *e;
		break;
	case TRACKS:
		if (map->tracks.id == 0)
			map->tracks = *e;
		break;
	case TAGS:
		for (size_t i = 0; i < map->ntags; i++) {
			if (map->tags[i].at == e->at)
				return 0;
		}
		if (map->ntags < MATROSKA_TAGS_MAX)
			map->tags[map->ntags++] = *e;
		else
			media_warn(m->info, FAIL_LIMIT, "more than %d elements of tags", MATROSKA_TAGS_MAX);
		break;
	default:
		break;
	}
	return 0;
}

/*
 * One element of the segment.  What ends beyond the file is told and noted all the same, for what is there of it.
 * Returns 1 for an element, 0 for none, -1 for a failed read.
 */
static int
look(struct matroska *m, struct map *map, uint64_t at, struct ebml_element *e, struct fail *why)
{
	if (!spend(m))
		return 0;
	if (ebml_read(m->src, at, map->end, e, why) == 0)
		return 1;
	if (is_fatal(m, why))
		return -1;
	if (e->id == 0)
		return 0;
	e->size = map->end - e->at;
	return note(m, map, e, why);
}

/* What the index points to.  It may find further indexes, so that the list grows meanwhile. */
static int
follow_seeks(struct matroska *m, struct map *map, struct fail *why)
{
	struct ebml_element e;

	for (size_t i = 0; i < map->nseeks; i++) {
		int found = look(m, map, map->seek[i], &e, why);

		if (found == -1 || (found == 1 && is_wanted(e.id) && note(m, map, &e, why) == -1))
			return -1;
		if (found == 1 && !is_wanted(e.id))
			media_warn(m->info, FAIL_FORMAT, "the index points to what is not there");
	}
	map->nseeks = 0;
	return 0;
}

static bool
is_complete(const struct map *map)
{
	return map->info.id != 0 && map->tracks.id != 0 && (map->nseekheads > 0 || map->ntags > 0);
}

static int
find(struct matroska *m, struct map *map, struct fail *why)
{
	unsigned steps = 0, clusters = 0;
	uint64_t at = map->start;
	struct ebml_element e;
	int found;

	while (at < map->end && steps++ < BEFORE_CLUSTER_MAX && clusters <= CLUSTERS_MAX) {
		if ((found = look(m, map, at, &e, why)) <= 0 || note(m, map, &e, why) == -1) {
			if (found == 0)
				break;
			return -1;
		}
		if (e.id == CLUSTER && clusters++ == 0 && follow_seeks(m, map, why) == -1)
			return -1;
		if (e.unknown_size || (clusters > 0 && is_complete(map)))
			break;
		at = e.at + e.size;
	}
	return follow_seeks(m, map, why);
}

/* The first segment, after the header and whatever else stands before it. */
static int
find_segment(struct matroska *m, struct map *map, struct fail *why)
{
	uint64_t at = 0, end = src_size(m->src);
	struct ebml_element e;

	for (int i = 0; i < BEFORE_SEGMENT_MAX; i++) {
		bool cut = ebml_read(m->src, at, end, &e, why) == -1;

		if (cut && is_fatal(m, why))
			return -1;
		if (cut && e.id != 0)
			e.size = end - e.at;
		if (e.id == EBML && read_header(m, &e, why) == -1)
			return -1;
		if (e.id == SEGMENT) {
			map->start = e.at;
			map->end = e.at + e.size;
			return 0;
		}
		if (cut)
			return 0;
		at = e.at + e.size;
	}
	media_warn(m->info, FAIL_FORMAT, "no segment where it should be");
	return 0;
}

static int
matroska_read(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct matroska m = {.src = src, .work = work, .info = info, .elements = MATROSKA_ELEMENTS_MAX};
	struct map map = {0};

	if (find_segment(&m, &map, why) == -1 || find(&m, &map, why) == -1)
		return -1;
	if (map.info.id != 0 && matroska_info(&m, &map.info, why) == -1)
		return -1;
	if (map.tracks.id != 0 && matroska_tracks(&m, &map.tracks, why) == -1)
		return -1;
	return matroska_tags(&m, map.tags, map.ntags, why);
}

static const char *
matroska_bid(const uint8_t *head, size_t len)
{
	if (len < 4 || memcmp(head, "\x1a\x45\xdf\xa3", 4) != 0)
		return NULL;
	return "mkv";
}

const struct format_reader format_matroska = {matroska_bid, matroska_read};
