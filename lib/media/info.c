/*
 * What readers fill.  All text of one file lies in one buffer that grows once and is used again for the next file,
 * so that the usual file costs no allocation.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "media/datetext.h"
#include "media/media.h"
#include "media/text.h"

#define TEXT_KEEP (16u << 10) /* of the buffer, from one file to the next */
#define FAR_MAX 9e6           /* beyond it nine decimals are more than a double holds */

void
media_clear(struct media_info *info)
{
	struct buf text = info->text, *tags = info->tags;
	struct media_item *item = info->item;
	size_t items_cap = info->items_cap;

	memset(info, 0, sizeof *info);
	info->text = text;
	info->tags = tags;
	info->item = item;
	info->items_cap = items_cap;
	buf_clear(&info->text, TEXT_KEEP);
	if (tags != NULL)
		buf_clear(tags, TEXT_KEEP);
}

void
media_fini(struct media_info *info)
{
	if (info == NULL)
		return;
	buf_fini(&info->text);
	free(info->item);
}

enum media_origin
media_from(struct media_info *info, enum media_origin origin)
{
	enum media_origin before = info->origin;

	info->origin = origin;
	return before;
}

enum rule {
#define RULE(name, ...) RULE_##name,
#include "media/origins.def"
#undef RULE
	RULES
};

static const struct {
	const char *name;
	enum media_kind kind;
	enum rule rule;
} fields[] = {
#define FIELD(name, member, kind, rule) {member, MEDIA_##kind, RULE_##rule},
#include "media/fields.def"
#undef FIELD
};

/* The place of an origin in the order of a field; the best is 0. */
static unsigned
rank(enum media_field f, enum media_origin origin)
{
	enum {
		CONTAINER = MEDIA_FROM_CONTAINER,
		EXIF = MEDIA_FROM_EXIF,
		XMP = MEDIA_FROM_XMP,
		IPTC = MEDIA_FROM_IPTC,
		NEWER_IPTC = MEDIA_FROM_NEWER_IPTC,
		SIDECAR = MEDIA_FROM_SIDECAR,
		TAKEOUT = MEDIA_FROM_TAKEOUT
	};
	static const uint8_t order[RULES][MEDIA_ORIGINS] = {
#define RULE(name, ...) {__VA_ARGS__},
#include "media/origins.def"
#undef RULE
	};
	unsigned i;

	for (i = 0; i < MEDIA_ORIGINS && order[fields[f].rule][i] != (uint8_t)origin; i++)
		;
	return i;
}

/* Whether a value from the present origin may be set: none is there, or one of a worse origin. */
static bool
is_open(const struct media_info *info, enum media_field f)
{
	const struct media_value *v = &info->field[f];

	return v->kind == MEDIA_ABSENT || (v->origin != info->origin && rank(f, info->origin) < rank(f, v->origin));
}

/* Takes back what was appended to the text from `at` on. */
static void
cut(struct media_info *info, size_t at)
{
	info->text.len = at;
	info->text.p[at] = '\0';
}

/* Makes a field of what a text_add function appended at `at`. */
static void
set_text_value(struct media_info *info, enum media_field f, size_t at)
{
	info->field[f] =
	    (struct media_value){.kind = MEDIA_TEXT, .origin = info->origin, .at = at, .len = info->text.len - at};
}

void
media_set_text(struct media_info *info, enum media_field f, const char *bytes, size_t len)
{
	size_t at = info->text.len;

	if (is_open(info, f) && text_add(&info->text, bytes, len))
		set_text_value(info, f, at);
}

void
media_set_utf16(struct media_info *info, enum media_field f, const uint8_t *bytes, size_t len, bool big_endian)
{
	size_t at = info->text.len;

	if (is_open(info, f) && text_add_utf16(&info->text, bytes, len, big_endian))
		set_text_value(info, f, at);
}

void
media_set_comment(struct media_info *info, enum media_field f, const uint8_t *bytes, size_t len, bool big_endian)
{
	size_t at = info->text.len;

	if (is_open(info, f) && text_add_comment(&info->text, bytes, len, big_endian))
		set_text_value(info, f, at);
}

double
media_round(double v)
{
	return fabs(v) < FAR_MAX ? nearbyint(v * 1e9) / 1e9 : v;
}

void
media_set_number(struct media_info *info, enum media_field f, double v)
{
	if (is_open(info, f) && isfinite(v))
		info->field[f] =
		    (struct media_value){.kind = MEDIA_NUMBER, .origin = info->origin, .number = media_round(v)};
}

