/* recgroup -- the group of a record, which exif-read has found: dcim-records(5). */
#ifndef MEDIA_GROUP_RECGROUP_H
#define MEDIA_GROUP_RECGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "media/group/groupname.h"
#include "run/rec.h"

/* {0} is none.  The buffers are owned, and used again by the next rec_get_group(). */
struct rec_group {
	struct buf id;
	struct buf lead; /* its path, as the record's own: relative to where relative paths start */
	enum group_role role;
	struct buf members; /* paths of all, this file's too, relative to the lead's folder, each with its NUL */
	size_t n;           /* … how many */
};

/*
 * rec_get_group() -- read the record's `group`.  Returns false, with n == 0, where it has none, and for one that lacks
 * its id, its lead or its members, or has more than GROUP_FILES_MAX; and where memory ran out, which rec_group_failed()
 * tells: then it may have one.
 */
bool rec_get_group(const struct rec *rec, struct rec_group *group);

static inline bool
rec_group_failed(const struct rec_group *group)
{
	return group->id.failed || group->lead.failed || group->members.failed;
}

/* rec_group_next() -- the member behind another one, NULL before the first; NULL behind the last. */
const char *rec_group_next(const struct rec_group *group, const char *member);

/*
 * rec_group_beside() -- replace `out` by the path of a file that is `member` from the folder of another one, `path`: in
 * the words of exif-read's own records.  Returns 0 or -1 (ENOMEM).
 */
int rec_group_beside(const char *path, const char *member, struct buf *out);

/* rec_group_path() -- the same of a member, from the lead. */
int rec_group_path(const struct rec_group *group, const char *member, struct buf *out);

/*
 * rec_group_read() -- read the name of a member, knowing the others.  Returns false as groupname_read() does.
 */
bool rec_group_read(const struct rec_group *group, struct slice name, struct groupname *out);

void rec_group_fini(struct rec_group *group);

/*
 * rec_is_alone() -- whether exif-read has looked and found that no other file belongs to this one.
 * rec_group_unknown() -- whether it has been asked, and could not see: then nobody knows whom the source leaves behind.
 * A record without a group, of which neither is true, has not been asked.
 *
 *   why  takes what a person is to know; or NULL
 */
bool rec_is_alone(const struct rec *rec);
bool rec_group_unknown(const struct rec *rec, struct buf *why);

#endif
