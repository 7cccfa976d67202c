/* place -- the parts of lib/place that a program's tests cannot reach on their own: names, the table of twins, opening
 * below a root, leftovers, and publishing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/publish.h"
#include "place/commit/tree.h"
#include "place/decide/cache.h"
#include "place/decide/contents.h"
#include "place/job.h"
#include "place/name/portable.h"
#include "place/name/variant.h"
#include "place/scratch.h"
#include "place/stage/copy.h"
#include "place/stage/meta.h"
#include "place/stage/temps.h"
#include "tap.h"

/* ---- names ---- */

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
	} rows[] = {
	    {"a.jpg", 0, 255, "a.jpg"},
	    {"a.jpg", 1, 255, "a-1.jpg"},
	    {"a.jpg", 12, 255, "a-12.jpg"},
	    {"README", 3, 255, "README-3"},
	    {"a-1.jpg", 1, 255, "a-1-1.jpg"},
	    {"0123456789012345678901234567890123456789.jpg", 0, 30, "01234567890123456789012345.jpg"},
	    {"0123456789012345678901234567890123456789.jpg", 7, 30, "012345678901234567890123-7.jpg"},
	    {"\303\251\303\251\303\251\303\251\303\251\303\251\303\251.jpg", 0, 17,
		"\303\251\303\251\303\251\303\251\303\251\303\251.jpg"},
	    {"\360\237\230\200\360\237\230\200", 0, 7, "\360\237\230\200"},
	    {"\377\377\377\377\377\377\377\377", 0, 7, "\377\377\377\377\377\377\377"},
	    {"\200\200\200\200\200\200\200\200", 0, 7, "\200\200\200\200\200\200\200"},
	};
	static const char *const none[] = {"a-0.jpg", "a-01.jpg", "b-1.jpg", "a-1.png", "a-.jpg", "a-99999999999.jpg"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].name);
		char *name = tap_exact(rows[i].name, len);
		struct buf got = {0};

		tap_ok(variant_name((struct slice){name, len}, rows[i].k, rows[i].max, &got) == 0 &&
			   strcmp(got.p, rows[i].want) == 0,
		    "row %zu: variant %u", i, rows[i].k);
		tap_ok(variant_is(
			   (struct slice){name, len}, rows[i].max, (struct slice){rows[i].want, strlen(rows[i].want)}),
		    "row %zu: it is one", i);
		buf_fini(&got);
		free(name);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		tap_ok(!variant_is((struct slice){"a.jpg", 5}, 255, (struct slice){none[i], strlen(none[i])}),
		    "%s looks like a variant of a.jpg, and is none", none[i]);
}

static void
test_portable(void)
{
	static const struct {
		const char *path, *want;
		bool last;
	} rows[] = {
	    {"2024/IMG_1.JPG", "2024/IMG_1.JPG", false},
	    {"a", "a", false},
	    {"12:30/x?.jpg", "12_30/x_.jpg", true},
	    {"12:30/x.jpg", "12_30/x.jpg", false},
	    {"a*\"<>|\\b\tc\177.jpg", "a______b_c_.jpg", true},
	    {"end./end ", "end_/end_", true},
	    {"end. . /x", "end____/x", false},
	    {" lead/.hidden", " lead/.hidden", false},
	    {"CON", "CON_", true},
	    {"con.tar.gz", "con_.tar.gz", true},
	    {"nul /lpt9.jpg", "nul__/lpt9_.jpg", true},
	    {"COM0/COM\302\271.x", "COM0_/COM\302\271_.x", true},
	    {"CONX/COM10/COM/LPT.jpg", "CONX/COM10/COM/LPT.jpg", false},
	    {"conin$.a", "conin$_.a", true},
	    {"a\377\376b\303.jpg", "a__b_.jpg", true},
	    {"\303\251\360\237\230\200", "\303\251\360\237\230\200", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf path = {0};
		struct fail why = {0};
		bool last = false;

		buf_adds(&path, rows[i].path);
		tap_ok(
		    portable_path(&path, &last, &why) == 0 && strcmp(path.p, rows[i].want) == 0 && last == rows[i].last,
		    "row %zu: a portable name", i);
		last = true;
		tap_ok(portable_path(&path, &last, &why) == 0 && strcmp(path.p, rows[i].want) == 0 && !last,
		    "row %zu: it is one", i);
		buf_fini(&path);
	}
}

/* ---- twins ---- */

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
	for (size_t i = 0; i < CONTENTS_SHARDS; i++)
		bytes += t.shards[i].cap * sizeof(struct contents_entry);
	tap_ok(bytes / N <= 34, "in %zu bytes each", bytes / N);
	buf_fini(&name);
	contents_fini(&t);
}

/* ---- the shelf ---- */

