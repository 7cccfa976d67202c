/*
 * volume -- which file system a path lies on, by a name that outlives its mount point.
 *
 * A card is the same card wherever it is mounted: its files are remembered by the file system's UUID (or, where none
 * can be known, the mount point) and the path below its root.
 */
#ifndef FILE_VOLUME_H
#define FILE_VOLUME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/fail.h"

/* Where a file lies: all but `label` in the same words each time that the volume is mounted. */
struct volume_place {
	struct buf volume; /* its UUID, or the mount point */
	struct buf label;  /* the file system's, empty where unknown */
	struct buf below;  /* the path below the volume's root, links in its folder resolved, without a leading slash;
			      of a hidden name (file/hidden.h) the one that it stands for */
};

void volume_place_fini(struct volume_place *place);

struct volumes; /* the mount table as it was, and a cache of folders already resolved */

struct volumes *volumes_new(void); /* NULL: ENOMEM */

/* volumes_new_from() -- the same from another mount table and another folder than /dev/disk, for tests. */
struct volumes *volumes_new_from(const char *mountinfo, const char *disk);

void volumes_free(struct volumes *v);

/*
 * volumes_locate() -- where `path` lies.
 *
 *   dirfd  where a relative path starts
 *   out    replaced
 *
 * Returns 0 or -1 (the folder cannot be resolved, ENOMEM).  Threads: one at a time.
 */
int volumes_locate(struct volumes *v, int dirfd, const char *path, struct volume_place *out, struct fail *why);

/*
 * volumes_find() -- where a file lies now, by what volumes_locate() has told of it once.
 *
 *   volume  a UUID; no mount point is looked for
 *   path    replaced by an absolute one
 *
 * Returns 1, 0 where that volume is not mounted, or has no such folder, or -1: ENOMEM.  Threads: one at a time.
 */
int volumes_find(struct volumes *v, const char *volume, const char *below, struct buf *path, struct fail *why);

/*
 * volume_is_native() -- whether a descriptor is on one of the kernel's own file systems for disks and memory: there
 * syncfs(2) makes durable what it says and reports what failed, and a file keeps its number.
 */
bool volume_is_native(int fd);

/* What a folder is known by while it is in use. */
struct volume_folder {
	dev_t dev;
	ino_t ino;
	uint64_t mount; /* 0 where it cannot be known */
};

/* volume_folder() -- the folder that a path leads to, or, where that is empty, a descriptor.  Returns 0, or -1 with
 * errno. */
int volume_folder(int dirfd, const char *path, struct volume_folder *out);

/* volume_still() -- whether the path still leads to that folder, and neither it nor its disk has gone. */
bool volume_still(int dirfd, const char *path, const struct volume_folder *folder);

/* volume_mount() -- the id of the mount that a path lies in, or, where that is empty, a descriptor; 0: nobody knows. */
uint64_t volume_mount(int dirfd, const char *path);

#endif
