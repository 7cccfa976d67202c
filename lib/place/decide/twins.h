/*
 * twins -- where each content of this run lies, in 32 bytes of memory a file.
 *
 * An entry is the content's XXH128 and an offset into a spool of names, since a duplicate must name its twin, and of
 * marks, which tell whether the file there is still the same.  The table is 256 small ones by the digest's first byte,
 * so that growing one never doubles the whole.
 */
#ifndef PLACE_DECIDE_TWINS_H
#define PLACE_DECIDE_TWINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/spool.h"

#define TWINS_KEY 16
#define TWINS_SHARDS 256
#define TWINS_FORGOTTEN UINT64_MAX /* as an offset: the key stays, since others were put behind it */

struct twins_entry {
	uint8_t key[TWINS_KEY];
	uint64_t offset; /* of what is in the spool, plus 1; 0: the entry is free */
};

struct twins_shard {
	struct twins_entry *v;
	size_t n, cap;
};

struct twins {
	struct twins_shard shards[TWINS_SHARDS];
	struct spool names;
};

void twins_init(struct twins *t);
void twins_fini(struct twins *t);

/*
 * twins_put() -- remember where a content lies; a later place takes the place of an earlier one.
 *
 *   mark  a number that twins_find() gives back
 *
 * Returns 0, or -1: ENOMEM, or the spool's folder is full; then nothing more should be put.
 */
int twins_put(
    struct twins *t, const uint8_t key[TWINS_KEY], uint64_t mark, const char *name, size_t len, struct fail *why);

/* twins_forget() -- a content that was remembered is not there after all. */
void twins_forget(struct twins *t, const uint8_t key[TWINS_KEY]);

/*
 * twins_find() -- replaces name by where the content lies, empty where nothing is known; then mark stays.
 * Returns 0 or -1.
 */
int twins_find(struct twins *t, const uint8_t key[TWINS_KEY], uint64_t *mark, struct buf *name, struct fail *why);

#endif
