/*
 * packed -- a worker's way to the members of archives that its records name: the archive stays open from one to the
 * next, and is only read forward, as long as they come in their order.
 */
#ifndef ARCHIVE_PACKED_H
#define ARCHIVE_PACKED_H

#include <sys/stat.h>
#include <sys/types.h>

#include "archive/archives.h"
#include "archive/unpack.h"
#include "base/buf.h"
#include "base/fail.h"
#include "run/rec.h"

/* {.of = …} is at none. */
struct packed {
	struct archives *of;
	struct buf path; /* of the archive that is open */
	struct unpack *open;
};

/* packed_new(), packed_free() -- for a filter's worker_new() and worker_free(), and packed_quit() for its leave(). */
struct packed *packed_new(struct archives *of); /* NULL: ENOMEM */
void packed_free(void *packed);
void packed_quit(void *packed);

/* packed_pause() -- for its pause(): close what is open where somebody waits for the memory that it takes. */
void packed_pause(void *packed);

/*
 * packed_seek() -- go to the member that a record names.
 *
 *   st  its size, 0 where the archive does not say, and its mtime, which is outside all years where the archive has
 * none
 *
 * Returns 0, or -1: the archive or the member cannot be read (unpack.h), or it is not the one that the record names:
 * FAIL_CHANGED.
 */
int packed_seek(struct packed *p, const struct rec *rec, struct stat *st, struct fail *why);

/* packed_state() -- after packed_seek(): of the archive that is open, when it was opened. */
const struct stat *packed_state(const struct packed *p);

/* packed_read() -- the next bytes of it, as unpack_read(); the end comes once the archive is seen to be what it was. */
ssize_t packed_read(void *packed, void *dst, size_t len, struct fail *why);

void packed_leave(struct packed *p); /* close what is open */
void packed_fini(struct packed *p);

#endif
