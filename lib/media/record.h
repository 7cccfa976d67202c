/* record -- what was read of a file, as members of its record. */
#ifndef MEDIA_RECORD_H
#define MEDIA_RECORD_H

#include <sys/stat.h>

#include "media/media.h"
#include "media/taken.h"
#include "run/rec.h"

/* The members that record_set() may set, NULL-terminated. */
extern const char *const record_members[];

/*
 * record_set() -- set size and mtime, type, date, fields and tags, in the order of the contract, and append warnings.
 *
 *   info  its text buffer is used for scratch
 *   tool  who warns
 *
 * Returns 0, or -1: ENOMEM.
 */
int record_set(struct rec *rec, const struct stat *st, struct media_info *info, const struct taken *taken,
    const char *tool, struct fail *why);

#endif
