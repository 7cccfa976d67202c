/* claims -- numbers that are kept for a group: written, read by another run, given up. */
#include <string.h>

#include "folder.h"
#include "place/group/claims.h"
#include "tap.h"

static const char *
find(struct claims *c, const struct library *l, uint8_t first)
{
	const uint8_t key[PATH_KEY] = {first};
	const char *lines = NULL;
	struct fail why;

	return claims_find(c, l, key, &lines, &why) == 0 ? lines : "failed";
}

static int
put(struct claims *c, const struct library *l, uint8_t first, const char *lines)
{
	const uint8_t key[PATH_KEY] = {first};
	struct buf text = {0};
	struct fail why;
	int rc;

	buf_adds(&text, lines);
	rc = claims_put(c, l, key, &text, &why);
	buf_fini(&text);
	return rc;
}

static void
test_agree(void)
{
	tap_ok(claims_agree("a\nb\n", "c\nb\n"), "one line in common is enough");
	tap_ok(claims_agree("b", "b\n"), "the last newline does not matter");
	tap_ok(!claims_agree("a\n", "ab\n") && !claims_agree("ab\n", "a\n"), "a part of a line is not a line");
	tap_ok(!claims_agree("\n", "\n") && !claims_agree("", "") && !claims_agree("a\n", ""), "nothing is no line");
}

static void
test_claims(struct library *l)
{
	static const uint8_t two[PATH_KEY] = {2};
	struct claims c, other;

	claims_init(&c);
	claims_init(&other);
	tap_ok(find(&c, l, 1) == NULL, "no folder: no claim");
	tap_ok(put(&c, l, 3, "three\n") == 0 && put(&c, l, 1, "one\n") == 0 && put(&c, l, 2, "two\n") == 0 &&
		   put(&c, l, 1, "another\n") == 0,
	    "four claims are put, one in the place of another");
	tap_ok(strcmp(find(&other, l, 1), "another\n") == 0 && strcmp(find(&other, l, 3), "three\n") == 0 &&
		   find(&other, l, 4) == NULL && other.n == 3,
	    "another run reads them");
	claims_drop(&c, l, two);
	claims_forget(&other);
	tap_ok(find(&c, l, 2) == NULL && find(&other, l, 2) == NULL && c.n == 2, "one is dropped");
	claims_forget(&c);
	claims_forget(&other);
}

static void
test_ahead(struct library *l)
{
	static const uint8_t five[PATH_KEY] = {5}, six[PATH_KEY] = {6};
	struct claims c;
	struct fail why;

	claims_init(&c);
	tap_ok(put(&c, l, 5, "five\n") == 0 && put(&c, l, 6, "six\n") == 0, "two claims are put");
	claims_ahead(&c, five);
	claims_ahead(&c, six);
	tap_ok(claims_is_ahead(&c, five) && claims_flush_ahead(&c, &why) == 0 && claims_need(&c, l, six, &why) == 0 &&
		   !claims_is_ahead(&c, six),
	    "… ahead, and one is needed");
	claims_drop_ahead(&c, l);
	claims_forget(&c);
	tap_ok(find(&c, l, 5) == NULL && strcmp(find(&c, l, 6), "six\n") == 0, "the other is dropped");
	claims_drop(&c, l, six);
	claims_forget(&c);
}

int
main(void)
{
	char path[] = FOLDER_NAME;
	int dir = folder_make(path);
	struct library l = LIBRARY_NONE;
	struct fail why;

	test_agree();
	if (library_open(&l, dir, ".", true, &why) == -1)
		return 1;
	test_claims(&l);
	test_ahead(&l);
	library_close(&l);
	return folder_remove(path, dir) && tap_done() == 0 ? 0 : 1;
}
