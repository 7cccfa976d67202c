/* Unit test of file/volume: file systems named by made-up mount tables and links, and found without any. */
#include "file/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tap.h"

static char *real; /* the test's folder, links resolved; it is the working directory */
static struct stat here;

struct answer {
	struct volume_place at;
	struct fail why;
	int rc;
};

static void put_table(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
must(int rc)
{
	if (rc == -1)
		abort();
}

static void
put_table(const char *fmt, ...)
{
	FILE *f = fopen("mountinfo", "w");
	va_list ap;

	if (f == NULL)
		abort();
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fclose(f);
}

static void
locate(struct volumes *v, int dirfd, const char *path, struct answer *a)
{
	a->rc = volumes_locate(v, dirfd, path, &a->at, &a->why);
}

static void
answer_fini(struct answer *a)
{
	volume_place_fini(&a->at);
}

static void
is(const struct answer *a, const char *volume, const char *label, const char *below, const char *what)
{
	bool good = a->rc == 0 && strcmp(buf_cstr(&a->at.volume), volume) == 0 &&
		    strcmp(buf_cstr(&a->at.label), label) == 0 && strcmp(buf_cstr(&a->at.below), below) == 0;

	if (!tap_ok(good, "%s", what))
		printf("# %d %s: \"%s\" \"%s\" \"%s\"\n", a->rc, a->why.message, buf_cstr(&a->at.volume),
		    buf_cstr(&a->at.label), buf_cstr(&a->at.below));
}

/* The answer for one path from the table as it stands. */
static void
check(const char *disk, const char *path, const char *volume, const char *label, const char *below, const char *what)
{
	struct volumes *v = volumes_new_from("mountinfo", disk);
	struct answer a = {0};

	locate(v, AT_FDCWD, path, &a);
	is(&a, volume, label, below, what);
	answer_fini(&a);
	volumes_free(v);
}

/* /dev/null stands for a disk: what counts is that the table and the links lead to one device. */
static void
test_names(void)
{
	unsigned major_no = major(here.st_dev), minor_no = minor(here.st_dev);

	must(mkdir("mnt", 0700));
	must(mkdir("mnt/DCIM", 0700));
	must(mkdir("my card", 0700));
	must(mkdir("mnt2", 0700));
	must(symlink("mnt/DCIM", "short"));
	must(mkdir("disk", 0700));
	must(mkdir("disk/by-uuid", 0700));
	must(mkdir("disk/by-label", 0700));
	must(symlink("/dev/null", "disk/by-uuid/ABCD-1234"));
	must(symlink("/dev/null", "disk/by-label/EOS\\x20CARD\\x5c"));
	must(symlink("gone", "disk/by-uuid/dangling"));
	put_table("20 1 99:1 / / rw - ext4 /dev/zero rw\n"
		  "21 20 %u:%u / %s/mnt rw shared:1 - vfat /dev/null rw\n"
		  "22 20 %u:%u / %s/my\\040card rw - tmpfs tmpfs rw\n"
		  "nonsense\n23 20 x:y / / rw - a b c\n",
	    major_no, minor_no, real, major_no, minor_no, real);
	check(
	    "disk", "mnt/DCIM/a.jpg", "ABCD-1234", "EOS CARD\\", "DCIM/a.jpg", "UUID and label by the mount's device");
	check("disk", "mnt/a.jpg", "ABCD-1234", "EOS CARD\\", "a.jpg", "at the root");
	check("disk", "short//a.jpg", "ABCD-1234", "EOS CARD\\", "DCIM/a.jpg", "a link in the folder is resolved");
	check("disk", "mnt/DCIM/../x", "ABCD-1234", "EOS CARD\\", "x", "dots are resolved");
	check(
	    "disk", "mnt/.a.jpg.dcim-01234567", "ABCD-1234", "EOS CARD\\", "a.jpg", "a hidden name stands for its own");
}

static void
test_mount_points(void)
{
	char mnt[4200], card[4200], other[4200];
	unsigned major_no = major(here.st_dev), minor_no = minor(here.st_dev);

	snprintf(mnt, sizeof mnt, "%s/mnt", real);
	snprintf(card, sizeof card, "%s/my card", real);
	check("no-disk", "mnt/DCIM/a.jpg", mnt, "", "DCIM/a.jpg", "the mount point, where there is no UUID");
	check("disk", "my card/a.jpg", card, "", "a.jpg", "a mount point with a blank, and a device that is none");
	put_table("21 20 %u:%u /sub/dir %s/mnt rw - vfat /dev/null rw\n", major_no, minor_no, real);
	check("disk", "mnt/a.jpg", "ABCD-1234", "EOS CARD\\", "sub/dir/a.jpg",
	    "a bind mount counts from its file system's root");
	check("no-disk", "mnt/a.jpg", mnt, "", "a.jpg", "… but not where only the mount point is known");
	put_table("1 0 %u:%u / / rw - x /dev/zero rw\n2 1 %u:%u / %s/mnt rw - x /dev/null rw\n", major_no, minor_no,
	    major_no, minor_no, real);
	snprintf(other, sizeof other, "%s/mnt2/a.jpg", real + 1);
	check("no-disk", "mnt2/a.jpg", "/", "", other, "a name that begins like a mount point lies not below it");
	put_table("1 0 %u:%u / %s/mnt rw - x /dev/null rw\n2 1 99:9 / %s/mnt rw - x /dev/zero rw\n", major_no, minor_no,
	    real, real);
	check("disk", "mnt/a.jpg", "ABCD-1234", "EOS CARD\\", "a.jpg",
	    "of two on one point, the one with the folder's device");
	put_table("1 0 99:8 / / rw - x none rw\n2 1 99:9 /@home %s/mnt rw - btrfs /dev/null rw\n", real);
	check("disk", "mnt/a.jpg", "ABCD-1234", "EOS CARD\\", "@home/a.jpg",
	    "a subvolume, whose device is not in the table");
}

/* Where a file of a volume lies by the table as it stands. */
static void
finds(const char *disk, const char *volume, const char *below, const char *want, const char *what)
{
	struct volumes *v = volumes_new_from("mountinfo", disk);
	struct buf path = {0};
	char whole[4200] = "";
	struct fail why;
	int rc = volumes_find(v, volume, below, &path, &why);

	if (want != NULL)
		snprintf(whole, sizeof whole, "%s/%s", real, want);
	if (!tap_ok(rc == (want != NULL) && (want == NULL || strcmp(path.p, whole) == 0), "%s", what))
		printf("# %d \"%s\"\n", rc, buf_cstr(&path));
	buf_fini(&path);
	volumes_free(v);
}

static void
test_finding(void)
{
	unsigned major_no = major(here.st_dev), minor_no = minor(here.st_dev);

	put_table("1 0 99:8 / / rw - x none rw\n21 20 %u:%u / %s/my\\040card rw - tmpfs tmpfs rw\n"
		  "22 20 %u:%u / %s/mnt rw - vfat /dev/null rw\n",
	    major_no, minor_no, real, major_no, minor_no, real);
	finds("disk", "ABCD-1234", "DCIM/a.jpg", "mnt/DCIM/a.jpg", "found below the mount of its UUID");
	finds("disk", "ABCD-1234", "a.jpg", "mnt/a.jpg", "at the root of it");
	finds("disk", "ABCD-1234", "gone/a.jpg", NULL, "not found where its folder is not there");
	finds("disk", "ABCD-9999", "DCIM/a.jpg", NULL, "not found where its volume is not");
	finds("disk", "../by-uuid/ABCD-1234", "DCIM/a.jpg", NULL, "a path is no UUID");
	finds("no-disk", "ABCD-1234", "DCIM/a.jpg", NULL, "nor where no UUID is known");
	put_table("22 20 %u:%u /sub %s/mnt rw - vfat /dev/null rw\n", major_no, minor_no, real);
	finds("disk", "ABCD-1234", "sub/DCIM/a.jpg", "mnt/DCIM/a.jpg", "a part of it that is mounted");
	finds("disk", "ABCD-1234", "DCIM/a.jpg", NULL, "not another part");
	put_table("22 20 %u:%u / %s/mnt rw - vfat /dev/null rw\n23 22 %u:%u / %s/mnt rw - vfat /dev/zero rw\n",
	    major_no, minor_no, real, major_no, minor_no, real);
	finds("disk", "ABCD-1234", "DCIM/a.jpg", NULL, "another volume is mounted over it");
}

static void
test_no_table(void)
{
	struct volumes *v = volumes_new_from("absent", "no-disk");
	struct answer a = {0};
	struct stat at, above;
	struct buf whole = {0}, up = {0};

	locate(v, AT_FDCWD, "mnt/DCIM/a.jpg", &a);
	buf_addf(&whole, "%s%s%s", buf_cstr(&a.at.volume), strcmp(buf_cstr(&a.at.volume), "/") == 0 ? "" : "/",
	    buf_cstr(&a.at.below));
	tap_ok(a.rc == 0 && strncmp(whole.p, real, strlen(real)) == 0 &&
		   strcmp(whole.p + strlen(real), "/mnt/DCIM/a.jpg") == 0,
	    "without a table volume and rest make the path");
	buf_addf(&up, "%s/..", buf_cstr(&a.at.volume));
	tap_ok(stat(buf_cstr(&a.at.volume), &at) == 0 && at.st_dev == here.st_dev, "… the volume is on the device");
	tap_ok(stat(up.p, &above) == 0 && (above.st_dev != at.st_dev || above.st_ino == at.st_ino),
	    "… and where it begins");
	locate(v, AT_FDCWD, "/etc", &a);
	is(&a, "/", "", "etc", "a file in the root");
	if (stat("/proc", &at) == 0 && stat("/", &above) == 0 && at.st_dev != above.st_dev) {
		locate(v, AT_FDCWD, "/proc/version", &a);
		is(&a, "/proc", "", "version", "a mount point found by its device");
	}
	buf_fini(&whole);
	buf_fini(&up);
	answer_fini(&a);
	volumes_free(v);
}

static void
test_folders(void)
{
	struct volumes *v;
	struct answer a = {0};
	int fd = open("mnt", O_RDONLY | O_DIRECTORY);

	put_table("21 20 %u:%u / %s/mnt rw - vfat /dev/null rw\n", major(here.st_dev), minor(here.st_dev), real);
	v = volumes_new_from("mountinfo", "disk");
	locate(v, fd, "DCIM/a.jpg", &a);
	is(&a, "ABCD-1234", "EOS CARD\\", "DCIM/a.jpg", "relative to a folder");
	locate(v, fd, "b.jpg", &a);
	is(&a, "ABCD-1234", "EOS CARD\\", "b.jpg", "a name alone");
	locate(v, AT_FDCWD, "DCIM/a.jpg", &a);
	tap_ok(a.rc == -1 && a.why.errnum == ENOENT, "the same name below another folder is another");
	locate(v, fd, "DCIM/\xff\n.jpg", &a);
	is(&a, "ABCD-1234", "EOS CARD\\", "DCIM/\xff\n.jpg", "a name of any bytes");
	must(rmdir("mnt/DCIM"));
	locate(v, fd, "DCIM/c.jpg", &a);
	is(&a, "ABCD-1234", "EOS CARD\\", "DCIM/c.jpg", "a folder is resolved once");
	locate(v, fd, "b.jpg/x", &a);
	tap_ok(a.rc == -1 && a.why.errnum == ENOENT, "a folder that is not there");
	put_table("%s", "");
	volumes_free(v);
	v = volumes_new_from("mountinfo", "disk");
	put_table("21 20 %u:%u / %s/mnt rw - vfat /dev/null rw\n", major(here.st_dev), minor(here.st_dev), real);
	locate(v, fd, "b.jpg", &a);
	is(&a, "ABCD-1234", "EOS CARD\\", "b.jpg", "what was mounted since is found");
	close(fd);
	answer_fini(&a);
	volumes_free(v);
	volumes_free(NULL);
	v = volumes_new();
	tap_ok(v != NULL, "the system's own table");
	locate(v, AT_FDCWD, "mnt", &a);
	tap_ok(a.rc == 0 && a.at.volume.len > 0 && a.at.below.len > 0, "… names this folder's volume: %s",
	    buf_cstr(&a.at.volume));
	answer_fini(&a);
	volumes_free(v);
}

int
main(void)
{
	char path[] = "/tmp/unit-volume.XXXXXX", command[64];

	if (mkdtemp(path) == NULL || chdir(path) == -1 || stat(".", &here) == -1 ||
	    (real = realpath(".", NULL)) == NULL)
		abort();
	test_names();
	test_mount_points();
	test_finding();
	test_no_table();
	test_folders();
	free(real);
	snprintf(command, sizeof command, "rm -rf %s", path);
	if (chdir("/") == -1 || system(command) != 0)
		abort();
	return tap_done();
}
