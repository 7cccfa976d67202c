/*
 * dryrun -- what a dry run would have changed: names that it would have taken, and names of the library whose files it
 * would have moved.  So it answers as the real run would.  The names are kept as contents are, by their path_key().
 */
#ifndef PLACE_DECIDE_DRYRUN_H
#define PLACE_DECIDE_DRYRUN_H

#include "base/fail.h"
#include "hash/digest.h"
#include "place/content/contents.h"
#include "place/content/match.h"
#include "place/name/path.h"

/* dryrun_set() -- a name now holds this content; NULL: its file has gone.  Returns 0 or -1. */
int dryrun_set(struct contents *d, const uint8_t key[PATH_KEY], const struct digests *content, struct fail *why);

/*
 * dryrun_look() -- what stands at a name by now: MATCH_FREE, MATCH_FILE where it holds this content, MATCH_OTHER, or
 * MATCH_SIZE where nothing has changed and the disk tells.  MATCH_ERROR with why.
 */
enum match dryrun_look(
    struct contents *d, const uint8_t key[PATH_KEY], const struct digests *content, struct fail *why);

#endif
