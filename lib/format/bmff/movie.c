/*
 * The creation times of the headers are UTC by the specification (ISO/IEC 14496-12, 8.2.2), and local time in many
 * cameras.  Which it is shows the maker, or a date with a zone in the same movie: zones lie whole quarters of an hour
 * apart, so that whatever is nearer to the one than half of that cannot be meant as the other.
 */
#include "format/bmff/movie.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "media/media.h"
#include "media/text.h"
#include "meta/exif/tags.h"

enum { HALF_A_QUARTER_S = 450, DAY_S = 86400 };

#define EPOCH_1904_S 2082844800 /* from 1904 to 1970: 66 years and 17 days */

void
movie_init(struct movie *m, struct reader *r)
{
	memset(m, 0, sizeof *m);
	m->r = r;
	m->rating_rank = m->list_rank = m->position_rank = m->userdate_rank = MOVIE_RANKS;
}

void
movie_fini(struct movie *m)
{
	buf_fini(&m->texts);
}

void
movie_position(struct movie *m, enum movie_rank rank, const struct position *position)
{
	if (!media_is_position(m->r->info, position->lat, position->lon, !isnan(position->alt_m)) ||
	    rank >= m->position_rank)
		return;
	m->position = *position;
	m->position_rank = rank;
}

void
movie_rating(struct movie *m, enum movie_rank rank, double stars)
{
	if (rank >= m->rating_rank || !(stars >= 0 && stars <= 5))
		return;
	m->rating = stars;
	m->rating_rank = rank;
}

void
movie_created(struct movie *m, enum movie_header h, uint64_t seconds_since_1904, bool wide)
{
	if (m->created[h] != 0)
		return;
	m->created[h] = seconds_since_1904;
	m->wide[h] = wide;
}

void
movie_tag_number(struct movie *m, const char *group, const char *name, double v)
{
	tags_number(m->r, group, (struct slice){name, strlen(name)}, v);
}

/* Beyond half of the table a text has to be of a field, or of a better place, that none is of yet. */
static bool
has_room(const struct movie *m, enum movie_rank rank, enum media_field field)
{
	if (m->nfields < MOVIE_TEXTS_MAX / 2)
		return true;
	for (size_t i = 0; i < m->nfields; i++) {
		if (m->field[i].field == field && m->field[i].rank <= rank)
			return false;
	}
	return m->nfields < MOVIE_TEXTS_MAX;
}

static void
note_field(struct movie *m, enum movie_rank rank, enum media_field field, struct slice text)
{
	if (!has_room(m, rank, field)) {
		media_warn(
		    m->r->info, FAIL_LIMIT, "only the first %d texts of the movie were read", MOVIE_TEXTS_MAX / 2);
		return;
	}
	m->field[m->nfields] = (struct movie_field){rank, field, m->texts.len, text.len};
	m->nfields += buf_add(&m->texts, text.p, text.len) == 0;
}

static void
note_position(struct movie *m, enum movie_rank rank, struct slice text)
{
	struct position position;

	if (iso6709_parse((const uint8_t *)text.p, text.len, &position))
		movie_position(m, rank, &position);
	else
		media_warn(m->r->info, FAIL_VALUE, "ignored a position that is not in the form of ISO 6709");
}

static void
note_userdate(struct movie *m, enum movie_rank rank, struct slice text)
{
	struct when w;

	if (rank >= m->userdate_rank ||
	    !media_read_date(m->r->info, media_date_name(MEDIA_DATE_QT_USERDATA), text.p, text.len, &w) ||
	    w.precision < WHEN_DAY)
		return;
	m->userdate = w;
	m->userdate_rank = rank;
}

