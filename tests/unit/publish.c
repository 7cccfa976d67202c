/* publish -- a name is given and never taken away. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file/publish.h"
#include "folder.h"
#include "tap.h"

static void
write_file(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0666);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		abort();
	close(fd);
}

/* 1 where the file holds the text. */
static bool
holds(int dir, const char *name, const char *text)
{
	char got[64] = "";
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, got, sizeof(got) - 1);

	if (fd != -1)
		close(fd);
	return n == (ssize_t)strlen(text) && strcmp(got, text) == 0;
}

static void
test_publish(int dir)
{
	struct publish_name a = {dir, "pa"}, b = {dir, "pb"};
	struct fail why = {0};

	write_file(dir, "pa", "one");
	write_file(dir, "pb", "two");
	tap_ok(publish_rename(a, b, false, &why) == -1 && why.errnum == EEXIST && holds(dir, "pb", "two") &&
		   holds(dir, "pa", "one"),
	    "a name that is taken stays what it is");
	tap_ok(publish_hardlink(a, b, &why) == -1 && why.errnum == EEXIST && holds(dir, "pb", "two"), "for a link too");
	tap_ok(publish_symlink("/x", b, &why) == -1 && why.errnum == EEXIST && holds(dir, "pb", "two"), "of any kind");
	unlinkat(dir, "pb", 0);
	tap_ok(publish_rename(a, b, false, &why) == 0 && holds(dir, "pb", "one") && !is_there(dir, "pa"),
	    "a free one is given");
}

int
main(void)
{
	char path[] = FOLDER_NAME;
	int dir = folder_make(path);

	test_publish(dir);
	return folder_remove(path, dir) && tap_done() == 0 ? 0 : 1;
}
