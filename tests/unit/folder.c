/* folder -- where a folder is, and what lies below it. */
#include "file/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tap.h"

static void
test_below(void)
{
	static const struct {
		const char *folder, *path, *rest; /* NULL: outside */
	} rows[] = {
	    {"/a", "/a", ""},
	    {"/a", "/a/b", "b"},
	    {"/a", "/a/b/c", "b/c"},
	    {"/a", "/ab", NULL},
	    {"/a", "/", NULL},
	    {"/a/b", "/a", NULL},
	    {"/", "/", ""},
	    {"/", "/a/b", "a/b"},
	    {"", "/a", NULL},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *rest = folder_below(rows[i].folder, rows[i].path);

		tap_ok(rest == NULL ? rows[i].rest == NULL : rows[i].rest != NULL && strcmp(rest, rows[i].rest) == 0,
		    "of %s below \"%s\": %s", rows[i].path, rows[i].folder, rest == NULL ? "nothing" : rest);
	}
}

static void
test_keeps(void)
{
	static const struct {
		const char *path;
		bool keeps;
	} rows[] = {
	    {"", true},
	    {"a/b", true},
	    {"a..b/..c/d..", true},
	    {"./a", true},
	    {"..", false},
	    {"../a", false},
	    {"a/..", false},
	    {"a//../b", false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_ok(folder_keeps(rows[i].path) == rows[i].keeps, "\"%s\" %s", rows[i].path,
		    rows[i].keeps ? "stays below" : "may lead out");
}

static void
test_resolve(void)
{
	struct buf out = {0};
	struct fail why = {0};
	int root = open("/", O_PATH | O_DIRECTORY);

	tap_ok(folder_resolve(root, "proc/../dev", &out, &why) == 0 && strcmp(buf_cstr(&out), "/dev") == 0, "resolved");
	tap_ok(
	    folder_resolve(root, ".", &out, &why) == 0 && strcmp(buf_cstr(&out), "/") == 0, "replaces what was there");
	tap_ok(folder_resolve(AT_FDCWD, "/dev/null", &out, &why) == -1 && why.errnum == ENOTDIR, "no folder");
	tap_ok(folder_resolve(root, "nothing", &out, &why) == -1 && why.errnum == ENOENT && out.len == 0, "nothing");
	close(root);
	buf_fini(&out);
}

int
main(void)
{
	test_below();
	test_keeps();
	test_resolve();
	return tap_done();
}
