/*
 * copy -- moving bytes from one descriptor to another, and making sure that they have arrived.
 *
 * Bytes are digested on their way through this process: with copy_file_range(2) the digest would be of other bytes
 * than those that were written.  A clone shares its blocks, and is digested itself.  A copy that happens to be a clone
 * is a copy: what is said of it does not depend on the file system.
 */
#ifndef PLACE_STAGE_COPY_H
#define PLACE_STAGE_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "file/flow.h"
#include "hash/digest.h"
#include "place/scratch.h"

/* A further file that gets the same bytes; one that fails gets no more of them, and copying goes on without it. */
struct copy_also {
	int to;
	struct fail why;
};

struct copy_ends {
	int from, to;   /* to: -1 where only the others are filled */
	bool to_failed; /* where copying failed, it was the target that did */
	struct copy_also *also;
	size_t nalso;
};

/* copy_bytes() -- from byte 0 to the end, digested, into an empty file; holes stay holes.  Returns 0 or -1. */
int copy_bytes(
    struct scratch *scratch, struct copy_ends *ends, digest_mask mask, struct digested *out, struct fail *why);

/* copy_flow() -- the same of bytes that come only once; ends->from is not asked. */
int copy_flow(struct scratch *scratch, const struct flow *from, struct copy_ends *ends, digest_mask mask,
    struct digested *out, struct fail *why);

/*
 * copy_content() -- the same, without moving a byte where the file system lets the two share their blocks: then the
 * digest is the copy's.  What cannot be read of those blocks is the source's failure.  The others always get bytes of
 * their own.
 */
int copy_content(
    struct scratch *scratch, struct copy_ends *ends, digest_mask mask, struct digested *out, struct fail *why);

/* copy_clone() -- let an empty file share all blocks of another.  Returns 0 or -1 where that cannot be done. */
int copy_clone(int from, int to, struct fail *why);

/* copy_digest() -- digest a file from byte 0 to its end.  Returns 0 or -1. */
int copy_digest(struct scratch *scratch, int fd, digest_mask mask, struct digested *out, struct fail *why);

/*
 * copy_check() -- whether a file holds exactly this content.
 *
 *   past_cache  NULL, or: drop the file's pages before reading it, and say whether none was left.  The file has been
 *               flushed: dirty pages stay.
 *
 * Returns 0, or -1: FAIL_VERIFY where the content differs, or the system's errno.
 */
int copy_check(struct scratch *scratch, int fd, const struct digested *content, bool *past_cache, struct fail *why);

/* copy_lock(), copy_lock_free(), copy_unlock() -- as those of file/pages.h. */
void copy_lock(int fd);
void copy_lock_free(int fd);
void copy_unlock(int fd);

/* copy_drop_pages() -- pages_drop(), within the scratch. */
bool copy_drop_pages(struct scratch *scratch, int fd, uint64_t size);

/* copy_begin_flush(), copy_end_flush() -- start writing a file to its disk; wait for it and report what failed. */
void copy_begin_flush(int fd);
int copy_end_flush(int fd);

/* copy_forget() -- let the pages of a large file go, as far as they are on its disk: memory is for what else is read.
 */
void copy_forget(int fd, off_t size);

#endif
