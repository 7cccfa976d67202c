/*
 * durable -- making sure that what a batch stands on is on the disk, and reading it again from there.  Private to
 * lib/place.
 *
 * Where syncfs(2) keeps its word, each file's writeback is waited for (which reports that file's own errors), and one
 * syncfs makes all of them durable; elsewhere, and with --durable=file, each file gets its own fsync.  Each function
 * notes in the jobs what failed, and uses the pool.
 */
#ifndef PLACE_COMMIT_DURABLE_H
#define PLACE_COMMIT_DURABLE_H

#include "place/jobs.h"

void durable_contents(struct jobs *jobs); /* of the unfinished files, and of sources that will be renamed or linked */
void durable_readback(
    struct jobs *jobs); /* compare them with what was digested, past the page cache, where asked for */
void durable_existing(struct jobs *jobs);          /* the files that exist already */
void durable_folders(struct jobs *jobs);           /* every folder that was touched */
void durable_readback_existing(struct jobs *jobs); /* compare those with what was digested, where asked for */

/*
 * durable_reject() -- the library's file is not what it was taken for: where `why` is FAIL_VERIFY the job is pending
 * again, once, for decide_again(); else it fails.  Threads: each its own job.
 */
void durable_reject(struct jobs *jobs, size_t i, const struct fail *why);

#endif
