/*
 * number -- which numbers of a name are a group's own, so that its files get the same one, in whatever order, process
 * or run they come; and without a state but what the library and the sources hold.
 *
 * Number k is this group's, or this single file's, where of the pictures, films and companions that stand there
 *
 *   (a)  there is none, and nobody else has claimed k; or
 *   (b)  a picture or film holds the bytes of one of the group's, and none is there that does not; or all pictures and
 *        films of the group are there under their own names, whoever else is; or
 *   (c)  there are only companions, each holds the bytes of one of the group's, and nobody else has claimed k; or
 *   (d)  this group has claimed k (claims.h); or
 *   (e)  k is 0, in a mirror, and the library has all of it under the same names, beside the file that is copied: a
 *        group of which some did not come to the mirror, and one of those comes now from another source.
 *
 * (d) goes before the lowest of (b) and (c), that before (e), and that before the lowest of (a).
 *
 * What a run has found is remembered in 32 bytes a group.  All functions are for the serial half, under the library's
 * lock.  Private to lib/place.
 */
#ifndef PLACE_GROUP_NUMBER_H
#define PLACE_GROUP_NUMBER_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "place/content/contents.h"
#include "place/group/claimed.h"
#include "place/group/claims.h"
#include "place/group/party.h"
#include "place/group/series.h"
#include "place/group/shelf.h"
#include "place/job.h"

/* The run's part; numbers_init() and numbers_fini(). */
struct numbers {
	struct shelves shelves;
	struct claims claims;
	struct claimed claimed;
	struct contents known; /* of each group, by number.key: the number that it has */
	struct contents leads; /* of groups whose lead is at another place of the library: where */
	struct party party;
	struct series series;
	size_t *maybe; /* of the series: files that may hold what one of the group's sources does */
	size_t nmaybe, maybe_cap;
};

void numbers_init(struct numbers *s, bool dry_run);
void numbers_fini(struct numbers *s);

/* numbers_begin(), numbers_end() -- around the deciding of a batch; others: another process had the lock meanwhile. */
void numbers_begin(struct numbers *s, bool others);
void numbers_end(struct numbers *s, const struct library *l);

/* A job whose number is looked for. */
struct number {
	struct place *p;
	struct numbers *s;
	struct scratch *scratch;
	const struct job *job;
	const struct rec *rec;
	struct party_mates mates;
	int dirfd; /* where it is to go; -1: there is none yet */
	uint8_t key[PATH_KEY];
	struct slice came_as; /* a companion: the path that a database knows its source by; or empty */
	unsigned known;       /* the number that the group has in this run, plus 1 */
	unsigned first;       /* … or by its claim, once number_next() has given it */
	size_t next_own;      /* in numbers.maybe: the walk of number_own() … */
	bool began;           /* … and of number_next() */
	bool mirrored;        /* which has asked for (e) */
	size_t next, next_maybe;
	unsigned least;
};

/* number_start() -- begin with a job's folder and group.  Returns 0 or -1. */
int number_start(struct number *n, struct fail *why);

/*
 * number_own() -- the next number at which a file of the job's own name stands that may be it, or hold its content.
 * Returns 1, 0 at the end, or -1.
 */
int number_own(struct number *n, unsigned *k, struct fail *why);

/*
 * number_next() -- the next number that is the group's: what it has in this run, or (d); those of (b) and (c), from the
 * lowest; (e); then those of (a), without end.
 *
 *   empty  (a)
 *
 * Returns 0 or -1.
 */
int number_next(struct number *n, unsigned *k, bool *empty, struct fail *why);

/*
 * number_foreign() -- whether a companion that goes beside its lead has, there, the name of a picture or film that is
 * another's.  Returns 1, 0 or -1.
 */
int number_foreign(struct number *n, struct fail *why);

/*
 * number_lead_digest() -- what the lead's source holds, which is to come yet; NULL where this run has decided about the
 * group, or has the lead in this batch, or it cannot be read, or is a companion, whose bytes say nothing of whose it
 * is.  Returns 0 or -1.
 */
int number_lead_digest(struct number *n, const uint8_t **xxh128, struct fail *why);

/* number_claim() -- before the job's file gets a name at k: claim that, durably, where it must be.  Returns 0 or -1. */
int number_claim(struct number *n, unsigned k, struct fail *why);

/*
 * number_foresee() -- after number_start(): claim ahead what the job seems to need, for number_flush_claims() to make
 * durable at once with those of others.  What turns out not to be needed goes with numbers_end().  Returns 0 or -1.
 */
int number_foresee(struct number *n, struct fail *why);
int number_flush_claims(struct numbers *s, struct fail *why); /* 0 or -1 */

/*
 * number_took() -- the job's file has got a name.
 *
 *   st  of the file, or NULL in a dry run
 */
int number_took(struct number *n, unsigned k, struct slice name, const struct stat *st, struct fail *why);

/* number_settled() -- k is the group's, for all of it that comes in this run.  Returns 0 or -1. */
int number_settled(struct number *n, unsigned k, struct fail *why);

/* number_taken() -- a name that seemed to be free is not.  Returns 0 or -1. */
int number_taken(struct number *n, struct slice name, struct fail *why);

/* number_placed() -- a job's file that has no number of its group has got a name; st as above.  Returns 0 or -1. */
int number_placed(struct numbers *s, struct path path, const struct job *job, const struct stat *st, struct fail *why);

/* number_left() -- a file of the library has left a name. */
void number_left(struct numbers *s, struct path old);

/* number_join() -- the group's lead is at another place of the library.  Returns 0 or -1. */
int number_join(struct numbers *s, const struct job *lead, struct fail *why);

/* number_lead() -- replace `path` by where that is; empty: nothing is known.  Returns 0 or -1. */
int number_lead(struct numbers *s, const struct job *job, struct buf *path, struct fail *why);

#endif