bool
media_is_position(struct media_info *info, double lat, double lon, bool known_more)
{
	bool on_earth = fabs(lat) <= 90 && fabs(lon) <= 180; /* no NAN is */

	if (!on_earth)
		media_warn(info, FAIL_VALUE, "a position that is not on Earth was ignored");
	else if (lat == 0 && lon == 0 && !known_more)
		media_warn(info, FAIL_VALUE, "a position of 0, 0 without altitude and time was ignored");
	else
		return true;
	return false;
}

bool
media_set_position(struct media_info *info, double lat, double lon, bool known_more)
{
	if (!media_is_position(info, lat, lon, known_more))
		return false;
	media_set_number(info, MEDIA_LAT, lat);
	media_set_number(info, MEDIA_LON, lon);
	return true;
}

bool
media_set_clock(struct media_info *info, enum media_date_source s, int64_t seconds, struct when *w)
{
	if (seconds <= 0 || !when_from_epoch(seconds, 0, 0, w))
		return false;
	w->zone = WHEN_LOCAL;
	media_set_date(info, s, w, MEDIA_BASIS_LOCAL);
	return true;
}

struct slice
media_text(const struct media_info *info, enum media_field f)
{
	const struct media_value *v = &info->field[f];

	return v->kind == MEDIA_TEXT ? (struct slice){info->text.p + v->at, v->len} : (struct slice){"", 0};
}

bool
media_text_has(const struct media_info *info, enum media_field f, const char *part)
{
	struct slice text = media_text(info, f);

	return memmem(text.p, text.len, part, strlen(part)) != NULL;
}

void
media_set_bool(struct media_info *info, enum media_field f, bool v)
{
	if (is_open(info, f))
		info->field[f] = (struct media_value){.kind = MEDIA_BOOL, .origin = info->origin, .number = v};
}

/* Empties a list that comes from a worse origin than what is to be added. */
static void
drop_items(struct media_info *info, enum media_field f)
{
	size_t i, n = 0;

	for (i = 0; i < info->nitems; i++) {
		if (info->item[i].field != f)
			info->item[n++] = info->item[i];
	}
	info->nitems = n;
	info->field[f].kind = MEDIA_ABSENT;
}

static bool
has_item(const struct media_info *info, enum media_field f, size_t at, size_t len)
{
	size_t i;

	for (i = 0; i < info->nitems; i++) {
		const struct media_item *item = &info->item[i];

		if (item->field == f && item->len == len &&
		    memcmp(info->text.p + item->at, info->text.p + at, len) == 0)
			return true;
	}
	return false;
}

static size_t
count_items(const struct media_info *info, enum media_field f)
{
	size_t n = 0;

	for (size_t i = 0; i < info->nitems; i++)
		n += info->item[i].field == f;
	return n;
}

static bool
grow_items(struct media_info *info)
{
	struct media_item *item = array_room(info->item, &info->items_cap, info->nitems, sizeof *item);

	if (item == NULL) {
		info->text.failed = true;
		return false;
	}
	info->item = item;
	return true;
}

static void
warn_of_items(struct media_info *info)
{
	media_warn(info, FAIL_LIMIT, "more than %d keywords or names; the rest was left out", MEDIA_ITEMS_MAX);
}

/* Each is held against all that are there, so that a file of nothing but items takes long. */
static bool
may_try_item(struct media_info *info)
{
	if (info->items_tried == MEDIA_ITEMS_TRIED_MAX)
		warn_of_items(info);
	if (info->items_tried <= MEDIA_ITEMS_TRIED_MAX)
		info->items_tried++;
	return info->items_tried <= MEDIA_ITEMS_TRIED_MAX;
}

static bool
has_longer_item(const struct media_info *info, enum media_field f, const char *bytes, size_t len)
{
	for (size_t i = 0; i < info->nitems; i++) {
		const struct media_item *item = &info->item[i];

		if (item->field == f && item->len > len && memcmp(info->text.p + item->at, bytes, len) == 0)
			return true;
	}
	return false;
}

void
media_join_item(struct media_info *info, enum media_field f, const char *bytes, size_t len, size_t full)
{
	const struct media_value *v = &info->field[f];
	enum media_origin before = info->origin;

	if (v->kind == MEDIA_LIST && v->origin == MEDIA_FROM_XMP) {
		if (len >= full && has_longer_item(info, f, bytes, len))
			return;
		info->origin = MEDIA_FROM_XMP;
	}
	media_add_item(info, f, bytes, len);
	info->origin = before;
}

