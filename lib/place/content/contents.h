/*
 * contents -- where each content of this run lies, in 32 bytes of memory a file; and for other keys of as many bytes,
 * such as a group's, a number.
 *
 * An entry is the content's XXH128 and an offset into a spool of names, since a duplicate's record names the other, and
 * of marks, which tell whether the file there is still the same.  The table is 256 small ones by the digest's first
 * byte, so that growing one never doubles the whole.
 */
#ifndef PLACE_CONTENT_CONTENTS_H
#define PLACE_CONTENT_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/spool.h"

#define CONTENTS_KEY 16
#define CONTENTS_SHARDS 256
#define CONTENTS_FORGOTTEN UINT64_MAX /* as an offset: the key stays, since others were put behind it */

struct contents_entry {
	uint8_t key[CONTENTS_KEY];
	uint64_t offset; /* of what is in the spool, plus 1; 0: the entry is free */
};

struct contents_shard {
	struct contents_entry *v;
	size_t n, cap;
};

struct contents {
	struct contents_shard shards[CONTENTS_SHARDS];
	struct spool names;
};

void contents_init(struct contents *t);
void contents_fini(struct contents *t);

/*
 * contents_put() -- remember where a content lies; a later place takes the place of an earlier one.
 *
 *   mark  a number that contents_find() gives back
 *
 * Returns 0, or -1: ENOMEM, or the spool's folder is full; then nothing more should be put.
 */
int contents_put(
    struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t mark, struct slice name, struct fail *why);

/* contents_put_number() -- the same where there is only a number to be remembered, for contents_number(). */
int contents_put_number(struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t number, struct fail *why);

/* contents_empty() -- whether nothing has been put. */
bool contents_empty(const struct contents *t);

/* contents_forget() -- a content that was remembered is not there after all. */
void contents_forget(struct contents *t, const uint8_t key[CONTENTS_KEY]);

/*
 * contents_find() -- replaces name by where the content lies, empty where nothing is known; then mark stays.
 * Returns 0 or -1.
 */
int contents_find(
    struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t *mark, struct buf *name, struct fail *why);

/* contents_number() -- the number, or the mark, that was put for a key.  Returns 1, 0 where nothing is known, or -1. */
int contents_number(struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t *number, struct fail *why);

#endif
