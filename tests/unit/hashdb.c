/* hashdb -- paths below a root, what records ask for, and that the order of merging does not matter. */
#include "hashdb/hashdb.h"

#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file/relpath.h"
#include "hashdb/change.h"
#include "hashdb/lookup/lookup.h"
#include "hashdb/store/check.h"
#include "hashdb/store/cursor.h"
#include "hashdb/store/pagesum.h"
#include "hashdb/store/sql.h"
#include "hashdb/transaction.h"
#include "tap.h"

static char *root; /* lib/ below a temporary folder that is the working directory */

/* ---- relpath ---- */

static void
test_relpath(void)
{
	static const struct {
		const char *path, *below; /* NULL: elsewhere; "!": a failure */
	} rows[] = {
	    {"lib/a", "a"},
	    {"./lib//a", "a"},
	    {"lib/sub/a", "sub/a"},
	    {"lib/sub/../a", "a"},
	    {"lib/../lib/a", "a"},
	    {"lib/link/a", "sub/a"},
	    {"alias/a", "a"},
	    {"alias/out/a", NULL},
	    {"lib/gone/a", "gone/a"},
	    {"lib/gone/deep//er/a", "gone/deep//er/a"},
	    {"lib/gone/../a", "!"},
	    {"lib/file/a", "file/a"},
	    {"a", NULL},
	    {"library/a", NULL},
	    {"lib/../a", NULL},
	    {"gone/a", NULL},
	    {"/a", NULL},
	    {"/", "!"},
	    {"lib/", "!"},
	    {"lib/.", "!"},
	    {"lib/..", "!"},
	    {"lib/-", "-"},
	    {"lib/\xff\xfe", "\xff\xfe"},
	};
	struct relpath r = {.root = root};
	struct buf out = {0};

	for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) { /* twice: some answers come from memory */
		const char *path = rows[i / 2].path, *below = rows[i / 2].below;
		struct fail why = {0};
		int rc = relpath_find(&r, AT_FDCWD, path, &out, &why);

		if (below == NULL)
			tap_ok(rc == 1, "%s is elsewhere", path);
		else if (*below == '!')
			tap_ok(rc == -1, "%s is no file", path);
		else
			tap_ok(rc == 0 && strcmp(buf_cstr(&out), below) == 0, "%s is %s (%s)", path, below,
			    buf_cstr(&out));
	}
	relpath_fini(&r);
	r = (struct relpath){.root = "/"};
	struct fail why = {0};

	tap_ok(relpath_find(&r, AT_FDCWD, "/tmp/x", &out, &why) == 0 && strcmp(buf_cstr(&out), "tmp/x") == 0,
	    "everything is below /");
	tap_ok(relpath_find(&r, AT_FDCWD, "/x", &out, &why) == 0 && strcmp(buf_cstr(&out), "x") == 0, "/x too");
	relpath_fini(&r);
	buf_fini(&out);
}

/* ---- change ---- */

#define A "00000000000000000000000000000001"
#define B "00000000000000000000000000000002"
#define C "00000000000000000000000000000003"
#define HASH ",\"hash\":{\"md5\":\"" A "\"}"
#define SOURCE ",\"source\":{\"volume\":\"v\",\"path\":\"p\",\"size\":1,\"mtime\":\"1970-01-01T00:00:01Z\"}"
#define PLACE(action) ",\"place\":{\"action\":\"" action "\",\"to\":\"to/x\",\"root\":\"lib\"}"

