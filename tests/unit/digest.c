/* digest -- known answers, pieces of every size, and the text form. */
#include "hash/digest.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define ALL ((1u << DIGEST_COUNT) - 1)

static const struct {
	const char *content, *json;
} answers[] = {
    {"", "{\"xxh128\":\"99aa06d3014798d86001c324468d497f\",\"xxh3\":\"2d06800538d394c2\","
	 "\"xxh64\":\"ef46db3751d8e999\","
	 "\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
	 "\"sha1\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\",\"md5\":\"d41d8cd98f00b204e9800998ecf8427e\","
	 "\"sha512\":\"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	 "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e\"}"},
    {"abc", "{\"xxh128\":\"06b05ab6733a618578af5f94892f3950\",\"xxh3\":\"78af5f94892f3950\","
	    "\"xxh64\":\"44bc2cf5ad770999\","
	    "\"sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","
	    "\"sha1\":\"a9993e364706816aba3e25717850c26c9cd0d89d\",\"md5\":\"900150983cd24fb0d6963f7d28e17f72\","
	    "\"sha512\":\"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f\"}"},
};

static void
write_text(const struct digests *d, struct buf *text)
{
	buf_clear(text, SIZE_MAX);
	digest_write_json(d, text);
}

static void
test_answers(void)
{
	struct fail why = {0};
	struct digest *d = digest_new(ALL, &why);
	struct digests out = {0};
	struct buf text = {0};

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		digest_start(d, ALL, &why);
		digest_update(d, answers[i].content, strlen(answers[i].content));
		digest_final(d, &out, &why);
		write_text(&out, &text);
		tap_ok(strcmp(buf_cstr(&text), answers[i].json) == 0, "known digests of \"%s\"", answers[i].content);
	}
	digest_free(d);
	buf_fini(&text);
}

/* A file whose size is a multiple of the buffer, one byte less, one more. */
static void
test_file(size_t scratch_len, size_t size)
{
	struct fail why = {0};
	struct digest *d = digest_new(1u << DIGEST_SHA256, &why);
	struct digests one = {0};
	struct digested pieces = {0};
	atomic_uint_least64_t counted = 0;
	struct meter meter = {&counted, size, 1};
	char *content = malloc(size), *scratch = malloc(scratch_len);
	FILE *f = tmpfile();
	bool good;

	for (size_t i = 0; i < size; i++)
		content[i] = (char)(i * 7 + i / 251);
	good = fwrite(content, 1, size, f) == size && fflush(f) == 0;
	good = good && digest_file(d, ALL, &(struct digest_source){fileno(f), scratch, scratch_len, &meter}, &pieces,
			   &why) == 0;
	good = good && counted == size;
	good = good && digest_start(d, ALL, &why) == 0;
	digest_update(d, content, size);
	good = good && digest_final(d, &one, &why) == 0;
	tap_ok(good && pieces.bytes == size && digest_equal(&one, &pieces.digests) && pieces.digests.mask == ALL,
	    "a file of %zu bytes through a buffer of %zu", size, scratch_len);
	fclose(f);
	free(content);
	free(scratch);
	digest_free(d);
}

