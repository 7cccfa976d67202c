/* cpus -- how many CPUs this process may use. */
#ifndef RUN_CPUS_H
#define RUN_CPUS_H

#include <stddef.h>

/*
 * cpus_available() -- the CPUs of the affinity mask, fewer where a cgroup (v1 or v2) grants a smaller quota, rounded
 * up; at least 1.
 */
size_t cpus_available(void);

#endif
