/* known -- which contents this run has placed or met, and whether they are still there.  Private to lib/place/decide.
 */
#ifndef PLACE_DECIDE_KNOWN_H
#define PLACE_DECIDE_KNOWN_H

#include <sys/stat.h>

#include "place/decide/choice.h"

/*
 * known_remember() -- later records learn that job->to holds the job's content.  Where that fails, the record itself is
 * fine and the run stops.
 *
 *   st  of that file, or NULL in a dry run
 */
void known_remember(struct choice *c, const struct stat *st);

/*
 * known_find() -- whether this run has seen the content and it is still there; then job->to and the outcome are set:
 * JOB_EXISTS under a variant of the job's own name, else JOB_DUPLICATE.  Returns 1, 0 or -1.
 */
int known_find(struct choice *c);

/* known_where() -- where this run has placed a content, if it is there still: 1 with *path replaced, 0 or -1. */
int known_where(struct choice *c, const uint8_t xxh128[PATH_KEY], struct buf *path);

#endif
