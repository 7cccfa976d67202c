/* Unit test of base/span: what is a record line, where its members lie, and jansson as the oracle over mutations. */
#include "base/span.h"

#include "span_oracle.h"
#include "tap.h"

struct row {
	const char *text;
	const char *members; /* "key=value|…", or NULL where the line is refused */
	const char *message; /* … with these words */
};

static const struct row rows[] = {
    {"{}", "", NULL},
    {" \t\r\n{ } \r", "", NULL},
    {"{\"a\":1}", "a=1", NULL},
    {"{ \"a\" : 1 , \"b\":\ttrue }", "a=1|b=true", NULL},
    {"{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":[]}", "a={\"b\":[1,{\"c\":null}]}|d=[]", NULL},
    {"{\"a\":[ ],\"b\":{ },\"c\":[[],[[]],{}]}", "a=[ ]|b={ }|c=[[],[[]],{}]", NULL},
    {"{\"a\":18446744073709551615,\"b\":1.10,\"c\":-0,\"d\":1e400}", "a=18446744073709551615|b=1.10|c=-0|d=1e400",
	NULL},
    {"{\"a\":\"\\u0000\\ud800\\\"\\\\\\/\\b\"}", "a=\"\\u0000\\ud800\\\"\\\\\\/\\b\"", NULL},
    {"{\"a\\\"b\":\"}\"}", "a\\\"b=\"}\"", NULL},
    {"{\"\":0}", "=0", NULL},
    {"{\"a\":{\"x\":1,\"x\":2}}", "a={\"x\":1,\"x\":2}", NULL},
    {"{\"gr\xc3\xbc\xc3\x9f\":\"\xf0\x9f\x98\x80\x7f\"}", "gr\xc3\xbc\xc3\x9f=\"\xf0\x9f\x98\x80\x7f\"", NULL},
    {"{\"abcdefghijklmnop\":\"0123456789abcdef\"}", "abcdefghijklmnop=\"0123456789abcdef\"", NULL},
    {"", NULL, "nothing at byte 1"},
    {"  ", NULL, "nothing at byte 3"},
    {"[]", NULL, "no opening brace at byte 1"},
    {"null", NULL, "no opening brace"},
    {"\xef\xbb\xbf{}", NULL, "no opening brace"},
    {"{", NULL, "unfinished at byte 2"},
    {"{\"a\"", NULL, "no colon at byte 5"},
    {"{\"a\":", NULL, "unfinished at byte 6"},
    {"{\"a\":1", NULL, "unfinished at byte 7"},
    {"{\"a\":1,", NULL, "unfinished"},
    {"{\"a\":1,}", NULL, "a member's name is missing at byte 8"},
    {"{,}", NULL, "a member's name is missing"},
    {"{,\"a\":1}", NULL, "a member's name is missing"},
    {"{\"a\" 1}", NULL, "no colon"},
    {"{\"a\":1 \"b\":2}", NULL, "a comma is missing at byte 8"},
    {"{\"a\":1]", NULL, "a comma is missing"},
    {"{a:1}", NULL, "a member's name is missing"},
    {"{'a':1}", NULL, "a member's name is missing"},
    {"{\"a\":1}}", NULL, "text after the object at byte 8"},
    {"{\"a\":1} {}", NULL, "text after the object"},
    {"{\"a\":[1,]}", NULL, "unexpected character"},
    {"{\"a\":[1 2]}", NULL, "a comma is missing"},
    {"{\"a\":[1}}", NULL, "a comma is missing"},
    {"{\"a\":{\"b\":1]}", NULL, "a comma is missing"},
    {"{\"a\":{\"b\"}}", NULL, "no colon"},
    {"{\"a\":{1:2}}", NULL, "a member's name is missing"},
    {"{\"a\":[", NULL, "unfinished"},
    {"{\"a\":[\"x\"", NULL, "unfinished"},
    {"{\"a\":tru}", NULL, "unknown word"},
    {"{\"a\":True}", NULL, "unexpected character"},
    {"{\"a\":nulll}", NULL, "a comma is missing"},
    {"{\"a\":01}", NULL, "bad number"},
    {"{\"a\":+1}", NULL, "unexpected character"},
    {"{\"a\":-}", NULL, "bad number"},
    {"{\"a\":1.}", NULL, "bad number"},
    {"{\"a\":.5}", NULL, "unexpected character"},
    {"{\"a\":1e}", NULL, "bad number"},
    {"{\"a\":0x1}", NULL, "a comma is missing"},
    {"{\"a\":NaN}", NULL, "unexpected character"},
    {"{\"a\":\"", NULL, "unfinished string"},
    {"{\"a\":\"\\", NULL, "unfinished string"},
    {"{\"a\":\"\\x\"}", NULL, "unknown escape"},
    {"{\"a\":\"\\u12\"}", NULL, "bad \\u escape"},
    {"{\"a\":\"\\u", NULL, "bad \\u escape"},
    {"{\"a\":\"\t\"}", NULL, "control character at byte 7"},
    {"{\"a\":\"0123456789\n\"}", NULL, "control character at byte 17"},
    {"{\"a\":\"\x80\"}", NULL, "invalid UTF-8"},
    {"{\"a\":\"0123\x80 456789abcdef\"}", NULL, "invalid UTF-8 at byte 11"},
    {"{\"a\":\"01234567\x9f 456789abcdef\"}", NULL, "invalid UTF-8 at byte 15"},
    {"{\"a\":\"0123456789\xc3\xbc\xc3 456789abcdef\"}", NULL, "invalid UTF-8 at byte 19"},
    {"{\"a\":\"\xc0\xaf\"}", NULL, "invalid UTF-8"},
    {"{\"a\":\"\xe0\x80\xaf\"}", NULL, "invalid UTF-8"},
    {"{\"a\":\"\xed\xa0\x80\"}", NULL, "invalid UTF-8"},
    {"{\"a\":\"\xf4\x90\x80\x80\"}", NULL, "invalid UTF-8"},
    {"{\"a\":\"\xe2\x82", NULL, "invalid UTF-8"},
    {"{\"a\xff\":1}", NULL, "invalid UTF-8"},
    {"{\"a\":1,\"b\":2,\"a\":3}", NULL, "member \"a\" comes twice"},
    {"{\"a\":1,\"\\u0061\":3}", NULL, "twice"},
    {"{\"\\u0061\":1,\"a\":3}", NULL, "twice"},
    {"{\"\\u00fc\":1,\"\xc3\xbc\":3}", NULL, "twice"},
    {"{\"\\/\":1,\"/\":3}", NULL, "twice"},
    {"{\"\":1,\"\":3}", NULL, "twice"},
    {"{\"ab\":1,\"a\":2,\"\\u0061b\":3}", NULL, "twice"},
};

