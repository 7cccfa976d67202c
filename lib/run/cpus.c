#include "run/cpus.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

static size_t
affinity(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (size_t)CPU_COUNT(&set);
#endif
	return online > 0 ? (size_t)online : 1;
}

/* Two numbers from a file: quota and period, in microseconds; "max" and -1 are no quota. */
static size_t
quota_of(const char *quota_file, const char *period_file)
{
	long long quota = -1, period = -1;
	FILE *f;

	if ((f = fopen(quota_file, "re")) == NULL)
		return 0;
	if (fscanf(f, "%lld %lld", &quota, &period) < 1)
		quota = -1;
	fclose(f);
	if (period_file != NULL && (f = fopen(period_file, "re")) != NULL) {
		if (fscanf(f, "%lld", &period) != 1)
			period = -1;
		fclose(f);
	}
	return quota > 0 && period > 0 ? (size_t)((quota + period - 1) / period) : 0;
}

static size_t
smaller(size_t limit, size_t found)
{
	return found > 0 && found < limit ? found : limit;
}

/* Every group from this process's own up to the root may hold a quota. */
static size_t
cgroup2_limit(size_t limit)
{
	char line[1024], file[1200], *path, *slash;
	FILE *f = fopen("/proc/self/cgroup", "re");

	path = NULL;
	while (f != NULL && path == NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		path = strncmp(line, "0::/", 4) == 0 ? line + 3 : NULL;
	}
	if (f != NULL)
		fclose(f);
	while (path != NULL) {
		snprintf(file, sizeof(file), CGROUP_ROOT "%s/cpu.max", path);
		limit = smaller(limit, quota_of(file, NULL));
		if ((slash = strrchr(path, '/')) == NULL)
			break;
		*slash = '\0';
	}
	return limit;
}

size_t
cpus_available(void)
{
	size_t n = cgroup2_limit(affinity());

	n = smaller(n, quota_of(CGROUP_ROOT "/cpu/cpu.cfs_quota_us", CGROUP_ROOT "/cpu/cpu.cfs_period_us"));
	return n > 0 ? n : 1;
}
