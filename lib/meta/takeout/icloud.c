#include "meta/takeout/icloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/csv.h"

void
icloud_fini(struct icloud *c)
{
	buf_fini(&c->text);
	free(c->row);
	free(c->member);
}

size_t
icloud_memory(const struct icloud *c)
{
	return c->text.cap + c->rows_cap * sizeof(*c->row) + c->members_cap * sizeof(*c->member);
}

static uint32_t
keep(struct icloud *c, const char *text)
{
	size_t at = c->text.len, len = strlen(text) + 1;

	c->full |= len > ICLOUD_SIZE - at;
	if (!c->full)
		buf_add(&c->text, text, len);
	return (uint32_t)at;
}

/* ---- tables ---- */

enum column { NAME, DATE, FAVORITE, HIDDEN, DELETED, OTHER };

#define COLUMNS_MAX 32

struct table {
	struct slice rest;
	struct buf field;
	bool failed; /* memory was short for one */
	enum column column[COLUMNS_MAX];
	size_t n;
};

static enum csv_end
next_field(struct table *t)
{
	enum csv_end end = csv_field(&t->rest, &t->field);

	t->failed |= t->field.failed;
	return end;
}

static enum column
column_of(const char *title)
{
	static const char *const titles[] = {"imgName", ICLOUD_SIGN, "favorite", "hidden", "deleted"};
	static const char *const names[] = {"imageName", "Images"};

	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (strcmp(title, titles[i]) == 0)
			return (enum column)i;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(title, names[i]) == 0)
			return NAME;
	return OTHER;
}

static void
skip_mark(struct slice *text)
{
	if (text->len >= 3 && memcmp(text->p, "\xef\xbb\xbf", 3) == 0)
		*text = (struct slice){text->p + 3, text->len - 3};
}

/* The table's columns; whether it has those that are asked for. */
static bool
read_head(struct table *t, enum column wanted)
{
	enum csv_end end = CSV_FIELD;
	bool has[OTHER + 1] = {false};

	skip_mark(&t->rest);
	while (end == CSV_FIELD && t->n < COLUMNS_MAX) {
		end = next_field(t);
		t->column[t->n] = column_of(buf_cstr(&t->field));
		has[t->column[t->n++]] = true;
	}
	return end == CSV_ROW && has[NAME] && has[wanted];
}

static bool
is_yes(const struct buf *field)
{
	return strcasecmp(buf_cstr(field), "yes") == 0 || strcasecmp(buf_cstr(field), "true") == 0;
}

/* A date has a comma in it, and not always quotes around it. */
static enum csv_end
read_date(struct table *t, enum csv_end end, struct icloud *c, struct icloud_row *row)
{
	struct buf date = {0};

	buf_add(&date, buf_cstr(&t->field), t->field.len);
	if (end == CSV_FIELD && date.len > 0 && strchr(buf_cstr(&date), ':') == NULL) {
		end = next_field(t);
		buf_addc(&date, ',');
		buf_adds(&date, buf_cstr(&t->field));
	}
	row->date = keep(c, buf_cstr(&date));
	c->text.failed |= date.failed;
	buf_fini(&date);
	return end;
}

static void
set_value(struct table *t, enum column column, struct icloud *c, struct icloud_row *row)
{
	if (column == NAME)
		row->name = keep(c, buf_cstr(&t->field));
	else if (column == FAVORITE)
		row->favorite = is_yes(&t->field);
	else if (column == HIDDEN)
		row->hidden = is_yes(&t->field);
	else if (column == DELETED)
		row->deleted = is_yes(&t->field);
}

static enum csv_end
read_row(struct table *t, struct icloud *c, struct icloud_row *row)
{
	enum csv_end end = CSV_FIELD;

	row->date = row->name = keep(c, "");
	for (size_t i = 0; end == CSV_FIELD; i++) {
		enum column column = i < t->n ? t->column[i] : OTHER;

		end = next_field(t);
		if (column == DATE)
			end = read_date(t, end, c, row);
		else
			set_value(t, column, c, row);
	}
	return end;
}

static bool
add_row(struct icloud *c, const struct icloud_row *row)
{
	struct icloud_row *v = array_room(c->row, &c->rows_cap, c->nrows, sizeof(*v));

	if (v == NULL)
		return false;
	c->row = v;
	c->row[c->nrows++] = *row;
	return true;
}

static bool
add_member(struct icloud *c, uint32_t name, uint32_t album)
{
	struct icloud_member *v = array_room(c->member, &c->members_cap, c->nmembers, sizeof(*v));

	if (v == NULL)
		return false;
	c->member = v;
	c->member[c->nmembers++] = (struct icloud_member){name, album};
	return true;
}

static bool
has_more(const struct table *t, const struct icloud *c)
{
	return t->rest.len > 0 && !c->full && !c->text.failed && !t->failed;
}

bool
icloud_add_table(struct icloud *c, struct slice text, const char *name)
{
	struct table t = {.rest = text};
	bool good = read_head(&t, DATE);
	uint32_t table = good ? keep(c, name) : 0;

	while (good && has_more(&t, c)) {
		struct icloud_row row = {.table = table};

		read_row(&t, c, &row);
		if (!c->full && !c->text.failed && c->text.p[row.name] != '\0')
			c->text.failed = !add_row(c, &row);
	}
	c->text.failed |= t.failed;
	buf_fini(&t.field);
	return good;
}

