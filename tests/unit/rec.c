/* Unit test of run/rec: what comes in, what programs set, and the line that goes out. */
#include "run/rec.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "base/json.h"
#include "tap.h"

/* Begin `rec` from a line in memory of its exact size. */
static int
from_line(struct rec *rec, const char *line, struct fail *why)
{
	size_t len = strlen(line);
	char *exact = tap_exact(line, len);
	int rc;

	memset(why, 0, sizeof *why);
	rc = rec_from_line(rec, exact, len, why);
	free(exact);
	return rc;
}

/* Whether the record is written as `want` (without the newline), and is a line that can be read again. */
static bool
writes(struct rec *rec, const char *want, const char *what)
{
	struct rec again = {0};
	struct buf out = {0};
	struct fail why;
	bool good;

	buf_adds(&out, "before\n");
	good = rec_write(rec, &out, &why) == 0 && out.len > 8 && out.p[out.len - 1] == '\n';
	if (good) {
		out.p[--out.len] = '\0';
		good = strncmp(out.p, "before\n", 7) == 0 && strcmp(out.p + 7, want) == 0 &&
		       rec_from_line(&again, out.p + 7, out.len - 7, &why) == 0;
	}
	if (!tap_ok(good, "%s: %s", what, want))
		printf("# %s\n", buf_cstr(&out));
	rec_fini(&again);
	buf_fini(&out);
	return good;
}

static void
test_lines(void)
{
	static const struct {
		const char *line, *path;
		bool failed;
	} taken[] = {
	    {"{\"path\":\"a.jpg\"}", "a.jpg", false},
	    {" { \"x\" : 1.10 , \"path\":\"a\\u0020b\" }\r", "a b", false},
	    {"{\"path\":\"a\xef\xbf\xbd\",\"path_b64\":\"Yf8=\"}", "a\xff", false},
	    {"{\"path_b64\":\"Yf8=\"}", "a\xff", false},
	    {"{\"path_b64\":\"\\/\\/77\"}", "\xff\xfe\xfb", false},
	    {"{\"p\\u0061th\":\"n\\nl\"}", "n\nl", false},
	    {"{\"path\":\"-x\",\"error\":{\"code\":\"EIO\"}}", "-x", true},
	    {"{\"error\":{\"code\":\"EINPUT\",\"line\":3}}", "", true},
	    {"{\"error\":{},\"path\":7}", "", true},
	};
	struct rec rec = {0};
	struct fail why;
	size_t i;

	for (i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		int rc = from_line(&rec, taken[i].line, &why);

		tap_ok(rc == 0 && strcmp(buf_cstr(&rec.path), taken[i].path) == 0 && rec.failed == taken[i].failed &&
			   !rec.failed_here,
		    "line %zu is a record", i);
		writes(&rec, taken[i].line, "unchanged");
	}
	rec_fini(&rec);
}

