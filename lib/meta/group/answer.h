/* answer -- a group as the record of one of its files tells it. */
#ifndef META_GROUP_ANSWER_H
#define META_GROUP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "file/volume.h"
#include "media/record.h"
#include "meta/group/cluster.h"

/* What cluster_files() has found, which of the files is asked for, and where they lie. */
struct answer {
	const struct cluster_file *file;
	size_t n, own;
	const struct shot *shot;          /* of the own file, whatever the others ask of it */
	struct slice folder;              /* the path of the pictures' folder, with a slash at its end, or "" */
	const struct volume_place *place; /* of that */
};

/* What the answers of all files of a group have in common, as JSON: made for the first of them. */
struct answer_group {
	size_t lead; /* whose group: the place of its lead; CLUSTER_NONE: nobody's yet */
	struct buf begin, members;
	struct buf taken; /* the lead's date, as it stands in a record; empty: none */
};

/* answer_is_group() -- whether anything belongs to the own file. */
bool answer_is_group(const struct answer *a);

/* answer_warn() -- warn where a picture of its name does not. */
void answer_warn(const struct answer *a, struct media_info *info);

/* answer_clear() -- empty, keeping the memory. */
void answer_clear(struct record_group *out);

/*
 * answer_write() -- fill `out`, which is empty.
 *
 *   group  of the last answer about these very files, or {.lead = CLUSTER_NONE}; what is borrowed from it is valid as
 *          long as it is
 *
 * Returns 0 or -1 (ENOMEM).
 */
int answer_write(const struct answer *a, struct answer_group *group, struct record_group *out);

void answer_group_fini(struct answer_group *group);

#endif
