/*
 * members -- the files of a record's group: what their sources are called, and where a number goes into their names.  A
 * file to which no other belongs is a group of one.
 */
#ifndef PLACE_GROUP_MEMBERS_H
#define PLACE_GROUP_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"
#include "media/group/recgroup.h"
#include "place/name/beside.h"
#include "run/rec.h"

struct member {
	struct slice path; /* relative to the lead's folder, with its NUL */
	struct slice name; /* the last name of that */
	bool taken_apart;
	bool companion;
	size_t stem;
};

/* {0} is ready; strings lie in `group` until the next members_read(). */
struct members {
	struct rec_group group;
	bool packed;        /* they are members of an archive: there is no file to be had of them */
	const char *beside; /* from whose folder the paths of members go: the lead's, or the file's own */
	struct member *v;
	size_t n, cap;
	size_t lead, self;
};

/*
 * members_read() -- the group of a record, or the record's file by itself where exif-read says that it is alone.
 *
 *   found  whether there is one: false where exif-read was not asked, where the group lacks the lead or this file, and
 *          for files of which nothing but their own name is ever asked, such as notes
 *
 * Returns 0 or -1 (ENOMEM).
 */
int members_read(struct members *m, const struct rec *rec, bool *found, struct fail *why);
void members_fini(struct members *m);

/* members_part() -- one file's name, and where a number goes into it. */
struct beside_file members_part(struct members *m, size_t i);

/* members_is_companion() -- whether one is nothing without a picture or film. */
bool members_is_companion(struct members *m, size_t i);

/* members_tail() -- bytes of the longest tail. */
size_t members_tail(struct members *m);

/*
 * members_source() -- replace `out` by one's path, as the record's own is written.
 *
 * Returns 0, or -1: ENOMEM, or FAIL_GROUP where they have none.
 */
int members_source(const struct members *m, size_t i, struct buf *out, struct fail *why);

#endif