static void
note_text(struct movie *m, const struct movie_text *t, struct slice text)
{
	if (t->name != NULL)
		tags_text(m->r, t->group, (struct slice){t->name, strlen(t->name)}, text.p, text.len);
	if (t->what == MOVIE_AUTHOR)
		note_field(m, MOVIE_SECOND, MEDIA_ARTIST, text);
	else if (t->what == MOVIE_DISPLAYNAME)
		note_field(m, MOVIE_SECOND, MEDIA_TITLE, text);
	else if (t->what < MEDIA_FIELDS)
		note_field(m, t->rank, (enum media_field)t->what, text);
	else if (t->what == MOVIE_POSITION)
		note_position(m, t->rank, text);
	else if (t->what == MOVIE_DATE)
		note_userdate(m, t->rank, text);
	else if (t->what == MOVIE_CREATIONDATE && m->creationdate.precision == WHEN_NONE)
		media_read_date(
		    m->r->info, media_date_name(MEDIA_DATE_QT_CREATIONDATE), text.p, text.len, &m->creationdate);
}

/* Any of the encodings, as UTF-8.  False: nothing. */
static bool
add_utf8(struct buf *utf8, const struct movie_text *t)
{
	if (t->encoding == MOVIE_MACROMAN)
		return text_add_mac(utf8, (const char *)t->p, t->len);
	if (t->encoding == MOVIE_UTF8)
		return text_add(utf8, (const char *)t->p, t->len);
	return text_add_utf16(utf8, t->p, t->len, t->encoding == MOVIE_UTF16BE);
}

void
movie_text(struct movie *m, const struct movie_text *t)
{
	struct buf utf8 = {0};

	if (add_utf8(&utf8, t))
		note_text(m, t, (struct slice){utf8.p, utf8.len});
	m->r->info->text.failed |= utf8.failed || m->texts.failed;
	buf_fini(&utf8);
}

/* Words between commas. */
static void
add_items(struct movie *m, enum movie_rank rank, enum media_field field, const char *p, size_t len)
{
	const char *comma;
	size_t n;

	m->list_rank = rank;
	for (; len > 0; p += n, len -= n) {
		comma = memchr(p, ',', len);
		n = comma != NULL ? (size_t)(comma - p) : len;
		media_add_item(m->r->info, field, p, n);
		n += comma != NULL;
	}
}

static void
set_field(struct movie *m, const struct movie_field *t)
{
	const char *text = m->texts.p + t->at;

	if (media_field_kind(t->field) != MEDIA_LIST)
		media_set_text(m->r->info, t->field, text, t->len);
	else if (m->r->info->field[t->field].kind == MEDIA_ABSENT || m->list_rank == t->rank)
		add_items(m, t->rank, t->field, text, t->len);
}

static void
set_fields(struct movie *m)
{
	for (int rank = 0; rank < MOVIE_RANKS; rank++)
		for (size_t i = 0; i < m->nfields; i++)
			if ((int)m->field[i].rank == rank)
				set_field(m, &m->field[i]);
}

static void
set_zoned(struct movie *m, enum media_date_source source, const struct when *w)
{
	media_set_date(m->r->info, source, w, media_basis_of(w));
}

/* Whether a header has the very time that the camera's clock showed, by a date without a zone. */
static bool
is_on_clock(const struct movie *m, const struct when *header)
{
	const struct when *clock[] = {&m->r->info->date[MEDIA_DATE_EXIF_ORIGINAL].when, &m->userdate, &m->creationdate};

	for (size_t i = 0; i < sizeof clock / sizeof clock[0]; i++) {
		if (clock[i]->precision >= WHEN_MINUTE && clock[i]->zone == WHEN_LOCAL &&
		    llabs(when_seconds(header) - when_seconds(clock[i])) < HALF_A_QUARTER_S)
			return true;
	}
	return false;
}

/* By whichever date of the movie has a zone: whether a header's time is UTC, or local. */
static bool
is_proven(const struct movie *m, const struct when *header, enum media_basis *basis)
{
	const struct when *zoned = m->creationdate.zone != WHEN_LOCAL ? &m->creationdate : &m->userdate;
	int64_t face = when_seconds(header) - when_seconds(zoned), instant = face + zoned->offset_min * 60;

	if (zoned->precision < WHEN_MINUTE || zoned->zone == WHEN_LOCAL)
		return false;
	*basis = llabs(instant) < HALF_A_QUARTER_S ? MEDIA_BASIS_UTC : MEDIA_BASIS_LOCAL;
	return *basis == MEDIA_BASIS_UTC || llabs(face) < HALF_A_QUARTER_S;
}

