/* path -- a path as its folder and its last name. */
#ifndef PLACE_NAME_PATH_H
#define PLACE_NAME_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"

#define PATH_KEY 16

struct path {
	struct slice folder; /* "" for the root */
	struct slice name;   /* the end of the path, with its NUL where it comes from path_split() */
};

struct path path_split(const char *path); /* below the library; both parts are borrowed from it */

/* path_same_folder() -- whether two paths are written with one folder. */
bool path_same_folder(const char *a, const char *b);

/* path_open_folder() -- open the folder of any path, which begins at dirfd.  Returns a descriptor or -1. */
int path_open_folder(int dirfd, const char *path);

/* path_open_folder_beneath() -- open the folder of a path below `root`, as beneath_open().  Returns the same. */
int path_open_folder_beneath(int root, const char *path);

/*
 * path_key() -- a path as 16 bytes.
 *
 *   folds  the file system takes A and a for one name: they get one key
 *
 * Returns 0 or -1.
 */
int path_key(struct path path, bool folds, struct digest *d, uint8_t key[PATH_KEY], struct fail *why);

#endif