static void
test_refused(void)
{
	static const struct {
		const char *line, *message, *out;
	} rows[] = {
	    {"", "nothing", "{"},
	    {"{", "jq -c", "{"},
	    {"[", "jq -c", "{"},
	    {"  },", "jq -c", "{"},
	    {"  \"path\": \"a\",", "jq -c", "{"},
	    {"[{\"path\":\"a\"}]", "jq -c '.[]'", "{"},
	    {"/media/a.jpg", "find -print0", "{"},
	    {"{\"path\":\"a\"", "unfinished", "{"},
	    {"{\"path\":\"a\",\"path\":\"b\"}", "twice", "{"},
	    {"{\"path\":\"a\n\"}", "newline", "{"},
	    {"{}", "without a path", "{"},
	    {"{\"x\":1}", "without a path", "{\"x\":1,"},
	    {"{\"path\":7,\"x\":1}", "path is not a string", "{\"path\":7,\"x\":1,"},
	    {"{\"path\":\"\"}", "empty path", "{\"path\":\"\","},
	    {"{\"path\":\"a\\u0000b\"}", "NUL inside a path", "{\"path\":\"a\\u0000b\","},
	    {"{\"path\":\"a\",\"path_b64\":\"YQBi\"}", "NUL inside a path", "{\"path\":\"a\",\"path_b64\":\"YQBi\","},
	    {"{\"path\":\"a\",\"path_b64\":\"?\"}", "path_b64 is not base64", "{\"path\":\"a\",\"path_b64\":\"?\","},
	};
	struct rec rec = {.seq = 41};
	struct buf want = {0};
	struct fail why;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool good = from_line(&rec, rows[i].line, &why) == -1 && why.code == FAIL_INPUT && why.op != NULL &&
			    strstr(why.message, rows[i].message) != NULL;

		if (!tap_ok(good && rec.path.len == 0 && !rec.failed, "line %zu is refused: %s", i, rows[i].message))
			printf("# %s\n", why.message);
		rec_fail(&rec, "prog", &why);
		tap_ok(rec.failed && rec.failed_here, "… and fails here");
		buf_clear(&want, SIZE_MAX);
		buf_adds(&want, rows[i].out);
		buf_adds(&want, "\"error\":{\"tool\":\"prog\",\"op\":\"parse\",\"code\":\"EINPUT\",\"message\":");
		json_quote(&want, why.message, strlen(why.message));
		buf_adds(&want, ",\"line\":41}}");
		writes(&rec, want.p, "its error");
	}
	rec_fini(&rec);
	buf_fini(&want);
}

static void
test_limits(void)
{
	size_t big = REC_LINE_MAX + 1;
	char *text = malloc(big);
	struct rec rec = {0};
	struct fail why;

	if (text == NULL)
		abort();
	memset(text, 'a', big);
	tap_ok(rec_from_path(&rec, text, big, &why) == -1 && why.code == FAIL_LIMIT, "a path too long");
	tap_ok(rec_from_path(&rec, text, big - 1, &why) == 0 && rec.path.len == REC_LINE_MAX, "the longest path");
	memcpy(text, "{\"path\":\"", 9);
	memcpy(text + big - 3, "\"}", 2);
	tap_ok(rec_from_line(&rec, text, big - 1, &why) == 0, "the longest line");
	tap_ok(rec_from_line(&rec, text, big, &why) == -1 && why.code == FAIL_LIMIT, "a line too long");
	rec_fail(&rec, "prog", &why);
	tap_ok(rec_is(&rec, "error.code", "ELIMIT"), "… says so");
	rec_reset(&rec);
	tap_ok(
	    rec.line.cap <= 16384 && rec.path.cap <= 16384 && rec.added.cap <= 16384, "a reset record lets memory go");
	rec_fini(&rec);
	free(text);
}

static void
test_paths(void)
{
	struct rec rec = {.seq = 5};
	struct fail why;

	tap_ok(rec_from_path(&rec, "a \"b\".jpg", 9, &why) == 0 && strcmp(rec.path.p, "a \"b\".jpg") == 0, "a path");
	writes(&rec, "{\"path\":\"a \\\"b\\\".jpg\"}", "a record of it");
	tap_ok(
	    rec_from_path(&rec, "a\xff\n", 3, &why) == 0 && strcmp(rec.path.p, "a\xff\n") == 0, "a path of any bytes");
	writes(&rec, "{\"path\":\"a\xef\xbf\xbd\\n\",\"path_b64\":\"Yf8K\"}", "with its twin");
	tap_ok(rec_from_path(&rec, "", 0, &why) == -1 && why.code == FAIL_INPUT, "an empty path");
	tap_ok(
	    rec_from_path(&rec, "a\0b", 3, &why) == -1 && why.code == FAIL_INPUT && rec.path.len == 0, "a NUL inside");
	rec_fail(&rec, "prog", &why);
	writes(&rec,
	    "{\"error\":{\"tool\":\"prog\",\"op\":\"parse\",\"code\":\"EINPUT\",\"message\":\"NUL inside a "
	    "path\",\"line\":5}}",
	    "its error");
	rec_fini(&rec);
}

