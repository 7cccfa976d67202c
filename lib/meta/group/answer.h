/* answer -- a group as the record of one of its files tells it. */
#ifndef META_GROUP_ANSWER_H
#define META_GROUP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "file/volume.h"
#include "media/record.h"
#include "meta/group/cluster.h"

/* What cluster_files() has found of the first file, and where that lies. */
struct answer {
	const struct cluster_file *file;
	size_t n;
	const struct shot *own;           /* of the first file, whatever the others ask of it */
	struct slice folder;              /* the path of the pictures' folder, with a slash at its end, or "" */
	const struct volume_place *place; /* of that */
};

/* answer_is_group() -- whether anything belongs to the first file. */
bool answer_is_group(const struct answer *a);

/* answer_warn() -- warn where a picture of its name does not. */
void answer_warn(const struct answer *a, struct media_info *info);

/* answer_clear() -- empty, keeping the memory. */
void answer_clear(struct record_group *out);

/* answer_write() -- fill `out`, which is empty.  Returns 0 or -1 (ENOMEM). */
int answer_write(const struct answer *a, struct record_group *out);

#endif
