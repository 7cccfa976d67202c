/* contents -- where each content of a run lies: 200,000 of them, in a few bytes each. */
#include <string.h>

#include "place/content/contents.h"
#include "tap.h"

static void
key_of(unsigned n, uint8_t key[CONTENTS_KEY])
{
	uint64_t x = n * UINT64_C(0x9e3779b97f4a7c15) + 1;

	memset(key, 0, CONTENTS_KEY);
	for (size_t i = 0; i < CONTENTS_KEY; i++) {
		x ^= x >> 29;
		x *= UINT64_C(0xbf58476d1ce4e5b9);
		key[i] = (uint8_t)(x >> 56);
	}
}

static void
test_contents(void)
{
	enum { N = 200000 };
	struct contents t;
	struct fail why = {0};
	struct buf name = {0};
	uint8_t key[CONTENTS_KEY];
	char text[32];
	uint64_t mark = 0;
	size_t bytes = 0;
	bool good = true;

	contents_init(&t);
	for (unsigned n = 0; n < N && good; n++) {
		key_of(n, key);
		snprintf(text, sizeof(text), "2024/%u.jpg", n);
		good = contents_put(&t, key, n, (struct slice){text, strlen(text)}, &why) == 0;
	}
	tap_ok(good, "%d contents are remembered", N);
	for (unsigned n = 0; n < N && good; n++) {
		key_of(n, key);
		snprintf(text, sizeof(text), "2024/%u.jpg", n);
		good = contents_find(&t, key, &mark, &name, &why) == 0 && strcmp(name.p, text) == 0 && mark == n;
	}
	tap_ok(good, "each is found by its digest");
	key_of(N, key);
	tap_ok(contents_find(&t, key, &mark, &name, &why) == 0 && name.len == 0, "another is not");
	key_of(7, key);
	tap_ok(contents_put(&t, key, 1, (struct slice){"new", 3}, &why) == 0 &&
		   contents_find(&t, key, &mark, &name, &why) == 0 && strcmp(name.p, "new") == 0 && mark == 1,
	    "a later place counts");
	contents_forget(&t, key);
	tap_ok(contents_find(&t, key, &mark, &name, &why) == 0 && name.len == 0, "what is forgotten is not found");
	tap_ok(contents_put(&t, key, 2, (struct slice){"again", 5}, &why) == 0 &&
		   contents_find(&t, key, &mark, &name, &why) == 0 && strcmp(name.p, "again") == 0,
	    "until it is put again");
	key_of(8, key);
	tap_ok(contents_find(&t, key, &mark, &name, &why) == 0 && strcmp(name.p, "2024/8.jpg") == 0, "the others stay");
	tap_ok(contents_number(&t, key, &mark, &why) == 1 && mark == 8, "its mark alone");
	tap_ok(contents_put_number(&t, key, 0, &why) == 0 && contents_number(&t, key, &mark, &why) == 1 && mark == 0,
	    "a number in its place");
	key[1] ^= 0xff;
	tap_ok(contents_number(&t, key, &mark, &why) == 0, "of another key there is none");
	for (size_t i = 0; i < CONTENTS_SHARDS; i++)
		bytes += t.shards[i].cap * sizeof(struct contents_entry);
	tap_ok(bytes / N <= 34, "in %zu bytes each", bytes / N);
	buf_fini(&name);
	contents_fini(&t);
}

int
main(void)
{
	test_contents();
	return tap_done();
}
