/*
 * Every date in a name begins with a run of digits of a telling length: 4 (a year, its month and day behind
 * separators), 8, 14 or 17 and more (all together), 10 or 13 (seconds or milliseconds since 1970).  A name is gone
 * through run by run; the date that knows most wins, the first of equals.  Epoch numbers are the last resort: they
 * look like any other number.
 */
#include "media/names.h"

#include <string.h>
#include <strings.h>

#include "media/text.h"

enum {
	UNSEPARATED_AFTER = 1980, /* older years are numeric IDs */
	NAME_LEN = 255,           /* what file systems have; of a longer name only ASCII's digits are read */
	HASH_LEN = 32,            /* of MD5's, in digits */
	HASH_MIN = 12             /* a date among this many hexadecimal digits is part of a hash or UUID */
};

struct name {
	const char *begin, *end;
	time_t now;
};

struct found {
	struct when when;
	enum media_basis basis;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_hex_letter(char c)
{
	return (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool
one_of(const char *p, const char *end, const char *set)
{
	return p < end && *p != '\0' && strchr(set, *p) != NULL;
}

static size_t
digits_at(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && is_digit(*q))
		q++;
	return (size_t)(q - p);
}

static int
value(const char *p, int digits)
{
	int v = 0;

	for (int i = 0; i < digits; i++)
		v = v * 10 + (p[i] - '0');
	return v;
}

/* Whether the digits are part of a longer word that can be a hash: all its letters are hexadecimal digits. */
static bool
is_hash(const struct name *n, const char *run, size_t len, size_t min)
{
	const char *from = run, *to = run + len;
	bool letters = false, hex = true;

	for (; from > n->begin && (is_letter(from[-1]) || is_digit(from[-1])); from--)
		if (is_letter(from[-1])) {
			letters = true;
			hex = hex && is_hex_letter(from[-1]);
		}
	for (; to < n->end && (is_letter(*to) || is_digit(*to)); to++)
		if (is_letter(*to)) {
			letters = true;
			hex = hex && is_hex_letter(*to);
		}
	return letters && hex && (size_t)(to - from) >= min;
}

/* Hour 24 is 0 of the same day, as those mean it who write it. */
static bool
set_time(struct when *w, int hour, int minute, int second)
{
	if (hour > 24 || minute > 59 || second > 59)
		return false;
	w->hour = hour % 24;
	w->minute = minute;
	w->second = second;
	w->precision = WHEN_SECOND;
	return true;
}

static void
set_milliseconds(struct when *w, int ms)
{
	w->nsec = (uint32_t)ms * 1000000;
	w->nsec_digits = 3;
}

/* YYYY?MM?DD with one and the same separator; returns what follows, or NULL. */
static const char *
take_separated(const char *p, const char *end, struct when *w)
{
	char text[] = "YYYY-MM-DD";

	if (end - p < 10 || !one_of(p + 4, end, "-._:") || p[7] != p[4] || digits_at(p + 5, end) != 2 ||
	    digits_at(p + 8, end) != 2)
		return NULL;
	memcpy(text, p, 4);
	memcpy(text + 5, p + 5, 2);
	memcpy(text + 8, p + 8, 2);
	return when_parse(text, sizeof text - 1, w) && w->precision == WHEN_DAY ? p + 10 : NULL;
}

/* YYYY_MMDD_HHMMSS of dashcams, which without its time could be a year and a counter; returns what follows the date. */
static const char *
take_dashcam(const char *p, const char *end, struct when *w)
{
	char text[] = "YYYYMMDD";
	struct when time;

	if (end - p < 16 || p[4] != '_' || digits_at(p + 5, end) != 4 || p[9] != '_' || digits_at(p + 10, end) != 6 ||
	    !set_time(&time, value(p + 10, 2), value(p + 12, 2), value(p + 14, 2)))
		return NULL;
	memcpy(text, p, 4);
	memcpy(text + 4, p + 5, 4);
	return when_parse(text, sizeof text - 1, w) && w->precision == WHEN_DAY && w->year > UNSEPARATED_AFTER ? p + 9
													       : NULL;
}

/* YYYYMMDD, with HHMMSS[mmm] at once behind it where the run is as long; returns what follows the run, or NULL. */
static const char *
take_unseparated(const struct name *n, const char *p, size_t len, struct when *w)
{
	if ((len != 8 && len != 14 && len < 17) || is_hash(n, p, len, HASH_MIN))
		return NULL;
	if (!when_parse(p, 8, w) || w->precision != WHEN_DAY || w->year <= UNSEPARATED_AFTER)
		return NULL;
	if (len == 8)
		return p + len;
	if (!set_time(w, value(p + 8, 2), value(p + 10, 2), value(p + 12, 2)))
		return NULL;
	if (len >= 17)
		set_milliseconds(w, value(p + 14, 3));
	return p + len;
}

/* " PM" with a blank, an underscore or U+202F, U+00A0 before it or nothing; 0 for the 24-hour clock, else A or P. */
static char
half_of_day(const char **p, const char *end)
{
	const char *q = *p;

	if (end - q >= 3 && memcmp(q, "\xe2\x80\xaf", 3) == 0)
		q += 3;
	else if (end - q >= 2 && memcmp(q, "\xc2\xa0", 2) == 0)
		q += 2;
	else if (one_of(q, end, " _"))
		q++;
	if (!one_of(q, end, "AaPp") || !one_of(q + 1, end, "Mm") || (end - q > 2 && is_letter(q[2])))
		return 0;
	*p = q + 2;
	return *q == 'A' || *q == 'a' ? 'A' : 'P';
}

/* H?MM?SS with one and the same separator, 12 or 24 hours. */
static const char *
take_separated_time(const char *p, const char *end, size_t hour_digits, struct when *w)
{
	const char *sep = p + hour_digits, *next;
	int hour = value(p, (int)hour_digits);
	char half;

	if (end - sep < 6 || !one_of(sep, end, "-._:") || sep[3] != sep[0] || digits_at(sep + 1, end) != 2 ||
	    digits_at(sep + 4, end) != 2)
		return NULL;
	next = sep + 6;
	half = half_of_day(&next, end);
	if (half != 0 && (hour < 1 || hour > 12))
		return NULL;
	if (half == 0 && hour_digits != 2)
		return NULL;
	if (half != 0)
		hour = hour % 12 + (half == 'P' ? 12 : 0);
	return set_time(w, hour, value(sep + 1, 2), value(sep + 4, 2)) ? next : NULL;
}

/* The time behind a date; returns what follows it, or NULL where there is none and the date stands alone. */
static const char *
take_time(const char *p, const char *end, struct when *w)
{
	size_t len;

	if (end - p >= 4 && one_of(p, end, " _") && memcmp(p + 1, "at", 2) == 0 && p[3] == p[0])
		p += 4;
	else if (one_of(p, end, "_-T "))
		p++;
	else
		return NULL;
	len = digits_at(p, end);
	if (len == 1 || len == 2)
		return take_separated_time(p, end, len, w);
	if ((len != 6 && len != 9) || !set_time(w, value(p, 2), value(p + 2, 2), value(p + 4, 2)))
		return NULL;
	if (len == 9)
		set_milliseconds(w, value(p + 6, 3));
	return p + len;
}

/* Two digits and two, with a separator between them where a T made the time one of ISO 8601. */
static bool
offset_at(const char *p, const char *end, bool iso, int *minutes)
{
	size_t digits = digits_at(p, end);
	const char *last = p + 2;

	if (iso && digits == 2 && one_of(p + 2, end, ":_-."))
		last++;
	if (digits_at(last, end) != 2 || (digits != 4 && last == p + 2) || value(last, 2) > 59)
		return false;
	*minutes = value(p, 2) * 60 + value(last, 2);
	return true;
}

/* +HHMM; where a T made the time one of ISO 8601, -HHMM and Z, too, which elsewhere are counters and words. */
static void
take_offset(const char *p, const char *end, bool iso, struct found *f)
{
	int minutes;

	if (iso && one_of(p, end, "Z") && (end - p == 1 || !is_letter(p[1]))) {
		f->when.zone = WHEN_UTC;
		f->basis = MEDIA_BASIS_UTC;
		return;
	}
	if (!one_of(p, end, iso ? "+-" : "+") || !offset_at(p + 1, end, iso, &minutes))
		return;
	if (*p == '-')
		minutes = -minutes;
	if (!when_is_offset(minutes))
		return;
	f->when.zone = WHEN_OFFSET;
	f->when.offset_min = minutes;
	f->basis = MEDIA_BASIS_ZONED;
}

/* A fraction in the form of ISO 8601, whose point may have become another character where a Z follows; returns what
 * is behind it. */
static const char *
take_fraction(const char *p, const char *end, struct when *w)
{
	size_t digits = end - p > 1 ? digits_at(p + 1, end) : 0;
	bool z = digits > 0 && one_of(p + 1 + digits, end, "Z");

	if (digits == 0 || digits > 9 || w->nsec_digits > 0 || !one_of(p, end, z ? ".,_-" : ".,"))
		return p;
	w->nsec = 0;
	for (size_t i = 0; i < 9; i++)
		w->nsec = w->nsec * 10 + (i < digits ? (uint32_t)(p[1 + i] - '0') : 0);
	w->nsec_digits = (int)digits;
	return p + 1 + digits;
}

static bool
is_pixel(const struct name *n, const char *run)
{
	return run - n->begin >= 4 && memcmp(run - 4, "PXL_", 4) == 0;
}

/* The date that begins with this run of digits. */
static bool
date_at(const struct name *n, const char *run, size_t len, struct found *f)
{
	const char *date_end, *time_end;
	bool iso;

	*f = (struct found){.basis = MEDIA_BASIS_LOCAL};
	date_end = len == 4 ? take_separated(run, n->end, &f->when) : take_unseparated(n, run, len, &f->when);
	if (date_end == NULL && len == 4)
		date_end = take_dashcam(run, n->end, &f->when);
	if (date_end == NULL)
		return false;
	time_end = len > 8 ? date_end : take_time(date_end, n->end, &f->when);
	if (time_end != NULL) {
		iso = len <= 8 && *date_end == 'T';
		take_offset(iso ? take_fraction(time_end, n->end, &f->when) : time_end, n->end, iso, f);
		if (is_pixel(n, run) && f->when.zone == WHEN_LOCAL) {
			f->when.zone = WHEN_UTC;
			f->basis = MEDIA_BASIS_UTC;
		}
	}
	return when_plausible(&f->when, n->now);
}

static bool
calendar_date(const struct name *n, struct found *best)
{
	struct found f;
	size_t len;

	best->when.precision = WHEN_NONE;
	for (const char *p = n->begin; p<n->end; p += len> 0 ? len : 1) {
		len = digits_at(p, n->end);
		if (len < 4 || !date_at(n, p, len, &f) || f.when.precision <= best->when.precision)
			continue;
		*best = f;
		if (best->when.precision == WHEN_SECOND)
			break;
	}
	return best->when.precision != WHEN_NONE;
}

/* Where the word before a number ends; WeChat puts a hash and a line between them. */
static const char *
word_end(const struct name *n, const char *number)
{
	const char *p = number;

	if (number - n->begin <= 1 + HASH_LEN || *--p != '_')
		return number;
	for (int i = 0; i < HASH_LEN; i++) {
		if (!is_digit(p[-1]) && !is_hex_letter(p[-1]))
			return number;
		p--;
	}
	return p;
}

/* Whether a number counts since 1970: by the word before it, or because there is nothing else. */
static bool
is_epoch(const struct name *n, const char *number, size_t len)
{
	static const char *const words[] = {
#define EPOCH(prefix) prefix,
#include "media/date-epochs.def"
#undef EPOCH
	};
	const char *end, *next = number + len;
	size_t i, word;

	if (number == n->begin)
		return next == n->end || (*next == '.' && (next + 1 == n->end || !is_digit(next[1])));
	end = word_end(n, number);
	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		word = strlen(words[i]);
		if ((size_t)(end - n->begin) >= word && strncasecmp(end - word, words[i], word) == 0 &&
		    (end - word == n->begin || !is_letter(end[-(ptrdiff_t)word - 1])))
			return next == n->end || !is_letter(*next);
	}
	return false;
}

/* The first number of a name that is a time since 1970. */
static bool
epoch_date(const struct name *n, struct found *f)
{
	int64_t seconds;
	size_t len;

	for (const char *p = n->begin; p<n->end; p += len> 0 ? len : 1) {
		len = digits_at(p, n->end);
		if ((len != 10 && len != 13) || *p == '0' || !is_epoch(n, p, len))
			continue;
		seconds = (int64_t)value(p, 5) * 100000 + value(p + 5, 5);
		if (!when_from_epoch(seconds, 0, 0, &f->when))
			continue;
		if (len == 13)
			set_milliseconds(&f->when, value(p + 10, 3));
		f->basis = MEDIA_BASIS_UTC;
		return when_plausible(&f->when, n->now);
	}
	return false;
}

/* Android's trash and what it is still writing: ".trashed-TIME-NAME" has the time when NAME is to go for good. */
static const char *
skip_android(const char *p, const char *end)
{
	static const char *const marks[] = {".trashed-", ".pending-"};

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		size_t mark = strlen(marks[i]), digits;

		if ((size_t)(end - p) <= mark || memcmp(p, marks[i], mark) != 0)
			continue;
		digits = digits_at(p + mark, end);
		if (digits > 0 && one_of(p + mark + digits, end, "-"))
			return p + mark + digits + 1;
	}
	return p;
}

