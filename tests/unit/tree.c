/* tree -- the folders of a batch: opened once, made when asked, flushed with their parents. */
#include <errno.h>

#include "place/commit/tree.h"
#include "folder.h"
#include "tap.h"

static void
test_tree(int dir)
{
	struct tree t = {.root = dir};
	struct fail why = {0};
	struct folder *f, *again;

	f = tree_open(&t, (struct slice){"t/u/v", 5}, false, &why);
	tap_ok(
	    f == NULL && why.errnum == ENOENT && !is_there(dir, "t"), "a folder that is missing is not made unasked");
	f = tree_open(&t, (struct slice){"t/u/v", 5}, true, &why);
	again = tree_open(&t, (struct slice){"t/u/v", 5}, false, &why);
	tap_ok(f != NULL && f == again && is_there(dir, "t/u/v"), "and made when asked, once");
	again = tree_open(&t, (struct slice){"t", 1}, false, &why);
	tap_ok(again != NULL && f->parent->parent == again && again->parent->len == 0, "its parents are known");
	tree_touch(f);
	tap_ok(f->touched && again->touched && again->parent->touched, "and flushed with it, up to the root");
	again->error = EIO;
	tap_ok(tree_error(f) == EIO, "a parent's failed flush is its own");
	tree_close(&t);
}

int
main(void)
{
	char path[] = FOLDER_NAME;
	int dir = folder_make(path);

	test_tree(dir);
	return folder_remove(path, dir) && tap_done() == 0 ? 0 : 1;
}
