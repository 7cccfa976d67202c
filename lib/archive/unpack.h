/*
 * unpack -- the members of one archive, one after the other, and the bytes of each.
 *
 * An archive is read as a stream: from one member to the next, never back, but that the list of a zip or 7z is looked
 * up at its end first.
 */
#ifndef ARCHIVE_UNPACK_H
#define ARCHIVE_UNPACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "archive/archives.h"
#include "base/buf.h"
#include "base/fail.h"
#include "run/filter.h"

#define UNPACK_RATIO 1000u                    /* bytes that come out of one byte of an archive, at most … */
#define UNPACK_RATIO_FROM (UINT64_C(1) << 27) /* … of a member from this size on */
#define UNPACK_LIST_MAX (24u << 20) /* bytes that are read before the first member: libarchive keeps a zip's list */

struct unpack_member {
	uint64_t number; /* among all that stands in the archive, from 1 */
	struct buf name;
	bool has_size, has_mtime;
	uint64_t size;
	struct timespec mtime;
	bool is_folder;
	bool is_nameless;    /* what it is called there cannot be read; its name is made of its number */
	struct fail refused; /* why it is not to be read; FAIL_NONE: it may be */
};

struct unpack;

/*
 * unpack_open() -- begin.
 *
 *   run  reading is given up (ECANCELED) when it is stopping; NULL: never
 *
 * Returns 1; 0: the file is no archive; -1: as io_open(), or as archives_ready().
 */
int unpack_open(struct archives *of, const char *path, const struct run *run, struct unpack **out, struct fail *why);
void unpack_close(struct unpack *u); /* NULL is fine */

/*
 * unpack_next() -- go on to the next member.  Returns 1, 0 at the end, or -1: what is left cannot be read
 * (FAIL_TRUNCATED, FAIL_FORMAT, FAIL_LIMIT, EIO …).  After -1 there is nothing but unpack_close().
 */
int unpack_next(struct unpack *u, struct fail *why);

/* unpack_member() -- the member that it is at, until unpack_next(). */
const struct unpack_member *unpack_member(const struct unpack *u);

/*
 * unpack_read() -- the next bytes of that member; up to len, and 0 at its end.  Returns the count or -1: as
 * unpack_next(), or FAIL_VERIFY where they are not those that the archive has the sum of, or not so many.
 */
ssize_t unpack_read(struct unpack *u, void *dst, size_t len, struct fail *why);

/* unpack_is_alone() -- whether nobody else may unpack what takes much memory, until this is closed. */
bool unpack_is_alone(const struct unpack *u);
bool unpack_is_wanted(const struct unpack *u); /* … and somebody waits for that */

/* unpack_state() -- of the archive when it was opened. */
const struct stat *unpack_state(const struct unpack *u);

/* unpack_still() -- whether the archive is what it was when it was opened.  Returns 0, or -1: FAIL_CHANGED, EIO … */
int unpack_still(const struct unpack *u, struct fail *why);

#endif
