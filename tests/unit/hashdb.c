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

#include "hashdb/batch.h"
#include "hashdb/change.h"
#include "hashdb/lookup.h"
#include "hashdb/pages.h"
#include "hashdb/relpath.h"
#include "hashdb/sql.h"
#include "tap.h"

static char *root; /* lib/ below a temporary folder that is the working directory */

/* ---- relpath ---- */

static void
test_relpath(void)
{
	static const struct {
		const char *path, *below; /* NULL: elsewhere; "!": a failure */
	} rows[] = {
		{ "lib/a", "a" },
		{ "./lib//a", "a" },
		{ "lib/sub/a", "sub/a" },
		{ "lib/sub/../a", "a" },
		{ "lib/../lib/a", "a" },
		{ "lib/link/a", "sub/a" },
		{ "alias/a", "a" },
		{ "alias/out/a", NULL },
		{ "lib/gone/a", "gone/a" },
		{ "lib/gone/deep//er/a", "gone/deep//er/a" },
		{ "lib/gone/../a", "!" },
		{ "lib/file/a", "file/a" },
		{ "a", NULL },
		{ "library/a", NULL },
		{ "lib/../a", NULL },
		{ "gone/a", NULL },
		{ "/a", NULL },
		{ "/", "!" },
		{ "lib/", "!" },
		{ "lib/.", "!" },
		{ "lib/..", "!" },
		{ "lib/-", "-" },
		{ "lib/\xff\xfe", "\xff\xfe" },
	};
	struct relpath r = { .root = root };
	struct buf out = { 0 };

	for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) { /* twice: some answers come from memory */
		const char *path = rows[i / 2].path, *below = rows[i / 2].below;
		struct fail why = { 0 };
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
	r = (struct relpath){ .root = "/" };
	struct fail why = { 0 };

	tap_ok(relpath_find(&r, AT_FDCWD, "/tmp/x", &out, &why) == 0 && strcmp(buf_cstr(&out), "tmp/x") == 0,
	    "everything is below /");
	tap_ok(relpath_find(&r, AT_FDCWD, "/x", &out, &why) == 0 && strcmp(buf_cstr(&out), "x") == 0, "/x too");
	relpath_fini(&r);
	buf_fini(&out);
}

/* ---- change ---- */

#define A "00000000000000000000000000000001"
#define B "00000000000000000000000000000002"
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
		{ "{\"path\":\"lib/a\"}", CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"lib/a\"" HASH "}", CHANGE_PUT, "a", "", A, "" },
		{ "{\"path\":\"lib/.dcim/hash.db\"" HASH "}", CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"lib/.dcimx\"" HASH "}", CHANGE_PUT, ".dcimx", "", A, "" },
		{ "{\"path\":\"b\"" HASH "}", -1, "", "", "", "" },
		{ "{\"path\":\"b\"" HASH ",\"db\":{\"status\":\"known\"}}", CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"lib/a\",\"hash\":{\"md5\":\"1\"}}", -1, "", "", "", "" },
		{ "{\"path\":\"lib/a\"" HASH ",\"verified\":\"soon\"}", -1, "", "", "", "" },
		{ "{\"path\":\"lib/a\"" HASH ",\"verify\":\"ok\"}", CHANGE_PUT, "a", "", A, "" },
		{ "{\"path\":\"lib/a\"" HASH ",\"verify\":\"corrupt\",\"hash_now\":{\"md5\":\"" B "\"}}",
		    CHANGE_NOTE, "a", "", A, "" },
		{ "{\"path\":\"lib/a\"" HASH ",\"verify\":\"modified\",\"hash_now\":{\"md5\":\"" B "\"}}",
		    CHANGE_PUT, "a", "", B, "" },
		{ "{\"path\":\"lib/a\"" HASH ",\"verify\":\"modified\"}", -1, "", "", "", "" },
		{ "{\"path\":\"lib/a\"" HASH ",\"verify\":\"missing\"}", CHANGE_FORGET, "a", "", A, "" },
		{ "{\"path\":\"/c/a\"" HASH SOURCE PLACE("copied") "}", CHANGE_PUT, "to/x", "", A, "v" },
		{ "{\"path\":\"/c/a\"" HASH SOURCE PLACE("exists") "}", CHANGE_PUT, "to/x", "", A, "v" },
		{ "{\"path\":\"/c/a\"" HASH PLACE("moved") "}", CHANGE_PUT, "to/x", "", A, "" },
		{ "{\"path\":\"lib/a\"" HASH PLACE("moved") "}", CHANGE_PUT, "to/x", "a", A, "" },
		{ "{\"path\":\"lib/a\"" HASH PLACE("copied") "}", CHANGE_PUT, "to/x", "", A, "" },
		{ "{\"path\":\"/c/a\"" SOURCE PLACE("copied") "}", CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH SOURCE PLACE("duplicate") "}", CHANGE_SOURCE, "to/x", "", "", "v" },
		{ "{\"path\":\"/c/a\"" SOURCE ",\"db\":{\"path\":\"y\",\"root\":\"./lib\"},\"place\":{\"action\":\"duplicate\"}}",
		    CHANGE_SOURCE, "y", "", "", "v" },
		{ "{\"path\":\"/c/a\"" SOURCE ",\"db\":{\"path\":\"../y\",\"root\":\"lib\"},\"place\":{\"action\":\"duplicate\"}}",
		    CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" SOURCE ",\"db\":{\"path\":\"y\",\"root\":\".\"},\"place\":{\"action\":\"duplicate\"}}",
		    CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" SOURCE ",\"place\":{\"action\":\"skipped\",\"reason\":\"not media\"}}",
		    CHANGE_SOURCE, "", "", "", "v" },
		{ "{\"path\":\"/c/a\"" SOURCE ",\"place\":{\"action\":\"skipped\",\"reason\":\"else\"}}",
		    CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH PLACE("planned") "}", CHANGE_NONE, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH SOURCE PLACE("undone") "}", CHANGE_UNDO, "to/x", "", A, "v" },
		{ "{\"path\":\"lib/a\"" PLACE("undone") "}", CHANGE_UNDO, "to/x", "a", "", "" },
		{ "{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"x\",\"root\":\".\"}}",
		    -1, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"x\"}}", -1, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"root\":\"lib\"}}",
		    -1, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"/x\",\"root\":\"lib\"}}",
		    -1, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"a/../../x\",\"root\":\"lib\"}}",
		    -1, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"a\\u0000b\",\"root\":\"lib\"}}",
		    -1, "", "", "", "" },
		{ "{\"path\":\"/c/a\"" HASH ",\"place\":{\"action\":\"copied\",\"to\":\"..x/a..\",\"root\":\"lib\"}}",
		    CHANGE_PUT, "..x/a..", "", A, "" },
	};
	struct change_conf conf = { .dirfd = AT_FDCWD, .root = root, .id = "0", .forget = true };
	struct changer w = { 0 };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rec rec = { 0 };
		struct change *c = NULL;
		struct fail why = { 0 };
		int rc = rec_from_line(&rec, rows[i].line, strlen(rows[i].line), &why);
		bool good = rc == 0;

		rc = change_make(&w, &conf, &rec, &c, &why);
		if (rows[i].op == -1)
			good = good && rc == -1 && why.code == FAIL_INPUT && c == NULL;
		else if (rows[i].op == CHANGE_NONE)
			good = good && rc == 0 && c == NULL;
		else
			good = good && rc == 0 && c != NULL && (int)c->op == rows[i].op &&
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

