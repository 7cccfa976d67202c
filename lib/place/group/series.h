/*
 * series -- the pictures, films and companions of a folder that stand at the numbers of one group's names, by number.
 *
 * At number k stands what begins with the head of one of the group's names and -k, followed by a dot or by
 * what may come behind the stem of such a name, as -Edit in IMG_1-Edit.tif, and whatever has one of the group's own
 * names.
 */
#ifndef PLACE_GROUP_SERIES_H
#define PLACE_GROUP_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "place/group/party.h"
#include "place/group/shelf.h"

struct series_file {
	unsigned k;
	uint32_t file;  /* in the shelf's `files` */
	uint32_t at;    /* its name, in the shelf's `names` */
	bool companion; /* else a picture or film */
};

/* {0} is ready. */
struct series {
	struct shelf *shelf;
	unsigned long reads;   /* how often another one was read */
	unsigned long changes; /* of the shelf, when it was read */
	struct buf heads;      /* … and the group's heads */
	struct series_file *v; /* by number */
	size_t n, cap;
};

/* series_read() -- unless it is what it was.  Returns 0 or -1. */
int series_read(struct series *s, struct shelf *shelf, const struct party *y, struct fail *why);
void series_forget(struct series *s); /* the shelf may go */
void series_fini(struct series *s);

/* series_add() -- what this run has placed at a number has come onto the shelf, as its only change since.  Returns 0 or
 * -1.
 */
int series_add(struct series *s, struct series_file file, struct fail *why);

/* series_begin() -- the first file of a number, or the one before which it would be. */
size_t series_begin(const struct series *s, unsigned k);

/* series_end() -- the first file behind those of the i-th's number. */
size_t series_end(const struct series *s, size_t i);

/* series_begins() -- whether the i-th file's name begins as `head` does, up to the number. */
bool series_begins(const struct series *s, size_t i, const struct variant *head);

/* series_free() -- the lowest number, from `least` on, at which nothing stands. */
unsigned series_free(const struct series *s, unsigned least);

#endif
