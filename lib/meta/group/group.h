/*
 * group -- which files belong to a file, found in its folder: by their names (media/group/groupname.h), by Apple's
 * ContentIdentifier, and by what they say of themselves (cluster.h).  Whatever order, process or worker asks, the
 * answer is the same.
 */
#ifndef META_GROUP_GROUP_H
#define META_GROUP_GROUP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"
#include "media/record.h"
#include "meta/folder.h"
#include "meta/group/seen.h"

struct groups; /* shared by all workers */

/* groups_new() -- folders are shared with whoever asks them for sidecars; borrowed.  NULL: ENOMEM. */
struct groups *groups_new(struct folders *folders, int dirfd);
void groups_free(struct groups *g);

struct group_worker; /* a worker's state */

struct group_worker *group_worker_new(struct groups *g); /* NULL: ENOMEM */
void group_worker_free(struct group_worker *w);

/*
 * group_read() -- read a file, and find its group.
 *
 *   r      reads; r->facts takes what the file says, and warnings of the group
 *   path   where the file is
 *   own    where it would be if it did not lie aside: its name counts
 *   group  replaced; its buffers are valid until the next call
 *
 * Returns 0, or -1 as r->read() failed, or ENOMEM.
 */
int group_read(struct group_worker *w, struct seen_reader *r, const char *path, const char *own,
    struct record_group *group, struct fail *why);

#endif