static void
test_changes(void)
{
	static const struct {
		const char *line;
		int op; /* -1: a failure */
		const char *path, *from, *hash, *volume;
	} rows[] = {
	    {"{\"path\":\"lib/a\"}", CHANGE_NONE, "", "", "", ""},
	    {"{\"path\":\"lib/a\"" HASH "}", CHANGE_PUT, "a", "", A, ""},
	    {"{\"path\":\"lib/.dcim/hash.db\"" HASH "}", CHANGE_NONE, "", "", "", ""},
	    {"{\"path\":\"lib/.dcimx\"" HASH "}", CHANGE_PUT, ".dcimx", "", A, ""},
	    {"{\"path\":\"b\"" HASH "}", -1, "", "", "", ""},
	    {"{\"path\":\"b\"" HASH ",\"db\":{\"status\":\"known\"}}", CHANGE_NONE, "", "", "", ""},
	    {"{\"path\":\"lib/a\",\"hash\":{\"md5\":\"1\"}}", -1, "", "", "", ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"verified\":\"soon\"}", -1, "", "", "", ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"verify\":\"ok\"}", CHANGE_PUT, "a", "", A, ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"verify\":\"corrupt\",\"hash_now\":{\"md5\":\"" B "\"}}", CHANGE_NOTE, "a",
		"", A, ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"verify\":\"modified\",\"hash_now\":{\"md5\":\"" B "\"}}", CHANGE_PUT, "a",
		"", B, ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"verify\":\"modified\"}", -1, "", "", "", ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"verify\":\"missing\"}", CHANGE_FORGET, "a", "", A, ""},
	    {"{\"path\":\"b\"" HASH ",\"verify\":\"missing\",\"deleted\":\"a/b\"}", CHANGE_MARK, "a/b", "", A, ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"verify\":\"missing\",\"deleted\":\"../b\"}", CHANGE_FORGET, "a", "", A, ""},
	    {"{\"path\":\"lib/a\"" HASH ",\"deleted\":\"b\"}", CHANGE_PUT, "a", "", A, ""},
	    {"{\"path\":\"/c/a\"" HASH SOURCE PLACE("copied") "}", CHANGE_PUT, "to/x", "", A, "v"},
	    {"{\"path\":\"/c/a\"" HASH SOURCE PLACE("exists") "}", CHANGE_PUT, "to/x", "", A, "v"},
	    {"{\"path\":\"/c/a\"" HASH PLACE("moved") "}", CHANGE_PUT, "to/x", "", A, ""},
	    {"{\"path\":\"lib/a\"" HASH PLACE("moved") "}", CHANGE_PUT, "to/x", "a", A, ""},
	    {"{\"path\":\"lib/a\"" HASH PLACE("copied") "}", CHANGE_PUT, "to/x", "", A, ""},
	    {"{\"path\":\"/c/a\"" SOURCE PLACE("copied") "}", CHANGE_NONE, "", "", "", ""},
	    {"{\"path\":\"/c/a\"" HASH SOURCE PLACE("duplicate") "}", CHANGE_SOURCE, "to/x", "", A, "v"},
	    {"{\"path\":\"/c/a\"" SOURCE
	     ",\"db\":{\"path\":\"y\",\"root\":\"./lib\"},\"place\":{\"action\":\"duplicate\"}}",
		CHANGE_SOURCE, "y", "", "", "v"},
	    {"{\"path\":\"/c/a\"" SOURCE
	     ",\"db\":{\"path\":\"../y\",\"root\":\"lib\"},\"place\":{\"action\":\"duplicate\"}}",
		CHANGE_NONE, "", "", "", ""},
	    {"{\"path\":\"/c/a\"" SOURCE
	     ",\"db\":{\"path\":\"y\",\"root\":\".\"},\"place\":{\"action\":\"duplicate\"}}",
		CHANGE_NONE, "", "", "", ""},
	    {"{\"path\":\"/c/a\"" SOURCE ",\"place\":{\"action\":\"skipped\",\"reason\":\"not media\"}}", CHANGE_SOURCE,
		"", "", "", "v"},
	    {"{\"path\":\"/c/a\"" SOURCE ",\"place\":{\"action\":\"skipped\",\"reason\":\"else\"}}", CHANGE_NONE, "",
		"", "", ""},
	    {"{\"path\":\"/c/a\"" HASH PLACE("planned") "}", CHANGE_NONE, "", "", "", ""},
	    {"{\"path\":\"/c/a\"" HASH SOURCE PLACE("undone") "}", CHANGE_UNDO, "to/x", "", A, "v"},
	    {"{\"path\":\"lib/a\"" PLACE("undone") "}", CHANGE_UNDO, "to/x", "a", "", ""},
	    {"{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"x\",\"root\":\".\"}}", -1, "", "",
		"", ""},
	    {"{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"x\"}}", -1, "", "", "", ""},
	    {"{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"root\":\"lib\"}}", -1, "", "", "", ""},
	    {"{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"/x\",\"root\":\"lib\"}}", -1, "", "",
		"", ""},
	    {"{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"a/../../x\",\"root\":\"lib\"}}", -1,
		"", "", "", ""},
	    {"{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"a\\u0000b\",\"root\":\"lib\"}}", -1,
		"", "", "", ""},
	    {"{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"..x/a..\",\"root\":\"lib\"}}",
		CHANGE_PUT, "..x/a..", "", A, ""},
	};
	struct change_conf conf = {.dirfd = AT_FDCWD, .root = root, .id = "0", .forget = true};
	struct changer w = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rec rec = {0};
		struct change *c = NULL;
		struct fail why = {0};
		int rc = rec_from_line(&rec, rows[i].line, strlen(rows[i].line), &why);
		bool good = rc == 0;

		rc = change_make(&w, &conf, &rec, &c, &why);
		if (rows[i].op == -1)
			good = good && rc == -1 && why.code == FAIL_INPUT && c == NULL;
		else if (rows[i].op == CHANGE_NONE)
			good = good && rc == 0 && c == NULL;
		else
			good =
			    good && rc == 0 && c != NULL && (int)c->op == rows[i].op &&
			    slice_eq(change_text(c, CHANGE_PATH), rows[i].path) &&
			    slice_eq(change_text(c, CHANGE_FROM), rows[i].from) &&
			    slice_eq(change_text(c, CHANGE_VOLUME), rows[i].volume) &&
			    (*rows[i].hash == '\0' ? c->mask == 0 : c->mask == 1u << DIGEST_MD5) &&
			    (*rows[i].hash == '\0' || memmem(change_text(c, CHANGE_HASH).p,
							  change_text(c, CHANGE_HASH).len, rows[i].hash, 32) != NULL);
		tap_ok(good, "%s (%s)", rows[i].line, why.message);
		free(c);
		rec_fini(&rec);
	}
	changer_fini(&w);
}

