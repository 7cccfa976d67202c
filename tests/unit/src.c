/* Ranges of a source: where they lie, where the file ends, and what a reader may not do. */
#include "media/src.h"

#include <fcntl.h>
#include <unistd.h>

#include "tap.h"

#define FILE_BYTES (3u << 20)

static uint8_t *content;

static uint8_t
byte_at(size_t i)
{
	return (uint8_t)(i * 2654435761u >> 13);
}

static int
make_file(void)
{
	char name[] = "/tmp/src-test.XXXXXX";
	int fd = mkstemp(name);

	if (fd == -1 || unlink(name) == -1 || write(fd, content, FILE_BYTES) != (ssize_t)FILE_BYTES)
		abort();
	return fd;
}

static bool
is_content(const uint8_t *p, uint64_t offset, size_t len)
{
	return p != NULL && memcmp(p, content + offset, len) == 0;
}

static const struct {
	const char *what;
	uint64_t offset;
	size_t len;
	enum fail_code code; /* FAIL_NONE: the bytes are there */
} ranges[] = {
    {"the first byte", 0, 1, FAIL_NONE},
    {"the whole head", 0, SRC_HEAD_SIZE, FAIL_NONE},
    {"across the end of the head", SRC_HEAD_SIZE - 3, 7, FAIL_NONE},
    {"behind the head", SRC_HEAD_SIZE, 4, FAIL_NONE},
    {"inside what was read ahead", SRC_HEAD_SIZE + 100, 40, FAIL_NONE},
    {"back before it", SRC_HEAD_SIZE + 1, 1, FAIL_NONE},
    {"a long range", 100000, 300000, FAIL_NONE},
    {"the longest range", 5, SRC_WINDOW_MAX, FAIL_NONE},
    {"a range that is too long", 5, SRC_WINDOW_MAX + 1, FAIL_LIMIT},
    {"the last byte", FILE_BYTES - 1, 1, FAIL_NONE},
    {"nothing at the end", FILE_BYTES, 0, FAIL_NONE},
    {"one byte over the end", FILE_BYTES - 1, 2, FAIL_TRUNCATED},
    {"one byte at the end", FILE_BYTES, 1, FAIL_TRUNCATED},
    {"far behind the end", UINT64_MAX - 1, 1, FAIL_TRUNCATED},
    {"an offset whose sum overflows", UINT64_MAX, SIZE_MAX, FAIL_TRUNCATED},
};

static void
test_ranges(struct src *s, const char *kind)
{
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		struct fail why = {0};
		const uint8_t *p = src_at(s, ranges[i].offset, ranges[i].len, &why);
		bool good = ranges[i].code == FAIL_NONE ? is_content(p, ranges[i].offset, ranges[i].len)
							: p == NULL && why.code == ranges[i].code;

		tap_ok(good, "%s: %s", kind, ranges[i].what);
	}
}

static void
test_some(struct src *s, const char *kind)
{
	struct fail why = {0};
	const uint8_t *p;
	size_t got = 99;

	p = src_some(s, FILE_BYTES - 5, 100, &got, &why);
	tap_ok(got == 5 && is_content(p, FILE_BYTES - 5, 5), "%s: src_some gives what is left", kind);
	p = src_some(s, FILE_BYTES, 100, &got, &why);
	tap_ok(p != NULL && got == 0, "%s: src_some at the end gives nothing, and is no failure", kind);
	p = src_some(s, 70000, 10, &got, &why);
	tap_ok(got == 10 && is_content(p, 70000, 10), "%s: src_some inside the file", kind);
	tap_ok(src_some(s, 0, SRC_WINDOW_MAX + 1, &got, &why) == NULL && why.code == FAIL_LIMIT,
	    "%s: src_some has the same limit", kind);
}

/* The file begins later: in the head, across its end, far behind it, at the end. */
static void
test_skip(struct src *s, const char *kind)
{
	static const uint64_t at[] = {
	    0, SRC_HEAD_SIZE - 1003, SRC_HEAD_SIZE - 10, SRC_HEAD_SIZE, 100000, FILE_BYTES - 1003};
	struct fail why = {0};
	bool good = src_at(s, 70000, 10, &why) != NULL; /* the second window is somewhere */

	src_skip(s, 1000);
	src_skip(s, 1);
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
		good = good && is_content(src_at(s, at[i], 2, &why), at[i] + 1001, 2);
	tap_ok(good && src_size(s) == FILE_BYTES - 1001, "%s: what was skipped is not there any more", kind);
	tap_ok(src_at(s, FILE_BYTES - 1001, 1, &why) == NULL && why.code == FAIL_TRUNCATED, "%s: nor more at the end",
	    kind);
}

/* Two places too far apart for one window, again and again. */
static void
test_budget_of_reads(struct src *s, const char *kind)
{
	struct fail why = {0};
	unsigned n = 0;

	while (n < 2 * SRC_BUDGET_READS && src_at(s, n % 2 ? 100000 : FILE_BYTES - 1, 1, &why) != NULL)
		n++;
	tap_ok(n == SRC_BUDGET_READS && why.code == FAIL_LIMIT, "%s: reads end after %u", kind, n);
	tap_ok(src_at(s, 0, 100, &why) != NULL, "%s: the head is still there", kind);
}

static void
test_budget_of_bytes(struct src *s, const char *kind)
{
	struct fail why = {0};
	size_t n = 0;

	while (n < 2 * SRC_BUDGET_BYTES && src_at(s, n % 2 ? 1000000 : 1500000, SRC_WINDOW_MAX - 1, &why) != NULL)
		n += SRC_WINDOW_MAX - 1;
	tap_ok(n <= SRC_BUDGET_BYTES && why.code == FAIL_LIMIT, "%s: bytes end after %zu", kind, n);
}

