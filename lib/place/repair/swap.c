#include "place/repair/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "file/io.h"

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE (1 << 1)
#endif

#define TRIES 1000

/* The n-th name of the series: NAME.corrupt-2026-11-29, and with -1, -2 … behind it. */
static int
make_name(const struct swap *s, int n, char out[NAME_MAX + 1], struct fail *why)
{
	time_t now = time(NULL);
	char date[16], suffix[16] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || strftime(date, sizeof date, "%Y-%m-%d", &tm) == 0)
		return fail_errno(why, "rename", "%s", s->name);
	if (n > 0)
		snprintf(suffix, sizeof suffix, "-%d", n);
	if ((size_t)snprintf(out, NAME_MAX + 1, "%s.corrupt-%s%s", s->name, date, suffix) <= NAME_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return fail_errno(why, "rename", "it cannot be set aside");
}

/* Give a file the first name of the series that is free, which goes to `out`. */
static int
rename_aside(const struct swap *s, struct publish_name from, char out[NAME_MAX + 1], struct fail *why)
{
	for (int n = 0; n < TRIES; n++) {
		if (make_name(s, n, out, why) == -1)
			return -1;
		if (publish_rename(from, (struct publish_name){s->folder, out}, s->weak, why) == 0)
			return 0;
		if (why->code != FAIL_SYSTEM || why->errnum != EEXIST)
			return -1;
	}
	return -1;
}

static int
exchange(const struct swap *s)
{
#ifdef SYS_renameat2
	return (int)syscall(SYS_renameat2, s->folder, s->aside, s->folder, s->name, RENAME_EXCHANGE);
#else
	errno = ENOSYS;
	return -1;
#endif
}

static bool
is_file(const struct swap *s, const char *name, const struct stat *file)
{
	struct stat st;

	return fstatat(s->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && io_same_version(&st, file);
}

/* The finished file is not wanted any more. */
static int
withdraw(const struct swap *s)
{
	if (is_file(s, s->aside, &s->own))
		unlinkat(s->folder, s->aside, 0);
	return 1;
}

/* The finished file has the name s->aside, and the two cannot be exchanged. */
static int
rename_both(struct swap *s, struct fail *why)
{
	struct publish_name own = {s->folder, s->name}, finished = {s->folder, s->aside};
	char aside[NAME_MAX + 1];

	if (!is_file(s, s->name, &s->other))
		return withdraw(s);
	if (rename_aside(s, own, aside, why) == -1)
		return -1;
	if (!is_file(s, aside, &s->other)) {
		struct fail ignored;

		publish_rename((struct publish_name){s->folder, aside}, own, s->weak, &ignored);
		return withdraw(s);
	}
	if (publish_rename(finished, own, s->weak, why) == -1)
		return why->code == FAIL_SYSTEM && why->errnum == EEXIST ? withdraw(s) : -1;
	snprintf(s->aside, sizeof s->aside, "%s", aside);
	return 0;
}

int
swap_in(struct swap *s, struct publish_name from, struct fail *why)
{
	if (rename_aside(s, from, s->aside, why) == -1)
		return -1;
	if (exchange(s) == -1) {
		if (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP || errno == ENOENT)
			return rename_both(s, why);
		return fail_errno(why, "rename", "%s", s->name);
	}
	if (is_file(s, s->aside, &s->other))
		return 0;
	if (exchange(s) == -1) /* another file took the name: it gets it back */
		return fail_errno(why, "rename", "%s", s->name);
	return withdraw(s);
}
