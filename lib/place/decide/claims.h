/*
 * claims -- what a dry run has changed, if only in its mind: names that it has given away, and names of the library
 * whose files it would have moved.  So it answers as the real run would.
 */
#ifndef PLACE_DECIDE_CLAIMS_H
#define PLACE_DECIDE_CLAIMS_H

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "place/kit.h"
#include "place/decide/match.h"
#include "place/decide/twins.h"

struct claims {
	struct twins names;
	bool any;
	bool folds; /* the library's file system takes A and a for one name */
};

void claims_init(struct claims *c);
void claims_fini(struct claims *c);

/* A name in a folder below the library. */
struct claims_name {
	struct slice folder, name;
};

/* claims_key() -- a name as 16 bytes.  Returns 0 or -1. */
int claims_key(
    const struct claims *c, struct kit *kit, struct claims_name name, uint8_t key[TWINS_KEY], struct fail *why);

/* claims_give(), claims_free() -- the name has been given to this content; its file has gone.  0 or -1. */
int claims_give(
    struct claims *c, struct kit *kit, struct claims_name name, const struct digests *content, struct fail *why);
int claims_free(struct claims *c, struct kit *kit, struct claims_name name, struct fail *why);

/*
 * claims_look() -- what stands at a name by now: MATCH_FREE, MATCH_FILE where it was given to this content,
 * MATCH_OTHER, or MATCH_SIZE where nothing has changed and the disk tells.  MATCH_ERROR with why.
 */
enum match claims_look(
    struct claims *c, struct kit *kit, struct claims_name name, const struct digests *content, struct fail *why);

#endif
