/* variant -- what a file may be called where its name is taken. */
#include <string.h>

#include "place/name/variant.h"
#include "tap.h"

static void
test_stems(void)
{
	static const struct {
		const char *name;
		size_t stem;
	} rows[] = {
	    {"IMG_1.JPG", 5},
	    {"a.tar.gz", 5},
	    {"README", 6},
	    {".jpg", 4},
	    {"a.", 2},
	    {"Mr. Smith", 9},
	    {"a.0123456789abcdef", 1},
	    {"a.0123456789abcdefg", 19},
	    {"IMG.JPG.xmp", 7},
	    {"", 0},
	    {".", 1},
	    {"\377.\377", 3},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].name);
		char *name = tap_exact(rows[i].name, len);

		tap_ok(variant_stem((struct slice){name, len}) == rows[i].stem, "the stem of '%.*s' is %zu bytes",
		    (int)len, i < 11 ? rows[i].name : "", rows[i].stem);
		free(name);
	}
}

static void
test_variants(void)
{
	static const struct {
		const char *name;
		unsigned k;
		size_t max;
		const char *want;
		size_t stem; /* 0: variant_stem() */
	} rows[] = {
	    {"a.jpg", 0, 255, "a.jpg", 0},
	    {"C0001M01.XML", 3, 255, "C0001-3M01.XML", 5},
	    {"IMG_1.CR2.xmp", 12, 255, "IMG_1-12.CR2.xmp", 5},
	    {"IMG_1.CR2.xmp", 1, 14, "IMG_-1.CR2.xmp", 5},
	    {"IMG_1.CR2.xmp", 1, 9, "I-1.CR2.xmp", 5},
	    {"a.jpg", 1, 255, "a-1.jpg", 0},
	    {"a.jpg", 12, 255, "a-12.jpg", 0},
	    {"README", 3, 255, "README-3", 0},
	    {"a-1.jpg", 1, 255, "a-1-1.jpg", 0},
	    {"0123456789012345678901234567890123456789.jpg", 0, 30, "01234567890123456789012345.jpg", 0},
	    {"0123456789012345678901234567890123456789.jpg", 7, 30, "012345678901234567890123-7.jpg", 0},
	    {"\303\251\303\251\303\251\303\251\303\251\303\251\303\251.jpg", 0, 17,
		"\303\251\303\251\303\251\303\251\303\251\303\251.jpg", 0},
	    {"\360\237\230\200\360\237\230\200", 0, 7, "\360\237\230\200", 0},
	    {"\377\377\377\377\377\377\377\377", 0, 7, "\377\377\377\377\377\377\377", 0},
	    {"\200\200\200\200\200\200\200\200", 0, 7, "\200\200\200\200\200\200\200", 0},
	};
	static const char *const none[] = {"a-0.jpg", "a-01.jpg", "b-1.jpg", "a-1.png", "a-.jpg", "a-99999999999.jpg"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].name);
		char *name = tap_exact(rows[i].name, len);
		const struct variant of = {{name, len},
		    rows[i].stem > 0 ? rows[i].stem : variant_stem((struct slice){name, len}), rows[i].max};
		struct buf got = {0};

		tap_ok(variant_name(&of, rows[i].k, &got) == 0 && strcmp(got.p, rows[i].want) == 0,
		    "row %zu: variant %u", i, rows[i].k);
		tap_ok(variant_is(&of, slice_of(rows[i].want)), "row %zu: it is one", i);
		buf_fini(&got);
		free(name);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		tap_ok(!variant_is(&(struct variant){{"a.jpg", 5}, 1, 255}, slice_of(none[i])),
		    "%s looks like a variant of a.jpg, and is none", none[i]);
}

int
main(void)
{
	test_stems();
	test_variants();
	return tap_done();
}