static const char *const events[] = {
	"{\"path\":\"lib/a\",\"hash\":{\"md5\":\"" A "\"},\"verified\":\"2020-01-01T00:00:00Z\",\"one\":1}",
	"{\"path\":\"lib/a\",\"hash\":{\"md5\":\"" B "\"},\"verified\":\"2021-01-01T00:00:00Z\",\"two\":2}",
	"{\"path\":\"lib/a\",\"hash\":{\"md5\":\"" A "\"},\"verified\":\"2021-01-01T00:00:00Z\",\"three\":3}",
	"{\"path\":\"lib/b\",\"hash\":{\"md5\":\"" A "\"},\"verified\":\"2020-01-01T00:00:00Z\",\"mtime\":\"1970-01-01T00:00:01Z\"}",
	"{\"path\":\"lib/b\",\"hash\":{\"md5\":\"" A "\",\"sha1\":\"0000000000000000000000000000000000000003\"},\"verified\":\"2019-01-01T00:00:00Z\",\"mtime\":\"1970-01-01T00:00:02Z\"}",
};
enum { EVENTS = sizeof events / sizeof events[0] };

/* The rows that the database has, without what depends on the order of work. */
static char *
dump(struct hashdb *db)
{
	struct fail why = { 0 };
	struct pages *p = pages_new(db, false, &why);
	struct buf out = { 0 };
	struct page_row row;

	while (pages_next(p, &row, &why) == 1) {
		/* Members and digests come in any order: count them and look for each. */
		buf_add(&out, row.path.p, row.path.len);
		buf_addf(&out, " %zu %zu %s%s%s%s %jd %jd\n", row.hash.len, row.record.len,
		    memmem(row.hash.p, row.hash.len, A, 32) ? "A" : "", memmem(row.hash.p, row.hash.len, B, 32) ? "B" : "",
		    memmem(row.record.p, row.record.len, "two", 3) ? "2" : "",
		    memmem(row.record.p, row.record.len, "three", 5) ? "3" : "", (intmax_t)row.verified_ns,
		    (intmax_t)(row.has_mtime ? row.mtime_ns : -1));
	}
	pages_free(p);
	return out.p;
}

