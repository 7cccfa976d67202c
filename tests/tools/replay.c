/*
 * replay -- a disk as it may have been at an instant of what recorder has noted.
 *
 * usage: replay LOG marks
 *        replay LOG AT HOW SEED IMAGE
 *
 * The first writes a line for each mark: its number among all entries, how many flushes had come, and its words; and
 * at last how many entries there are.  The second makes IMAGE of the first AT entries.  What had been flushed by then
 * is there; of the rest nothing (HOW is none), all of it, or half: of each 4 KiB, by the numbers that follow from SEED.
 */
#include "disklog.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 4096 };

struct log {
	const char *p, *end;
};

struct image {
	int fd;
	uint64_t size;
	uint64_t random; /* the last number */
	bool half;
};

static void
die(const char *what)
{
	perror(what);
	exit(3);
}

static struct log
open_log(const char *name)
{
	struct log log;
	struct stat st;
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1 || st.st_size == 0)
		die(name);
	log.p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (log.p == MAP_FAILED)
		die(name);
	log.end = log.p + st.st_size;
	close(fd);
	return log;
}

/* The next entry, and where its bytes are; false at the end. */
static bool
next(struct log *log, struct disk_entry *entry, const char **bytes)
{
	if ((size_t)(log->end - log->p) < sizeof *entry)
		return false;
	memcpy(entry, log->p, sizeof *entry);
	*bytes = log->p += sizeof *entry;
	if (entry->kind == DISK_WRITE || entry->kind == DISK_MARK)
		log->p += entry->len;
	return true;
}

static void
show_marks(struct log log)
{
	struct disk_entry entry;
	const char *bytes;
	uint64_t n, flushes = 0;

	for (n = 0; next(&log, &entry, &bytes); n++) {
		flushes += entry.kind == DISK_FLUSH;
		if (entry.kind == DISK_MARK)
			printf("%llu\t%llu\t%.*s", (unsigned long long)n, (unsigned long long)flushes, (int)entry.len,
			    bytes);
	}
	printf("%llu\t%llu\tall\n", (unsigned long long)n, (unsigned long long)flushes);
}

/* How many of the first `n` entries are durable when these are all there is. */
static uint64_t
flushed(struct log log, uint64_t n)
{
	struct disk_entry entry;
	const char *bytes;
	uint64_t last = 0;

	for (uint64_t i = 0; i < n && next(&log, &entry, &bytes); i++)
		if (entry.kind == DISK_FLUSH)
			last = i;
	return last;
}

/* xorshift64* */
static bool
chance(struct image *image)
{
	image->random ^= image->random >> 12;
	image->random ^= image->random << 25;
	image->random ^= image->random >> 27;
	return (image->random * 0x2545f4914f6cdd1dULL) >> 63;
}

static void
put(struct image *image, const struct disk_entry *entry, const char *bytes)
{
	if (entry->kind == DISK_WRITE && pwrite(image->fd, bytes, entry->len, (off_t)entry->at) != (ssize_t)entry->len)
		die("write");
	if (entry->kind == DISK_ZERO &&
	    fallocate(image->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)entry->at, (off_t)entry->len) == -1)
		die("fallocate");
	if (entry->at + entry->len > image->size)
		image->size = entry->at + entry->len;
}

/* Each 4 KiB of it by chance: a disk's cache writes its blocks in any order. */
static void
put_some(struct image *image, const struct disk_entry *entry, const char *bytes)
{
	for (uint64_t done = 0, n; done < entry->len; done += n) {
		struct disk_entry piece = {entry->kind, entry->at + done, 0};

		n = entry->len - done < PIECE ? entry->len - done : PIECE;
		piece.len = n;
		if (chance(image))
			put(image, &piece, bytes + done);
	}
}

static void
make_image(struct log log, uint64_t n, struct image *image, bool any)
{
	uint64_t durable = flushed(log, n);
	struct disk_entry entry;
	const char *bytes;

	for (uint64_t i = 0; i < n && next(&log, &entry, &bytes); i++) {
		if (i >= durable && !any)
			break;
		if (entry.kind != DISK_WRITE && entry.kind != DISK_ZERO)
			continue;
		if (i >= durable && image->half)
			put_some(image, &entry, bytes);
		else
			put(image, &entry, bytes);
	}
	if (ftruncate(image->fd, (off_t)image->size) == -1)
		die("truncate");
}

int
main(int argc, char **argv)
{
	struct image image = {.random = 0x9e3779b97f4a7c15ULL};

	if (argc == 3 && strcmp(argv[2], "marks") == 0) {
		show_marks(open_log(argv[1]));
		return fflush(stdout) == 0 ? 0 : 3;
	}
	if (argc != 6) {
		fprintf(stderr, "usage: replay LOG marks | replay LOG AT HOW SEED IMAGE\n");
		return 2;
	}
	image.half = strcmp(argv[3], "half") == 0;
	image.random ^= strtoull(argv[4], NULL, 10);
	if ((image.fd = open(argv[5], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) == -1)
		die(argv[5]);
	make_image(open_log(argv[1]), strtoull(argv[2], NULL, 10), &image, strcmp(argv[3], "none") != 0);
	return 0;
}
