/*
 * shelf -- what a run has found out about series of names that hold more than one file, so that the n-th file of a
 * name costs what the second did: each of the library's files is looked at once, and read at most once.
 *
 * It is a hint.  Whoever finds a content here looks whether that file is still the one that was read, and the number
 * behind the last known name is tried by a call that never replaces anything.  The whole is bounded: where it would
 * grow beyond SHELF_BOOKS, what nobody is reading is forgotten.
 */
#ifndef PLACE_DECIDE_SHELF_H
#define PLACE_DECIDE_SHELF_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "hash/digest.h"

#define SHELF_KEY 16
#define SHELF_BOOKS 100000
#define SHELF_NO_FILE UINT64_MAX /* as a size: no regular file */

/* What stands at one name. */
struct shelf_book {
	uint64_t size;
	uint64_t inode;
	uint64_t mark; /* match_mark() of the file that was digested */
	uint8_t xxh128[16];
	bool digested;
};

/* A series: its first n names, which were all taken. */
struct shelf_row {
	struct shelf_row *next;
	uint8_t key[SHELF_KEY];
	bool busy;
	size_t n, cap;
	struct shelf_book *books;
};

#define SHELF_ROWS 1024

struct shelf {
	pthread_mutex_t lock;
	pthread_cond_t given;
	struct shelf_row *rows[SHELF_ROWS]; /* by key */
	size_t nbooks;
};

void shelf_init(struct shelf *s);
void shelf_fini(struct shelf *s);

/*
 * shelf_take() -- the row of a series, for this thread alone until shelf_give(); waits for another thread's.
 * NULL where there is none, or, with make, where memory runs out.
 */
struct shelf_row *shelf_take(struct shelf *s, const uint8_t key[SHELF_KEY], bool make);
void shelf_give(struct shelf *s, struct shelf_row *row);

/* shelf_add() -- the next name of a row that was taken.  Returns 0 or -1 (ENOMEM). */
int shelf_add(struct shelf *s, struct shelf_row *row, const struct shelf_book *book, struct fail *why);

/* shelf_forget() -- a series; with NULL all that nobody holds. */
void shelf_forget(struct shelf *s, const uint8_t *key);

#endif