static void
test_cache(void)
{
	enum { ROWS = 12, BOOKS = CACHE_FILES / 10 };
	struct cache s;
	struct cache_list *list;
	struct cache_file file = {.size = 1};
	struct fail why = {0};
	uint8_t key[PATH_KEY];
	bool good = true;
	unsigned kept = 0;

	cache_init(&s);
	key_of(1, key);
	tap_ok(cache_acquire(&s, key, false) == NULL, "an empty shelf has no row");
	for (unsigned n = 0; n < ROWS && good; n++) {
		key_of(n, key);
		good = (list = cache_acquire(&s, key, true)) != NULL && list->n == 0;
		for (unsigned i = 0; i < BOOKS && good; i++)
			good = cache_add(&s, list, &file, &why) == 0;
		cache_release(&s, list);
	}
	tap_ok(good && s.nfiles <= CACHE_FILES, "it forgets rather than grow beyond its bound: %zu", s.nfiles);
	for (unsigned n = 0; n < ROWS; n++) {
		key_of(n, key);
		if ((list = cache_acquire(&s, key, false)) == NULL)
			continue;
		kept++;
		good &= list->n == BOOKS;
		cache_release(&s, list);
	}
	tap_ok(good && kept > 0 && kept < ROWS, "a row is forgotten whole: %u are left", kept);
	key_of(ROWS - 1, key);
	cache_forget(&s, key);
	tap_ok(cache_acquire(&s, key, false) == NULL, "a series can be forgotten");
	cache_forget(&s, NULL);
	tap_ok(s.nfiles == 0, "and all of them");
	cache_fini(&s);
}

/* ---- files ---- */

static void
write_file(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0666);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		abort();
	close(fd);
}

/* 1 where the file holds the text. */
static bool
holds(int dir, const char *name, const char *text)
{
	char got[64] = "";
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, got, sizeof(got) - 1);

	if (fd != -1)
		close(fd);
	return n == (ssize_t)strlen(text) && strcmp(got, text) == 0;
}

