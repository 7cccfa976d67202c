/*
 * A folder is opened (O_PATH, nothing is read) and asked for its real name and device; the mount table tells where
 * its file system begins, and udev's links in /dev/disk tell the file system's UUID and label.  With a UUID, paths
 * count from the root of the file system and not from where it is mounted, so that a bind mount or a subvolume
 * mounted elsewhere gives the same answer.
 *
 * Thousands of files share a folder: answers are kept in a table with one slot for each hash, which bounds memory
 * without any bookkeeping.  An automounter may mount while we look, so a folder on a device that the table does not
 * know there makes us read the table once more.
 */
#include "file/volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/array.h"
#include "base/pathname.h"
#include "file/folder.h"
#include "file/hidden.h"
#include "file/io.h"

enum { SLOTS = 64 };

struct mount {
	dev_t dev;
	char *root;   /* the part of the file system that is mounted: "/" but for bind mounts and subvolumes */
	char *point;  /* where */
	char *source; /* what: a device, or anything */
};

/* A folder as the caller names it, and the answer. */
struct slot {
	bool used;
	int dirfd;
	struct buf folder;
	struct buf volume, label, below;
};

struct volumes {
	char *mountinfo; /* path of the mount table */
	char *disk;      /* folder with by-uuid and by-label */
	struct mount *mounts;
	size_t nmounts, mounts_cap;
	dev_t unknown; /* the device for which the table was last read again */
	struct slot slots[SLOTS];
};

/* A folder while it is being resolved. */
struct resolved {
	struct buf path;
	struct stat st;
};

static void
free_mounts(struct volumes *v)
{
	size_t i;

	for (i = 0; i < v->nmounts; i++) {
		free(v->mounts[i].root);
		free(v->mounts[i].point);
		free(v->mounts[i].source);
	}
	free(v->mounts);
	v->mounts = NULL;
	v->nmounts = v->mounts_cap = 0;
}

/* Undo \040 (mount table, octal) in place. */
static void
unescape_octal(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++, to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to = *s;
		}
	}
	*to = '\0';
}

static char *
field_copy(const char *s)
{
	char *copy = strdup(s);

	if (copy != NULL)
		unescape_octal(copy);
	return copy;
}

/*
 * One line of mountinfo: ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG]... - TYPE SOURCE SUPEROPTIONS (proc(5)).
 * Returns 0, also for a line of another form, or -1: ENOMEM.
 */
static int
add_mount(struct volumes *v, char *line)
{
	char *rest = line, *fields[5], *tail = strstr(line, " - "), *source = NULL;
	struct mount m = {0}, *grown;
	unsigned major_no, minor_no;
	size_t i;

	if (tail != NULL) {
		*tail = '\0';
		tail += strlen(" - ");
		strsep(&tail, " ");
		source = strsep(&tail, " ");
	}
	for (i = 0; i < 5; i++) {
		if ((fields[i] = strsep(&rest, " ")) == NULL)
			return 0;
	}
	if (sscanf(fields[2], "%u:%u", &major_no, &minor_no) != 2)
		return 0;
	if ((grown = array_room(v->mounts, &v->mounts_cap, v->nmounts, sizeof *grown)) == NULL)
		return -1;
	v->mounts = grown;
	m.dev = makedev(major_no, minor_no);
	m.root = field_copy(fields[3]);
	m.point = field_copy(fields[4]);
	m.source = field_copy(source == NULL ? "" : source);
	v->mounts[v->nmounts++] = m;
	return m.root == NULL || m.point == NULL || m.source == NULL ? -1 : 0;
}

/* Without a table, not for want of descriptors, there are no mounts: where a file system begins is then found by its
 * device number. */
