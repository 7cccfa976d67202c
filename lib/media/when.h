/*
 * when -- capture dates: partial, with or without a zone, and read from whatever people wrote.
 *
 * A date is what the clock on the wall said.  It may know no more than a year; it has an offset only when something
 * recorded one.
 */
#ifndef MEDIA_WHEN_H
#define MEDIA_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"

enum when_precision { WHEN_NONE, WHEN_YEAR, WHEN_MONTH, WHEN_DAY, WHEN_MINUTE, WHEN_SECOND };
enum when_zone {
	WHEN_LOCAL, /* no offset known */
	WHEN_UTC,   /* an instant known in UTC: written with Z */
	WHEN_OFFSET /* local time with offset_min */
};

/* Fields below the precision are zero (month and day: 1).  {0} is no date. */
struct when {
	enum when_precision precision;
	enum when_zone zone;
	int year, month, day, hour, minute, second;
	uint32_t nsec;
	int nsec_digits; /* digits of the fraction as recorded, 0 to 9 */
	int offset_min;  /* east of Greenwich positive */
};

/*
 * when_parse() -- read a date in any form seen in Exif, XMP, IPTC and ISO 8601 text: separators : - / . or none
 * between eight digits, blank or T before the time, second and fraction optional, Z or offset at the end, trailing
 * blanks and NULs.  Partial dates give a lower precision.  Returns false, leaving *out, for anything that is not a
 * date in the calendar (blank ones included).  Plausibility is when_plausible()'s business.
 */
bool when_parse(const char *text, size_t len, struct when *out);

/* when_plausible() -- 1826 or later, not over 24 h after `now`, not a clock's zero (1904-01-01, 1970-01-01T00:00:00).
 */
bool when_plausible(const struct when *w, time_t now);

/* when_format() -- append ISO 8601 as in a record's `taken`: 1974, 2024-05, 2024-05-01T12:00:00.12+02:00 */
void when_format(const struct when *w, struct buf *out);

/* when_is_offset() -- whether clocks somewhere are so many minutes east of Greenwich: a quarter of an hour between
 * -12:00 and +14:00. */
bool when_is_offset(int minutes);

/* when_from_epoch() -- the instant in UTC.  Returns false outside the years 1 to 9999. */
bool when_from_epoch(int64_t seconds, uint32_t nsec, int nsec_digits, struct when *out);

/* when_seconds() -- seconds since 1970 of the fields read as if they were UTC; the offset is not applied. */
int64_t when_seconds(const struct when *w);

/*
 * when_to_zone() -- turn an instant (WHEN_UTC or WHEN_OFFSET) into local time with its offset, or give a WHEN_LOCAL
 * date of at least minute precision its offset, in the process's zone (tzset() was called).  Dates without a time
 * stay as they are.  Threads: safe while nobody changes TZ.
 */
void when_to_zone(struct when *w);

/*
 * when_strftime() -- append the date through strftime's conversions in the C locale.  Returns false, appending
 * nothing, if the format asks for a part that the date lacks.
 */
bool when_strftime(const struct when *w, const char *format, struct buf *out);

/* when_strftime_wrong() -- where in a format the first conversion stands that when_strftime() never fills, or NULL. */
const char *when_strftime_wrong(const char *format);

/* when_set_zone() -- make ZONE the process's zone; before threads start: an IANA name, the path of a zone's file or a
 * rule as POSIX has it, all as in TZ.  Returns false for a zone that does not exist. */
bool when_set_zone(const char *zone);

#endif
