/*
 * Tags of a Matroska file: pairs of name and text, which may have pairs of their own, and which hold for the film or
 * for what their targets name.
 *
 * Only pairs of the film and of its tracks become fields: the title of a chapter or of the work that was sung is not
 * the film's.  A pair is complete when its element is left, since name and text come in either order.
 */
#include "format/matroska/matroska.h"

#include <stdio.h>
#include <string.h>

#include "format/iso6709.h"
#include "media/media.h"
#include "meta/exif/tags.h"

enum { TAG = 0x7373, TARGETS = 0x63c0, TARGET_LEVEL = 0x68ca, TARGET_TRACK = 0x63c5, TARGET_EDITION = 0x63c9 };
enum { TARGET_CHAPTER = 0x63c4, TARGET_ATTACHMENT = 0x63c6, SIMPLE = 0x67c8, NAME = 0x45a3, STRING = 0x4487 };

#define NAME_MAX_BYTES 96
#define NEST_MAX 8
#define LEVEL_FILM 50 /* also an album; above are collections, below are parts */

struct pair {
	char name[NAME_MAX_BYTES];
	size_t len;
	struct ebml_element text; /* id 0: none */
};

#define LATER_MAX 2 /* each field once */

struct reading {
	struct matroska *m;
	uint64_t level, track;
	bool elsewhere; /* the targets name a chapter, an edition, an attached file */
	struct pair pair[NEST_MAX];
	size_t nest;
	struct later {
		enum media_field field;
		struct ebml_element text;
	} later[LATER_MAX]; /* texts for fields that nothing better fills */
	size_t nlater;
};

enum meaning { FIELD_TEXT, FIELD_LATER, FIELD_DATE, FIELD_PLACE };

/* The names of the specification, and keys of other formats as programs keep them when they copy a film. */
static const struct {
	const char *name;
	enum meaning meaning;
	int which; /* a field, or a source of dates */
} known[] = {
    {"TITLE", FIELD_TEXT, MEDIA_TITLE},
    {"ARTIST", FIELD_TEXT, MEDIA_ARTIST},
    {"AUTHOR", FIELD_LATER, MEDIA_ARTIST},
    {"COPYRIGHT", FIELD_TEXT, MEDIA_COPYRIGHT},
    {"DESCRIPTION", FIELD_TEXT, MEDIA_DESCRIPTION},
    {"COMMENT", FIELD_LATER, MEDIA_DESCRIPTION},
    {"MAKE", FIELD_TEXT, MEDIA_MAKE},
    {"MODEL", FIELD_TEXT, MEDIA_MODEL},
    {"COM.APPLE.QUICKTIME.MAKE", FIELD_TEXT, MEDIA_MAKE},
    {"COM.APPLE.QUICKTIME.MODEL", FIELD_TEXT, MEDIA_MODEL},
    {"COM.ANDROID.MANUFACTURER", FIELD_TEXT, MEDIA_MAKE},
    {"COM.ANDROID.MODEL", FIELD_TEXT, MEDIA_MODEL},
    {"LOCATION", FIELD_PLACE, 0},
    {"COM.APPLE.QUICKTIME.LOCATION.ISO6709", FIELD_PLACE, 0},
    {"DATE_RECORDED", FIELD_DATE, MEDIA_DATE_MATROSKA_TAG},
    {"COM.APPLE.QUICKTIME.CREATIONDATE", FIELD_DATE, MEDIA_DATE_QT_CREATIONDATE},
    {"CREATION_TIME", FIELD_DATE, MEDIA_DATE_MATROSKA_CREATION},
    {"DATE", FIELD_DATE, MEDIA_DATE_MATROSKA_DAY},
};

static bool
same_name(const struct pair *p, const char *name)
{
	return p->len == strlen(name) && strncasecmp(p->name, name, p->len) == 0;
}

/*
 * A creation time without a zone was copied from the header of another format, which is in UTC or should be.  A date
 * that is no more than a year or a day is when something was published, unless it is said to be the recording's.
 */
