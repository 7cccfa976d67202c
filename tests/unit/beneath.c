/* beneath -- opening below a root, and never outside. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/beneath.h"
#include "folder.h"
#include "tap.h"

static void
test_beneath(int dir)
{
	static const struct {
		const char *path;
		bool opens;
	} rows[] = {
	    {"", true},
	    {"a", true},
	    {"a/b", true},
	    {"a//b/", true},
	    {"inner/b", true},
	    {"a/up/b", true},
	    {"a/none", false},
	    {"out", false},
	    {"abs", false},
	    {"a/../../x", false},
	    {"..", false},
	    {"/", false},
	};
	int root;

	mkdirat(dir, "root", 0777);
	mkdirat(dir, "x", 0777);
	root = openat(dir, "root", O_RDONLY | O_DIRECTORY);
	mkdirat(root, "a", 0777);
	mkdirat(root, "a/b", 0777);
	if (symlinkat("a", root, "inner") == -1 || symlinkat("../a", root, "a/up") == -1 ||
	    symlinkat("../x", root, "out") == -1 || symlinkat("/", root, "abs") == -1)
		abort();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = beneath_open(root, rows[i].path, O_RDONLY | O_DIRECTORY);

		tap_ok((fd != -1) == rows[i].opens, "below a root '%s' %s", rows[i].path,
		    rows[i].opens ? "opens" : "does not");
		if (fd != -1)
			close(fd);
	}
	close(root);
}

int
main(void)
{
	char path[] = FOLDER_NAME;
	int dir = folder_make(path);

	test_beneath(dir);
	return folder_remove(path, dir) && tap_done() == 0 ? 0 : 1;
}
