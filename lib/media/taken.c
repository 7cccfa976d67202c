/*
 * Dates are compared as far as both are known: two with an instant as instants, two local ones as what the clock
 * showed, an instant with a local one up to an offset that a zone could have.
 */
#include "media/taken.h"

#include <stdlib.h>
#include <string.h>

#include "media/names.h"

#define TOLERANCE 2          /* seconds within which two dates agree */
#define ZONE_MAX (15 * 3600) /* farthest that a local time can be from UTC, with a little to spare */
#define QUARTER (15 * 60)    /* offsets are multiples of this */
#define CLOSE (2 * 60)       /* how near GPS time must be to prove a rare offset */

enum family {
#define FAMILY(name, word) FAMILY_##name,
#include "media/date-families.def"
#undef FAMILY
	FAMILIES
};

static const char *const words[] = {
#define FAMILY(name, word) word,
#include "media/date-families.def"
#undef FAMILY
};

static const enum family family_of[] = {
#define DATE(name, from, family) FAMILY_##family,
#include "media/date-sources.def"
#undef DATE
};

static int
find_family(const char *word, size_t len, enum family *f)
{
	size_t i;

	for (i = 0; i < FAMILIES; i++) {
		if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) {
			*f = (enum family)i;
			return 0;
		}
	}
	return -1;
}

/* Appends the sources of the families that are marked, in the order of the table. */
static void
add_sources(struct taken_order *order, const bool *wanted)
{
	size_t i;

	for (i = 0; i < MEDIA_DATE_SOURCES; i++) {
		if (wanted[family_of[i]])
			order->source[order->n++] = (enum media_date_source)i;
	}
}

static void
fill_order(struct taken_order *order, const enum family *list, size_t n)
{
	bool wanted[FAMILIES] = {false}, ascending = true;
	size_t i;

	order->n = 0;
	for (i = 0; i < n; i++) {
		wanted[list[i]] = true;
		ascending &= i == 0 || list[i] > list[i - 1];
	}
	if (ascending) {
		add_sources(order, wanted);
		return;
	}
	for (i = 0; i < n; i++) {
		memset(wanted, 0, sizeof wanted);
		wanted[list[i]] = true;
		add_sources(order, wanted);
	}
}

int
taken_parse(const char *list, struct taken_order *order, struct fail *why)
{
	enum family families[FAMILIES], f;
	bool had[FAMILIES] = {false};
	size_t n = 0, len;
	const char *p;

	for (p = list;; p += len + 1) {
		len = strcspn(p, ",");
		if (find_family(p, len, &f) == -1)
			return fail_set(why, FAIL_INPUT, "usage", "\"%.*s\" is no source of dates", (int)len, p);
		if (had[f])
			return fail_set(why, FAIL_INPUT, "usage", "%s is there twice", words[f]);
		had[f] = true;
		families[n++] = f;
		if (p[len] == '\0')
			break;
	}
	fill_order(order, families, n);
	return 0;
}

static bool
asks_for(const struct taken_order *order, enum media_date_source s)
{
	size_t i;

	for (i = 0; i < order->n; i++) {
		if (order->source[i] == s)
			return true;
	}
	return false;
}

/* Digits of a fraction, without the zeros at its end. */
static int
digits_of(uint32_t nsec)
{
	int digits = 9;

	while (digits > 0 && nsec % 10 == 0) {
		nsec /= 10;
		digits--;
	}
	return digits;
}

void
taken_names(struct media_info *info, const struct taken_order *order, const char *path, size_t len,
    const struct timespec *mtime, time_t now)
{
	enum media_basis basis;
	struct when w;

	if (asks_for(order, MEDIA_DATE_FILENAME)) {
		if (names_date(path, len, now, &w, &basis))
			media_set_date(info, MEDIA_DATE_FILENAME, &w, basis);
		if (names_folder_date(path, len, now, &w))
			media_set_date(info, MEDIA_DATE_FOLDER, &w, MEDIA_BASIS_LOCAL);
	}
	if (asks_for(order, MEDIA_DATE_MTIME) &&
	    when_from_epoch(mtime->tv_sec, (uint32_t)mtime->tv_nsec, digits_of((uint32_t)mtime->tv_nsec), &w))
		media_set_date(info, MEDIA_DATE_MTIME, &w, MEDIA_BASIS_UTC);
}

static int64_t
nearest_quarter(int64_t s)
{
	return (s >= 0 ? s + QUARTER / 2 : s - QUARTER / 2) / QUARTER * QUARTER;
}

/*
 * The fix of a position may be minutes older than the picture, which turns a whole hour into an hour and a quarter.
 * So an offset that is no whole hour must be one that clocks somewhere have had since there are digital cameras, and
 * the two times must be close.
 */
static bool
is_real_offset(int64_t minutes, int64_t apart)
{
	static const int odd[] = {-570, -270, -210, -150, 210, 270, 330, 345, 390, 510, 525, 570, 630, 690, 765, 825};
	size_t i;

	if (minutes % 60 == 0)
		return minutes >= -12 * 60 && minutes <= 14 * 60;
	for (i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		if (odd[i] == minutes)
			return llabs(apart - minutes * 60) <= CLOSE;
	}
	return false;
}

