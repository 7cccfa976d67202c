/*
 * clock -- a library for LD_PRELOAD: the time of day is another one.
 *
 * CLOCK=HOW[@N], from a process's N-th look at it on (the first): +SECONDS or -SECONDS is off by so much, =SECONDS
 * stands still there, counted from 1970.  The monotonic clock, by which programs wait, is left alone.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static char how;
static long seconds, nth = 1;
static atomic_long looks;

__attribute__((constructor)) static void
begin(void)
{
	const char *clock = getenv("CLOCK");
	char *end;

	if (clock == NULL || strchr("+-=", clock[0]) == NULL)
		return;
	how = clock[0];
	seconds = strtol(clock + 1, &end, 10);
	if (*end == '@')
		nth = strtol(end + 1, NULL, 10);
}

static int
other_time(struct timespec *t)
{
	if (how == '\0' || atomic_fetch_add(&looks, 1) + 1 < nth)
		return 0;
	if (how == '=')
		*t = (struct timespec){.tv_sec = seconds};
	else
		t->tv_sec += how == '+' ? seconds : -seconds;
	return 0;
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	int rc = ((int (*)(clockid_t, struct timespec *))(uintptr_t)dlsym(RTLD_NEXT, "clock_gettime"))(id, t);

	return rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) ? other_time(t) : rc;
}

time_t
time(time_t *out)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (out != NULL)
		*out = t.tv_sec;
	return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	*out = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
	return 0;
}