static void
set_date(struct media_info *info, enum media_date_source source, const char *text, size_t len)
{
	enum media_basis basis;
	struct when w;

	if (!media_read_date(info, media_date_name(source), text, len, &w))
		return;
	basis = media_basis_of(&w);
	if (source != MEDIA_DATE_MATROSKA_TAG && w.precision < WHEN_MINUTE)
		return;
	if (source == MEDIA_DATE_MATROSKA_CREATION && basis == MEDIA_BASIS_LOCAL) {
		w.zone = WHEN_UTC;
		basis = MEDIA_BASIS_ASSUMED_UTC;
	}
	media_set_date(info, source, &w, basis);
}

static void
set_text(struct reading *r, enum media_field f, const uint8_t *text, size_t len)
{
	if (r->track == 0 && (f != MEDIA_TITLE || r->level <= LEVEL_FILM))
		media_set_text(r->m->info, f, (const char *)text, len);
}

static void
note_later(struct reading *r, enum media_field f, const struct ebml_element *text)
{
	size_t i = 0;

	while (i < r->nlater && r->later[i].field != f)
		i++;
	if (r->track == 0 && i == r->nlater && i < LATER_MAX)
		r->later[r->nlater++] = (struct later){f, *text};
}

static void
apply(struct reading *r, const struct pair *p, const uint8_t *text, size_t len)
{
	struct media_info *info = r->m->info;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (!same_name(p, known[i].name))
			continue;
		switch (known[i].meaning) {
		case FIELD_TEXT:
			set_text(r, (enum media_field)known[i].which, text, len);
			break;
		case FIELD_LATER:
			note_later(r, (enum media_field)known[i].which, &p->text);
			break;
		case FIELD_DATE:
			set_date(info, (enum media_date_source)known[i].which, (const char *)text, len);
			break;
		case FIELD_PLACE:
			iso6709_set(r->m->info, text, len);
			break;
		}
	}
}

/* DATE_RECORDED becomes DateRecorded; names that stand for another tag keep the name of that. */
static size_t
tag_name(const struct pair *p, char *out)
{
	static const char *const others[][2] = {
	    {"DATE_RECORDED", "DateTimeOriginal"},
	    {"DATE_DIGITIZED", "CreateDate"},
	    {"URL", "URL"},
	    {"BPS", "BPS"},
	    {"FPS", "FPS"},
	    {"ISRC", "ISRC"},
	    {"IMDB", "IMDB"},
	};
	bool begin = true;
	size_t n = 0;

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (same_name(p, others[i][0])) {
			n = strlen(others[i][1]);
			memcpy(out, others[i][1], n);
			return n;
		}
	}
	for (size_t i = 0; i < p->len; i++) {
		char c = p->name[i];
		bool upper = c >= 'A' && c <= 'Z', letter = upper || (c >= 'a' && c <= 'z');

		if (letter)
			out[n++] = (char)(begin ? c & ~0x20 : c | 0x20);
		else if (c >= '0' && c <= '9')
			out[n++] = c;
		begin = n == 0 || c == '_';
	}
	return n;
}

/* With --all: under the track's group, the name after those of the pairs that it belongs to. */
static void
show(struct reading *r, const uint8_t *text, size_t len)
{
	char name[NEST_MAX * NAME_MAX_BYTES], group[32] = "Matroska";
	size_t n = 0;

	if (r->m->info->tags == NULL)
		return;
	for (size_t i = 0; i < r->nest; i++)
		n += tag_name(&r->pair[i], name + n);
	for (size_t i = 0; i < r->m->ntracks; i++) {
		if (r->track != 0 && r->m->track[i].uid == r->track)
			snprintf(group, sizeof group, "Track%llu", (unsigned long long)r->m->track[i].number);
	}
	tags_text(&(struct reader){.work = r->m->work, .info = r->m->info}, group, (struct slice){name, n},
	    (const char *)text, len);
}

