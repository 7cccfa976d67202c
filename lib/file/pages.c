#include "file/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>

#define PAGE_BYTES 4096u /* the smallest page there is: a vector of that many entries is always enough */
#define MAP_BYTES (PAGES_VECTOR * PAGE_BYTES) /* looked at in one mincore(2) */
#define DROP_TRIES 5                          /* someone may just be reading the file */
#define DROP_WAIT_NS 5000000
#define LOCK_TRIES 2000 /* 20 s, and then without: it is a courtesy */
#define LOCK_WAIT_NS 10000000

enum pages { PAGES_GONE, PAGES_HELD, PAGES_UNKNOWN };

/* Whether a page of [offset, offset + len) is in memory. */
static enum pages
resident(int fd, uint64_t offset, size_t len, unsigned char *vector)
{
	void *map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, (off_t)offset);
	size_t pages = (len + PAGE_BYTES - 1) / PAGE_BYTES;
	bool known, found = false;

	if (map == MAP_FAILED)
		return PAGES_UNKNOWN;
	memset(vector, 0, pages);
	known = mincore(map, len, vector) == 0;
	for (size_t i = 0; i < pages && !found; i++)
		found = vector[i] & 1;
	munmap(map, len);
	return !known ? PAGES_UNKNOWN : found ? PAGES_HELD : PAGES_GONE;
}

static enum pages
drop_once(int fd, uint64_t size, unsigned char *vector)
{
	enum pages pages = PAGES_GONE;

	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	for (uint64_t at = 0; at < size && pages == PAGES_GONE; at += MAP_BYTES)
		pages = resident(fd, at, size - at < MAP_BYTES ? (size_t)(size - at) : MAP_BYTES, vector);
	return pages;
}

bool
pages_drop(int fd, uint64_t size, unsigned char *vector)
{
	enum pages pages = drop_once(fd, size, vector);

	for (int i = 0; i < DROP_TRIES && pages == PAGES_HELD; i++) {
		nanosleep(&(struct timespec){.tv_nsec = DROP_WAIT_NS}, NULL);
		pages = drop_once(fd, size, vector);
	}
	return pages == PAGES_GONE;
}

void
pages_lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			return;
		nanosleep(&(struct timespec){.tv_nsec = LOCK_WAIT_NS}, NULL);
	}
}

void
pages_lock_free(int fd)
{
	flock(fd, LOCK_EX | LOCK_NB);
}

void
pages_unlock(int fd)
{
	flock(fd, LOCK_UN);
}