static void
test_setters(void)
{
	struct buf json = {0};
	struct rec rec = {0};
	struct fail why;

	from_line(&rec, "{\"path\":\"p\", \"a\":1,\"b\" : [ 2 ],\"c\":3}", &why);
	rec_set_u64(&rec, "n", UINT64_MAX);
	writes(&rec, "{\"path\":\"p\", \"a\":1,\"b\" : [ 2 ],\"c\":3,\"n\":18446744073709551615}",
	    "a new member at the end");
	rec_set_string(&rec, "a", "x\ty", 3);
	writes(&rec, "{\"path\":\"p\",\"b\" : [ 2 ],\"c\":3,\"n\":18446744073709551615,\"a\":\"x\\ty\"}",
	    "one that came is moved");
	rec_set_number(&rec, "n", 1.5);
	rec_set_bool(&rec, "c", false);
	writes(&rec, "{\"path\":\"p\",\"b\" : [ 2 ],\"a\":\"x\\ty\",\"n\":1.5,\"c\":false}",
	    "one that was set is replaced");
	buf_adds(&json, "[{\"k\":[1]}");
	rec_set_json(&rec, "b", &json, 1);
	buf_fini(&json);
	rec_drop(&rec, "a");
	rec_drop(&rec, "absent");
	writes(&rec, "{\"path\":\"p\",\"n\":1.5,\"c\":false,\"b\":{\"k\":[1]}}", "dropped");
	rec_set_number(&rec, "n", 0.0 / 0.0);
	writes(&rec, "{\"path\":\"p\",\"c\":false,\"b\":{\"k\":[1]}}", "what is no number only goes");
	rec_drop(&rec, "path");
	rec_drop(&rec, "c");
	rec_set_path(&rec, "path", "q", 1);
	writes(&rec, "{\"b\":{\"k\":[1]},\"path\":\"q\"}", "nothing is left of what came");

	from_line(&rec, "{\"path\":\"p\",\"\":1,\"x\":2,\"y\":3}", &why);
	rec_drop(&rec, "x");
	writes(&rec, "{\"path\":\"p\",\"\":1,\"y\":3}", "a member in the middle dropped");
	rec_drop(&rec, "y");
	writes(&rec, "{\"path\":\"p\",\"\":1}", "the last one too");
	from_line(&rec, "{\"\\u0078\":2,\"path\":\"p\"}", &why);
	rec_set_u64(&rec, "x", 3);
	writes(&rec, "{\"path\":\"p\",\"x\":3}", "a name written with an escape is the same member");
	rec_fini(&rec);
}

static void
test_twins(void)
{
	struct rec rec = {0};
	struct buf out = {0};
	struct fail why;

	from_line(&rec,
	    "{\"path\":\"p\",\"to\":\"old\",\"to_b64\":\"b2xk\",\"place\":{\"to\":\"?\",\"to_b64\":\"/"
	    "w==\",\"x\":\"y\"}}",
	    &why);
	tap_ok(rec_get_path(&rec, "place.to", &out) && strcmp(out.p, "\xff") == 0, "the exact bytes of a path");
	tap_ok(
	    rec_get_path(&rec, "place.x", &out) && strcmp(out.p, "y") == 0, "… or the string where there is no twin");
	tap_ok(!rec_get_path(&rec, "place.z", &out) && out.len == 0, "… or none");
	rec_drop(&rec, "place");
	rec_set_path(&rec, "to", "new", 3);
	writes(&rec, "{\"path\":\"p\",\"to\":\"new\"}", "a path set anew loses its twin");
	rec_set_path(&rec, "to", "\xfe", 1);
	writes(&rec, "{\"path\":\"p\",\"to\":\"\xef\xbf\xbd\",\"to_b64\":\"/g==\"}", "… or gets one");
	rec_set_path(&rec, "to", "ok", 2);
	writes(&rec, "{\"path\":\"p\",\"to\":\"ok\"}", "… and loses it again");
	rec_set_path(&rec, "to", "\xfe", 1);
	rec_drop(&rec, "to");
	writes(&rec, "{\"path\":\"p\"}", "both are dropped");
	rec_fini(&rec);
	buf_fini(&out);
}