static int
read_mounts(struct volumes *v)
{
	FILE *f = fopen(v->mountinfo, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int rc = 0;

	free_mounts(v);
	if (f == NULL)
		return fail_short_errno(errno) ? -1 : 0;
	while (rc == 0 && (len = getline(&line, &size, f)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		rc = add_mount(v, line);
	}
	free(line);
	fclose(f);
	return rc;
}

struct volumes *
volumes_new_from(const char *mountinfo, const char *disk)
{
	struct volumes *v = calloc(1, sizeof *v);

	if (v == NULL)
		return NULL;
	v->mountinfo = strdup(mountinfo);
	v->disk = strdup(disk);
	if (v->mountinfo == NULL || v->disk == NULL || read_mounts(v) == -1) {
		volumes_free(v);
		return NULL;
	}
	return v;
}

struct volumes *
volumes_new(void)
{
	return volumes_new_from("/proc/self/mountinfo", "/dev/disk");
}

void
volumes_free(struct volumes *v)
{
	size_t i;

	if (v == NULL)
		return;
	for (i = 0; i < SLOTS; i++) {
		buf_fini(&v->slots[i].folder);
		buf_fini(&v->slots[i].volume);
		buf_fini(&v->slots[i].label);
		buf_fini(&v->slots[i].below);
	}
	free_mounts(v);
	free(v->mountinfo);
	free(v->disk);
	free(v);
}

/*
 * The mount that a path is on: the deepest mount point above it, and of several the one mounted last.  One of the
 * path's own device goes before all others; a subvolume of btrfs has a device number that is not in the table.
 */
static const struct mount *
find_mount(const struct volumes *v, const struct resolved *folder)
{
	const struct mount *best = NULL;
	size_t i;

	for (i = 0; i < v->nmounts; i++) {
		const struct mount *m = &v->mounts[i];
		bool same = m->dev == folder->st.st_dev, best_same = best != NULL && best->dev == folder->st.st_dev;

		if (folder_below(m->point, folder->path.p) == NULL || (best_same && !same))
			continue;
		if (best == NULL || same != best_same || strlen(m->point) >= strlen(best->point))
			best = m;
	}
	return best;
}

/* Undo \x20 (udev, hexadecimal). */
static int
unescape_hex(struct buf *out, const char *s)
{
	unsigned c;
	int n;

	buf_clear(out, SIZE_MAX);
	for (; *s != '\0'; s++) {
		if (s[0] == '\\' && s[1] == 'x' && sscanf(s + 2, "%2x%n", &c, &n) == 1 && n == 2) {
			buf_addc(out, (char)c);
			s += 3;
		} else {
			buf_addc(out, *s);
		}
	}
	return out->failed ? -1 : 0;
}

/* The name of the link in DISK/KIND that leads to the device; empty where there is none. */
static int
device_name(const struct volumes *v, const char *kind, dev_t dev, struct buf *name)
{
	char folder[PATH_MAX];
	struct dirent *e;
	struct stat st;
	int rc = 0;
	DIR *d;

	buf_clear(name, SIZE_MAX);
	if (dev == 0 || snprintf(folder, sizeof folder, "%s/%s", v->disk, kind) >= (int)sizeof folder)
		return 0;
	if ((d = opendir(folder)) == NULL)
		return fail_short_errno(errno) ? -1 : 0;
	while (name->len == 0 && rc == 0 && (e = readdir(d)) != NULL) {
		if (fstatat(dirfd(d), e->d_name, &st, 0) == 0 && st.st_rdev == dev)
			rc = unescape_hex(name, e->d_name);
	}
	closedir(d);
	return rc;
}

/* UUID and label by the folder's device, or by the device that the mount table names (btrfs). */
static int
name_volume(const struct volumes *v, const struct resolved *folder, const struct mount *m, struct slot *out)
{
	dev_t dev = folder->st.st_dev;
	struct stat st;

	if (device_name(v, "by-uuid", dev, &out->volume) == -1)
		return -1;
	if (out->volume.len == 0 && m != NULL && m->source[0] == '/' && stat(m->source, &st) == 0) {
		dev = st.st_rdev;
		if (device_name(v, "by-uuid", dev, &out->volume) == -1)
			return -1;
	}
	return device_name(v, "by-label", dev, &out->label);
}

/* Bytes of the topmost folder above `real` that is on the same device. */
static size_t
walk_up(const struct resolved *folder)
{
	size_t len = folder->path.len, up;
	struct buf path = {0};
	struct stat st;

	buf_add(&path, folder->path.p, len);
	while (len > 1 && !path.failed) {
		for (up = len; up > 1 && path.p[up - 1] != '/'; up--)
			continue;
		up = up > 1 ? up - 1 : 1;
		path.p[up] = '\0';
		if (lstat(path.p, &st) == -1 || st.st_dev != folder->st.st_dev)
			break;
		len = up;
	}
	buf_fini(&path);
	return len;
}

static void
add_below(struct buf *below, const char *path)
{
	path += strspn(path, "/");
	if (*path == '\0')
		return;
	if (below->len > 0)
		buf_addc(below, '/');
	buf_adds(below, path);
}

static int
describe(const struct volumes *v, const struct resolved *folder, struct slot *out)
{
	const struct mount *m = find_mount(v, folder);
	size_t point = m == NULL ? walk_up(folder) : strlen(m->point);

	if (name_volume(v, folder, m, out) == -1)
		return -1;
	buf_clear(&out->below, SIZE_MAX);
	if (out->volume.len == 0)
		buf_add(&out->volume, folder->path.p, point);
	else if (m != NULL)
		add_below(&out->below, m->root);
	add_below(&out->below, folder->path.p + point);
	return out->volume.failed || out->label.failed || out->below.failed ? -1 : 0;
}

/* The table may be older than the mount. */
static int
refresh(struct volumes *v, const struct resolved *folder)
{
	const struct mount *m = find_mount(v, folder);

	if ((m != NULL && m->dev == folder->st.st_dev) || v->unknown == folder->st.st_dev)
		return 0;
	v->unknown = folder->st.st_dev;
	return read_mounts(v);
}

static int
resolve(struct volumes *v, struct slot *slot, struct fail *why)
{
	struct resolved folder = {0};
	int rc = -1;

	if (folder_resolve(slot->dirfd, slot->folder.p, &folder.path, why) == -1)
		;
	else if (fstatat(slot->dirfd, slot->folder.p, &folder.st, 0) == -1)
		fail_errno(why, "stat", "%s", slot->folder.p);
	else if (refresh(v, &folder) == -1 || describe(v, &folder, slot) == -1)
		fail_nomem(why);
	else
		rc = 0;
	buf_fini(&folder.path);
	return rc;
}

static struct slot *
slot_of(struct volumes *v, const char *folder, size_t len)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)folder[i]) * 1099511628211u;
	return &v->slots[(hash ^ hash >> 32) % SLOTS];
}

