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
	struct reader *r;
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

enum meaning { FIELD_TEXT, FIELD_LATER, FIELD_DATE, FIELD_POSITION };

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
    {"LOCATION", FIELD_POSITION, 0},
    {"COM.APPLE.QUICKTIME.LOCATION.ISO6709", FIELD_POSITION, 0},
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
set_date(struct media_info *info, enum media_date_source source, struct slice text)
{
	enum media_basis basis;
	struct when w;

	if (!media_read_date(info, media_date_name(source), text.p, text.len, &w))
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
set_text(struct reading *t, enum media_field f, struct slice text)
{
	if (t->track == 0 && (f != MEDIA_TITLE || t->level <= LEVEL_FILM))
		media_set_text(t->r->info, f, text.p, text.len);
}

static void
note_later(struct reading *t, enum media_field f, const struct ebml_element *text)
{
	size_t i = 0;

	while (i < t->nlater && t->later[i].field != f)
		i++;
	if (t->track == 0 && i == t->nlater && i < LATER_MAX)
		t->later[t->nlater++] = (struct later){f, *text};
}

static void
apply(struct reading *t, const struct pair *p, struct slice text)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (!same_name(p, known[i].name))
			continue;
		switch (known[i].meaning) {
		case FIELD_TEXT:
			set_text(t, (enum media_field)known[i].which, text);
			break;
		case FIELD_LATER:
			note_later(t, (enum media_field)known[i].which, &p->text);
			break;
		case FIELD_DATE:
			set_date(t->r->info, (enum media_date_source)known[i].which, text);
			break;
		case FIELD_POSITION:
			iso6709_set(t->r->info, (const uint8_t *)text.p, text.len);
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
add_tag(struct reading *t, struct slice text)
{
	char name[NEST_MAX * NAME_MAX_BYTES], group[32] = "Matroska";
	size_t n = 0;

	if (t->r->info->tags == NULL)
		return;
	for (size_t i = 0; i < t->nest; i++)
		n += tag_name(&t->pair[i], name + n);
	for (size_t i = 0; i < t->m->ntracks; i++) {
		if (t->track != 0 && t->m->track[i].uid == t->track)
			snprintf(group, sizeof group, "Track%llu", (unsigned long long)t->m->track[i].number);
	}
	tags_text(t->r, group, (struct slice){name, n}, text.p, text.len);
}

/* The innermost pair is complete. */
static void
finish_pair(struct reading *t)
{
	struct pair *p = &t->pair[t->nest - 1];
	struct ebml_value v;
	struct slice text;

	if (p->text.id == 0 || p->len == 0 || !ebml_value(&t->m->ebml, &p->text, &v))
		return;
	text = ebml_text(&v);
	add_tag(t, text);
	if (t->nest == 1 && !t->elsewhere && text.len > 0)
		apply(t, p, text);
}

static void
note_target(struct reading *t, uint32_t id, uint64_t v)
{
	if (id == TARGET_LEVEL && v != 0)
		t->level = v;
	else if (id == TARGET_TRACK)
		t->track = v;
	else if (id == TARGET_CHAPTER || id == TARGET_EDITION || id == TARGET_ATTACHMENT)
		t->elsewhere |= v != 0;
}

static void
note_value(struct reading *t, const struct ebml_element *e)
{
	struct pair *p = t->nest > 0 ? &t->pair[t->nest - 1] : NULL;
	struct ebml_value v;
	uint64_t u;

	if (p != NULL && e->id == STRING)
		p->text = *e;
	if ((p != NULL && e->id != NAME) || (p == NULL && e->size > 8) || !ebml_value(&t->m->ebml, e, &v))
		return;
	if (p == NULL && ebml_uint(&v, &u)) {
		note_target(t, e->id, u);
	} else if (p != NULL) {
		p->len = strnlen((const char *)v.p, v.len < NAME_MAX_BYTES ? v.len : NAME_MAX_BYTES);
		memcpy(p->name, v.p, p->len);
	}
}

static void
enter(struct reading *t, struct ebml_walk *w, const struct ebml_element *e)
{
	if (e->id == SIMPLE && t->nest == NEST_MAX) {
		media_warn(t->r->info, FAIL_LIMIT, "tags nested more than %d deep; the rest was not read", NEST_MAX);
		return;
	}
	if (!ebml_enter(w, e))
		return;
	if (e->id == SIMPLE)
		t->pair[t->nest++] = (struct pair){.len = 0};
	if (e->id == TAG) {
		t->level = LEVEL_FILM;
		t->track = 0;
		t->elsewhere = false;
		t->nest = 0;
	}
}

static void
read_tags(struct reading *t, const struct ebml_element *tags)
{
	struct ebml_walk w;
	struct ebml_element e;
	enum ebml_step step;

	t->nest = 0;
	ebml_walk_init(&w, &t->m->ebml, tags);
	while ((step = ebml_next(&w, &e)) != EBML_END) {
		if (step == EBML_ELEMENT && (e.id == TAG || e.id == TARGETS || e.id == SIMPLE)) {
			enter(t, &w, &e);
		} else if (step == EBML_ELEMENT) {
			note_value(t, &e);
		} else if (e.id == SIMPLE && t->nest > 0) {
			finish_pair(t);
			t->nest--;
		}
	}
}

void
matroska_tags(struct matroska *m, const struct ebml_element *tags, size_t count)
{
	struct reading t = {.m = m, .r = m->ebml.r};
	struct ebml_value v;

	for (size_t i = 0; i < count; i++)
		read_tags(&t, &tags[i]);
	for (size_t i = 0; i < t.nlater; i++) {
		if (ebml_value(&m->ebml, &t.later[i].text, &v))
			media_set_text(t.r->info, t.later[i].field, ebml_text(&v).p, ebml_text(&v).len);
	}
}