/* The clock of the position tells UTC: how far the camera's was from it is the offset. */
static void
derive_offset(struct media_info *info, struct taken *t, time_t now)
{
	int64_t apart, minutes;

	if (t->when.zone != WHEN_LOCAL || t->when.precision < WHEN_MINUTE || family_of[t->source] != FAMILY_EXIF ||
	    info->gps.precision != WHEN_SECOND || !when_plausible(&info->gps, now))
		return;
	apart = when_seconds(&t->when) - when_seconds(&info->gps);
	minutes = nearest_quarter(apart) / 60;
	if (!is_real_offset(minutes, apart))
		return;
	t->when.zone = WHEN_OFFSET;
	t->when.offset_min = (int)minutes;
	t->basis = MEDIA_BASIS_ZONED;
	media_warn(info, FAIL_OFFSET, "the offset %c%02d:%02d was derived from GPS time", minutes < 0 ? '-' : '+',
	    abs((int)minutes) / 60, abs((int)minutes) % 60);
}

/* The instant, or what the clock showed where `clocks` are compared. */
static int64_t
seconds(const struct when *w, bool clocks)
{
	return when_seconds(w) - (clocks || w->zone != WHEN_OFFSET ? 0 : w->offset_min * 60);
}

static bool
times_agree(const struct when *a, const struct when *b)
{
	bool local = a->zone == WHEN_LOCAL || b->zone == WHEN_LOCAL;
	int64_t apart = llabs(seconds(a, local) - seconds(b, local));
	int64_t tolerance = TOLERANCE + (a->precision == WHEN_MINUTE || b->precision == WHEN_MINUTE ? 60 : 0);

	if (local && (a->zone == WHEN_UTC || b->zone == WHEN_UTC))
		return apart <= ZONE_MAX && llabs(apart - nearest_quarter(apart)) <= tolerance;
	return apart <= tolerance;
}

/* Dates alone; an instant in UTC may have been the day before or after where it was. */
static bool
days_agree(const struct when *a, const struct when *b, enum when_precision precision)
{
	static const int shifts[] = {0, -12 * 3600, 14 * 3600};
	struct when moved;
	size_t i, n = a->zone == WHEN_UTC ? 3 : 1;

	if (b->zone == WHEN_UTC && n == 1)
		return days_agree(b, a, precision);
	for (i = 0; i < n; i++) {
		if (!when_from_epoch(when_seconds(a) + shifts[i], 0, 0, &moved))
			continue;
		if (moved.year == b->year && (precision < WHEN_MONTH || moved.month == b->month) &&
		    (precision < WHEN_DAY || moved.day == b->day))
			return true;
	}
	return false;
}

static bool
agree(const struct when *a, const struct when *b)
{
	enum when_precision precision = a->precision < b->precision ? a->precision : b->precision;

	return precision >= WHEN_MINUTE ? times_agree(a, b) : days_agree(a, b, precision);
}

static void
warn_rejected(struct media_info *info, enum media_date_source s)
{
	struct buf text = {0};

	when_format(&info->date[s].when, &text);
	media_warn(info, FAIL_DATE, "%s cannot be: %s", media_date_name(s), buf_cstr(&text));
	buf_fini(&text);
}

/* Keeps a source that disagrees with the winner, unless one that says the same is kept already. */
static void
keep_other(const struct media_info *info, struct taken *t, enum media_date_source s)
{
	const struct when *w = &info->date[s].when;
	size_t i;

	if (agree(&t->when, w))
		return;
	for (i = 0; i < t->nothers; i++) {
		if (agree(&info->date[t->other[i]].when, w))
			return;
	}
	t->other[t->nothers++] = s;
}

static void
win(struct media_info *info, struct taken *t, enum media_date_source s, bool to_zone, time_t now)
{
	t->when = info->date[s].when;
	t->basis = info->date[s].basis;
	t->source = s;
	derive_offset(info, t, now);
	if (to_zone && t->when.zone != WHEN_OFFSET)
		when_to_zone(&t->when);
}

void
taken_choose(struct media_info *info, const struct taken_order *order, bool to_zone, time_t now, struct taken *out)
{
	size_t i;

	out->when.precision = WHEN_NONE;
	out->nothers = 0;
	for (i = 0; i < order->n; i++) {
		enum media_date_source s = order->source[i];

		if (info->date[s].when.precision == WHEN_NONE)
			continue;
		if (!when_plausible(&info->date[s].when, now))
			warn_rejected(info, s);
		else if (out->when.precision == WHEN_NONE)
			win(info, out, s, to_zone, now);
		else
			keep_other(info, out, s);
	}
}

const char *
taken_basis_name(enum media_basis basis)
{
	static const char *const names[] = {
	    [MEDIA_BASIS_ZONED] = "zoned",
	    [MEDIA_BASIS_UTC] = "utc",
	    [MEDIA_BASIS_LOCAL] = "local",
	    [MEDIA_BASIS_ASSUMED_UTC] = "assumed-utc",
	};

	return names[basis];
}
