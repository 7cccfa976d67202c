/* What is known of a picture by several records: their albums are united. */
#include "hashdb/albums.h"

#include "hashdb/unite.h"
#include "tap.h"

static const struct {
	const char *first, *second, *want;
} lists[] = {
    {"[\"b\",\"a\"]", "[\"b\",\"a\"]", "[\"b\",\"a\"]"},
    {"[\"a\"]", "[\"b\"]", "[\"a\",\"b\"]"},
    {"[\"b\",\"c\"]", "[\"c\",\"a\"]", "[\"a\",\"b\",\"c\"]"},
    {"[\"a\"]", "[\"a\",\"a b\",\"A\"]", "[\"A\",\"a b\",\"a\"]"},
    {"[]", "[\"a\"]", "[\"a\"]"},
    {"\"a\"", "[\"b\"]", "[\"b\"]"},
    {"[\"\xc3\xa9, 1\\\"\"]", "[\"a\",[1,\"b\"]]", "[\"a\",\"\xc3\xa9, 1\\\"\",[1,\"b\"]]"},
};

static void
test_lists(void)
{
	struct buf out = {0};
	struct fail why;

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		bool good = true;

		for (int turned = 0; turned < 2; turned++) {
			buf_clear(&out, 0);
			good &= albums_unite(slice_of(turned ? lists[i].second : lists[i].first),
				    slice_of(turned ? lists[i].first : lists[i].second), &out, &why) == 0 &&
				strcmp(buf_cstr(&out), lists[i].want) == 0;
		}
		tap_ok(good, "%s and %s are %s", lists[i].first, lists[i].second, buf_cstr(&out));
	}
	buf_fini(&out);
}

static const struct {
	const char *first, *second, *want;
} records[] = {
    {"{\"make\":\"A\",\"albums\":[\"b\"]}", "{\"make\":\"B\",\"albums\":[\"a\"],\"iso\":100}",
	"{\"make\":\"A\",\"albums\":[\"a\",\"b\"],\"iso\":100}"},
    {"{\"make\":\"A\"}", "{\"albums\":[\"a\"]}", "{\"make\":\"A\",\"albums\":[\"a\"]}"},
    {"{\"albums\":[\"a\"]}", "{\"make\":\"A\"}", "{\"albums\":[\"a\"],\"make\":\"A\"}"},
};

static void
test_records(void)
{
	struct buf out = {0}, turned = {0};
	struct fail why;

	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
		struct slice a = slice_of(records[i].first), b = slice_of(records[i].second);

		bool good = unite_records(a, b, false, &out, &why) == 0;

		tap_ok(good && strcmp(buf_cstr(&out), records[i].want) == 0, "%s and %s are %s", records[i].first,
		    records[i].second, buf_cstr(&out));
		good = unite_listed(a, b, true, &out, &why) == 0 && unite_listed(b, a, true, &turned, &why) == 0;
		tap_ok(good && strcmp(buf_cstr(&out), buf_cstr(&turned)) == 0,
		    "... and, where databases have listed them, the same whichever comes first: %s", buf_cstr(&out));
	}
	buf_fini(&out);
	buf_fini(&turned);
}

int
main(void)
{
	test_lists();
	test_records();
	return tap_done();
}