bool
icloud_add_album(struct icloud *c, struct slice text, const char *album)
{
	struct table t = {.rest = text};
	bool good = read_head(&t, NAME);
	uint32_t at = good ? keep(c, album) : 0;

	while (good && has_more(&t, c)) {
		struct icloud_row row = {.table = at};

		read_row(&t, c, &row);
		if (!c->full && !c->text.failed && c->text.p[row.name] != '\0')
			c->text.failed = !add_member(c, row.name, at);
	}
	c->text.failed |= t.failed;
	buf_fini(&t.field);
	return good;
}

static int
compare_rows(const void *a, const void *b, void *text)
{
	const struct icloud_row *x = a, *y = b;
	int d = strcmp((const char *)text + x->name, (const char *)text + y->name);

	return d != 0 ? d : (x->name > y->name) - (x->name < y->name);
}

/* By album where the picture is the same, since folders are listed in any order. */
static int
compare_members(const void *a, const void *b, void *text)
{
	const struct icloud_member *x = a, *y = b;
	int d = strcmp((const char *)text + x->name, (const char *)text + y->name);

	return d != 0 ? d : strcmp((const char *)text + x->album, (const char *)text + y->album);
}

void
icloud_seal(struct icloud *c)
{
	if (c->nrows > 0)
		qsort_r(c->row, c->nrows, sizeof(*c->row), compare_rows, c->text.p);
	if (c->nmembers > 0)
		qsort_r(c->member, c->nmembers, sizeof(*c->member), compare_members, c->text.p);
}

/* ---- questions ---- */

static bool
same_words(const struct icloud *c, const struct icloud_row *a, const struct icloud_row *b)
{
	return strcmp(c->text.p + a->date, c->text.p + b->date) == 0 && a->favorite == b->favorite &&
	       a->hidden == b->hidden && a->deleted == b->deleted;
}

/* The row of a file; NULL: none, or several that say different things. */
static const struct icloud_row *
find(const struct icloud *c, const char *name)
{
	size_t low = 0, high = c->nrows, i;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(c->text.p + c->row[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (i = low; i < c->nrows && strcmp(c->text.p + c->row[i].name, name) == 0; i++)
		if (!same_words(c, &c->row[low], &c->row[i]))
			return NULL;
	return i > low ? &c->row[low] : NULL;
}

/* "Friday October 06,2023 12:11 PM GMT", where the hour may be one of 24, and the blank behind it U+202F. */
static bool
read_time(const char *text, struct when *out)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[16], half[2], iso[64];
	int day, year, hour, minute, end = 0;
	const char *at;

	if (sscanf(text, "%*15[A-Za-z] %15[A-Za-z] %2d,%4d %2d:%2d%*[ \u202f]%1[AP]M GMT%n", month, &day, &year, &hour,
		&minute, half, &end) != 6 ||
	    end == 0 || text[end] != '\0' || strlen(month) < 3)
		return false;
	month[3] = '\0';
	if ((at = strstr(months, month)) == NULL || (at - months) % 3 != 0)
		return false;
	if (hour <= 12)
		hour = hour % 12 + (half[0] == 'P' ? 12 : 0);
	snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02dZ", year, (int)(at - months) / 3 + 1, day, hour, minute);
	return when_parse(iso, strlen(iso), out);
}

static void
tell_date(const char *text, struct media_info *info)
{
	struct when w;

	if (*text == '\0')
		return;
	if (read_time(text, &w))
		media_set_date(info, MEDIA_DATE_ICLOUD, &w, MEDIA_BASIS_UTC);
	else
		media_warn(info, FAIL_DATE, "%s is not a date: \"%.32s\"", media_date_name(MEDIA_DATE_ICLOUD), text);
}

static void
tell_albums(const struct icloud *c, const char *name, struct media_info *info)
{
	size_t low = 0, high = c->nmembers;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(c->text.p + c->member[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < c->nmembers && strcmp(c->text.p + c->member[low].name, name) == 0; low++) {
		const char *album = c->text.p + c->member[low].album;

		media_add_item(info, MEDIA_ALBUMS, album, strlen(album));
	}
}

static void
tell_row(const struct icloud *c, const struct icloud_row *row, struct media_info *info)
{
	tell_date(c->text.p + row->date, info);
	if (row->favorite)
		media_set_bool(info, MEDIA_FAVORITE, true);
	if (row->hidden)
		media_set_bool(info, MEDIA_ARCHIVED, true);
	if (row->deleted)
		media_set_bool(info, MEDIA_TRASHED, true);
}

const char *
icloud_tell(const struct icloud *c, const char *name, struct media_info *info)
{
	const struct icloud_row *row = find(c, name);
	enum media_origin before = media_from(info, MEDIA_FROM_TAKEOUT);

	if (row != NULL)
		tell_row(c, row, info);
	tell_albums(c, name, info);
	media_from(info, before);
	return row != NULL ? c->text.p + row->table : NULL;
}