/* Whether a header counts from 1970: a writer's error of those that have 32 bits, unless it would be in the future. */
static bool
has_unix_epoch(const struct movie *m, enum movie_header h)
{
	return !m->wide[h] && m->created[h] < EPOCH_1904_S && m->created[h] <= (uint64_t)time(NULL) + DAY_S;
}

static bool
created_at(const struct movie *m, enum movie_header h, struct when *out)
{
	return m->created[h] <= INT64_MAX &&
	       when_from_epoch((int64_t)m->created[h] - (has_unix_epoch(m, h) ? 0 : EPOCH_1904_S), 0, 0, out);
}

/* What the maker of the camera means by the times of headers. */
static enum media_basis
basis_of_maker(const struct movie *m)
{
	enum { UTC = MEDIA_BASIS_UTC, LOCAL = MEDIA_BASIS_LOCAL };
	static const struct {
		const char *make;
		int basis;
	} clocks[] = {
#define CLOCK(make, time, evidence) {make, time},
#include "format/bmff/movie-clocks.def"
#undef CLOCK
	};
	const struct media_value *v = &m->r->info->field[MEDIA_MAKE];
	const char *make = m->maker;
	size_t len = make != NULL ? strlen(make) : 0;

	if (v->kind == MEDIA_TEXT) {
		make = m->r->info->text.p + v->at;
		len = v->len;
	}
	for (size_t i = 0; make != NULL && i < sizeof clocks / sizeof clocks[0]; i++) {
		if (strlen(clocks[i].make) == len && strncasecmp(clocks[i].make, make, len) == 0)
			return (enum media_basis)clocks[i].basis;
	}
	return MEDIA_BASIS_ASSUMED_UTC;
}

static void
set_created(struct movie *m, enum movie_header h, enum media_date_source source)
{
	uint64_t seconds = m->created[h];
	enum media_basis basis;
	struct when w;

	if (seconds == 0)
		return;
	if (!created_at(m, h, &w)) {
		media_warn(m->r->info, FAIL_DATE, "the creation time %" PRIu64 " lies outside the calendar", seconds);
		return;
	}
	if (has_unix_epoch(m, h))
		media_warn(m->r->info, FAIL_DATE,
		    "the creation time counts seconds from 1970, not from 1904 as it should, and was read that way");
	if (!is_proven(m, &w, &basis))
		basis = m->keeps_utc ? MEDIA_BASIS_UTC : basis_of_maker(m);
	if (basis == MEDIA_BASIS_ASSUMED_UTC && is_on_clock(m, &w))
		basis = MEDIA_BASIS_LOCAL;
	if (basis == MEDIA_BASIS_LOCAL)
		w.zone = WHEN_LOCAL;
	media_set_date(m->r->info, source, &w, basis);
}

static void
set_dates(struct movie *m)
{
	if (m->creationdate.precision != WHEN_NONE)
		set_zoned(m, MEDIA_DATE_QT_CREATIONDATE, &m->creationdate);
	if (m->userdate.precision != WHEN_NONE)
		set_zoned(m, MEDIA_DATE_QT_USERDATA, &m->userdate);
	set_created(m, MOVIE_MVHD, MEDIA_DATE_MVHD);
	set_created(m, MOVIE_MDHD, MEDIA_DATE_MDHD);
	set_created(m, MOVIE_TKHD, MEDIA_DATE_TKHD);
}

void
movie_finish(struct movie *m)
{
	struct media_info *info = m->r->info;

	set_fields(m);
	set_dates(m);
	if (m->focal35_mm > 0)
		media_set_number(info, MEDIA_FOCAL35, m->focal35_mm);
	if (m->rating_rank < MOVIE_RANKS)
		media_set_number(info, MEDIA_RATING, m->rating);
	if (m->position_rank == MOVIE_RANKS)
		return;
	media_set_position(info, m->position.lat, m->position.lon, true);
	media_set_number(info, MEDIA_ALT, m->position.alt_m); /* a NAN sets nothing */
}