static bool
is_there(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

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

static void
test_publish(int dir)
{
	struct publish_name a = {dir, "pa"}, b = {dir, "pb"};
	struct fail why = {0};

	write_file(dir, "pa", "one");
	write_file(dir, "pb", "two");
	tap_ok(publish_rename(a, b, false, &why) == -1 && why.errnum == EEXIST && holds(dir, "pb", "two") &&
		   holds(dir, "pa", "one"),
	    "a name that is taken stays what it is");
	tap_ok(publish_hardlink(a, b, &why) == -1 && why.errnum == EEXIST && holds(dir, "pb", "two"), "for a link too");
	tap_ok(publish_symlink("/x", b, &why) == -1 && why.errnum == EEXIST && holds(dir, "pb", "two"), "of any kind");
	unlinkat(dir, "pb", 0);
	tap_ok(publish_rename(a, b, false, &why) == 0 && holds(dir, "pb", "one") && !is_there(dir, "pa"),
	    "a free one is given");
}

/* ---- leftovers ---- */

static void
test_temps(int dir)
{
	struct temps t, next;
	struct temps_dir d;
	struct temp one, beside;
	struct fail why = {0};
	char run[64];
	int sub;

	mkdirat(dir, "lib", 0777);
	mkdirat(dir, "lib/.dcim", 0777);
	mkdirat(dir, "lib/sub", 0777);
	int root = openat(dir, "lib", O_RDONLY | O_DIRECTORY), dcim = openat(root, ".dcim", O_RDONLY | O_DIRECTORY);

	sub = openat(root, "sub", O_RDONLY | O_DIRECTORY);
	tap_ok(temps_open(&t, root, dcim, true, &why) == 0 && temps_dir_open(&d, &t, 0, &why) == 0, "a run begins");
	tap_ok(temp_make(&one, &d, &t, -1, "", &why) == 0 && temp_make(&beside, &d, &t, sub, "sub", &why) == 0 &&
		   is_there(sub, beside.name) && is_there(d.fd, beside.link),
	    "with files in its folder and beside a target");
	tap_ok(temps_open(&next, root, dcim, true, &why) == 0 && is_there(sub, beside.name) && is_there(d.fd, one.name),
	    "another run leaves them alone");
	temps_close(&next);

	/* The first run dies: its lock goes, nothing else. */
	snprintf(run, sizeof(run), "tmp/%s", t.name);
	close(t.lock);
	tap_ok(
	    temps_open(&next, root, dcim, false, &why) == 0 && is_there(dcim, run), "without locks nobody tidies up");
	temps_close(&next);
	snprintf(run, sizeof(run), "tmp/%s/0", t.name); /* the next run may get the same name */
	tap_ok(temps_open(&next, root, dcim, true, &why) == 0 && !is_there(dcim, run) && !is_there(sub, beside.name),
	    "the next run removes what a dead one left");
	temps_close(&next);
	close(one.fd);
	close(beside.fd);
	close(beside.dirfd);
	close(d.fd);
	close(t.run);
	close(t.tmp);

	temps_open(&t, root, dcim, true, &why);
	temps_dir_open(&d, &t, 0, &why);
	temp_make(&one, &d, &t, -1, "", &why);
	temp_make(&beside, &d, &t, sub, "sub", &why);
	temp_drop(&one);
	temp_drop(&beside);
	temp_drop(&beside);
	temps_dir_close(&d, &t);
	snprintf(run, sizeof(run), "tmp/%s", t.name);
	temps_close(&t);
	tap_ok(!is_there(dcim, run), "a run that ends leaves nothing");
	close(sub);
	close(root);
	close(dcim);
}

/* ---- bytes ---- */

static void
test_copy(int dir)
{
	struct temps none = TEMPS_NONE;
	struct scratch_pool scratch_pool;
	struct scratch *scratch;
	struct fail why = {0};
	struct digests got;
	uint64_t bytes;
	bool to_failed, past_cache;
	int from = openat(dir, "from", O_RDWR | O_CREAT, 0666), to = openat(dir, "to", O_RDWR | O_CREAT, 0666), full;

	scratch_pool_init(&scratch_pool, &none);
	scratch = scratch_take(&scratch_pool, &why);
	if (scratch == NULL || ftruncate(from, 3 * SCRATCH_BYTES + 1) == -1 ||
	    pwrite(from, "x", 1, SCRATCH_BYTES) == -1)
		abort();
	tap_ok(copy_bytes(scratch, from, to, 1u << DIGEST_XXH128, &got, &bytes, &to_failed, &why) == 0 &&
		   bytes == 3 * SCRATCH_BYTES + 1,
	    "bytes are copied and digested");
	tap_ok(copy_check(scratch, to, bytes, &got, NULL, &why) == 0, "the copy is equal");
	fsync(to);
	tap_ok(copy_check(scratch, to, bytes, &got, &past_cache, &why) == 0, "also read back");
	if (pwrite(to, "y", 1, 2 * SCRATCH_BYTES) == -1)
		abort();
	tap_ok(copy_check(scratch, to, bytes, &got, NULL, &why) == -1 && why.code == FAIL_VERIFY,
	    "one byte that differs is seen");
	if (pwrite(to, "\0", 1, 2 * SCRATCH_BYTES) == -1 || ftruncate(to, 3 * SCRATCH_BYTES) == -1)
		abort();
	tap_ok(copy_check(scratch, to, bytes, &got, NULL, &why) == -1 && why.code == FAIL_VERIFY, "one byte less too");
	full = open("/dev/full", O_WRONLY);
	tap_ok(copy_bytes(scratch, from, full, 1u << DIGEST_XXH128, &got, &bytes, &to_failed, &why) == -1 &&
		   to_failed && why.errnum == ENOSPC,
	    "a target that is full is told from a source that cannot be read");
	close(full);
	full = open("/", O_RDONLY | O_DIRECTORY);
	tap_ok(copy_bytes(scratch, full, to, 1u << DIGEST_XXH128, &got, &bytes, &to_failed, &why) == -1 && !to_failed,
	    "and the other way");
	close(full);
	scratch_return(&scratch_pool, scratch);
	scratch_pool_fini(&scratch_pool);
	close(from);
	close(to);
}

static void
test_meta(int dir)
{
	struct timespec times[2] = {{1, 2}, {3, 4}};
	struct buf lost = {0};
	struct stat st;
	int from = openat(dir, "mfrom", O_RDWR | O_CREAT, 0666), to = openat(dir, "mto", O_RDWR | O_CREAT, 0666);

	futimens(from, times);
	fstat(from, &st);
	meta_keep(from, &st, to, 0640, &lost);
	fstat(to, &st);
	tap_ok(lost.len == 0 && st.st_mtim.tv_sec == 3 && st.st_mtim.tv_nsec == 4 && st.st_atim.tv_nsec == 2 &&
		   (st.st_mode & 0777) == 0640,
	    "times in ns and a mode are kept");
	close(to);
	to = open("/proc/self/stat", O_RDONLY);
	meta_keep(from, &st, to, 0640, &lost);
	tap_ok(lost.len > 0, "what cannot be kept is told: %s", buf_cstr(&lost));
	buf_fini(&lost);
	close(from);
	close(to);
}

/* One file seen through two mounts has two devices. */
static void
test_same_file(void)
{
	struct stat a = {.st_dev = 1, .st_ino = 2, .st_size = 3, .st_ctim = {4, 5}}, b = a;

	b.st_size = 9;
	tap_ok(job_same_file(&a, &b), "one device and number: one file");
	b = a;
	b.st_ino = 9;
	tap_ok(!job_same_file(&a, &b), "another number: two files");
	b = a;
	b.st_dev = 9;
	tap_ok(job_same_file(&a, &b), "another device, the same number and change: one file");
	b.st_ctim.tv_nsec = 9;
	tap_ok(!job_same_file(&a, &b), "another device and change: two files");
}

int
main(void)
{
	char path[] = "/tmp/place.XXXXXX";
	char command[64];
	int dir;

	if (mkdtemp(path) == NULL || (dir = open(path, O_RDONLY | O_DIRECTORY)) == -1)
		abort();
	test_same_file();
	test_stems();
	test_variants();
	test_portable();
	test_cache();
	test_contents();
	test_beneath(dir);
	test_tree(dir);
	test_publish(dir);
	test_temps(dir);
	test_copy(dir);
	test_meta(dir);
	close(dir);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	if (system(command) != 0)
		return 1;
	return tap_done();
}
