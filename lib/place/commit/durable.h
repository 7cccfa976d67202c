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

#include "place/batch.h"

void durable_contents(struct batch *b); /* of the unfinished files, and of sources that will be renamed or linked */
void durable_readback(struct batch *b); /* compare them with what was digested, past the page cache, where asked for */
void durable_twins(struct batch *b);    /* the files that exist already */
void durable_folders(struct batch *b);  /* every folder that was touched */
void durable_readback_twins(struct batch *b); /* compare twins with what was digested, where asked for */

#endif