static const char *
base_name(const char *path, size_t len)
{
	const char *p = path + len;

	while (p > path && p[-1] != '/')
		p--;
	return p;
}

bool
names_date(const char *path, size_t len, time_t now, struct when *out, enum media_basis *basis)
{
	struct name n = {.begin = base_name(path, len), .end = path + len, .now = now};
	char name[NAME_LEN];
	struct found f;

	if ((size_t)(n.end - n.begin) <= sizeof name) {
		n.end = name + text_digits(n.begin, (size_t)(n.end - n.begin), name);
		n.begin = name;
	}
	n.begin = skip_android(n.begin, n.end);
	if (!calendar_date(&n, &f) && !epoch_date(&n, &f))
		return false;
	*out = f.when;
	*basis = f.basis;
	return true;
}

/* The folder before `path + *len`, shortening *len to what lies before that; empty at the top. */
static struct name
last_folder(const char *path, size_t *len, time_t now)
{
	struct name n = {.end = path + *len, .now = now};

	while (n.end > path && n.end[-1] == '/')
		n.end--;
	n.begin = base_name(path, (size_t)(n.end - path));
	*len = (size_t)(n.begin - path);
	return n;
}

/* A folder whose name is one number of at most `most` digits; -1 for any other. */
static int
whole_number(const struct name *n, size_t most)
{
	size_t len = digits_at(n->begin, n->end);

	return len > 0 && len <= most && n->begin + len == n->end ? value(n->begin, (int)len) : -1;
}

