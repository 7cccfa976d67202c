/*
 * Each sample of the fuzzers is read again and again, and each time the next request for memory fails: the record is
 * the same, or there is none.  So are all that write members of a record.  The Makefile has the linker lead all
 * requests of the library through here.
 */
#include <errno.h>
#include <fts.h>

#include "../fuzz/members.h"
#include "film.h"
#include "run/rec.h"

#define REQUESTS_MAX 1000

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);

static int left = -1; /* until one fails; -1: none does */
static bool has_failed;

static bool
fails(void)
{
	if (left < 0 || left-- > 0)
		return false;
	has_failed = true;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t n)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, n);
}

/* Fields and tags in `out`; false: out of memory. */
static bool
reading(const uint8_t *bytes, size_t len, int nth, struct buf *out)
{
	struct reader_worker *worker = reader_worker_new();
	struct src *src = src_new();
	struct buf tags = {0};
	struct media_info info = {.tags = &tags};
	struct fail why = {0};
	int rc;

	src_open_memory(src, bytes, len);
	has_failed = false;
	left = nth;
	rc = format_read(src, worker, &info, &why);
	left = -1;
	buf_clear(out, SIZE_MAX);
	if (rc == 0)
		film_describe(&info, out);
	buf_addf(out, " %s", buf_cstr(&tags));
	rc = rc == -1 || tags.failed ? -1 : 0;
	media_fini(&info);
	buf_fini(&tags);
	reader_worker_free(worker);
	src_free(src);
	return rc == 0;
}

static void
test_sample(const char *path)
{
	static uint8_t file[1 << 20];
	struct buf want = {0}, got = {0};
	FILE *in = fopen(path, "rb");
	size_t len = in != NULL ? fread(file, 1, sizeof file, in) : 0;
	uint8_t *exact = tap_exact(file, len);
	bool good = reading(exact, len, -1, &want);
	int nth;

	for (nth = 0; good && nth < REQUESTS_MAX; nth++) {
		good = !reading(exact, len, nth, &got) || strcmp(buf_cstr(&want), buf_cstr(&got)) == 0;
		if (!has_failed)
			break;
	}
	tap_ok(good && in != NULL, "%s, without each of %d pieces of memory", path, nth);
	if (!good)
		printf("# expected '%s'\n# got      '%s'\n", buf_cstr(&want), buf_cstr(&got));
	if (in != NULL)
		fclose(in);
	free(exact);
	buf_fini(&want);
	buf_fini(&got);
}

/* Every setter, every getter that takes memory; false: the record failed. */
static bool
writing(int nth, struct buf *out)
{
	static const char line[] =
	    "{\"path\":\"p\",\"x\":\"a\\u0062\",\"y_b64\":\"Yf8=\",\"warnings\":[{\"code\":\"E\"}]}";
	struct rec rec = {0};
	struct buf text = {0}, got = {0};
	struct fail why = {0};
	bool good;

	has_failed = false;
	left = nth;
	good = rec_from_line(&rec, line, sizeof line - 1, &why) == 0;
	rec_set_bool(&rec, "is", good && rec_is(&rec, "x", "ab"));
	rec_set_bool(&rec, "string", rec_get_string(&rec, "x", &got) && got.len == 2);
	rec_set_bool(&rec, "bytes", rec_get_path(&rec, "y", &got) && got.len == 2);
	rec_set_path(&rec, "to", "b\xff", 2);
	rec_set_number(&rec, "n", 1.5);
	rec_set_u64(&rec, "u", 7);
	buf_addf(&text, "{\"k\":\"%0200d\"}", 1);
	rec_set_json(&rec, "json", &text, 0);
	rec_warn(&rec, "t", FAIL_FORMAT, "%0100d", 2);
	rec_set_string(&rec, "s", text.failed ? "" : text.p, text.len);
	good = good && rec_check(&rec, &why) == 0 && rec_write(&rec, out, &why) == 0;
	left = -1;
	buf_fini(&text);
	buf_fini(&got);
	rec_fini(&rec);
	return good;
}

static void
test_writers(void)
{
	struct buf want = {0}, got = {0};
	bool good = writing(-1, &want);
	int nth;

	for (nth = 0; good && nth < REQUESTS_MAX; nth++) {
		buf_clear(&got, 0);
		good = !writing(nth, &got) || strcmp(buf_cstr(&want), buf_cstr(&got)) == 0;
		if (!has_failed)
			break;
	}
	tap_ok(good && nth > 5, "a record's writers, without each of %d pieces of memory", nth);
	if (!good)
		printf("# expected '%s'\n# got      '%s'\n", buf_cstr(&want), buf_cstr(&got));
	buf_fini(&want);
	buf_fini(&got);
}

/* All members of an archive, each read; false: out of memory. */
static bool
unpacking(const uint8_t *bytes, size_t len, int nth, struct buf *out)
{
	struct archives *of = archives_new(AT_FDCWD, 1u << 20);
	struct fail why = {0};
	char path[64];
	int fd = members_file(bytes, len, path), rc;

	if (of == NULL)
		abort();
	has_failed = false;
	left = nth;
	rc = members_describe(of, path, out, &why);
	left = -1;
	archives_free(of);
	close(fd);
	return rc == 0;
}

static void
test_archive(const char *path)
{
	static uint8_t file[1 << 20];
	struct buf want = {0}, got = {0};
	FILE *in = fopen(path, "rb");
	size_t len = in != NULL ? fread(file, 1, sizeof file, in) : 0;
	bool good = unpacking(file, len, -1, &want) && want.len > 0;
	int nth;

	for (nth = 0; good && nth < REQUESTS_MAX; nth++) {
		buf_clear(&got, 0);
		good = !unpacking(file, len, nth, &got) || strcmp(buf_cstr(&want), buf_cstr(&got)) == 0;
		if (!has_failed)
			break;
	}
	tap_ok(good && nth > 5, "the members of %s, without each of %d pieces of memory", path, nth);
	if (!good)
		printf("# expected '%s'\n# got      '%s'\n", buf_cstr(&want), buf_cstr(&got));
	if (in != NULL)
		fclose(in);
	buf_fini(&want);
	buf_fini(&got);
}

int
main(void)
{
	char corpus[] = "tests/fuzz/corpus", *const paths[] = {corpus, NULL};
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	test_writers();
	while (tree != NULL && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_F)
			test_sample(entry->fts_path);
		if (entry->fts_info == FTS_F && strstr(entry->fts_path, "/archive/") != NULL)
			test_archive(entry->fts_path);
	}
	if (tap_run == 1)
		tap_ok(false, "samples in %s", corpus);
	if (tree != NULL)
		fts_close(tree);
	return tap_done();
}
