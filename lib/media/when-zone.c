/*
 * Offsets come from localtime_r() alone.  mktime() is not used: which of the two instants of a repeated hour it picks
 * depends on what it was asked before, and so would the output of threads.
 */
#include "media/when.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY_SECONDS = 86400 };

/* The process's zone at an instant, to the minute: local mean times of old had seconds. */
static int
offset_at(int64_t instant)
{
	time_t t = (time_t)instant;
	struct tm tm;
	long seconds;

	if (localtime_r(&t, &tm) == NULL)
		return 0;
	seconds = tm.tm_gmtoff;
	return (int)(seconds < 0 ? -((-seconds + 30) / 60) : (seconds + 30) / 60);
}

/* Of a local time that a change of the clocks repeats, the first; one that it skips keeps the offset of before. */
static int
offset_of_local(int64_t face)
{
	int before = offset_at(face - DAY_SECONDS), after = offset_at(face + DAY_SECONDS);

	if (offset_at(face - before * 60) == before)
		return before;
	return offset_at(face - after * 60) == after ? after : before;
}

void
when_to_zone(struct when *w)
{
	enum when_precision precision = w->precision;
	int64_t face, instant;
	int offset;

	if (precision < WHEN_MINUTE)
		return;
	face = when_seconds(w);
	instant = face - w->offset_min * 60;
	offset = w->zone == WHEN_LOCAL ? offset_of_local(face) : offset_at(instant);
	if (w->zone != WHEN_LOCAL && !when_from_epoch(instant + offset * 60, w->nsec, w->nsec_digits, w))
		return;
	w->precision = precision;
	w->zone = WHEN_OFFSET;
	w->offset_min = offset;
}

/* A name below the folder of zones, or a path of its own. */
static bool
is_tzfile(const char *name)
{
	const char *dir = getenv("TZDIR");
	char path[4096], magic[4];
	bool good;
	int fd, n;

	if (*name == '/')
		n = snprintf(path, sizeof path, "%s", name);
	else if (strstr(name, "..") != NULL)
		return false;
	else
		n = snprintf(
		    path, sizeof path, "%s/%s", dir != NULL && *dir != '\0' ? dir : "/usr/share/zoneinfo", name);
	if (n < 0 || (size_t)n >= sizeof path || (fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		return false;
	good = read(fd, magic, sizeof magic) == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
	close(fd);
	return good;
}

/* A zone's abbreviation: three letters or more, or anything alphanumeric or signed in angle brackets. */
static const char *
skip_name(const char *p)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t n;

	if (*p == '<') {
		n = strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-");
		return n >= 3 && p[n + 1] == '>' ? p + n + 2 : NULL;
	}
	n = strspn(p, letters);
	return n >= 3 ? p + n : NULL;
}

static const char *
skip_offset(const char *p)
{
	size_t n;

	if (*p == '+' || *p == '-')
		p++;
	for (int part = 0; part < 3; part++) {
		n = strspn(p, "0123456789");
		if (n < 1 || n > (part == 0 ? 3 : 2)) /* hours of a change may be those of another day */
			return NULL;
		p += n;
		if (*p != ':')
			return p;
		p++;
	}
	return NULL;
}

/* A number of at most three digits from `low` to `high`. */
static const char *
skip_number(const char *p, int low, int high)
{
	size_t n = strspn(p, "0123456789");
	int value = 0;

	if (n < 1 || n > 3)
		return NULL;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (p[i] - '0');
	return value >= low && value <= high ? p + n : NULL;
}

/* When the clocks change: ,Mm.w.d or ,Jn or ,n, with /time where it is not at two. */
static const char *
skip_change(const char *p)
{
	if (*p++ != ',')
		return NULL;
	if (*p == 'M') {
		if ((p = skip_number(p + 1, 1, 12)) == NULL || *p != '.' || (p = skip_number(p + 1, 1, 5)) == NULL ||
		    *p != '.' || (p = skip_number(p + 1, 0, 6)) == NULL)
			return NULL;
	} else if ((p = *p == 'J' ? skip_number(p + 1, 1, 365) : skip_number(p, 0, 365)) == NULL) {
		return NULL;
	}
	return *p == '/' ? skip_offset(p + 1) : p;
}

/* std offset [dst [offset] [,start,end]], IEEE Std 1003.1 8.3. */
static bool
is_posix_zone(const char *p)
{
	if ((p = skip_name(p)) == NULL || (p = skip_offset(p)) == NULL)
		return false;
	if (*p == '\0')
		return true;
	if ((p = skip_name(p)) == NULL)
		return false;
	if (*p != '\0' && *p != ',' && (p = skip_offset(p)) == NULL)
		return false;
	return *p == '\0' || ((p = skip_change(p)) != NULL && (p = skip_change(p)) != NULL && *p == '\0');
}

bool
when_set_zone(const char *zone)
{
	if (*zone == ':') /* as TZ may have it before a file's name */
		zone++;
	if (strcmp(zone, "UTC") == 0 || strcmp(zone, "Etc/UTC") == 0) /* also where no zone files are installed */
		zone = "UTC0";
	else if (!is_posix_zone(zone) && (*zone == '\0' || !is_tzfile(zone)))
		return false;
	if (setenv("TZ", zone, 1) == -1)
		return false;
	errno = 0;
	tzset();
	return errno != ENOMEM; /* without it all times would be UTC */
}