static void
test_getters(void)
{
	struct rec rec = {0};
	struct buf out = {0};
	struct slice value;
	struct fail why;
	uint64_t n = 0;

	from_line(&rec,
	    "{\"path\":\"p\",\"size\":70000,\"n\":-1,\"s\":\"a\\\"b\",\"db\":{\"status\":\"kno\\u0077n\",\"deep\":{"
	    "\"x\":[1]}}}",
	    &why);
	tap_ok(rec.size_bytes == 70000, "size is what the record stands for");
	tap_ok(rec_get_u64(&rec, "size", &n) && n == 70000, "a number");
	tap_ok(!rec_get_u64(&rec, "n", &n) && !rec_get_u64(&rec, "s", &n) && n == 70000, "what is no such number");
	tap_ok(rec_get_string(&rec, "s", &out) && strcmp(out.p, "a\"b") == 0, "a string, escapes undone");
	tap_ok(!rec_get_string(&rec, "size", &out) && out.len == 0, "what is no string");
	tap_ok(
	    rec_is(&rec, "s", "a\"b") && !rec_is(&rec, "s", "a") && !rec_is(&rec, "s", "a\"bc"), "is, with an escape");
	tap_ok(rec_is(&rec, "path", "p") && !rec_is(&rec, "path", "q") && !rec_is(&rec, "size", "70000"), "is");
	tap_ok(rec_known(&rec), "known");
	tap_ok(rec_get(&rec, "db.deep.x", &value) && slice_eq(value, "[1]"), "a dotted name");
	tap_ok(!rec_get(&rec, "db.deep.y", &value) && !rec_get(&rec, "size.x", &value) && !rec_get(&rec, "q", &value),
	    "none");
	buf_clear(&out, 0);
	buf_adds(&out, "{\"status\":\"new\"}");
	rec_set_json(&rec, "db", &out, 0);
	tap_ok(rec_is(&rec, "db.status", "new") && !rec_known(&rec), "what was set hides what came");
	rec_set_u64(&rec, "size", 1);
	rec_set_u64(&rec, "size", 22);
	tap_ok(rec_get_u64(&rec, "size", &n) && n == 22, "the last one set counts");
	rec_drop(&rec, "size");
	tap_ok(!rec_get(&rec, "size", &value), "dropped is gone");
	rec_fini(&rec);
	buf_fini(&out);
}

static void
test_errors(void)
{
	struct rec rec = {.seq = 9};
	struct fail why;

	from_line(&rec, "{\"path\":\"p\"}", &why);
	errno = ENOENT;
	fail_errno(&why, "open", "%s", "");
	rec_fail(&rec, "exif-read", &why);
	fail_set(&why, FAIL_CHANGED, "read", "later");
	rec_fail(&rec, "exif-read", &why);
	writes(&rec,
	    "{\"path\":\"p\",\"error\":{\"tool\":\"exif-read\",\"op\":\"open\",\"code\":\"ENOENT\","
	    "\"message\":\"No such file or directory\"}}",
	    "the first error stays, without a line number");

	from_line(&rec, "{\"path\":\"p\",\"error\":{\"code\":\"EIO\"}}", &why);
	rec_fail(&rec, "exif-read", &why);
	tap_ok(rec.failed && !rec.failed_here, "an error that came is not this program's");
	writes(&rec, "{\"path\":\"p\",\"error\":{\"code\":\"EIO\"}}", "… and stays");
	rec_fini(&rec);
}

