/*
 * tree -- the folders that a batch of records is placed in: opened once, made where missing, flushed once.
 *
 * A folder's entry is durable when its parent is flushed, and a folder that another process has just made may not be,
 * so a touched folder is flushed with all its parents up to the root.
 */
#ifndef PLACE_COMMIT_TREE_H
#define PLACE_COMMIT_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"
#include "place/name/spellings.h"

struct folder {
	struct folder *parent; /* NULL: the root */
	int fd;
	bool touched;
	int error;                   /* errno of its flush, or 0 */
	struct spellings *spellings; /* tree_spellings()'s */
	size_t len;
	char path[]; /* below the root, "" for the root */
};

struct tree {
	int root; /* borrowed */
	struct folder **v;
	size_t n, cap;
	struct folder *last;
};

/*
 * tree_open() -- the folder at a path below the root.
 *
 *   path  names separated by single slashes; "" is the root
 *   make  make what is missing
 *
 * Returns a folder that lives until tree_close(), or NULL; why->errnum is ENOENT where it is missing and not to be
 * made.
 */
struct folder *tree_open(struct tree *t, struct slice path, bool make, struct fail *why);

void tree_touch(struct folder *f);         /* it and its parents want a flush */
void tree_flush(struct tree *t, size_t i); /* flush the i-th folder (of t->n) if touched; different i in parallel */
int tree_error(const struct folder *f);    /* errno of a failed flush of it or a parent, or 0 */
void tree_close(struct tree *t);           /* forget all folders; the tree can be used again */

/* tree_spellings() -- the names in a folder, read once.  Returns NULL on failure. */
const struct spellings *tree_spellings(struct folder *f, struct fail *why);

#endif