/* ---- merging ---- */

#define EVENT(path, md5, year, more) \
	"{\"path\":\"lib/" path "\",\"hash\":{\"md5\":\"" md5 "\"},\"verified\":\"" year "-01-01T00:00:00Z\"" more "}"
#define FOUND(md5) ",\"verify\":\"corrupt\",\"hash_now\":{\"md5\":\"" md5 "\"}"
enum { EVENTS = 5 };

/* What databases list of a file, and what must come of it in whatever order it is merged. */
static const struct {
	const char *lines[EVENTS];
	const char *want, *why;
} merges[] = {
    {{EVENT("a", A, "2020", ",\"one\":1"), EVENT("a", B, "2021", ",\"two\":2"), EVENT("a", A, "2021", ",\"three\":3"),
	 EVENT("b", A, "2020", ",\"mtime\":\"1970-01-01T00:00:01Z\""),
	 EVENT("b", A "\",\"sha1\":\"0000000000000000000000000000000000000003", "2019",
	     ",\"mtime\":\"1970-01-01T00:00:02Z\"")},
	"B2 ", "of two verified at once the greater digest stays"},
    {{EVENT("a", A, "2020", ""), EVENT("a", A, "2021", FOUND(B)), EVENT("a", A, "2022", ""),
	 EVENT("a", A, "2019", FOUND(C)), EVENT("a", B, "2018", FOUND(A))},
	"good", "what was found good last is good"},
    {{EVENT("a", A, "2020", ""), EVENT("a", A, "2023", FOUND(B)), EVENT("a", A, "2022", ""),
	 EVENT("a", A, "2021", FOUND(C)), EVENT("a", B, "2022", ",\"two\":2")},
	"damaged:{\"md5\":\"" B, "what was found damaged last is damaged"},
    {{EVENT("a", A, "2020", ""), EVENT("a", A, "2020", FOUND(B)), EVENT("a", A, "2020", FOUND(C)),
	 EVENT("a", A, "2019", ""), EVENT("a", A, "2019", FOUND(B))},
	"damaged:{\"md5\":\"" C, "of two read at once damage counts"},
    {{EVENT("a", A, "2020", ""), EVENT("a", B, "2021", FOUND(C)), EVENT("a", B, "2020", FOUND(A)),
	 EVENT("a", A, "2019", FOUND(C)), EVENT("b", A, "2019", FOUND(C))},
	"damaged:{\"md5\":\"" C, "a damaged content replaces one that was read before"},
};

/* The rows that the database has, without what depends on the order of work. */
static char *
dump(struct hashdb *db)
{
	struct fail why = {0};
	struct cursor *p = cursor_new(db, CURSOR_PATHS, &why);
	struct buf out = {0};
	struct cursor_row row;

	while (cursor_next(p, &row, &why) == 1) {
		/* Members and digests come in any order: count them and look for each. */
		buf_add(&out, row.path.p, row.path.len);
		buf_addf(&out, " %zu %zu %s%s%s%s %jd %jd %s%.*s\n", row.hash.len, row.record.len,
		    memmem(row.hash.p, row.hash.len, A, 32) ? "A" : "",
		    memmem(row.hash.p, row.hash.len, B, 32) ? "B" : "",
		    memmem(row.record.p, row.record.len, "two", 3) ? "2" : "",
		    memmem(row.record.p, row.record.len, "three", 5) ? "3" : "", (intmax_t)row.verified_ns,
		    (intmax_t)(row.has_mtime ? row.mtime_ns : -1), row.mismatch.len > 0 ? "damaged:" : "good",
		    (int)row.mismatch.len, row.mismatch.len > 0 ? row.mismatch.p : "");
	}
	cursor_free(p);
	return out.p;
}

static bool
merge_line(struct hashdb *db, struct transaction *b, const char *line)
{
	struct change_conf conf = {.dirfd = AT_FDCWD, .root = root, .id = hashdb_id(db)};
	struct changer w = {0};
	struct change *c = NULL;
	struct rec rec = {0};
	struct fail why = {0};
	bool good = rec_from_line(&rec, line, strlen(line), &why) == 0 && change_make(&w, &conf, &rec, &c, &why) == 0 &&
		    c != NULL && hashdb_require(db, 1u << DIGEST_MD5, &why) == 0 && transaction_add(b, c, &why) == 0;

	free(c);
	rec_fini(&rec);
	changer_fini(&w);
	return good;
}