static void
test_warnings(void)
{
	static const struct {
		const char *came, *before;
	} rows[] = {
	    {"{\"path\":\"p\"}", ""},
	    {"{\"path\":\"p\",\"warnings\":[]}", ""},
	    {"{\"path\":\"p\",\"warnings\":[ ]}", ""},
	    {"{\"path\":\"p\",\"warnings\":[{\"code\":\"E\\u0041\", \"x\":1.10}]}",
		"{\"code\":\"E\\u0041\", \"x\":1.10},"},
	    {"{\"path\":\"p\",\"warnings\":[1,[2]]}", "1,[2],"},
	    {"{\"path\":\"p\",\"warnings\":\"odd\"}", "\"odd\","},
	};
	struct rec rec = {0};
	struct buf want = {0};
	struct fail why;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		from_line(&rec, rows[i].came, &why);
		rec_warn(&rec, "t", FAIL_DATE, "month %d \"x\"", 13);
		rec_set_u64(&rec, "n", 1);
		rec_warn(&rec, "t", FAIL_TRUNCATED, "%s", "short");
		buf_clear(&want, SIZE_MAX);
		buf_addf(&want, "{\"path\":\"p\",\"n\":1,\"warnings\":[%s", rows[i].before);
		buf_adds(&want, "{\"tool\":\"t\",\"code\":\"EDATE\",\"message\":\"month 13 \\\"x\\\"\"},");
		buf_adds(&want, "{\"tool\":\"t\",\"code\":\"ETRUNCATED\",\"message\":\"short\"}]}");
		writes(&rec, want.p, "warnings");
		tap_ok(!rec.failed, "a warning is no failure");
	}
	rec_fini(&rec);
	buf_fini(&want);
}

/* A value that could not be built: the record is not written without it. */
static void
test_starved(void)
{
	struct rec rec = {0};
	struct buf out = {0}, value = {0};
	struct fail why = {0};

	from_line(&rec, "{\"path\":\"p\",\"x\":[1]}", &why);
	buf_adds(&value, "{\"action\":\"copied\",\"to\":");
	value.failed = true;
	tap_ok(rec_check(&rec, &why) == 0, "whole so far");
	rec_set_json(&rec, "place", &value, 0);
	rec_set_bool(&rec, "after", true);
	tap_ok(rec_check(&rec, &why) == -1 && why.errnum == ENOMEM, "a value that could not be built fails the record");
	tap_ok(rec_write(&rec, &out, &why) == -1 && out.len == 0, "which is not written without it");
	tap_ok(rec_write_starved(&rec, "t", &why, &out) == 0 &&
		   strcmp(out.p, "{\"path\":\"p\",\"x\":[1],\"error\":{\"tool\":\"t\",\"op\":\"malloc\","
				 "\"code\":\"ENOMEM\",\"message\":\"Cannot allocate memory\"}}\n") == 0,
	    "but as it came, with an error: %s", buf_cstr(&out));
	buf_clear(&out, SIZE_MAX);
	rec_from_path(&rec, "a\xff", 2, &why);
	tap_ok(rec_check(&rec, &why) == 0, "the next one is whole again");
	fail_nomem(&why);
	tap_ok(rec_write_starved(&rec, "t", &why, &out) == 0 &&
		   strncmp(out.p, "{\"path\":\"a\xef\xbf\xbd\",\"path_b64\":\"Yf8=\",\"error\":{", 41) == 0,
	    "one that came as a path: %s", buf_cstr(&out));
	buf_fini(&out);
	buf_fini(&value);
	rec_fini(&rec);
}