static void
list(struct buf *out, const struct spans *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (i > 0)
			buf_addc(out, '|');
		buf_add(out, s->v[i].key.p, s->v[i].key.len);
		buf_addc(out, '=');
		buf_add(out, s->v[i].value.p, s->v[i].value.len);
	}
}

static void
test_rows(void)
{
	struct spans s = {0};
	struct fail why;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		size_t len = strlen(r->text);
		char *text = tap_exact(r->text, len);
		struct buf members = {0};
		int rc = span_scan((struct slice){text, len}, &s, &why);
		const char *disagreement = oracle_disagreement(text, len);

		if (rc == 0)
			list(&members, &s);
		if (r->members != NULL)
			tap_ok(rc == 0 && strcmp(buf_cstr(&members), r->members) == 0, "row %zu is taken: %s", i,
			    r->members);
		else if (!tap_ok(rc == -1 && why.code == FAIL_INPUT && strstr(why.message, r->message) != NULL,
			     "row %zu is refused: %s", i, r->message))
			printf("# %s\n", rc == 0 ? buf_cstr(&members) : why.message);
		tap_ok(disagreement == NULL, "row %zu agrees with jansson%s%s", i, disagreement ? ": " : "",
		    disagreement ? disagreement : "");
		buf_fini(&members);
		free(text);
	}
	spans_fini(&s);
}