/* Merge the lines in some order, `at_once` in each batch. */
static char *
merge_in_order(const char *const lines[EVENTS], const int order[EVENTS], int at_once, bool *good)
{
	struct hashdb_conf conf = {.file = "order.db", .root = "lib", .writer = true};
	struct fail why = {0};
	struct hashdb *db;
	struct transaction *b;
	char *text;

	unlink("order.db");
	db = hashdb_open(&conf, &why);
	b = db != NULL ? transaction_new(db, false, &why) : NULL;
	*good = b != NULL;
	for (int i = 0; i < EVENTS && *good; i++) {
		*good = merge_line(db, b, lines[order[i]]);
		if ((i + 1) % at_once == 0)
			*good = *good && transaction_commit(b, &why) == 0;
	}
	*good = *good && transaction_commit(b, &why) == 0;
	text = *good ? dump(db) : NULL;
	transaction_free(b);
	hashdb_close(db);
	return text;
}

/* The next permutation; false after the last. */
static bool
permute(int v[EVENTS])
{
	int i = EVENTS - 2, j = EVENTS - 1;

	while (i >= 0 && v[i] > v[i + 1])
		i--;
	if (i < 0)
		return false;
	while (v[j] < v[i])
		j--;
	int swap = v[i];
	v[i] = v[j], v[j] = swap;
	for (i++, j = EVENTS - 1; i < j; i++, j--) {
		swap = v[i];
		v[i] = v[j], v[j] = swap;
	}
	return true;
}

static void
test_orders(size_t which)
{
	int order[EVENTS];
	char *first = NULL;
	int differing = 0, orders = 0;

	for (int i = 0; i < EVENTS; i++)
		order[i] = i;
	do {
		bool good;
		char *text = merge_in_order(merges[which].lines, order, 1 + orders % EVENTS, &good);

		if (first == NULL)
			first = text;
		else if (text == NULL || strcmp(text, first) != 0)
			differing++;
		if (text != first)
			free(text);
		orders++;
	} while (permute(order));
	tap_ok(
	    orders == 120 && differing == 0, "%d orders of merging give the same rows (%d differ)", orders, differing);
	tap_ok(first != NULL && strstr(first, "a ") == first && strstr(first, merges[which].want) != NULL, "%s:\n# %s",
	    merges[which].why, first != NULL ? first : "");
	free(first);
}

/* ---- opening ---- */

static struct hashdb *
open_db(const char *file, bool writer, struct fail *why)
{
	struct hashdb_conf conf = {.file = file, .root = "lib", .writer = writer};

	return hashdb_open(&conf, why);
}

static void
put_file(const char *name, const void *bytes, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd == -1 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

static void
test_opening(void)
{
	static const char *const contents[] = {"", "x", "SQLite format 3", "\377\330\377\340"};
	struct fail why = {0};
	struct hashdb *db = open_db("none.db", false, &why);

	tap_ok(db == NULL && why.code == FAIL_SYSTEM && access("none.db", F_OK) == -1, "a reader makes no database");
	for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
		struct stat st;

		put_file("bad.db", contents[i], strlen(contents[i]));
		why = (struct fail){0};
		db = open_db("bad.db", true, &why);
		tap_ok(db == NULL && why.code == FAIL_FORMAT && stat("bad.db", &st) == 0 &&
			   (size_t)st.st_size == strlen(contents[i]),
		    "%zu bytes that are no database: %s", strlen(contents[i]), why.message);
	}
	db = open_db("./:memory:", true, &why);
	tap_ok(db != NULL && access(":memory:", F_OK) == 0, "a name that SQLite takes for something else");
	hashdb_close(db);
	db = open_db("file:x?mode=memory", true, &why);
	tap_ok(db != NULL && access("file:x?mode=memory", F_OK) == 0, "another");
	hashdb_close(db);
}

/* Fifty processes that create one database at once: each must be able to use it. */
static void
test_racing(void)
{
	int failed = 0, status;

	for (int round = 0; round < 4; round++) {
		unlink("race.db");
		for (int i = 0; i < 50; i++) {
			if (fork() == 0) {
				struct fail why = {0};
				struct hashdb *db = open_db("race.db", true, &why);

				_exit(db == NULL);
			}
		}
		while (wait(&status) > 0)
			failed += status != 0;
	}
	tap_ok(failed == 0, "200 racing creations, %d failed", failed);
}

/* ---- a batch ---- */

