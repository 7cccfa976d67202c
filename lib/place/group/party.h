/*
 * party -- the files of one group on their way into one folder of the library: what each is called there, and what its
 * source holds.
 */
#ifndef PLACE_GROUP_PARTY_H
#define PLACE_GROUP_PARTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "place/content/cache.h"
#include "place/group/members.h"
#include "place/job.h"
#include "place/name/variant.h"
#include "place/scratch.h"

struct jobs;
struct turn;

struct party_file {
	size_t at, len; /* its name without a number, in `names` */
	size_t stem;    /* bytes of that before the place of the number */
	bool companion;
	const struct job *job; /* its own, where it is in the batch */
	bool looked;
	bool digested;
	uint64_t size;  /* CACHE_NO_FILE: it is not there */
	uint64_t inode; /* on the library's device, else 0 */
	uint8_t xxh128[PATH_KEY];
};

/* Other files of the group that are in the batch, by their jobs. */
struct party_mates {
	const struct jobs *jobs;
	const struct turn *turns;
	size_t n;
};

/* {0} is ready. */
struct party {
	const struct place *p;
	struct members members;
	struct buf folder; /* of the library */
	struct buf names;
	struct party_file *v;
	size_t n, cap;
	size_t self; /* which of them is decided */
	size_t max;  /* bytes of a name */
	bool alone;
	uint8_t group[PATH_KEY];
};

/*
 * party_set() -- the group of a job, as seen from where that is to go.
 *
 *   rec  its record
 *
 * What is known of the files of the group stays where it is the same one, in the same folder.  Returns 0 or -1.
 */
int party_set(
    struct party *y, const struct job *job, const struct rec *rec, struct party_mates mates, struct fail *why);
void party_forget(struct party *y); /* the jobs of a batch go */
void party_fini(struct party *y);

static inline struct variant
party_name(const struct party *y, size_t i)
{
	return (struct variant){{y->names.p + y->v[i].at, y->v[i].len}, y->v[i].stem, y->max};
}

/* party_same_head() -- whether the names of two files are one up to the place of a number. */
bool party_same_head(const struct party *y, size_t a, size_t b);

/*
 * party_is_awaited() -- whether a picture or film of the group is still to come, in another batch, under a name that
 * begins otherwise than the lead's and that of `self`, as the film of a Live Photo may; of several that begin alike the
 * first.
 */
bool party_is_awaited(const struct party *y, size_t i);

/* party_look() -- fill the size of a file; one that cannot be looked at is not there.  Returns 0 or -1 (no memory …).
 */
int party_look(struct party *y, size_t i, struct fail *why);

/*
 * party_digest() -- after that, its digest; what is no file any more is not there.  Returns 0 or -1: FAIL_GROUP for one
 * that cannot be read, no memory …
 */
int party_digest(struct party *y, size_t i, struct scratch *scratch, struct fail *why);

/* party_know() -- the digest of a file whose job has it; nothing is read. */
void party_know(struct party *y, size_t i);

/* party_is_left() -- whether the source of another file than `self` is still there, as far as anyone can tell. */
bool party_is_left(const struct party *y);

/* party_is_twin() -- whether another file of the group has the name of `self`. */
bool party_is_twin(const struct party *y);

#endif
