/*
 * share -- the programs of one pipeline tell each other how far they are: each writes its counts into a file of its own
 * in a folder that DCIM_COUNTS names, and the one that shows progress reads them all.  Nothing depends on it: what
 * cannot be written or read is left out.
 */
#ifndef RUN_CONTROL_SHARE_H
#define RUN_CONTROL_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one program has done. */
struct share_counts {
	uint64_t reads;  /* 1: it reads the files whole */
	uint64_t done;   /* records … */
	uint64_t bytes;  /* … and bytes of their files */
	uint64_t passed; /* bytes of those that go no further, and no program behind it will read */
};

#define SHARE_NAME 32
#define SHARE_MAX 16

struct share_one {
	char program[SHARE_NAME];
	struct share_counts counts;
};

/* Of several processes of one program, the sum. */
struct share_all {
	struct share_one one[SHARE_MAX];
	size_t n;
};

/* The folder and the own file in it; -1: there is none. */
struct share {
	int dir, file;
};

/* share_open() -- `folder` may be NULL; share_close() takes one that was never opened. */
void share_open(struct share *s, const char *folder, const char *program);
void share_close(struct share *s);

void share_write(const struct share *s, const struct share_counts *counts);
void share_read(const struct share *s, struct share_all *all);

/*
 * share_bytes() -- how far all of them are, in bytes of the input: those that read a file whole have the same share of
 * its way.  `own`, where none of them does.
 */
uint64_t share_bytes(const struct share *s, uint64_t own);

#endif