/* Scan {"a":[[…]]} with `depth` levels in all. */
static int
scan_depth(int depth, char open, char close, struct fail *why)
{
	struct buf b = {0};
	struct spans s = {0};
	int i, rc;

	buf_adds(&b, "{\"a\":");
	for (i = 1; i < depth; i++)
		buf_adds(&b, open == '[' ? "[" : i + 1 < depth ? "{\"a\":" : "{");
	for (i = 1; i < depth; i++)
		buf_addc(&b, close);
	buf_addc(&b, '}');
	rc = span_scan((struct slice){b.p, b.len}, &s, why);
	buf_fini(&b);
	spans_fini(&s);
	return rc;
}

/* Scan an object of n members; the last has the name of number `again`, escaped or not. */
static int
scan_members(unsigned n, unsigned again, const char *format, struct fail *why)
{
	struct buf b = {0};
	struct spans s = {0};
	unsigned i;
	int rc;

	for (i = 0; i < n; i++) {
		buf_adds(&b, i == 0 ? "{" : ",");
		if (i + 1 < n)
			buf_addf(&b, "\"k%u\":0", i);
		else
			buf_addf(&b, strcmp(format, "\\u006b") == 0 ? "\"\\u006b%u\":0" : "\"k%u\":0", again);
	}
	buf_addc(&b, '}');
	rc = span_scan((struct slice){b.p, b.len}, &s, why);
	if (rc == 0 && s.n != n)
		rc = 1;
	buf_fini(&b);
	spans_fini(&s);
	return rc;
}

static void
test_limits(void)
{
	static const unsigned sizes[] = {2, 10, 63, 64, 65, 66, 500};
	struct fail why;
	size_t i;

	tap_ok(scan_depth(SPAN_DEPTH_MAX, '[', ']', &why) == 0, "arrays nested to the limit");
	tap_ok(scan_depth(SPAN_DEPTH_MAX, '{', '}', &why) == 0, "objects nested to the limit");
	tap_ok(scan_depth(SPAN_DEPTH_MAX + 1, '[', ']', &why) == -1 && why.code == FAIL_LIMIT, "one array deeper");
	tap_ok(scan_depth(SPAN_DEPTH_MAX + 1, '{', '}', &why) == -1 && why.code == FAIL_LIMIT, "one object deeper");
	tap_ok(scan_depth(100000, '[', ']', &why) == -1 && why.code == FAIL_LIMIT, "absurdly deep");
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		unsigned n = sizes[i];

		tap_ok(scan_members(n, n - 1, "", &why) == 0, "%u members", n);
		tap_ok(scan_members(n, n / 3, "", &why) == -1 && strstr(why.message, "twice") != NULL,
		    "%u members, one twice", n);
		tap_ok(scan_members(n, n / 3, "\\u006b", &why) == -1 && strstr(why.message, "twice") != NULL,
		    "%u members, one twice with an escape", n);
	}
	tap_ok(scan_members(SPAN_MEMBERS_MAX, SPAN_MEMBERS_MAX, "", &why) == 0, "as many members as are allowed");
	tap_ok(scan_members(SPAN_MEMBERS_MAX + 1, SPAN_MEMBERS_MAX + 1, "", &why) == -1 && why.code == FAIL_LIMIT,
	    "one member too many");
}

/* A NUL anywhere, which the rows above cannot hold. */
static void
test_nul(void)
{
	static const char text[] = "{ \"a\" : [ true , 1 , \"x\" ] , \"b\" : {} } ";
	struct spans s = {0};
	unsigned taken = 0;
	struct fail why;
	size_t i;

	for (i = 0; i < sizeof text; i++) {
		char *copy = tap_exact(text, sizeof text);

		memmove(copy + i + 1, copy + i, sizeof text - i - 1);
		copy[i] = '\0';
		taken += span_scan((struct slice){copy, sizeof text}, &s, &why) == 0;
		free(copy);
	}
	tap_ok(taken == 0, "a NUL is refused wherever it stands");
	spans_fini(&s);
}