static void
test_times(void)
{
	static const struct {
		int64_t s;
		long ns;
		const char *text;
	} rows[] = {
	    {0, 0, "1970-01-01T00:00:00.000000000Z"},
	    {1714564800, 123456789, "2024-05-01T12:00:00.123456789Z"},
	    {-1, 999999999, "1969-12-31T23:59:59.999999999Z"},
	    {951782399, 1, "2000-02-28T23:59:59.000000001Z"},
	    {951782400, 0, "2000-02-29T00:00:00.000000000Z"},
	    {4107542399, 0, "2100-02-28T23:59:59.000000000Z"},
	    {4107542400, 0, "2100-03-01T00:00:00.000000000Z"},
	    {-2208988800, 0, "1900-01-01T00:00:00.000000000Z"},
	    {-62167219200, 0, "0000-01-01T00:00:00.000000000Z"},
	    {253402300799, 0, "9999-12-31T23:59:59.000000000Z"},
	    {-62167219201, 0, ""},
	    {253402300800, 0, ""},
	    {INT64_MIN, 0, ""},
	    {INT64_MAX, 0, ""},
	};
	struct buf out = {0};
	struct timespec t, back;
	unsigned wrong = 0;
	int64_t s;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&out, SIZE_MAX);
		t = (struct timespec){.tv_sec = rows[i].s, .tv_nsec = rows[i].ns};
		rec_format_time(&out, &t);
		tap_ok(strcmp(buf_cstr(&out), rows[i].text) == 0, "%jd s is \"%s\"", (intmax_t)rows[i].s, rows[i].text);
	}
	for (s = -62167219200; s < 253402300800; s += 86400 * 13 + 12345) {
		char want[100];
		struct tm tm;

		buf_clear(&out, SIZE_MAX);
		t = (struct timespec){.tv_sec = s, .tv_nsec = 5};
		rec_format_time(&out, &t);
		gmtime_r(&t.tv_sec, &tm);
		snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02d.000000005Z", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		wrong += strcmp(out.p, want) != 0 || !rec_parse_time((struct slice){out.p, out.len}, &back) ||
			 back.tv_sec != s || back.tv_nsec != 5;
	}
	tap_ok(wrong == 0, "ten thousand years agree with gmtime, and are read back");
	buf_fini(&out);
}

/* Nanoseconds since 1970 reach from 1677 to 2262. */
static void
test_nanoseconds(void)
{
	static const struct {
		struct timespec t;
		int64_t ns;
		bool fits;
	} rows[] = {
	    {{0, 0}, 0, true},
	    {{-1, 999999999}, -1, true},
	    {{-2, 1}, -1999999999, true},
	    {{9223372036, 854775807}, INT64_MAX, true},
	    {{9223372036, 854775808}, 0, false},
	    {{253402300799, 0}, 0, false},
	    {{-62167219200, 0}, 0, false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct timespec back = rows[i].t;
		int64_t ns = rows[i].ns;
		bool fits = rec_time_to_ns(&rows[i].t, &ns);

		if (fits)
			rec_time_of_ns(ns, &back);
		tap_ok(fits == rows[i].fits && (!fits || ns == rows[i].ns) && back.tv_sec == rows[i].t.tv_sec &&
			   back.tv_nsec == rows[i].t.tv_nsec,
		    "%lld.%09ld in nanoseconds", (long long)rows[i].t.tv_sec, rows[i].t.tv_nsec);
	}
}

static void
test_parse_time(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t s;
		long ns;
	} rows[] = {
	    {"2024-05-01T12:00:00Z", true, 1714564800, 0},
	    {"\"2024-05-01T12:00:00.5Z\"", true, 1714564800, 500000000},
	    {"2024-05-01T12:00:00.1234567899999999999999999Z", true, 1714564800, 123456789},
	    {"2024-02-29T00:00:00Z", true, 1709164800, 0},
	    {"2023-02-29T00:00:00Z", false, 0, 0},
	    {"1900-02-29T00:00:00Z", false, 0, 0},
	    {"2024-04-31T00:00:00Z", false, 0, 0},
	    {"2024-12-31T23:59:59Z", true, 1735689599, 0},
	    {"2024-00-01T00:00:00Z", false, 0, 0},
	    {"2024-13-01T00:00:00Z", false, 0, 0},
	    {"2024-01-00T00:00:00Z", false, 0, 0},
	    {"2024-01-01T24:00:00Z", false, 0, 0},
	    {"2024-01-01T00:60:00Z", false, 0, 0},
	    {"2024-01-01T00:00:60Z", false, 0, 0},
	    {"2024-01-01T00:00:00", false, 0, 0},
	    {"2024-01-01T00:00:00.Z", false, 0, 0},
	    {"2024-01-01T00:00:00.1x2Z", false, 0, 0},
	    {"2024-01-01T00:00:00+01:00", false, 0, 0},
	    {"2024-01-01 00:00:00Z", false, 0, 0},
	    {"2024-1-01T00:00:00Z", false, 0, 0},
	    {"Z", false, 0, 0},
	    {"", false, 0, 0},
	};
	struct timespec t;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char *text = tap_exact(rows[i].text, len);
		bool good = rec_parse_time((struct slice){text, len}, &t);

		tap_ok(good == rows[i].good && (!good || (t.tv_sec == rows[i].s && t.tv_nsec == rows[i].ns)),
		    "time \"%s\" is %s", rows[i].text, rows[i].good ? "read" : "refused");
		free(text);
	}
}

