/*
 * Dates are compared as far as both are known: two with an instant as instants, two local ones as what the clock
 * showed, an instant with a local one up to an offset that a zone could have.  The order is the work of taken-order.c.
 */
#include "media/taken.h"

#include <stdlib.h>
#include <string.h>

#include "media/names.h"

#define TOLERANCE 2          /* seconds within which two dates agree */
#define ZONE_MAX (15 * 3600) /* farthest that a local time can be from UTC, with a little to spare */
#define DAY (24 * 3600)
#define QUARTER (15 * 60) /* offsets are multiples of this */
#define CLOSE (2 * 60)    /* how near GPS time must be to prove a rare offset */

static bool
asks_for(const struct taken_order *order, enum media_date_source s)
{
	size_t i;

	for (i = 0; i < order->pictures.n; i++) {
		if (order->pictures.row[i].source == s)
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
taken_names(struct media_info *info, const struct taken_order *order, struct slice path, const struct timespec *mtime,
    time_t now)
{
	enum media_basis basis;
	struct when w;

	if (asks_for(order, MEDIA_DATE_FILENAME)) {
		if (names_date(path.p, path.len, now, &w, &basis))
			media_set_date(info, MEDIA_DATE_FILENAME, &w, basis);
		if (names_folder_date(path.p, path.len, now, &w))
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

/* Who wrote a date, the nearer to the clock that took the picture the later. */
enum writer {
	BYSTANDER, /* a name, or a program that exported the picture later */
	EDITOR,    /* beside the file */
	BLOCK,     /* XMP or IPTC in the file, which editors and cameras write, or a PNG's text */
	CAMERA
};

static enum writer
writer_of(enum media_date_source s)
{
	switch (s) {
	case MEDIA_DATE_XMP_CREATE:
	case MEDIA_DATE_SIDECAR_CREATE:
	case MEDIA_DATE_FILENAME:
	case MEDIA_DATE_FOLDER:
	case MEDIA_DATE_EXIF_MODIFIED:
	case MEDIA_DATE_MTIME:
		return BYSTANDER;
	case MEDIA_DATE_SIDECAR_ORIGINAL:
	case MEDIA_DATE_SIDECAR_DATE_CREATED:
	case MEDIA_DATE_SIDECAR_DIGITIZED:
	case MEDIA_DATE_TAKEOUT:
	case MEDIA_DATE_ICLOUD:
		return EDITOR;
	case MEDIA_DATE_XMP_ORIGINAL:
	case MEDIA_DATE_XMP_DATE_CREATED:
	case MEDIA_DATE_XMP_DIGITIZED:
	case MEDIA_DATE_IPTC_CREATED:
	case MEDIA_DATE_PNG_CREATION:
		return BLOCK;
	default:
		return CAMERA;
	}
}

bool
taken_is_exported(enum media_date_source s)
{
	return s == MEDIA_DATE_TAKEOUT || s == MEDIA_DATE_ICLOUD;
}

bool
taken_is_captured(enum media_date_source s)
{
	return writer_of(s) != BYSTANDER;
}

enum media_date_source
taken_recorded(const struct taken *t)
{
	size_t i = 0;

	while (i < t->nothers && writer_of(t->other[i]) <= EDITOR)
		i++;
	return writer_of(t->source) == EDITOR && i < t->nothers ? t->other[i] : t->source;
}

/* Whether the clock, the zone and the fraction of `s` are those of the winner.  Editors put the zone of their computer,
 * or none, behind the time that a camera recorded: nobody takes a zone from one who was farther from the camera. */
static bool
may_lend(const struct taken *t, enum media_date_source s)
{
	return writer_of(s) == CAMERA || writer_of(s) > writer_of(t->source);
}

/* Whether `s` may give the winner its clock.  One that knows the instant alone has none that could be lost; an offset
 * of zero is another way to write UTC. */
static bool
may_give_clock(const struct taken *t, enum media_date_source s, const struct when *w)
{
	return may_lend(t, s) ||
	       (t->when.zone == WHEN_UTC && w->zone == WHEN_OFFSET && w->offset_min != 0 && taken_is_captured(s));
}

/* Makes of a local time one with an offset, where a clock that shows UTC was `apart` seconds from it. */
static void
give_offset(struct media_info *info, struct taken *t, int64_t apart, const char *from)
{
	int minutes = (int)(nearest_quarter(apart) / 60);

	if (llabs(apart) > ZONE_MAX || !is_real_offset(minutes, apart))
		return;
	t->when.zone = WHEN_OFFSET;
	t->when.offset_min = minutes;
	t->basis = MEDIA_BASIS_ZONED;
	media_warn(info, FAIL_OFFSET, "the offset %c%02d:%02d was derived from %s", minutes < 0 ? '-' : '+',
	    abs(minutes) / 60, abs(minutes) % 60, from);
}

/* The clock of the position tells UTC: how far the camera's was from it is the offset. */
static void
derive_from_position(struct media_info *info, struct taken *t, time_t now)
{
	if (t->when.zone == WHEN_LOCAL && t->when.precision >= WHEN_MINUTE && taken_is_captured(t->source) &&
	    info->gps.precision == WHEN_SECOND && when_plausible(&info->gps, now))
		give_offset(info, t, when_seconds(&t->when) - when_seconds(&info->gps), "GPS time");
}

static bool
is_near(const struct when *instant, const struct when *other)
{
	return llabs(when_seconds(instant) - when_seconds(other) + other->offset_min * 60) < QUARTER / 2;
}

/* Whether a header's time is UTC as it should be: another clock of the file that has a zone shows the same instant. */
static bool
is_proven(const struct media_info *info, const struct when *w)
{
	size_t i;

	if (info->gps.precision == WHEN_SECOND && is_near(w, &info->gps))
		return true;
	for (i = 0; i < MEDIA_DATE_SOURCES; i++) {
		const struct when *other = &info->date[i].when;

		if (taken_is_captured((enum media_date_source)i) && other->precision >= WHEN_MINUTE &&
		    other->zone == WHEN_OFFSET && is_near(w, other))
			return true;
	}
	return false;
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
	int64_t apart = seconds(a, local) - seconds(b, local);
	int64_t tolerance = TOLERANCE + (a->precision == WHEN_MINUTE || b->precision == WHEN_MINUTE ? 60 : 0);

	if (!local || (a->zone != WHEN_UTC && b->zone != WHEN_UTC))
		return llabs(apart) <= tolerance;
	if (a->zone == WHEN_UTC) /* how far the clock was from the instant */
		apart = -apart;
	return llabs(apart) <= ZONE_MAX && llabs(apart - nearest_quarter(apart)) <= tolerance &&
	       is_real_offset(nearest_quarter(apart) / 60, apart);
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
	media_warn(info, FAIL_DATE, "%s cannot be right: %s", media_date_name(s), buf_cstr(&text));
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

/* Whether b, where it knows more than a does, says nothing else as far as a goes.  A day is the one on the wall: an
 * instant that shows another one, because it is in UTC, may be of that day and says it no better. */
static bool
is_finer(const struct when *a, const struct when *b)
{
	struct when cut = *b;

	if (b->precision <= a->precision)
		return false;
	if (a->precision < WHEN_MINUTE) {
		cut.zone = WHEN_LOCAL;
		return days_agree(a, &cut, a->precision);
	}
	cut.second = 0;
	return times_agree(a, &cut) && (when_seconds(a) - when_seconds(&cut)) % QUARTER == 0;
}

/* Whether a says only the instant, in UTC, of what b says with the clock on the wall. */
static bool
is_of_clock(const struct when *a, const struct when *b)
{
	if (a->precision < WHEN_MINUTE || a->precision != b->precision || b->zone == WHEN_UTC || !agree(a, b))
		return false;
	return a->zone == WHEN_UTC || (a->zone == WHEN_OFFSET && a->offset_min == 0 && b->offset_min != 0);
}

static void
lend_zone(struct taken *t, const struct media_date *d)
{
	if (t->when.zone != WHEN_LOCAL || d->when.zone != WHEN_OFFSET)
		return;
	t->when.zone = WHEN_OFFSET;
	t->when.offset_min = d->when.offset_min;
	t->basis = d->basis;
}

/* What the winner lacks of a date of the same second. */
static void
lend_detail(struct taken *t, const struct media_date *d)
{
	const struct when *w = &d->when;
	int64_t apart = when_seconds(&t->when) - when_seconds(w);

	if (t->when.precision < WHEN_MINUTE || w->precision != t->when.precision ||
	    (apart != 0 && (apart % QUARTER != 0 || !agree(&t->when, w))))
		return;
	if (t->when.nsec_digits == 0) {
		t->when.nsec = w->nsec;
		t->when.nsec_digits = w->nsec_digits;
	}
	lend_zone(t, d);
}

/*
 * Where two dates agree as far as both tell, the finer one's detail is kept: its time beside a day, its clock and its
 * zone beside an instant in UTC, its fraction and its zone beside a second.  When a file was modified or copied is the
 * time of another day's work.
 */
static void
refine(const struct media_info *info, struct taken *t, enum media_date_source s, bool to_zone)
{
	const struct media_date *d = &info->date[s], before = {t->when, t->basis};
	struct when w = d->when;

	if (s == MEDIA_DATE_EXIF_MODIFIED || s == MEDIA_DATE_MTIME)
		return;
	if (to_zone && w.zone == WHEN_UTC)
		when_to_zone(&w);
	if (is_finer(&t->when, &w) || (may_give_clock(t, s, &d->when) && is_of_clock(&t->when, &d->when))) {
		*t = (struct taken){.when = d->when, .basis = d->basis, .source = s};
		if (before.when.precision == WHEN_MINUTE && t->when.precision == WHEN_SECOND)
			lend_zone(t, &before);
		else
			lend_detail(t, &before);
	} else if (may_lend(t, s)) {
		lend_detail(t, d);
	}
}

/* Whether two times, `apart` seconds from each other, are of one moment.  Samsung's instant is when a picture was done,
 * which at night is seconds later.  The same digits elsewhere are a Z that was put behind a local time. */
static bool
is_moment(const struct when *local, const struct when *utc, enum media_date_source s, int64_t apart)
{
	if (s == MEDIA_DATE_SAMSUNG_UTC)
		return llabs(apart - nearest_quarter(apart)) <= CLOSE;
	return times_agree(local, utc) && nearest_quarter(apart) != 0;
}

/* An instant in UTC of the same picture or film tells how far the clock was from it. */
static void
derive_from(struct media_info *info, struct taken *t, enum media_date_source s)
{
	const struct when *w = &info->date[s].when;
	int64_t apart = when_seconds(&t->when) - when_seconds(w);

	if (t->when.zone == WHEN_LOCAL && w->zone == WHEN_UTC && taken_is_captured(t->source) &&
	    t->when.precision >= WHEN_MINUTE && w->precision >= WHEN_MINUTE && is_moment(&t->when, w, s, apart))
		give_offset(info, t, apart, media_date_name(s));
}

/* The sources that spoke and can be, best first. */
struct candidates {
	enum media_date_source source[MEDIA_DATE_SOURCES];
	size_t n;
};

/* Takes the first candidate, and of the others what it lacks. */
static void
choose(struct media_info *info, struct taken *t, const struct candidates *c, bool to_zone, time_t now)
{
	size_t i;

	t->source = c->source[0];
	t->when = info->date[t->source].when;
	t->basis = info->date[t->source].basis;
	for (i = 1; i < c->n; i++)
		refine(info, t, c->source[i], to_zone);
	derive_from_position(info, t, now);
	for (i = 0; i < c->n; i++) {
		if (i == 0 || writer_of(c->source[i]) == CAMERA)
			derive_from(info, t, c->source[i]);
	}
	if (t->basis == MEDIA_BASIS_ASSUMED_UTC && is_proven(info, &t->when))
		t->basis = MEDIA_BASIS_UTC;
	if (to_zone && t->when.zone != WHEN_OFFSET)
		when_to_zone(&t->when);
}

static bool
is_film(const struct media_info *info)
{
	return info->mime != NULL && strncmp(info->mime, "video/", 6) == 0;
}

/* The candidates among the sources of the rows; those that cannot be are told. */
static void
gather(struct media_info *info, const struct taken_rows *rows, time_t now, struct candidates *out)
{
	bool done[MEDIA_DATE_SOURCES] = {false};
	size_t i;

	out->n = 0;
	for (i = 0; i < rows->n; i++) {
		enum media_date_source s = rows->row[i].source;
		const struct when *w = &info->date[s].when;

		if (w->precision == WHEN_NONE || done[s] || (rows->row[i].zoned && w->zone != WHEN_OFFSET))
			continue;
		done[s] = true;
		if (when_plausible(w, now))
			out->source[out->n++] = s;
		else
			warn_rejected(info, s);
	}
}

/* Whether an instant lies farther from all that a date may mean than a zone can be. */
static bool
is_far(const struct when *instant, const struct when *w)
{
	int64_t first = seconds(w, false), last = first, at = when_seconds(instant);
	struct when end = {.precision = WHEN_SECOND, .year = w->year, .month = 12, .day = 31};

	if (w->precision == WHEN_DAY)
		last += DAY;
	else if (w->precision == WHEN_MONTH)
		last += 31 * DAY;
	else if (w->precision == WHEN_YEAR)
		last = when_seconds(&end) + DAY;
	return at < first - ZONE_MAX || at > last + ZONE_MAX;
}

/* Whether the file itself says a date. */
static bool
is_own(enum media_date_source s)
{
	return writer_of(s) >= BLOCK || s == MEDIA_DATE_XMP_CREATE;
}

/* What an owner has set in a cloud goes before what the file says. */
static bool
prefer_owner(const struct media_info *info, struct candidates *c)
{
	enum media_date_source s;
	size_t i = 0;

	while (i < c->n && !taken_is_exported(c->source[i]))
		i++;
	if (i == c->n || i == 0 || !is_own(c->source[0]))
		return false;
	s = c->source[i];
	if (!is_far(&info->date[s].when, &info->date[c->source[0]].when))
		return false;
	memmove(c->source + 1, c->source, i * sizeof(c->source[0]));
	c->source[0] = s;
	return true;
}

void
taken_choose(struct media_info *info, const struct taken_order *order, bool to_zone, time_t now, struct taken *out)
{
	struct candidates c;
	bool corrected;
	size_t i;

	gather(info, is_film(info) ? &order->films : &order->pictures, now, &c);
	out->when.precision = WHEN_NONE;
	out->nothers = 0;
	out->corrected = false;
	if (c.n == 0)
		return;
	corrected = prefer_owner(info, &c);
	choose(info, out, &c, to_zone, now);
	out->corrected = corrected && taken_is_exported(out->source);
	for (i = 0; i < c.n; i++) {
		if (c.source[i] != out->source)
			keep_other(info, out, c.source[i]);
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
