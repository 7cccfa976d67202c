/* folder -- a folder of its own for a unit test that needs files. */
#ifndef UNIT_FOLDER_H
#define UNIT_FOLDER_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FOLDER_NAME "/tmp/unit.XXXXXX"

/* Make it, its name in path; returns its descriptor. */
static inline int
folder_make(char path[sizeof(FOLDER_NAME)])
{
	int dir;

	if (mkdtemp(path) == NULL || (dir = open(path, O_RDONLY | O_DIRECTORY)) == -1)
		abort();
	return dir;
}

static inline bool
folder_remove(const char *path, int dir)
{
	char command[64];

	close(dir);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command) == 0;
}

static inline bool
is_there(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

#endif
