/*
 * measure -- run a command and append one line to FILE: seconds, CPU seconds, peak resident KiB, 512-byte blocks read
 * and written, as the kernel counted them (getrusage(2)).
 *
 *   measure FILE COMMAND [ARGUMENT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct timespec from, to;
	struct rusage used;
	int status;
	pid_t pid;
	FILE *f;

	if (argc < 3 || (f = fopen(argv[1], "ae")) == NULL) {
		fprintf(stderr, "usage: measure FILE COMMAND [ARGUMENT]...\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	if ((pid = fork()) == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid == -1 || wait4(pid, &status, 0, &used) == -1)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &to);
	fprintf(f, "%.6f %.6f %ld %ld %ld\n",
	    (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
	    seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss, used.ru_inblock, used.ru_oublock);
	if (fclose(f) != 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