/* The innermost pair is complete. */
static int
finish_pair(struct reading *r, struct fail *why)
{
	struct pair *p = &r->pair[r->nest - 1];
	const uint8_t *text;
	size_t len;

	if (p->text.id != 0 && p->len > 0) {
		if ((text = matroska_value(r->m, &p->text, &len, why)) == NULL)
			return why->code != FAIL_NONE ? -1 : 0;
		len = strnlen((const char *)text, len);
		show(r, text, len);
		if (r->nest == 1 && !r->elsewhere && len > 0)
			apply(r, p, text, len);
	}
	return 0;
}

static void
note_target(struct reading *r, uint32_t id, uint64_t v)
{
	if (id == TARGET_LEVEL && v != 0)
		r->level = v;
	else if (id == TARGET_TRACK)
		r->track = v;
	else if (id == TARGET_CHAPTER || id == TARGET_EDITION || id == TARGET_ATTACHMENT)
		r->elsewhere |= v != 0;
}

static int
note_value(struct reading *r, const struct ebml_element *e, struct fail *why)
{
	struct pair *p = r->nest > 0 ? &r->pair[r->nest - 1] : NULL;
	const uint8_t *bytes;
	uint64_t v;
	size_t len;

	if (p != NULL && e->id == STRING)
		p->text = *e;
	if ((p != NULL && e->id != NAME) || (p == NULL && e->size > 8))
		return 0;
	if ((bytes = matroska_value(r->m, e, &len, why)) == NULL)
		return why->code != FAIL_NONE ? -1 : 0;
	if (p == NULL && ebml_uint(bytes, len, &v)) {
		note_target(r, e->id, v);
	} else if (p != NULL) {
		p->len = strnlen((const char *)bytes, len < NAME_MAX_BYTES ? len : NAME_MAX_BYTES);
		memcpy(p->name, bytes, p->len);
	}
	return 0;
}

static void
enter(struct reading *r, struct ebml_walk *w, const struct ebml_element *e)
{
	if (e->id == SIMPLE && r->nest == NEST_MAX) {
		media_warn(r->m->info, FAIL_LIMIT, "tags nested more than %d deep", NEST_MAX);
		return;
	}
	if (!ebml_enter(w, e))
		return;
	if (e->id == SIMPLE)
		r->pair[r->nest++] = (struct pair){.len = 0};
	if (e->id == TAG) {
		r->level = LEVEL_FILM;
		r->track = 0;
		r->elsewhere = false;
		r->nest = 0;
	}
}

static int
leave(struct reading *r, uint32_t id, struct fail *why)
{
	int rc = 0;

	if (id == SIMPLE && r->nest > 0) {
		rc = finish_pair(r, why);
		r->nest--;
	}
	return rc;
}

static int
read_tags(struct reading *r, const struct ebml_element *tags, struct fail *why)
{
	struct ebml_walk w;
	struct ebml_element e;
	enum ebml_step step;
	int rc = 0;

	r->nest = 0;
	ebml_walk_init(&w, r->m->src, tags);
	while (rc == 0 && ((step = matroska_next(r->m, &w, &e, why)) == EBML_ELEMENT || step == EBML_LEFT)) {
		if (step == EBML_LEFT)
			rc = leave(r, e.id, why);
		else if (e.id == TAG || e.id == TARGETS || e.id == SIMPLE)
			enter(r, &w, &e);
		else
			rc = note_value(r, &e, why);
	}
	return rc == -1 || step == EBML_FAILED ? -1 : 0;
}

int
matroska_tags(struct matroska *m, const struct ebml_element *tags, size_t count, struct fail *why)
{
	struct reading r = {.m = m};
	const uint8_t *text;
	size_t len;

	for (size_t i = 0; i < count; i++) {
		if (read_tags(&r, &tags[i], why) == -1)
			return -1;
	}
	for (size_t i = 0; i < r.nlater; i++) {
		if ((text = matroska_value(m, &r.later[i].text, &len, why)) != NULL)
			media_set_text(m->info, r.later[i].field, (const char *)text, strnlen((const char *)text, len));
		else if (why->code != FAIL_NONE)
			return -1;
	}
	return 0;
}
