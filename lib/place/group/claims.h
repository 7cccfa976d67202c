/*
 * claims -- who is to have a number at which not all stands that belongs there: DIR/.dcim/claims, a file for each.
 *
 * A companion that is placed before its picture, or has none, looks like any other of the same bytes.  So the number is
 * claimed for its group, before the companion's name appears, and for as long as no picture of it is there.
 *
 * What is placed before a picture or film of its group whose name begins otherwise, as the film of a Live Photo may, is
 * not seen by others of that name.  So the number is claimed under that name, too, until that one comes.
 *
 * A group whose files are renamed away one by one claims its number, too, until the last has gone: a group of which a
 * kill has left some files in one place and some in the other would not know its own.
 *
 * A file is called after the name that has the number.  Its lines say whose that is: the group's id, and what stands
 * for each of its files, since one that is left of a group is none any more.  Whoever has a line in common with it is
 * meant. One that holds nothing is no claim.
 *
 * A claim is durable before the name appears that needs it.  So that this takes no flush for each, claims that a batch
 * seems to need are put ahead and flushed together; one that was not foreseen is flushed by itself.
 */
#ifndef PLACE_GROUP_CLAIMS_H
#define PLACE_GROUP_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "place/library.h"
#include "place/name/path.h"

#define CLAIMS_FOLDER ".dcim/claims" /* below the root */
#define CLAIM_BYTES (64 << 10)       /* of one file; what is behind them is not read */

struct claim {
	uint8_t key[PATH_KEY];
	char *lines; /* NULL while nobody has read it */
	bool ahead;  /* put before it was known to be needed, and not needed yet */
	bool durable;
};

/* Read once, when first asked for, and again after claims_forget(). */
struct claims {
	bool read;
	bool rooted;     /* the folder's own name is durable */
	int dir;         /* -1: there is none */
	struct claim *v; /* sorted */
	size_t n, cap;
};

void claims_init(struct claims *c);
void claims_forget(struct claims *c); /* as it was after claims_init(); also at the end */

/* claims_load() -- read the folder, unless that has been done: then c->n tells how many there are.  Returns 0 or -1. */
int claims_load(struct claims *c, const struct library *l, struct fail *why);

/* claims_find() -- what a claim says, valid until the next call, or NULL where there is none.  Returns 0 or -1. */
int claims_find(
    struct claims *c, const struct library *l, const uint8_t key[PATH_KEY], const char **lines, struct fail *why);

/*
 * claims_put() -- claim a number, whoever had claimed it before; in a dry run, which opened no .dcim, for the run
 * alone.
 *
 *   lines  each with its newline
 *
 * Returns 0 or -1.
 */
int claims_put(
    struct claims *c, const struct library *l, const uint8_t key[PATH_KEY], const struct buf *lines, struct fail *why);

/*
 * claims_need() -- a claim that was put is needed from now on, and durable: where it is not, it and its folder are
 * flushed.  Returns 0 or -1.
 */
int claims_need(struct claims *c, const struct library *l, const uint8_t key[PATH_KEY], struct fail *why);

/* claims_ahead() -- a claim that was put may turn out not to be needed. */
void claims_ahead(struct claims *c, const uint8_t key[PATH_KEY]);

/* claims_is_ahead() -- whether it is one of those still. */
bool claims_is_ahead(const struct claims *c, const uint8_t key[PATH_KEY]);

/* claims_flush_ahead() -- make all of those durable by one syncfs(2).  Returns 0 or -1. */
int claims_flush_ahead(struct claims *c, struct fail *why);

/* claims_drop_ahead() -- drop those that nobody has needed. */
void claims_drop_ahead(struct claims *c, const struct library *l);

/* claims_drop() -- it needs none any more. */
void claims_drop(struct claims *c, const struct library *l, const uint8_t key[PATH_KEY]);

/* claims_agree() -- whether two claims have a line in common. */
bool claims_agree(const char *a, const char *b);

/* claims_is_of_group() -- whether a claim begins with a group's id, and is not that of a file which is alone. */
bool claims_is_of_group(const char *lines);

#endif