/* The slot with the answer for a folder. */
static struct slot *
locate_folder(struct volumes *v, int dirfd, const char *folder, size_t len, struct fail *why)
{
	struct slot *s = slot_of(v, folder, len);

	if (s->used && s->dirfd == dirfd && s->folder.len == len && memcmp(s->folder.p, folder, len) == 0)
		return s;
	s->used = false;
	s->dirfd = dirfd;
	buf_clear(&s->folder, SIZE_MAX);
	if (buf_add(&s->folder, folder, len) == -1) {
		fail_nomem(why);
		return NULL;
	}
	if (resolve(v, s, why) == -1)
		return NULL;
	s->used = true;
	return s;
}

static void
replace(struct buf *out, const struct buf *with)
{
	buf_clear(out, SIZE_MAX);
	buf_add(out, buf_cstr(with), with->len);
}

int
volumes_locate(struct volumes *v, int dirfd, const char *path, struct volume_place *out, struct fail *why)
{
	struct slice folder = pathname_parent(path);
	const struct slot *s =
	    folder.len > 0 ? locate_folder(v, dirfd, folder.p, folder.len, why) : locate_folder(v, dirfd, ".", 1, why);
	struct slice own = hidden_own(path);

	if (s == NULL)
		return -1;
	replace(&out->volume, &s->volume);
	replace(&out->label, &s->label);
	replace(&out->below, &s->below);
	if (out->below.len > 0 && own.len > 0)
		buf_addc(&out->below, '/');
	buf_add(&out->below, own.p, own.len);
	return out->volume.failed || out->label.failed || out->below.failed ? fail_nomem(why) : 0;
}

/* ---- the other way round ---- */

/* The device that a UUID stands for; 0: there is none. */
static dev_t
device_of(const struct volumes *v, const char *volume)
{
	char link[PATH_MAX];
	struct stat st;

	if (strchr(volume, '/') != NULL || snprintf(link, sizeof link, "%s/by-uuid/%s", v->disk, volume) >= PATH_MAX)
		return 0;
	return stat(link, &st) == 0 ? st.st_rdev : 0;
}

