/* transfer -- how a source gets into the library, and its bytes on their way.  Private to lib/place/stage. */
#ifndef PLACE_STAGE_TRANSFER_H
#define PLACE_STAGE_TRANSFER_H

#include "place/stage/step.h"

/* transfer_how() -- how a source gets to job->target, whose folder was looked for with scratch_near(). */
enum job_how transfer_how(struct step *s);

/*
 * transfer_digest() -- fill job->have, and the mirrors' files that wait for the content.
 *
 * Of a member whose digest is recorded, and that nobody waits for, the record's word does.  One that is read, and may
 * be placed, has its unfinished file then: it is not to be read twice.
 *
 * Returns 0 or -1.
 */
int transfer_digest(struct step *s, struct fail *why);

/* transfer() -- into an unfinished file, or what else stands for the source; job->have is filled.  Returns 0 or -1. */
int transfer(struct step *s, struct fail *why);

#endif
