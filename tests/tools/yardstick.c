/*
 * yardstick -- what the bare system calls cost: reads NUL-separated paths from stdin, and for each of them
 *
 *   yardstick head JOBS    open, fstat, pread of 64 KiB, close
 *   yardstick read JOBS    open, read to the end in steps of 256 KiB, close
 *
 * with JOBS threads that share the list by one atomic counter.  Prints how many files it read.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD (64u << 10)
#define STEP (256u << 10)

struct work {
	char **path;
	size_t n;
	bool whole;
	atomic_size_t next, good;
};

static bool
read_file(const struct work *w, const char *path, char *scratch)
{
	struct stat st;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return false;
	if (w->whole) {
		while ((n = read(fd, scratch, STEP)) > 0)
			;
	} else {
		n = fstat(fd, &st) == -1 ? -1 : pread(fd, scratch, HEAD, 0);
	}
	close(fd);
	return n >= 0;
}

static void *
worker(void *arg)
{
	struct work *w = arg;
	void *scratch;
	size_t i;

	if (posix_memalign(&scratch, 4096, STEP) != 0) /* the kernel copies slower to what is not aligned */
		abort();
	while ((i = atomic_fetch_add(&w->next, 1)) < w->n)
		atomic_fetch_add(&w->good, read_file(w, w->path[i], scratch));
	free(scratch);
	return NULL;
}

static void
read_list(struct work *w)
{
	char *line = NULL;
	size_t size = 0, cap = 0;
	ssize_t len;

	while ((len = getdelim(&line, &size, '\0', stdin)) > 0) {
		if (w->n == cap) {
			cap = cap ? 2 * cap : 1024;
			if ((w->path = realloc(w->path, cap * sizeof(*w->path))) == NULL)
				abort();
		}
		w->path[w->n++] = strdup(line);
	}
	free(line);
}

int
main(int argc, char **argv)
{
	struct work w = {0};
	pthread_t thread[64];
	long jobs = argc == 3 ? atol(argv[2]) : 0;

	if (jobs < 1 || jobs > 64 || (strcmp(argv[1], "head") != 0 && strcmp(argv[1], "read") != 0)) {
		fprintf(stderr, "usage: yardstick head|read JOBS <paths\n");
		return 2;
	}
	w.whole = strcmp(argv[1], "read") == 0;
	read_list(&w);
	for (long i = 0; i < jobs; i++) {
		if (pthread_create(&thread[i], NULL, worker, &w) != 0)
			abort();
	}
	for (long i = 0; i < jobs; i++)
		pthread_join(thread[i], NULL);
	printf("%zu\n", (size_t)w.good);
	return w.good == w.n ? 0 : 1;
}
