#include "run/control/share.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"

void
share_open(struct share *s, const char *folder, const char *program)
{
	char name[SHARE_NAME + 24];

	*s = (struct share){-1, -1};
	if (folder == NULL || (s->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return;
	snprintf(name, sizeof(name), "%s.%ld", program, (long)getpid());
	s->file = openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

void
share_close(struct share *s)
{
	io_close(&s->dir);
	io_close(&s->file);
}

void
share_write(const struct share *s, const struct share_counts *counts)
{
	if (s->file != -1 && pwrite(s->file, counts, sizeof(*counts), 0) == -1)
		return; /* of a full disk others will tell */
}

/* What is no plain word is no program of ours, and would have to be escaped. */
static struct share_one *
of_program(struct share_all *all, const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), i = 0;

	if (len == 0 || len >= SHARE_NAME || name[len] != '.')
		return NULL;
	while (i < all->n && (strncmp(all->one[i].program, name, len) != 0 || all->one[i].program[len] != '\0'))
		i++;
	if (i == SHARE_MAX)
		return NULL;
	if (i == all->n) {
		all->one[all->n++] = (struct share_one){.program = ""};
		memcpy(all->one[i].program, name, len);
	}
	return &all->one[i];
}

static void
add(struct share_all *all, int dir, const char *name)
{
	struct share_counts counts;
	struct share_one *one;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd == -1)
		return;
	if (pread(fd, &counts, sizeof(counts), 0) == (ssize_t)sizeof(counts) && (one = of_program(all, name)) != NULL) {
		one->counts.reads |= counts.reads;
		one->counts.done += counts.done;
		one->counts.bytes += counts.bytes;
		one->counts.passed += counts.passed;
	}
	io_close(&fd);
}

void
share_read(const struct share *s, struct share_all *all)
{
	int fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	all->n = 0;
	if (dir == NULL) {
		io_close(&fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		add(all, s->dir, entry->d_name);
	closedir(dir);
}

uint64_t
share_bytes(const struct share *s, uint64_t own)
{
	struct share_all all;
	uint64_t sum = 0, passed = 0, readers = 0;

	share_read(s, &all);
	for (size_t i = 0; i < all.n; i++) {
		passed += all.one[i].counts.passed;
		if (all.one[i].counts.reads != 0) {
			readers++;
			sum += all.one[i].counts.bytes;
		}
	}
	return readers > 0 ? sum / readers + passed : own;
}