static void
test_stat(void)
{
	struct stat st = {.st_size = 12, .st_mtim = {.tv_sec = -1, .tv_nsec = 5}};
	struct rec rec = {0};
	struct fail why;

	from_line(&rec, "{\"mtime\":\"old\",\"path\":\"p\",\"size\":1}", &why);
	rec_set_stat(&rec, &st);
	writes(&rec, "{\"path\":\"p\",\"size\":12,\"mtime\":\"1969-12-31T23:59:59.000000005Z\"}",
	    "size and time of a file");
	st.st_mtim.tv_sec = INT64_MAX;
	rec_set_stat(&rec, &st);
	writes(&rec, "{\"path\":\"p\",\"size\":12}", "a time beyond the calendar is left out");
	rec_fini(&rec);
}

static void
test_others(void)
{
	static const char *const except[] = {"path", "hash", "n", NULL};
	static const char *const none[] = {NULL};
	struct buf out = {0};
	struct rec rec = {0};
	struct fail why;

	from_line(&rec, "{\"path\":\"p\",\"path_b64\":\"cA==\",\"a\": 1.10,\"hash\":{},\"paths\":2,\"b\":3}", &why);
	rec_set_u64(&rec, "n", 1);
	rec_set_u64(&rec, "m", 2);
	rec_drop(&rec, "b");
	buf_adds(&out, "before,");
	rec_write_others(&rec, except, &out);
	tap_ok(strcmp(out.p, "before,{\"a\": 1.10,\"paths\":2,\"m\":2}") == 0, "the other members: %s", out.p);
	buf_clear(&out, 0);
	rec_write_others(&rec, (const char *const[]){"path", "a", "hash", "paths", "n", "m", NULL}, &out);
	tap_ok(strcmp(out.p, "{}") == 0, "no other members");
	rec_reset(&rec);
	buf_clear(&out, 0);
	rec_write_others(&rec, none, &out);
	tap_ok(strcmp(out.p, "{}") == 0 && rec_memory(&rec) > 0, "no members, and memory kept");
	rec_fini(&rec);
	tap_ok(rec_memory(&rec) == 0, "none when it is released");
	buf_fini(&out);
}