static void
test_batch(void)
{
	static const char line[] = "{\"path\":\"lib/n\",\"hash\":{\"md5\":\"" A "\"}}";
	struct fail why = {0};
	struct hashdb *db = open_db("batch.db", true, &why), *reader;
	struct transaction *b = transaction_new(db, false, &why);
	char *before, *after;
	bool good = true;

	for (unsigned i = 0; i < TRANSACTION_MAX && good; i++)
		good = i % 10000 == 0 ? merge_line(db, b, line) : true;
	reader = open_db("batch.db", false, &why);
	before = dump(reader);
	tap_ok(good && before == NULL, "nothing is visible before the commit");
	tap_ok(transaction_commit(b, &why) == 0, "commit");
	after = dump(reader);
	tap_ok(after != NULL && strncmp(after, "n ", 2) == 0 && strchr(after, '\n')[1] == '\0',
	    "one row is visible after it");
	tap_ok(transaction_commit(b, &why) == 0, "an empty batch is committed");
	free(before);
	free(after);
	hashdb_close(reader);

	/* A commit that fails leaves everything as it was. */
	good = merge_line(db, b, "{\"path\":\"lib/other\",\"hash\":{\"md5\":\"" B "\"}}");
	sqlite3_db_config(hashdb_sql(db)->c, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
	sqlite3_exec(hashdb_sql(db)->c,
	    "CREATE TEMP TRIGGER t AFTER INSERT ON main.digest BEGIN SELECT RAISE(ABORT, 'x'); END", NULL, NULL, NULL);
	tap_ok(good && transaction_commit(b, &why) == -1, "a commit that fails: %s", why.message);
	transaction_free(b);
	hashdb_close(db);
	reader = open_db("batch.db", false, &why);
	after = dump(reader);
	tap_ok(after != NULL && strncmp(after, "n ", 2) == 0 && strchr(after, '\n')[1] == '\0',
	    "... leaves the old state");
	free(after);
	hashdb_close(reader);
	tap_ok(access("batch.db-journal", F_OK) == -1, "no journal is left");
}

/* ---- damage ---- */

enum { ROWS = 3000, TRIES = 240, PAGE = 4096 };

struct image {
	unsigned char *p;
	size_t len;
};

static struct image
read_image(const char *name)
{
	struct image i = {0};
	struct stat st;
	int fd = open(name, O_RDONLY);

	if (fd == -1 || fstat(fd, &st) == -1 || (i.p = malloc((size_t)st.st_size + PAGE)) == NULL ||
	    read(fd, i.p, (size_t)st.st_size) != st.st_size)
		abort();
	close(fd);
	i.len = (size_t)st.st_size;
	return i;
}

static void
row_line(unsigned i, char line[512])
{
	snprintf(line, 512,
	    "{\"path\":\"lib/%02u/"
	    "%05u.jpg\",\"size\":%u,\"mtime\":\"2020-01-01T00:00:00Z\",\"hash\":{\"md5\":\"%08x%024x\"},"
	    "\"source\":{\"volume\":\"v\",\"path\":\"c/"
	    "%05u\",\"size\":%u,\"mtime\":\"2020-01-01T00:00:00Z\"},\"model\":\"M%u\"}",
	    i % 50, i, i, i * 2654435761u, i, i, i, i % 7);
}

static void
make_rows(const char *file)
{
	struct fail why = {0};
	struct hashdb *db = open_db(file, true, &why);
	struct transaction *b = transaction_new(db, false, &why);
	char line[512];

	for (unsigned i = 0; i < ROWS; i++) {
		row_line(i, line);
		if (!merge_line(db, b, line))
			abort();
	}
	if (transaction_commit(b, &why) == -1)
		abort();
	transaction_free(b);
	hashdb_close(db);
}

static bool
say_lookups(struct hashdb *db, struct buf *out, struct fail *why)
{
	struct lookup *l = lookup_new(db, &(struct lookup_conf){.offline = true, .skipped = true}, why);
	struct lookup_answer by_hash = {0}, by_source = {0};
	bool good = l != NULL;

	for (unsigned i = 0; i < ROWS && good; i++) {
		struct digests d = {0};
		char hash[64], below[16];
		struct lookup_origin from = {
		    .volume = {"v", 1}, .path.p = below, .size = i, .mtime_ns = INT64_C(1577836800000000000)};

		snprintf(hash, sizeof hash, "{\"md5\":\"%08x%024x\"}", i * 2654435761u, i);
		snprintf(below, sizeof below, "c/%05u", i);
		from.path.len = strlen(below);
		good = digest_read_json((struct slice){hash, strlen(hash)}, &d, why) == 0 &&
		       lookup_hash(l, &d, &by_hash, why) == 0 && lookup_source(l, &from, &by_source, why) == 0;
		buf_addf(out, "%d %s", by_hash.status, buf_cstr(&by_hash.path));
		buf_addf(out, " %d %s\n", by_source.status, buf_cstr(&by_source.path));
	}
	lookup_free(l);
	buf_fini(&by_hash.path);
	buf_fini(&by_source.path);
	return good;
}

static bool
say_list(struct hashdb *db, bool stale_first, struct buf *out, struct fail *why)
{
	struct cursor *p = cursor_new(db, stale_first ? CURSOR_STALE : CURSOR_PATHS, why);
	struct cursor_row row;
	int rc = p != NULL ? 1 : -1;

	while (rc == 1 && (rc = cursor_next(p, &row, why)) == 1)
		buf_addf(out, "%.*s %.*s %.*s %jd\n", (int)row.path.len, row.path.p, (int)row.hash.len, row.hash.p,
		    (int)row.record.len, row.record.p, (intmax_t)row.size);
	cursor_free(p);
	return rc == 0;
}

/* All that a database answers, or NULL where it fails. */
static char *
answers(const char *file, struct fail *why)
{
	struct hashdb *db = open_db(file, false, why);
	struct buf out = {0};

	if (db == NULL || !say_list(db, false, &out, why) || !say_list(db, true, &out, why) ||
	    !say_lookups(db, &out, why)) {
		buf_fini(&out);
		out.p = NULL;
	}
	hashdb_close(db);
	return out.p;
}

static bool
is_whole(const char *file)
{
	struct fail why = {0};
	struct hashdb *db = open_db(file, false, &why);
	bool whole = db != NULL && check_all(db, &why) == 0;

	hashdb_close(db);
	return whole;
}

static uint32_t
pseudo(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* One of several ways to damage a file. */
static void
damage(struct image *i, uint32_t seed, char what[64])
{
	size_t at = (pseudo(&seed) * 65536u + pseudo(&seed)) % i->len, pages = i->len / PAGE;
	unsigned char *one = i->p + pseudo(&seed) % pages * PAGE, *two = i->p + pseudo(&seed) % pages * PAGE;
	unsigned char page[PAGE];

	if (one == two)
		two = one == i->p ? one + PAGE : i->p;
	switch (seed % 12) {
	case 0:
		snprintf(what, 64, "the page at %zu is zeros", (size_t)(one - i->p));
		memset(one, 0, PAGE);
		break;
	case 1:
		snprintf(
		    what, 64, "the pages at %zu and %zu change places", (size_t)(one - i->p), (size_t)(two - i->p));
		memcpy(page, one, PAGE);
		memcpy(one, two, PAGE);
		memcpy(two, page, PAGE);
		break;
	case 2:
		snprintf(what, 64, "the page at %zu is also at %zu", (size_t)(one - i->p), (size_t)(two - i->p));
		memcpy(two, one, PAGE);
		break;
	case 3:
		snprintf(what, 64, "cut off at %zu", at);
		i->len = at;
		break;
	case 4:
		snprintf(what, 64, "half a page is cut off");
		i->len -= PAGE / 2;
		break;
	case 5:
		snprintf(what, 64, "a page is added");
		memset(i->p + i->len, 0, PAGE);
		i->len += PAGE;
		break;
	case 6:
	case 7:
		snprintf(what, 64, "another byte at %zu", at);
		i->p[at] ^= (unsigned char)(1 + pseudo(&seed) % 255);
		break;
	default:
		snprintf(what, 64, "a bit of %zu", at % 3 == 0 ? at % 200 : at);
		i->p[at % 3 == 0 ? at % 200 : at] ^= (unsigned char)(1u << pseudo(&seed) % 8);
	}
}

static void
test_damage(void)
{
	struct image good;
	struct fail why = {0};
	int changed = 0, unseen = 0, found = 0;
	char *before, *now;

	make_rows("good.db");
	good = read_image("good.db");
	before = answers("good.db", &why);
	tap_ok(before != NULL && is_whole("good.db"), "a whole database answers: %s", why.message);
	alarm(300); /* a loop without end is a failure too */
	for (uint32_t try = 0; try < TRIES; try++) {
		struct image bad = {malloc(good.len + PAGE), good.len};
		char what[64];

		memcpy(bad.p, good.p, good.len);
		damage(&bad, try * 7919 + 1, what);
		put_file("bad.db", bad.p, bad.len);
		free(bad.p);
		now = answers("bad.db", &why);
		found += now == NULL;
		if (now != NULL && strcmp(now, before) != 0 && changed++ < 3)
			tap_ok(false, "%s: another answer", what);
		if (is_whole("bad.db") && unseen++ < 3)
			tap_ok(false, "%s: taken for whole", what);
		free(now);
	}
	alarm(0);
	tap_ok(changed == 0, "of %d damaged databases none answers otherwise, %d fail", TRIES, found);
	tap_ok(unseen == 0, "all are found by a check");
	free(good.p);
	free(before);
}

/* What someone wrote with SQLite, with right checksums of its pages. */
static void
test_altered(void)
{
	static const struct {
		const char *sql;
		bool opens, answers; /* a check never passes */
	} rows[] = {
	    {"DELETE FROM about WHERE name = 'algorithms'", false, false},
	    {"UPDATE about SET name = 'algorithmr' WHERE name = 'algorithms'", false, false},
	    {"UPDATE about SET value = '' WHERE name = 'algorithms'", false, false},
	    {"INSERT INTO about SELECT 'more', value, sum FROM about WHERE name = 'seq'", false, false},
	    {"UPDATE about SET value = value + 1 WHERE name = 'file.rows'", false, false},
	    {"CREATE TRIGGER t AFTER INSERT ON file BEGIN DELETE FROM file; END", false, false},
	    {"CREATE TABLE more(x)", false, false},
	    {"CREATE INDEX more ON file(size)", false, false},
	    {"CREATE VIEW more AS SELECT 1", false, false},
	    {"DROP VIEW library", false, false},
	    {"ALTER TABLE file ADD COLUMN more", false, false},
	    {"UPDATE file SET size = size + 1 WHERE id = 77", true, false},
	    {"UPDATE file SET path = CAST('x' AS BLOB) WHERE id = 77", true, false},
	    {"UPDATE file SET mismatch = '{}' WHERE id = 77", true, false},
	    {"UPDATE file SET sum = (SELECT sum FROM file WHERE id = 78) WHERE id = 77", true, false},
	    {"UPDATE file SET id = 1000000 WHERE id = 77", true, false},
	    {"DELETE FROM file WHERE id = 77", true, false},
	    {"UPDATE digest SET file = 78 WHERE file = 77", true, false},
	    {"UPDATE source SET file = 78 WHERE file = 77", true, false},
	    {"UPDATE source SET size = size + 1 WHERE file = 77", true, false},
	    {"UPDATE volume SET id = 2", true, false},
	    {"DELETE FROM digest WHERE file = 77", true, true}, /* only a check sees what is not there */
	    {"INSERT INTO digest VALUES (5, 77)", true, true},
	    {"DELETE FROM source WHERE file = 77", true, true},
	    {"DELETE FROM volume", true, true},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct image image = read_image("good.db");
		struct fail why = {0};
		struct hashdb *db;
		sqlite3 *c = NULL;
		char *text;

		put_file("altered.db", image.p, image.len);
		free(image.p);
		if (sqlite3_open("altered.db", &c) != SQLITE_OK ||
		    sqlite3_exec(c, rows[i].sql, NULL, NULL, NULL) != SQLITE_OK)
			abort();
		sqlite3_close(c);
		image = read_image("altered.db");
		pagesum_stamp(image.p, image.len);
		put_file("altered.db", image.p, image.len);
		free(image.p);
		db = open_db("altered.db", true, &why);
		text = db != NULL ? answers("altered.db", &why) : NULL;
		hashdb_close(db);
		tap_ok((db != NULL) == rows[i].opens && (text != NULL) == rows[i].answers && !is_whole("altered.db") &&
			   (text != NULL || why.code == FAIL_FORMAT),
		    "%s: %s", rows[i].sql, why.message);
		free(text);
	}
}

/* ---- sources ---- */

static bool
is_first(struct lookup *l, const char *path, const char *below)
{
	struct lookup_origin from = {
	    .volume = {"v", 1}, .path = {path, strlen(path)}, .size = 1, .mtime_ns = 1000000000};
	struct fail why = {0};
	bool first = true;

	return lookup_first(l, (struct slice){below, strlen(below)}, &from, &first, &why) == 0 && first;
}

static void
test_first(void)
{
#define FROM(path) \
	HASH ",\"source\":{\"volume\":\"v\",\"path\":\"" path "\",\"size\":1,\"mtime\":\"1970-01-01T00:00:01Z\"}"
	static const char *const lines[] = {
	    "{\"path\":\"/c/a\"" FROM("a") PLACE("copied") "}",
	    "{\"path\":\"/c/b\"" FROM("b") PLACE("exists") "}",
	    "{\"path\":\"/c/c\"" FROM("c") PLACE("duplicate") "}",
	    "{\"path\":\"/c/a\"" FROM("a") PLACE("exists") "}",
	};
	static const char again[] =
	    "{\"path\":\"/c/d\",\"hash\":{\"md5\":\"" B "\"},\"source\":{\"volume\":\"v\",\"path\":\"d\","
	    "\"size\":1,\"mtime\":\"1970-01-01T00:00:01Z\"}" PLACE("copied") "}";
	struct fail why = {0};
	struct hashdb *db = open_db("first.db", true, &why);
	struct transaction *b = transaction_new(db, false, &why);
	struct lookup *l = lookup_new(db, &(struct lookup_conf){.offline = true}, &why);
	bool good = true;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		good = good && merge_line(db, b, lines[i]);
	tap_ok(good && transaction_commit(b, &why) == 0, "four sources of one file");
	tap_ok(is_first(l, "a", "to/x"), "the first one brought it, also asked from before it did");
	tap_ok(!is_first(l, "b", "to/x") && !is_first(l, "c", "to/x"), "those that had the same did not");
	tap_ok(!is_first(l, "a", "to/y") && !is_first(l, "z", "to/x"),
	    "nor did it bring another, nor one that is not known");
	good = merge_line(db, b, again) && transaction_commit(b, &why) == 0;
	tap_ok(good && is_first(l, "d", "to/x"), "another content is brought by whose it is");
	lookup_free(l);
	transaction_free(b);
	hashdb_close(db);
}

/* ---- what many rows cost ---- */

/* Source i of n, and the order they are asked in. */
enum shape { BY_TURNS, BACKWARDS, SCATTERED, COPIES, SHAPES };

static void
shape_path(enum shape shape, unsigned i, char path[64])
{
	snprintf(path, 64, shape == BY_TURNS || shape == BACKWARDS ? "m/%05u%s" : "m/%05u", i / 2 + 1,
	    i % 2 == 0 ? ".jpg" : "/x");
	if (shape == SCATTERED || shape == COPIES)
		snprintf(path, 64, "%02u/%05u", i % 20, i);
}

static void
make_shape(struct hashdb *db, enum shape shape, unsigned n)
{
	struct fail why = {0};
	struct transaction *b = transaction_new(db, false, &why);
	char line[512], path[64];

	for (unsigned i = 0; i < n; i++) {
		shape_path(shape, i, path);
		snprintf(line, sizeof line,
		    "{\"path\":\"lib/%05u\",\"hash\":{\"md5\":\"%032x\"},\"source\":{\"volume\":\"v\",\"path\":\"%s\","
		    "\"size\":1,\"mtime\":\"1970-01-01T00:00:01Z\"}}",
		    i, shape == COPIES ? 1 : i, path);
		if (!merge_line(db, b, line))
			abort();
	}
	if (transaction_commit(b, &why) == -1)
		abort();
	transaction_free(b);
}

static bool
ask_about(struct lookup *l, enum shape shape, unsigned i)
{
	struct digests copy = {.mask = 1u << DIGEST_MD5, .bytes[DIGEST_MD5][15] = 1};
	struct lookup_answer answer = {0};
	struct fail why;
	char path[64], want[64];
	bool good;

	shape_path(shape, i, path);
	snprintf(want, sizeof want, "%05u", shape == COPIES ? 0 : i);
	if (shape == COPIES)
		good = lookup_hash(l, &copy, &answer, &why) == 0;
	else
		good = lookup_source(l,
			   &(struct lookup_origin){
			       .volume = {"v", 1}, .path = {path, strlen(path)}, .size = 1, .mtime_ns = 1000000000},
			   &answer, &why) == 0;
	good = good && answer.status == LOOKUP_MISSING && strcmp(buf_cstr(&answer.path), want) == 0;
	buf_fini(&answer.path);
	return good;
}

/* The steps of SQLite's machine for n questions about n rows; 0: a wrong answer. */
static int64_t
steps_for(enum shape shape, unsigned n)
{
	struct fail why = {0};
	struct hashdb *db = open_db("shape.db", true, &why);
	struct lookup *l;
	int64_t steps = 0;
	bool good = true;

	make_shape(db, shape, n);
	hashdb_close(db);
	db = open_db("shape.db", false, &why);
	l = lookup_new(db, &(struct lookup_conf){0}, &why);
	for (unsigned i = 0; i < n; i++)
		good = ask_about(l, shape, shape == BACKWARDS ? n - 1 - i : i) && good;
	for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(hashdb_sql(db)->c, s)) != NULL;)
		steps += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 0);
	lookup_free(l);
	hashdb_close(db);
	remove("shape.db");
	return good ? steps : 0;
}

