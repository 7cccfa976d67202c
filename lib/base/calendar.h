/* calendar -- dates of the Gregorian calendar, which is carried on before its beginning, and days counted from 1970. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdint.h>

struct calendar_date {
	int year, month, day; /* month and day from 1 */
};

/* calendar_days() -- days from 1970-01-01 to a date; a month of 1 to 12, a year within a million of 0. */
int64_t calendar_days(struct calendar_date date);

/* calendar_date() -- the reverse. */
struct calendar_date calendar_date(int64_t days);

/* calendar_month_days() -- how many days a month (1 to 12) has. */
int calendar_month_days(int year, int month);

#endif