static void
test_lists(void)
{
	static const struct {
		const char *list;
		int rc;
		digest_mask mask;
	} rows[] = {
	    {"xxh128", 0, 1u << DIGEST_XXH128},
	    {"sha256,xxh128,sha256", 0, 1u << DIGEST_XXH128 | 1u << DIGEST_SHA256},
	    {"xxh3,xxh64,sha1,md5,sha512,sha256,xxh128", 0, ALL},
	    {"", -1, 0},
	    {"xxh128,", -1, 0},
	    {",xxh128", -1, 0},
	    {"sha", -1, 0},
	    {"sha2567", -1, 0},
	    {"SHA256", -1, 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail why = {0};
		digest_mask mask = 0;
		int rc = digest_parse_list(rows[i].list, &mask, &why);

		tap_ok(rc == rows[i].rc && mask == rows[i].mask && (rc == 0 || why.code == FAIL_INPUT), "list \"%s\"",
		    rows[i].list);
	}
}

static int
read_exact(const char *text, struct digests *out, struct fail *why)
{
	char *copy = tap_exact(text, strlen(text));
	int rc = digest_read_json((struct slice){copy, strlen(text)}, out, why);

	free(copy);
	return rc;
}

static void
test_read(void)
{
	static const struct {
		const char *text;
		int rc;
		digest_mask mask;
	} rows[] = {
	    {"{}", 0, 0},
	    {"{\"xxh3\":\"78af5f94892f3950\"}", 0, 1u << DIGEST_XXH3},
	    {"{\"xxh3\":\"78AF5F94892F3950\"}", 0, 1u << DIGEST_XXH3},
	    {"{\"blake3\":\"00\",\"xxh64\":\"44bc2cf5ad770999\"}", 0, 1u << DIGEST_XXH64},
	    {"{\"xxh3\":\"78af5f94892f395\"}", -1, 0},
	    {"{\"xxh3\":\"78af5f94892f39500\"}", -1, 0},
	    {"{\"xxh3\":\"78af5f94892f395g\"}", -1, 0},
	    {"{\"xxh3\":\"\"}", -1, 0},
	    {"{\"xxh3\":123456789012345678}", -1, 0},
	    {"{\"xxh64\":\"44bc2cf5ad770999\",\"xxh3\":null}", -1, 0},
	    {"[]", -1, 0},
	    {"\"78af5f94892f3950\"", -1, 0},
	    {"{\"xxh3\":\"78af5f94892f3950\"", -1, 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct digests d = {0};
		struct fail why = {0};
		int rc = read_exact(rows[i].text, &d, &why);

		tap_ok(rc == rows[i].rc && d.mask == rows[i].mask && (rc == 0 || why.code == FAIL_INPUT), "read %s",
		    rows[i].text);
	}
}

#define A64 "\"xxh64\":\"44bc2cf5ad770999\""
#define B64 "\"xxh64\":\"ef46db3751d8e999\""
#define A3 "\"xxh3\":\"78af5f94892f3950\""

static void
test_equal(void)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
	    {"{" A64 "}", "{" A64 "}", true},
	    {"{" A64 "}", "{" B64 "}", false},
	    {"{" A64 "}", "{" A64 "," A3 "}", true},
	    {"{" A64 "," A3 "}", "{" B64 "," A3 "}", false},
	    {"{" A64 "}", "{" A3 "}", false},
	    {"{}", "{}", false},
	    {"{" A64 "}", "{}", false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct digests a = {0}, b = {0};
		struct fail why = {0};

		read_exact(rows[i].a, &a, &why);
		read_exact(rows[i].b, &b, &why);
		tap_ok(digest_equal(&a, &b) == rows[i].equal && digest_equal(&b, &a) == rows[i].equal, "%s %s %s",
		    rows[i].a, rows[i].equal ? "equals" : "differs from", rows[i].b);
	}
}

static void
test_merge(void)
{
	static const struct {
		const char *old, *fresh, *want;
	} rows[] = {
	    {"", "{" A64 "}", "{" A64 "}"},
	    {"{}", "{" A64 "}", "{" A64 "}"},
	    {"{" A3 "}", "{" A64 "}", "{" A3 "," A64 "}"},
	    {"{" A3 "," A64 "}", "{" A64 "}", "{" A3 "," A64 "}"},
	    {"{ \"blake3\" : \"00\" }", "{" A64 "}", "{\"blake3\":\"00\"," A64 "}"},
	    {"{" A3 "," B64 "}", "{" A64 "}", "{" A64 "}"},
	    {"{" A3 "}", "{}", "{" A3 "}"},
	    {"[]", "{" A64 "}", NULL},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct digests fresh = {0};
		struct buf out = {0};
		struct fail why = {0};
		int rc;

		read_exact(rows[i].fresh, &fresh, &why);
		rc = digest_merge_json((struct slice){rows[i].old, strlen(rows[i].old)}, &fresh, &out, &why);
		tap_ok(rows[i].want == NULL ? rc == -1 : rc == 0 && strcmp(buf_cstr(&out), rows[i].want) == 0,
		    "%s and %s make %s (%s)", rows[i].old, rows[i].fresh, rows[i].want ? rows[i].want : "a failure",
		    buf_cstr(&out));
		buf_fini(&out);
	}
}

int
main(void)
{
	test_answers();
	for (size_t size = 262143; size <= 262145; size++)
		test_file(65536, size);
	test_file(65536, 0);
	test_file(1 << 20, 1000);
	test_lists();
	test_read();
	test_equal();
	test_merge();
	return tap_done();
}
