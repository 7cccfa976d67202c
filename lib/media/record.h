/* record -- what was read of a file, as members of its record. */
#ifndef MEDIA_RECORD_H
#define MEDIA_RECORD_H

#include <sys/stat.h>

#include "media/media.h"
#include "media/taken.h"
#include "run/rec.h"

/* The members that record_set() may set, NULL-terminated. */
extern const char *const record_members[];

/* What was read of a file.  {0} is empty; facts_clear() empties it for the next file and keeps the memory. */
struct facts {
	struct stat st;
	struct media_info info; /* its text buffer is used for scratch by record_set() */
	struct taken taken;
	struct buf sidecars; /* paths of those that were read, each with its NUL */
	struct buf tags;     /* as JSON members, where info.tags leads here */
};

void facts_clear(struct facts *f);
void facts_fini(struct facts *f);
void facts_free(struct facts *f);           /* one that was allocated; NULL is fine */
size_t facts_memory(const struct facts *f); /* bytes */

/* What a file has of the group that it belongs to. */
struct record_group {
	bool alone;         /* nothing belongs to it */
	struct buf unknown; /* why nobody knows what belongs to it; empty: that is known */
	struct buf json;    /* the member `group`; empty: none */
	struct slice taken; /* the group's date, which stands for the file's; empty: the file's stands */
	const char *taken_from;
	enum media_basis basis;
};

/* A file whose record is to be filled. */
struct record_file {
	const char *path;                 /* the name that is compared with the content */
	const struct record_group *group; /* NULL: not asked */
};

/*
 * record_set() -- set size and mtime, type, date, fields, sidecars, group and tags, in the order of the contract, and
 * append warnings.
 *
 *   tool  who warns
 *
 * Returns 0, or -1: ENOMEM.
 */
int record_set(
    struct rec *rec, const struct record_file *file, struct facts *facts, const char *tool, struct fail *why);

#endif
