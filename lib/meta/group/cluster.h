/* cluster -- which files of one key are one group, and who leads it; exif-read(1) has the rules. */
#ifndef META_GROUP_CLUSTER_H
#define META_GROUP_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "media/group/groupname.h"
#include "meta/group/shot.h"

#define CLUSTER_NONE SIZE_MAX

/* A file that may belong to others. */
struct cluster_file {
	const char *real;      /* what it is called in its folder */
	struct slice name;     /* the same, unless it lies aside; without its folder, … */
	struct slice relative; /* … which is this from the pictures' one: "", or "../THMBNL/" */
	size_t part;           /* of the scope; see scope.h */
	struct groupname read;
	struct shot shot; /* {0} where nobody asked, … */
	bool asked;       /* … or this */
	size_t lead;      /* the place of its group's lead: set by cluster_files() */
};

/* cluster_is_picture() -- whether it is a picture or film, and no companion. */
static inline bool
cluster_is_picture(const struct cluster_file *f)
{
	return !group_is_companion(f->read.role);
}

/*
 * cluster_files() -- set the lead of each: its own place where it leads, or is alone; CLUSTER_NONE of what is no media
 * but for its name.  The order of the files does not matter.
 */
void cluster_files(struct cluster_file *v, size_t n);

/* cluster_compare() -- by folder, then by name, byte by byte. */
int cluster_compare(const struct cluster_file *a, const struct cluster_file *b);

#endif