static bool
is_mount_of(const struct mount *m, dev_t dev)
{
	struct stat st;

	return m->dev == dev || (m->source[0] == '/' && stat(m->source, &st) == 0 && st.st_rdev == dev);
}

/* What stands at a path may be another mount's. */
static bool
is_there(struct volumes *v, const char *volume, const char *below, const struct buf *path)
{
	struct volume_place at = {0};
	struct fail ignored;
	bool is = !path->failed && volumes_locate(v, AT_FDCWD, path->p, &at, &ignored) == 0 &&
		  strcmp(buf_cstr(&at.volume), volume) == 0 && strcmp(buf_cstr(&at.below), below) == 0;

	volume_place_fini(&at);
	return is;
}

static int
find_below(struct volumes *v, const char *volume, const struct buf *whole, struct buf *path, struct fail *why)
{
	dev_t dev = device_of(v, volume);
	bool found = false;

	for (size_t i = 0; dev != 0 && i < v->nmounts && !found; i++) {
		const struct mount *m = &v->mounts[i];
		const char *rest = folder_below(m->root, whole->p);

		if (rest == NULL || !is_mount_of(m, dev))
			continue;
		buf_clear(path, SIZE_MAX);
		buf_addf(path, "%s/%s", strcmp(m->point, "/") == 0 ? "" : m->point, rest + strspn(rest, "/"));
		found = is_there(v, volume, whole->p + 1, path);
	}
	return path->failed ? fail_nomem(why) : found;
}

int
volumes_find(struct volumes *v, const char *volume, const char *below, struct buf *path, struct fail *why)
{
	struct buf whole = {0};
	int rc = buf_addf(&whole, "/%s", below) == -1 ? fail_nomem(why) : find_below(v, volume, &whole, path, why);

	buf_fini(&whole);
	return rc;
}

void
volume_place_fini(struct volume_place *place)
{
	buf_fini(&place->volume);
	buf_fini(&place->label);
	buf_fini(&place->below);
}

/* f_type of statfs(2), as in <linux/magic.h>, which lacks some of them. */
enum magic { EXT4_MAGIC = 0xef53, XFS_MAGIC = 0x58465342, TMPFS_MAGIC_NUMBER = 0x01021994 };
#define BTRFS_MAGIC 0x9123683eu
#define F2FS_MAGIC 0xf2f52010u

bool
volume_is_native(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) == -1)
		return false;
	switch ((unsigned)fs.f_type) {
	case EXT4_MAGIC:
	case XFS_MAGIC:
	case TMPFS_MAGIC_NUMBER:
	case BTRFS_MAGIC:
	case F2FS_MAGIC:
		return true;
	default:
		return false;
	}
}

uint64_t
volume_mount(int dirfd, const char *path)
{
#ifdef STATX_MNT_ID
	struct statx sx;

	if (statx(dirfd, path, AT_EMPTY_PATH, STATX_MNT_ID, &sx) == 0 && (sx.stx_mask & STATX_MNT_ID))
		return sx.stx_mnt_id;
#else
	(void)dirfd, (void)path;
#endif
	return 0;
}

int
volume_folder(int dirfd, const char *path, struct volume_folder *out)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, AT_EMPTY_PATH) == -1)
		return -1;
	*out = (struct volume_folder){st.st_dev, st.st_ino, volume_mount(dirfd, path)};
	return 0;
}

static bool
renumbers(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_PATH | O_CLOEXEC);
	bool native = fd == -1 || volume_is_native(fd);

	io_close(&fd);
	return !native;
}

/* FAT and what stands on FUSE may give a folder another number at each look; the mount it lies in stays the same. */
bool
volume_still(int dirfd, const char *path, const struct volume_folder *folder)
{
	struct volume_folder now;

	if (volume_folder(dirfd, path, &now) == -1 || now.dev != folder->dev)
		return false;
	return now.ino == folder->ino || (now.mount != 0 && now.mount == folder->mount && renumbers(dirfd, path));
}