/* A range that is still there costs no read, but looking at it costs time. */
static void
test_budget_given(struct src *s, const char *kind)
{
	struct fail why = {0};
	size_t n = 0;

	while (n < 2 * SRC_BUDGET_GIVEN / SRC_HEAD_SIZE && src_at(s, 0, SRC_HEAD_SIZE, &why) != NULL)
		n++;
	tap_ok(
	    n > SRC_BUDGET_GIVEN / SRC_HEAD_SIZE / 2 && n <= SRC_BUDGET_GIVEN / SRC_HEAD_SIZE && why.code == FAIL_LIMIT,
	    "%s: the same bytes are given out %zu times", kind, n);
}

static void
test_file(void)
{
	struct src *s = src_new();
	struct fail why = {0};
	int fd = make_file();

	tap_ok(src_open(s, fd, FILE_BYTES, &why) == 0 && src_size(s) == FILE_BYTES, "a file is opened");
	test_ranges(s, "file");
	test_some(s, "file");
	src_open(s, fd, FILE_BYTES, &why);
	test_skip(s, "file");
	src_open(s, fd, FILE_BYTES, &why);
	test_budget_of_reads(s, "file");
	src_open(s, fd, FILE_BYTES, &why);
	test_budget_of_bytes(s, "file");
	src_open(s, fd, FILE_BYTES, &why);
	test_budget_given(s, "file");
	src_free(s);
	close(fd);
}

static void
test_memory(void)
{
	struct src *s = src_new();

	src_open_memory(s, content, FILE_BYTES);
	test_ranges(s, "memory");
	test_some(s, "memory");
	src_open_memory(s, content, FILE_BYTES);
	test_skip(s, "memory");
	src_open_memory(s, content, FILE_BYTES);
	test_budget_of_reads(s, "memory");
	src_open_memory(s, content, FILE_BYTES);
	test_budget_of_bytes(s, "memory");
	src_open_memory(s, content, FILE_BYTES);
	test_budget_given(s, "memory");
	src_free(s);
}

/* A file that is shorter than its status said, and one that cannot be read. */
static void
test_odd_files(void)
{
	struct src *s = src_new();
	struct fail why = {0};
	size_t got;
	int fd = make_file(), folder = open("/", O_RDONLY | O_DIRECTORY);

	if (ftruncate(fd, 20000) == -1)
		abort();
	tap_ok(src_open(s, fd, FILE_BYTES, &why) == 0, "a file that became shorter is opened");
	tap_ok(src_at(s, 50000, 10, &why) == NULL && why.code == FAIL_TRUNCATED, "what is gone is truncated");
	src_open(s, fd, FILE_BYTES, &why);
	tap_ok(src_some(s, 19990, 100, &got, &why) != NULL && got == 10, "the rest is given");
	why = (struct fail){0};
	tap_ok(src_open(s, folder, 4096, &why) == -1 && why.code == FAIL_SYSTEM, "a read that fails is told");
	tap_ok(src_open(s, fd, 0, &why) == 0 && src_at(s, 0, 1, &why) == NULL, "an empty file holds nothing");
	src_open_memory(s, NULL, 0);
	tap_ok(src_some(s, 0, 10, &got, &why) != NULL && got == 0, "no memory at all holds nothing");
	src_free(s);
	src_free(NULL);
	close(fd);
	close(folder);
}

/* Bytes by their offsets, of so many as `arg` says; beyond 60000 they fail. */
static ssize_t
from_elsewhere(void *arg, void *dst, size_t len, uint64_t offset, struct fail *why)
{
	size_t size = *(size_t *)arg;

	if (offset + len > 60000 && size > 60000)
		return fail_set(why, FAIL_LIMIT, "read", "beyond");
	if (offset >= size)
		return 0;
	if (len > size - offset)
		len = size - (size_t)offset;
	for (size_t i = 0; i < len; i++)
		((uint8_t *)dst)[i] = byte_at((size_t)offset + i);
	return (ssize_t)len;
}

static void
test_elsewhere(void)
{
	struct src *s = src_new();
	struct fail why = {0};
	size_t size = 50000, got;
	const struct src_from from = {&size, from_elsewhere};
	const uint8_t *p;

	tap_ok(src_open_from(s, &from, 50000, &why) == 0 && src_size(s) == 50000, "bytes from elsewhere are opened");
	tap_ok((p = src_at(s, 40000, 10, &why)) != NULL && p[3] == byte_at(40003), "a range of them");
	tap_ok((p = src_at(s, 5, 10, &why)) != NULL && p[0] == byte_at(5), "and one before");
	src_open_from(s, &from, 90000, &why);
	tap_ok(src_some(s, 49990, 100, &got, &why) != NULL && got == 10, "fewer than were told of");
	size = 90000;
	src_open_from(s, &from, 90000, &why);
	tap_ok(src_at(s, 70000, 10, &why) == NULL && why.code == FAIL_LIMIT, "why they do not come is told");
	src_open_memory(s, content, 100);
	tap_ok(src_at(s, 0, 1, &why) == content, "memory after that");
	src_free(s);
}

int
main(void)
{
	content = malloc(FILE_BYTES);
	for (size_t i = 0; i < FILE_BYTES; i++)
		content[i] = byte_at(i);
	test_file();
	test_memory();
	test_odd_files();
	test_elsewhere();
	free(content);
	return tap_done();
}
