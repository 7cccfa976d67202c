#include "meta/group/shot.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/json.h"

static const enum media_field fields[SHOT_TYPE] = {
#define GROUP_FIELD(name) MEDIA_##name,
#include "meta/group/group-fields.def"
#undef GROUP_FIELD
};

const char *
shot_field_name(enum shot_field f)
{
	if (f >= SHOT_TYPE)
		return f == SHOT_TYPE ? "type" : "mime";
	return media_field_name(fields[f]);
}

/* ---- reading ---- */

/* Appends a field as JSON; what was appended is at .p once the text no longer moves. */
static size_t
add_field(struct shot *shot, const struct media_info *info, enum media_field f)
{
	const struct media_value *v = &info->field[f];
	size_t from = shot->text.len;

	if (v->kind == MEDIA_TEXT)
		json_quote(&shot->text, info->text.p + v->at, v->len);
	else if (v->kind == MEDIA_NUMBER)
		json_number(&shot->text, v->number);
	else if (v->kind == MEDIA_BOOL)
		buf_adds(&shot->text, v->number != 0 ? "true" : "false");
	return shot->text.len - from;
}

/* The same of a word of ours, or NULL. */
static size_t
add_word(struct shot *shot, const char *word)
{
	size_t from = shot->text.len;

	if (word != NULL)
		json_quote(&shot->text, word, strlen(word));
	return shot->text.len - from;
}

/* Lets the slices, whose lengths are known, lead into the text. */
static void
lead(struct shot *shot)
{
	const char *p = shot->text.p;

	for (size_t i = 0; i < SHOT_FIELDS; i++) {
		shot->field[i].p = p;
		p += shot->field[i].len;
	}
	shot->content_id.p = p;
}

static bool
is_damaged(const struct media_info *info)
{
	for (size_t i = 0; i < info->nwarnings; i++) {
		if (fail_rank(fail_code_name(info->warning[i].code)) == FAIL_RANK_DAMAGED)
			return true;
	}
	return false;
}

static enum shot_date
date_of(const struct taken *t)
{
	if (t->when.precision == WHEN_NONE)
		return SHOT_UNDATED;
	return taken_is_captured(t->source) ? SHOT_CAPTURED : SHOT_NAMED;
}

int
shot_read(struct shot *shot, const struct facts *facts)
{
	const struct media_info *info = &facts->info;
	const struct taken *t = &facts->taken;
	enum media_date_source recorded = taken_recorded(t);

	*shot = (struct shot){
	    .is_media = info->type != NULL || is_damaged(info),
	    .date = date_of(t),
	    .taken = {t->when, t->basis},
	    .from = media_date_name(t->source),
	};
	shot->recorded = recorded == t->source ? shot->taken : info->date[recorded];
	for (size_t i = 0; i < SHOT_TYPE; i++)
		shot->field[i].len = add_field(shot, info, fields[i]);
	shot->field[SHOT_TYPE].len = add_word(shot, info->type);
	shot->field[SHOT_MIME].len = add_word(shot, info->mime);
	shot->content_id.len = add_field(shot, info, MEDIA_CONTENT_ID);
	lead(shot);
	if (!shot->text.failed)
		return 0;
	shot_fini(shot);
	return -1;
}

int
shot_copy(struct shot *to, const struct shot *from)
{
	*to = *from;
	to->text = (struct buf){0};
	buf_add(&to->text, from->text.p, from->text.len);
	lead(to);
	if (!to->text.failed)
		return 0;
	shot_fini(to);
	return -1;
}

void
shot_fini(struct shot *shot)
{
	buf_fini(&shot->text);
	*shot = (struct shot){0};
}

/* ---- comparing ---- */

static int
sign(int a, int b)
{
	return (a > b) - (a < b);
}

static int
rank_of(enum media_basis basis)
{
	switch (basis) {
	case MEDIA_BASIS_ZONED:
		return 3;
	case MEDIA_BASIS_UTC:
		return 2;
	case MEDIA_BASIS_LOCAL:
		return 1;
	default:
		return 0;
	}
}

int
shot_precedes(const struct shot *a, const struct shot *b)
{
	int d = sign((int)a->date, (int)b->date);

	if (d != 0 || a->date == SHOT_UNDATED)
		return d;
	if ((d = sign(a->taken.when.precision >= WHEN_MINUTE, b->taken.when.precision >= WHEN_MINUTE)) != 0)
		return d;
	return sign(rank_of(a->taken.basis), rank_of(b->taken.basis));
}

/* The instant; of a local time as if it were UTC, whatever zone it was given: where a file was taken is not known. */
static int64_t
seconds(const struct media_date *date)
{
	const struct when *w = &date->when;
	bool zoned = w->zone == WHEN_OFFSET && date->basis != MEDIA_BASIS_LOCAL;

	return when_seconds(w) - (zoned ? w->offset_min * INT64_C(60) : 0);
}

/* Days alone are compared as days: one may be the next by another zone. */
static bool
are_near(const struct media_date *x, const struct media_date *y)
{
	const struct when *a = &x->when, *b = &y->when;
	enum when_precision p = a->precision < b->precision ? a->precision : b->precision;

	if (p == WHEN_YEAR)
		return abs(a->year - b->year) <= 1;
	if (p == WHEN_MONTH)
		return abs(12 * (a->year - b->year) + a->month - b->month) <= 1;
	return llabs(seconds(x) - seconds(y)) <= (p == WHEN_DAY ? 2 * 24 * 3600 - 1 : SHOT_APART);
}

/* A date that was set right in the sidecar of one is not that of the other yet. */
static bool
dates_fit(const struct shot *a, const struct shot *b)
{
	return a->date != SHOT_CAPTURED || b->date != SHOT_CAPTURED || are_near(&a->taken, &b->taken) ||
	       are_near(&a->recorded, &b->recorded);
}

#define PLAIN_MAX 256

/* Letters and digits alone, small, without zeros at the beginning. */
static size_t
plain(struct slice text, char to[PLAIN_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len && n < PLAIN_MAX; i++) {
		int c = tolower((unsigned char)text.p[i]);

		if ((isalnum(c) || c >= 0x80) && !(c == '0' && n == 0))
			to[n++] = (char)c;
	}
	return n;
}

/* Whether one text is the other's end (a model with its make before it) or its beginning, or either is empty. */
static bool
say_one(struct slice a, struct slice b, bool beginning)
{
	char x[PLAIN_MAX], y[PLAIN_MAX];
	size_t n = plain(a, x), m = plain(b, y);

	if (n > m)
		return memcmp(beginning ? x : x + n - m, y, m) == 0;
	return memcmp(x, beginning ? y : y + m - n, n) == 0;
}

static bool
cameras_fit(const struct shot *a, const struct shot *b, bool serial)
{
	const struct slice *x = a->field, *y = b->field;

	if (x[SHOT_MODEL].len > 0 && y[SHOT_MODEL].len > 0) {
		if (!say_one(x[SHOT_MODEL], y[SHOT_MODEL], false))
			return false;
	} else if (!say_one(x[SHOT_MAKE], y[SHOT_MAKE], true)) {
		return false;
	}
	return !serial || say_one(x[SHOT_SERIAL], y[SHOT_SERIAL], false);
}

bool
shot_fits(const struct shot *a, const struct shot *b, bool serial)
{
	if (a->content_id.len > 0 && b->content_id.len > 0)
		return slice_same(a->content_id, b->content_id);
	return dates_fit(a, b) && cameras_fit(a, b, serial);
}