/* YYYY-MM at the beginning of a name, nothing that would continue it behind. */
static bool
month_name(const struct name *n, struct when *w)
{
	const char *p = n->begin;
	char text[] = "YYYY-MM";

	if (digits_at(p, n->end) != 4 || !one_of(p + 4, n->end, "-._") || digits_at(p + 5, n->end) != 2)
		return false;
	if (one_of(p + 7, n->end, "-._") && digits_at(p + 8, n->end) > 0)
		return false;
	memcpy(text, p, 4);
	memcpy(text + 5, p + 5, 2);
	return when_parse(text, sizeof text - 1, w) && w->precision == WHEN_MONTH;
}

static bool
from_numbers(int year, int month, int day, struct when *w)
{
	const int parts[] = {year / 100, year % 100, month, day};
	char text[] = "YYYY-MM-DD", *const at[] = {text, text + 2, text + 5, text + 8};

	for (size_t i = 0; i < 4; i++) {
		at[i][0] = (char)('0' + parts[i] / 10);
		at[i][1] = (char)('0' + parts[i] % 10);
	}
	return when_parse(text, day > 0 ? 10 : month > 0 ? 7 : 4, w);
}

/* YYYY, YYYY/MM and YYYY/MM/DD as folders of their own; `above` bytes of the path lie above the folder. */
static bool
nested_date(const char *path, size_t above, const struct name *folder, struct when *w)
{
	int last = whole_number(folder, 2), month;
	struct name parent, year;

	if (folder->end - folder->begin == 4 && whole_number(folder, 4) > 0)
		return from_numbers(whole_number(folder, 4), 0, 0, w);
	if (last < 0)
		return false;
	parent = last_folder(path, &above, folder->now);
	if (parent.end - parent.begin == 4 && whole_number(&parent, 4) > 0)
		return from_numbers(whole_number(&parent, 4), last, 0, w);
	month = whole_number(&parent, 2);
	year = last_folder(path, &above, folder->now);
	return month > 0 && year.end - year.begin == 4 && whole_number(&year, 4) > 0 &&
	       from_numbers(whole_number(&year, 4), month, last, w);
}

static bool
folder_date(const char *path, size_t above, const struct name *folder, struct when *w)
{
	struct found f;

	if (calendar_date(folder, &f)) {
		*w =
		    (struct when){.precision = WHEN_DAY, .year = f.when.year, .month = f.when.month, .day = f.when.day};
		return true;
	}
	return (month_name(folder, w) || nested_date(path, above, folder, w)) && when_plausible(w, folder->now);
}

bool
names_folder_date(const char *path, size_t len, time_t now, struct when *out)
{
	size_t above = (size_t)(base_name(path, len) - path);
	struct name folder;
	struct when w;

	for (folder = last_folder(path, &above, now); folder.begin < folder.end;
	     folder = last_folder(path, &above, now)) {
		if (folder_date(path, above, &folder, &w)) {
			*out = w;
			return true;
		}
	}
	return false;
}
