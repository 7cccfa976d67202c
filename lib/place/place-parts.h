/* place-parts -- what all jobs of a run share.  Private to lib/place. */
#ifndef PLACE_PLACE_PARTS_H
#define PLACE_PLACE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "archive/packed.h"
#include "file/volume.h"
#include "place/content/cache.h"
#include "place/content/contents.h"
#include "place/group/number.h"
#include "place/library.h"
#include "place/name/template.h"
#include "place/place.h"
#include "place/remove/kept.h"
#include "place/remove/together.h"
#include "place/scratch.h"
#include "place/stage/origin.h"
#include "place/stage/temps.h"

#define PLACE_TEMPLATES 4
#define PLACE_MIRRORS 16 /* at most */

struct place {
	/* From place_new() on nobody changes these. */
	struct place_options o;
	struct run *run;
	int dirfd; /* where relative paths start */
	bool moves;
	bool batches;                                /* one syncfs does for all files on the device of temps */
	struct template *templates[PLACE_TEMPLATES]; /* the first that the date suffices for, or the last before NULL */
	struct library lib;                          /* but for its lock, which the hook commit takes */
	struct origins origins;
	struct temps temps;
	size_t open_max;
	const struct place *main; /* whose mirror this is, or NULL */
	struct place *mirrors[PLACE_MIRRORS];
	size_t nmirrors;

	/* Any thread, each with a lock of its own or atomic. */
	struct scratch_pool scratch_pool;
	struct together together;
	struct cache cache;   /* names with variants that this run met */
	atomic_size_t nopen;  /* descriptors that jobs keep open */
	pthread_mutex_t lock; /* guards broken */
	struct fail broken;   /* why the library takes nothing more */

	/* Only the hooks emit and commit, which are serial. */
	struct archives *archives_again;
	struct packed again; /* a member that is read once more: no worker is waited for, which may wait for commit */
	struct contents contents; /* where each content of this run lies */
	struct contents dryrun;   /* see dryrun.h */
	struct numbers numbers;   /* … and which number each group has */
	struct volumes *volumes;
	struct kept kept;
	size_t nlacking; /* of a mirror: files that it has not got */
};

/*
 * place_open() -- place_new(), or a mirror.
 *
 *   main  whose mirror it is, or NULL
 */
struct place *place_open(const struct place_options *o, const struct place *main, struct run *run, struct fail *why);

/*
 * place_library_failed() -- something went wrong on the library's side: where that means that it takes nothing more
 * (full, read-only, failing, gone), place_stop().  Returns -1.  Threads: any.
 */
int place_library_failed(struct place *p, const struct fail *why);

/* place_stop() -- nothing more can be placed there: the run stops; a mirror is given up.  Threads: any. */
void place_stop(struct place *p, const struct fail *why);

/* place_is_broken() -- whether nothing more can be placed there; then fills why.  Threads: any. */
bool place_is_broken(struct place *p, struct fail *why);

#endif