static void
test_shapes(void)
{
	static const char *const names[SHAPES] = {"files and folders by turns", "the same backwards",
	    "a folder each time", "copies of one content, all gone"};

	for (int shape = 0; shape < SHAPES; shape++) {
		int64_t each = steps_for(shape, 6000) / 6000;

		tap_ok(each > 0 && each <= 200, "%s: %jd steps for each of 6,000 rows", names[shape], (intmax_t)each);
	}
}

/* ---- */

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

int
main(void)
{
	char dir[] = "/tmp/hashdb-unit.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) == -1 || mkdir("lib", 0777) == -1 || mkdir("lib/sub", 0777) == -1 ||
	    mkdir("out", 0777) == -1 || symlink("sub", "lib/link") == -1 || symlink("lib", "alias") == -1 ||
	    symlink("../out", "lib/out") == -1 || (root = realpath("lib", NULL)) == NULL)
		abort();
	put_file("lib/file", "", 0);
	test_relpath();
	test_changes();
	for (size_t i = 0; i < sizeof merges / sizeof merges[0]; i++)
		test_orders(i);
	test_opening();
	test_racing();
	test_batch();
	test_damage();
	test_altered();
	test_first();
	test_shapes();
	if (chdir("/") == -1 || nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == -1)
		abort();
	free(root);
	return tap_done();
}
