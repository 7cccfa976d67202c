/* pathname -- a path taken apart at its last slash. */
#ifndef BASE_PATHNAME_H
#define BASE_PATHNAME_H

#include <string.h>

#include "base/buf.h"

/* pathname_last() -- the name behind the last slash; empty where the path ends with one. */
static inline const char *
pathname_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* pathname_extension() -- what stands behind the last dot of that name; NULL where it has none, or begins with it. */
static inline const char *
pathname_extension(const char *path)
{
	const char *name = pathname_last(path), *dot = strrchr(name, '.');

	return dot != NULL && dot != name ? dot + 1 : NULL;
}

/* pathname_folder() -- what stands before that name: the folder with its slash, or nothing. */
static inline struct slice
pathname_folder(const char *path)
{
	return (struct slice){path, (size_t)(pathname_last(path) - path)};
}

/* pathname_parent() -- the same as the name of a folder, without its slash but for that of the root; or nothing. */
static inline struct slice
pathname_parent(const char *path)
{
	struct slice folder = pathname_folder(path);

	if (folder.len > 1)
		folder.len--;
	return folder;
}

/* pathname_name() -- the last name of a folder's path, whatever slashes are behind it; the root has none. */
static inline struct slice
pathname_name(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/'; start--)
		;
	return (struct slice){path + start, end - start};
}

#endif