void
media_add_item(struct media_info *info, enum media_field f, const char *bytes, size_t len)
{
	struct media_value *v = &info->field[f];
	bool other = v->kind == MEDIA_LIST && v->origin != info->origin;
	size_t at = info->text.len;

	if (!may_try_item(info) || (other && !is_open(info, f)) || !text_add(&info->text, bytes, len))
		return;
	if (other)
		drop_items(info, f);
	if (has_item(info, f, at, info->text.len - at)) {
		cut(info, at);
		return;
	}
	if (count_items(info, f) == MEDIA_ITEMS_MAX) {
		cut(info, at);
		warn_of_items(info);
		return;
	}
	if (!grow_items(info))
		return;
	info->item[info->nitems++] = (struct media_item){.field = f, .at = at, .len = info->text.len - at};
	*v = (struct media_value){.kind = MEDIA_LIST, .origin = info->origin};
}

static bool
is_repeated(const struct media_info *info, const struct media_warning *new)
{
	size_t i;

	for (i = 0; i < info->nwarnings; i++) {
		const struct media_warning *w = &info->warning[i];

		if (w->code == new->code &&
		    w->len == new->len &&memcmp(info->text.p + w->at, info->text.p + new->at, new->len) == 0)
			return true;
	}
	return false;
}

/* The last warning that may make room for one of damage. */
static struct media_warning *
find_odd(struct media_info *info)
{
	for (size_t i = info->nwarnings; i-- > 0;) {
		if (fail_rank(fail_code_name(info->warning[i].code)) != FAIL_RANK_DAMAGED)
			return &info->warning[i];
	}
	return NULL;
}

void
media_warn(struct media_info *info, enum fail_code code, const char *fmt, ...)
{
	bool full = info != NULL && info->nwarnings == MEDIA_WARNINGS_MAX;
	enum fail_rank rank = fail_rank(fail_code_name(code));
	struct media_warning new = {.code = code};
	char message[160];
	va_list ap;

	if (info == NULL || (full && (rank != FAIL_RANK_DAMAGED || find_odd(info) == NULL)))
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	new.at = info->text.len;
	new.len = strlen(message);
	if (buf_add(&info->text, message, new.len) == -1)
		return;
	if (is_repeated(info, &new)) {
		cut(info, new.at);
		return;
	}
	if (full)
		*find_odd(info) = new;
	else
		info->warning[info->nwarnings++] = new;
}

const char *
media_field_name(enum media_field f)
{
	return fields[f].name;
}

enum media_kind
media_field_kind(enum media_field f)
{
	return fields[f].kind;
}

static const char *const date_names[] = {
#define DATE(name, from, family) from,
#include "media/date-sources.def"
#undef DATE
};

const char *
media_date_name(enum media_date_source s)
{
	return date_names[s];
}

void
media_set_date(struct media_info *info, enum media_date_source s, const struct when *w, enum media_basis basis)
{
	if (info->date[s].when.precision == WHEN_NONE)
		info->date[s] = (struct media_date){.when = *w, .basis = basis};
}

enum media_basis
media_basis_of(const struct when *w)
{
	return w->zone == WHEN_UTC ? MEDIA_BASIS_UTC : w->zone == WHEN_OFFSET ? MEDIA_BASIS_ZONED : MEDIA_BASIS_LOCAL;
}

void
media_warn_date(struct media_info *info, const char *what, const char *odd, const char *text, size_t len)
{
	if (odd != NULL)
		media_warn(
		    info, FAIL_DATE, "%s \"%.*s\": %s", what, (int)strnlen(text, len < 40 ? len : 40), text, odd);
}

bool
media_read_date(struct media_info *info, const char *what, const char *text, size_t len, struct when *out)
{
	const char *odd;
	bool good;

	if (datetext_is_blank(text, len))
		return false;
	good = datetext_parse(text, len, out, &odd);
	if (!good)
		media_warn(
		    info, FAIL_DATE, "%s is not a date: \"%.*s\"", what, (int)strnlen(text, len < 32 ? len : 32), text);
	else
		media_warn_date(info, what, odd, text, len);
	return good;
}

void
media_set_date_text(struct media_info *info, enum media_date_source source, const char *text, size_t len)
{
	struct when w;

	if (media_read_date(info, media_date_name(source), text, len, &w))
		media_set_date(info, source, &w, media_basis_of(&w));
}

void
media_warn_no_date(struct media_info *info)
{
	media_warn(info, FAIL_DATE, "a date that is not in the calendar was ignored");
}