/* Memory that ran out in a setter is told by rec_write(), which leaves its target as it was. */
static void
test_memory(void)
{
	struct buf out = {0}, full = {.p = (char[1]){""}, .len = SIZE_MAX - 1, .cap = SIZE_MAX};
	struct rec rec = {0};
	struct fail why;

	rec_from_path(&rec, "p", 1, &why);
	tap_ok(rec_write(&rec, &full, &why) == -1 && why.errnum == ENOMEM && full.len == SIZE_MAX - 1 && !full.failed,
	    "no room for the line");
	rec.added.failed = true;
	rec_set_u64(&rec, "n", 1);
	rec_set_stat(&rec, &(struct stat){.st_size = 1});
	rec_warn(&rec, "t", FAIL_DATE, "x");
	buf_adds(&out, "kept");
	tap_ok(rec_write(&rec, &out, &why) == -1 && why.errnum == ENOMEM, "memory that ran out is told at the end");
	tap_ok(strcmp(out.p, "kept") == 0 && !out.failed, "… and the output is as it was");
	tap_ok(rec_from_path(&rec, "p", 1, &why) == 0 && rec_write(&rec, &out, &why) == 0,
	    "the next record is whole again");
	rec_fini(&rec);
	buf_fini(&out);
}

/* Damage is what a person should look at: not every warning, and none of a program that is not ours. */
static void
test_damage(void)
{
	static const struct {
		const char *warnings, *message; /* NULL: no damage */
	} rows[] = {
	    {"[]", NULL},
	    {"[ ]", NULL},
	    {"{}", NULL},
	    {"7", NULL},
	    {"[7,null,[],{},\"ETRUNCATED\"]", NULL},
	    {"[{\"code\":\"EDATE\",\"message\":\"old\"}]", NULL},
	    {"[{\"code\":\"EMINE\",\"message\":\"ETRUNCATED\"}]", NULL},
	    {"[{\"code\":\"ETRUNCATED2\",\"message\":\"m\"}]", NULL},
	    {"[{\"code\":\"ETRUNCATED\",\"message\":\"cut\"}]", "cut"},
	    {" [ {\"tool\":\"x\", \"code\" : \"EFORMAT\" , \"message\" : \"a \\\"b\\\"\" } ] ", "a \"b\""},
	    {"[{\"code\":\"EFORM\\u0041T\",\"message\":\"much\"}]", "much"},
	    {"[{\"code\":\"EDATE\"},[1,{\"code\":\"EFORMAT\"}],{\"code\":\"EFORMAT\"},{\"code\":\"EFORMAT\","
	     "\"message\":"
	     "\"2\"}]",
		"2"},
	    {"[{\"code\":\"ETRUNCATED\",\"message\":\"cut\"},{\"code\":\"EFORMAT\",\"message\":\"odd\"}]", "cut; odd"},
	};
	struct rec rec = {0};
	struct buf line = {0}, message = {0};
	struct fail why;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool want = rows[i].message != NULL;

		buf_clear(&line, 0);
		buf_addf(&line, "{\"path\":\"a\",\"warnings\":%s}", rows[i].warnings);
		from_line(&rec, buf_cstr(&line), &why);
		tap_ok(rec_is_damaged(&rec) == want && rec_get_damage(&rec, &message) == want &&
			   strcmp(buf_cstr(&message), want ? rows[i].message : "") == 0,
		    "damage of %s: %s", rows[i].warnings, buf_cstr(&message));
	}
	from_line(&rec, "{\"path\":\"a\"}", &why);
	tap_ok(!rec_is_damaged(&rec), "no warnings, no damage");
	rec_warn(&rec, "t", FAIL_DATE, "old");
	tap_ok(!rec_is_damaged(&rec), "an odd one");
	rec_warn(&rec, "t", FAIL_TRUNCATED, "cut");
	tap_ok(rec_get_damage(&rec, &message) && strcmp(buf_cstr(&message), "cut") == 0, "of warnings that were set");
	buf_fini(&line);
	buf_fini(&message);
	rec_fini(&rec);
}

int
main(void)
{
	test_lines();
	test_refused();
	test_limits();
	test_paths();
	test_setters();
	test_twins();
	test_getters();
	test_errors();
	test_warnings();
	test_starved();
	test_damage();
	test_times();
	test_parse_time();
	test_nanoseconds();
	test_stat();
	test_others();
	test_memory();
	return tap_done();
}
