/* record -- what was read of a file, as members of its record. */
#ifndef MEDIA_RECORD_H
#define MEDIA_RECORD_H

#include <sys/stat.h>

#include "media/media.h"
#include "media/taken.h"
#include "run/rec.h"

/* The members that record_set() may set, NULL-terminated. */
extern const char *const record_members[];

/* What is known of a file. */
struct record_facts {
	const char *path; /* the name that is compared with the content */
	struct stat st;
	struct taken taken;
	struct media_info *info;    /* its text buffer is used for scratch */
	const struct buf *sidecars; /* paths of those that were read, each with its NUL; NULL: not looked for */
};

/*
 * record_set() -- set size and mtime, type, date, fields, sidecars and tags, in the order of the contract, and append
 * warnings.
 *
 *   tool  who warns
 *
 * Returns 0, or -1: ENOMEM.
 */
int record_set(struct rec *rec, const struct record_facts *facts, const char *tool, struct fail *why);

#endif