static void
test_lookup(void)
{
	static const char text[] =
	    "{\"a\":1,\"h\":{\"x\":\"y\",\"d\":{\"e\":[{\"f\":1}]},\"q\\u0072\":7},\"p\\u0061th\":2}";
	static const struct {
		const char *path, *value;
	} digs[] = {
	    {"h.x", "\"y\""},
	    {"h.d.e", "[{\"f\":1}]"},
	    {"h.qr", "7"},
	    {"a", "1"},
	    {"path", "2"},
	    {"h.d.e.f", NULL},
	    {"h.d.f", NULL},
	    {"a.b", NULL},
	    {"h.", NULL},
	    {"z", NULL},
	};
	struct slice whole = {text, sizeof text - 1}, value;
	struct spans s = {0};
	struct fail why;
	size_t i;

	tap_ok(span_scan(whole, &s, &why) == 0, "an object to look into");
	tap_ok(span_find(&s, "a") == &s.v[0], "find by name");
	tap_ok(span_find(&s, "path") == &s.v[2], "find a name written with an escape");
	tap_ok(span_find(&s, "b") == NULL && span_find(&s, "aa") == NULL, "find nothing");
	for (i = 0; i < sizeof digs / sizeof digs[0]; i++) {
		bool found = span_dig(whole, digs[i].path, &value);

		if (digs[i].value == NULL)
			tap_ok(!found, "nothing at %s", digs[i].path);
		else
			tap_ok(found && slice_eq(value, digs[i].value), "%s at %s", digs[i].value, digs[i].path);
	}
	spans_fini(&s);
}

/* A generator that gives the same sequence everywhere. */
static unsigned
next_random(uint64_t *state, unsigned below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33) % below;
}

static void
mutate(struct buf *b, uint64_t *state)
{
	static const char *const pieces[] = {"\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "e9", ".", " ", "\t",
	    "\\u0041", "\\ud83d\\ude00", "\\udc00", "\\u0000", "\xc3\xbc", "\x80", "\xf0\x9f\x98\x80", "\x01", "true",
	    "null", "\"a\":1,", "{\"a\":[]}", "1e999"};
	size_t at = next_random(state, (unsigned)b->len + 1), len;
	const char *piece = pieces[next_random(state, sizeof pieces / sizeof pieces[0])];
	char *copy;

	switch (next_random(state, 3)) {
	case 0: /* take out */
		len = next_random(state, 4) + 1;
		len = len > b->len - at ? b->len - at : len;
		memmove(b->p + at, b->p + at + len, b->len - at - len);
		b->len -= len;
		break;
	case 1: /* put in */
		copy = tap_exact(b->p + at, len = b->len - at);
		b->len = at;
		buf_adds(b, piece);
		buf_add(b, copy, len);
		free(copy);
		break;
	default:
		if (at < b->len)
			b->p[at] = (char)next_random(state, 256);
	}
}

static void
test_mutations(void)
{
	static const char *const seeds[] = {
	    "{\"path\":\"a.jpg\",\"size\":12,\"hash\":{\"xxh128\":\"00ff\"},\"warnings\":[{\"code\":\"EDATE\"}]}",
	    "{\"a\":[1,-2.5e+3,true,false,null,\"x\\ny\"],\"b\":{\"c\":{\"d\":[[],{}]}},\"\\u0065\":\"\xe2\x82\xac\"}",
	    "{ \"k\" : \"long enough for whole words of eight\" , \"l\" : [ { } , [ ] ] }",
	};
	uint64_t state = 20241121;
	unsigned i, taken = 0, wrong = 0;

	for (i = 0; i < 30000; i++) {
		const char *seed = seeds[i % 3], *what;
		unsigned changes = next_random(&state, 4) + 1;
		struct buf b = {0};
		struct spans s = {0};
		struct fail why;
		char *text;

		buf_adds(&b, seed);
		while (changes-- > 0)
			mutate(&b, &state);
		text = tap_exact(buf_cstr(&b), b.len);
		if ((what = oracle_disagreement(text, b.len)) != NULL) {
			printf("# %s: %.*s\n", what, (int)b.len, text);
			wrong++;
		}
		taken += span_scan((struct slice){text, b.len}, &s, &why) == 0;
		spans_fini(&s);
		free(text);
		buf_fini(&b);
	}
	tap_ok(wrong == 0, "30000 mutations agree with jansson");
	tap_ok(taken > 1000 && taken < 29000, "%u of them are taken: both sides are tried", taken);
}

int
main(void)
{
	test_rows();
	test_limits();
	test_nul();
	test_lookup();
	test_mutations();
	return tap_done();
}
