/*
 * repair -- a good copy in the place of a library's file that has rotted or gone.
 *
 * A copy is good if it has the digests that are recorded of the file.  It is durable and has been read back before it
 * gets the name; what had that name keeps existing, as NAME.corrupt-DATE.  See swap.h for the names.
 */
#ifndef PLACE_REPAIR_REPAIR_H
#define PLACE_REPAIR_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/state.h"
#include "hash/digest.h"
#include "place/library.h"
#include "place/scratch.h"
#include "place/stage/temps.h"

/* What all threads share. */
struct repairs {
	int dirfd;
	struct library library;
	struct temps temps;
	struct scratch_pool scratch_pool;
	const char **from; /* folders that may have copies under the paths of the library */
	int *from_fd;
	size_t nfrom;
	bool weak; /* as publish_rename() */
};

/* repairs_open() -- the library at `root`, borrowed, and the folders of r->from.  0 or -1; repairs_close() after both.
 */
int repairs_open(struct repairs *r, const char *root, struct fail *why);
void repairs_close(struct repairs *r); /* {0} with library LIBRARY_NONE and temps TEMPS_NONE is closed already */

enum repair_result {
	REPAIRED,
	REPAIR_NEEDLESS, /* it has the recorded content */
	REPAIR_NO_COPY,  /* none of the copies has it */
	REPAIR_CHANGED   /* the file was written since its damage was found, or another has its name: left as it is */
};

struct repair {
	const char *path; /* below the library's root */
	struct digests recorded;
	struct state noted;
	const char *copy_root, *copy; /* one more place that may have it, or NULL */
	/* after repair_file(): */
	struct stat st;               /* REPAIRED, REPAIR_NEEDLESS: of the good file */
	bool from_memory;             /* the copy could not be read back from the disk */
	struct buf from, aside, lost; /* where the copy was; the path of what is set aside; what meta_keep() says */
};

/*
 * repair_file() -- repair one.
 *
 * Returns 0, or -1: a link or no regular file is in the way, or what the library's file system said.  Then, as after a
 * kill, nothing is lost, and doing it again completes it.  Threads: each with a scratch of its own.
 */
int repair_file(
    const struct repairs *r, struct scratch *scratch, struct repair *f, enum repair_result *result, struct fail *why);

void repair_fini(struct repair *f);

#endif
