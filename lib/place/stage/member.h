/*
 * member -- a source that is a member of an archive: it has no file, and comes as a stream.  Private to
 * lib/place/stage.
 *
 * What is told of it without reading is what its record says; its archive is asked once the content is wanted, and
 * again then whether it is the one that the record names.
 */
#ifndef PLACE_STAGE_MEMBER_H
#define PLACE_STAGE_MEMBER_H

#include "place/stage/copy.h"
#include "place/stage/step.h"

/*
 * member_look() -- fill job->st by the record, and job->archive.
 *
 * Returns 0, or -1: the archive is not there, or FAIL_INPUT where something else than a copy was asked for.
 */
int member_look(struct step *s, struct fail *why);

/*
 * member_seek() -- have its archive open where its bytes begin; job->st is by the archive then, as far as that says.
 *
 * Returns 0, or -1: FAIL_CHANGED where it is not the member that the record names, or the archive is another than
 * before.
 */
int member_seek(struct step *s, struct fail *why);

/* member_size_known() -- whether its size is known before it is read. */
bool member_size_known(const struct step *s);

/*
 * member_read() -- copy_flow() of it, after member_seek() where that is still to be done; then job->st is that of a
 * file of the bytes that came, and those of its mirrors' jobs, too.  Returns 0 or -1.
 */
int member_read(struct step *s, struct copy_ends *ends, digest_mask mask, struct digested *got, struct fail *why);

#endif
