/*
 * digest -- several content digests from one pass over the bytes.
 *
 * Sources: xxHash 0.8 specification (canonical form, seed 0); FIPS 180-4; RFC 1321.
 */
#ifndef HASH_DIGEST_H
#define HASH_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/meter.h"

enum digest_algorithm {
#define DIGEST(name, text, size) DIGEST_##name,
#include "hash/digest-algorithms.def"
#undef DIGEST
	DIGEST_COUNT
};

#define DIGEST_SIZE_MAX 64

/* A set of algorithms: bit 1u << DIGEST_… for each. */
typedef unsigned digest_mask;

/* The digests of one content; bytes[a] holds digest_size(a) bytes for every a in mask.  {0} holds none. */
struct digests {
	digest_mask mask;
	uint8_t bytes[DIGEST_COUNT][DIGEST_SIZE_MAX];
};

const char *digest_name(enum digest_algorithm a);
size_t digest_size(enum digest_algorithm a);

/*
 * digest_parse_list() -- add those of "xxh128,sha256" to a mask.  Returns 0, or -1 with FAIL_INPUT naming the unknown
 * word and those that are known.
 */
int digest_parse_list(const char *list, digest_mask *mask, struct fail *why);

/* digest_usable() -- whether libcrypto computes all of them.  Returns 0, or -1: it refuses one, or ENOMEM. */
int digest_usable(digest_mask mask, struct fail *why);

/* A running computation; reusable after digest_final().  Threads: one at a time. */
struct digest;
struct digest *digest_new(digest_mask mask, struct fail *why); /* NULL: ENOMEM, or libcrypto refuses an algorithm */
void digest_free(struct digest *d);
/* mask: any; what digest_new() did not prepare is prepared here, and then fails here.  Returns 0 or -1. */
int digest_start(struct digest *d, digest_mask mask, struct fail *why);
void digest_update(struct digest *d, const void *bytes, size_t len);
int digest_final(struct digest *d, struct digests *out, struct fail *why);

/* A file to digest: its descriptor, and a borrowed buffer of at least 64 KiB to read it through. */
struct digest_source {
	int fd;
	void *scratch;
	size_t scratch_len;
	struct meter *meter; /* counts what is read; NULL: nobody does */
};

/* A whole content: how long it is, and its digests. */
struct digested {
	uint64_t bytes;
	struct digests digests;
};

/*
 * digest_file() -- digest a descriptor from byte 0 to its end, whatever its position.
 *
 * Returns 0 or -1 (read errors).  Does not check whether the file changed: the caller has the two fstats.
 */
int digest_file(
    struct digest *d, digest_mask mask, const struct digest_source *from, struct digested *out, struct fail *why);

/* digest_equal() -- an algorithm is in both, and every such digest agrees: absent never equals absent. */
bool digest_equal(const struct digests *a, const struct digests *b);

/* digest_add() -- those that it lacks and `more` has. */
void digest_add(struct digests *d, const struct digests *more);

/* digest_prefix() -- the first eight bytes of one that is in the mask, as a big-endian number. */
int64_t digest_prefix(const struct digests *d, enum digest_algorithm a);

/* digest_write_json() -- append {"xxh128":"…",…}, lower-case hex, in table order. */
void digest_write_json(const struct digests *d, struct buf *out);

/*
 * digest_merge_json() -- append what a `hash` member becomes when `fresh` digests are added to it: its other members
 * as they were, then the fresh ones.  Where `old` (may be empty) contradicts a fresh one, it is of another content,
 * and nothing of it is kept.  Returns 0, or -1: `old` is no object.
 */
int digest_merge_json(struct slice old, const struct digests *fresh, struct buf *out, struct fail *why);

/*
 * digest_read_json() -- from the text of a record's `hash` member; unknown algorithms are passed over.
 * Returns 0, or -1 with FAIL_INPUT for a value that is not hex of the right length, or no object.
 */
int digest_read_json(struct slice object, struct digests *out, struct fail *why);

#endif