static bool
merge_line(struct hashdb *db, struct batch *b, const char *line)
{
	struct change_conf conf = { .dirfd = AT_FDCWD, .root = root, .id = hashdb_id(db) };
	struct changer w = { 0 };
	struct change *c = NULL;
	struct rec rec = { 0 };
	struct fail why = { 0 };
	bool good = rec_from_line(&rec, line, strlen(line), &why) == 0 && change_make(&w, &conf, &rec, &c, &why) == 0 &&
	    c != NULL && hashdb_require(db, 1u << DIGEST_MD5, &why) == 0 && batch_add(b, c, &why) == 0;

	free(c);
	rec_fini(&rec);
	changer_fini(&w);
	return good;
}

/* Merge the events in some order, `at_once` in each batch. */
static char *
merge_in_order(const int order[EVENTS], int at_once, bool *good)
{
	struct hashdb_conf conf = { .file = "order.db", .root = "lib", .writer = true };
	struct fail why = { 0 };
	struct hashdb *db;
	struct batch *b;
	char *text;

	unlink("order.db");
	db = hashdb_open(&conf, &why);
	b = db != NULL ? batch_new(db, false, &why) : NULL;
	*good = b != NULL;
	for (int i = 0; i < EVENTS && *good; i++) {
		*good = merge_line(db, b, events[order[i]]);
		if ((i + 1) % at_once == 0)
			*good = *good && batch_commit(b, &why) == 0;
	}
	*good = *good && batch_commit(b, &why) == 0;
	text = *good ? dump(db) : NULL;
	batch_free(b);
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
test_orders(void)
{
	int order[EVENTS];
	char *first = NULL;
	int differing = 0, orders = 0;

	for (int i = 0; i < EVENTS; i++)
		order[i] = i;
	do {
		bool good;
		char *text = merge_in_order(order, 1 + orders % EVENTS, &good);

		if (first == NULL)
			first = text;
		else if (text == NULL || strcmp(text, first) != 0)
			differing++;
		if (text != first)
			free(text);
		orders++;
	} while (permute(order));
	tap_ok(orders == 120 && differing == 0, "%d orders of merging give the same rows (%d differ)", orders, differing);
	tap_ok(first != NULL && strstr(first, "a ") == first && strstr(first, "B2 ") != NULL,
	    "of two verified at once the greater digest stays:\n# %s", first != NULL ? first : "");
	free(first);
}

/* ---- opening ---- */

static struct hashdb *
open_db(const char *file, bool writer, struct fail *why)
{
	struct hashdb_conf conf = { .file = file, .root = "lib", .writer = writer };

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
	static const char *const contents[] = { "", "x", "SQLite format 3", "\377\330\377\340" };
	struct fail why = { 0 };
	struct hashdb *db = open_db("none.db", false, &why);

	tap_ok(db == NULL && why.code == FAIL_SYSTEM && access("none.db", F_OK) == -1, "a reader makes no database");
	for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
		struct stat st;

		put_file("bad.db", contents[i], strlen(contents[i]));
		why = (struct fail){ 0 };
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
				struct fail why = { 0 };
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
	struct fail why = { 0 };
	struct hashdb *db = open_db("batch.db", true, &why), *reader;
	struct batch *b = batch_new(db, false, &why);
	char *before, *after;
	bool good = true;

	for (unsigned i = 0; i < BATCH_MAX && good; i++)
		good = i % 10000 == 0 ? merge_line(db, b, line) : true;
	reader = open_db("batch.db", false, &why);
	before = dump(reader);
	tap_ok(good && before == NULL, "nothing is visible before the commit");
	tap_ok(batch_commit(b, &why) == 0, "commit");
	after = dump(reader);
	tap_ok(after != NULL && strncmp(after, "n ", 2) == 0 && strchr(after, '\n')[1] == '\0', "one row is visible after it");
	tap_ok(batch_commit(b, &why) == 0, "an empty batch is committed");
	free(before);
	free(after);
	hashdb_close(reader);

	/* A commit that fails leaves everything as it was. */
	good = merge_line(db, b, "{\"path\":\"lib/other\",\"hash\":{\"md5\":\"" B "\"}}");
	sqlite3_db_config(hashdb_sql(db)->c, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
	sqlite3_exec(hashdb_sql(db)->c, "CREATE TEMP TRIGGER t AFTER INSERT ON main.digest BEGIN SELECT RAISE(ABORT, 'x'); END",
	    NULL, NULL, NULL);
	tap_ok(good && batch_commit(b, &why) == -1, "a commit that fails: %s", why.message);
	batch_free(b);
	hashdb_close(db);
	reader = open_db("batch.db", false, &why);
	after = dump(reader);
	tap_ok(after != NULL && strncmp(after, "n ", 2) == 0 && strchr(after, '\n')[1] == '\0', "... leaves the old state");
	free(after);
	hashdb_close(reader);
	tap_ok(access("batch.db-journal", F_OK) == -1, "no journal is left");
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
	test_orders();
	test_opening();
	test_racing();
	test_batch();
	if (chdir("/") == -1 || nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == -1)
		abort();
	free(root);
	return tap_done();
}
