/* tap -- the little that a table-driven unit test needs; output in the Test Anything Protocol. */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_run, tap_failed;

static inline bool tap_ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline bool
tap_ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout); /* a child that a test forks must find nothing to write again */
	tap_failed += !good;
	return good;
}

/* A heap copy of exactly len bytes, so that a sanitizer sees a read one byte too far. */
static inline void *
tap_exact(const void *bytes, size_t len)
{
	void *p = malloc(len ? len : 1);

	if (p == NULL)
		abort();
	memcpy(p, bytes, len);
	return p;
}

/* End of main: prints the plan, returns the exit status. */
static inline int
tap_done(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed != 0;
}

#endif
