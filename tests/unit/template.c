/* template -- what templates accept, and what records and names make of them, hostile ones above all. */
#include <string.h>

#include "media/when.h"
#include "place/name/template.h"
#include "tap.h"

#define RECORD                                                                                                         \
	"{\"path\":\"x\",\"taken\":\"2024-05-01T23:30:00\",\"model\":\"EOS R5\",\"make\":\"A/B\\\\C\",\"iso\":100,"    \
	"\"f_number\":2.8,\"favorite\":true,\"keywords\":[\"one\",\"two\"],\"none\":[],\"nested\":[[1]],\"up\":\".."   \
	"\","                                                                                                          \
	"\"dot\":\".\",\"hidden\":\"..rc\",\"blank\":\"\",\"bell\":\"a\\u0007b\\u001b[2Jc\\u007fd\\u0085e\",\"obj\":{" \
	"\"a\":{\"b\":\"deep\"}},"                                                                                     \
	"\"utc\":\"2024-05-01T23:30:00Z\",\"offset\":\"2024-05-01T23:30:00-05:00\",\"year\":\"1974\",\"esc\":"         \
	"\"q\\\"\\u00e9/\","                                                                                           \
	"\"dcim\":\".dcim\",\"word\":\"dcim\",\"nofile\":\"ab\",\"nofile_b64\":\"/"                                    \
	"2I=\",\"quoted\":[\"a\\\"b\",\"c\"],\"slash\":\"/etc/passwd\","                                               \
	"\"parent\":\"../../etc\"}"

static const char *const other_members[] = {"none", "nested", "up", "dot", "hidden", "blank", "bell", "obj", "utc",
    "offset", "year", "esc", "dcim", "word", "nofile", "quoted", "slash", "parent", "a", "in.side", "favorite"};
static const struct fields_declared declared = {other_members, sizeof(other_members) / sizeof(other_members[0])};

static const struct row {
	const char *template, *name, *dir, *want;
	bool undated;
} rows[] = {
    {"{taken:%Y}/{taken:%Y-%m-%d}/{name}", "IMG_1.JPG", "", "2024/2024-05-01/IMG_1.JPG", false},
    {"{taken:%Y/%m}/{name}", "a", "", "2024/05/a", false},
    {"{taken:%H\\|%M\\}}", "a", "", "23|30}", false},
    {"{taken}", "a", "", "2024-05-01T23:30:00", false},
    {"{model}/{model:lower}/{name}", "a", "", "EOS R5/eos r5/a", false},
    {"{name:lower}", "A.JPG", "", "a.jpg", false},
    {"{stem}_{iso}_{f_number}.{ext}", "A.B.JPG", "", "A.B_100_2.8.JPG", false},
    {"{favorite}{keywords}", "a", "", "trueone", false},
    {"{quoted}", "a", "", "a\"b", false},
    {"{obj.a.b}/{name}", "a", "", "deep/a", false},
    {"{in.side|\"-\"}{hash.sha256|\"-\"}{tags.IFD0|\"-\"}{db.status|\"-\"}", "a", "", "----", false},
    {"{hash.xxh128|hash_now.sha512|db.id|db.seq|verified|\"-\"}", "a", "", "-", false},
    {"{taken:%-d%%%EY%_5Y}", "a", "", "1%2024 2024", false},
    /* missing */
    {"{lens}/{name}", "a", "", "Unknown/a", false},
    {"{lens|model}/{name}", "a", "", "EOS R5/a", false},
    {"{lens|serial|\"No \\\"lens\\\"\"}/{name}", "a", "", "No \"lens\"/a", false},
    {"{lens|\"x/y\"}/{name}", "a", "", "x/y/a", false},
    {"{model}[ with {lens}]/{name}", "a", "", "EOS R5/a", false},
    {"{lens|model}[ at {iso}]/{name}", "a", "", "EOS R5 at 100/a", false},
    {"[{blank}/][{none}/][{nested}/][{obj}/]{name}", "a", "", "a", false},
    {"{stem}[.{ext}]", "README", "", "README", false},
    {"{stem}.{ext}", "README", "", "README.Unknown", false},
    {"[{dir}/]{name}", "a", "", "a", false},
    {"{folder|\"none\"}/{name}", "a", "", "none/a", false},
    {"{folder}/{name}", "a", "", "a", false},
    /* dates */
    {"{year:%Y}/{name}", "a", "", "1974/a", false},
    {"{year:%Y}/{year:%m}/{name}", "a", "", "1974/Unknown/a", true},
    {"{year:%m|taken:%m}/{name}", "a", "", "05/a", false},
    {"{year:%m|\"none\"}/{name}", "a", "", "none/a", false},
    {"[{year:%m}/]{name}", "a", "", "a", false},
    {"{model:%Y}/{name}", "a", "", "Unknown/a", true},
    {"{utc:%d}{utc:%H}", "a", "", "0123", false},
    {"{offset:%d}{offset:%H}", "a", "", "0123", false},
    /* folders of the source */
    {"undated/{dir}/{name}", "a", "", "undated/a", false},
    {"undated/{dir}/{name}", "a", "DCIM/100", "undated/DCIM/100/a", false},
    {"{dir}/{name}", "a", "/media/card/", "media/card/a", false},
    {"{dir}/{name}", "a", "../../x/./y", "x/y/a", false},
    {"{dir}/{name}", "a", "..", "a", false},
    {"{dir}/{name}", "a", ".hid/..x", "_hid/__x/a", false},
    {"{folder}/{name}", "a", "DCIM/100CANON", "100CANON/a", false},
    {"{dir:lower}/{name}", "a", "DCIM/X", "dcim/x/a", false},
    /* escapes and odd ends */
    {"\\{x\\}\\[y\\]\\\\/{name}", "a", "", "{x}[y]\\/a", false},
    {"{taken:%Y}/", "a.jpg", "", "2024/a.jpg", false},
    {"{taken:%Y}/[{lens}]", "a.jpg", "", "2024/a.jpg", false},
    {"a//b///{name}", "c", "", "a/b/c", false},
    {"{dir}", "c", "", "c", false},
    /* hostile values */
    {"{up}/{name}", "a", "", "__/a", false},
    {"{dot}{dot}/{name}", "a", "", "_./a", false},
    {".{dot}/{name}", "a", "", "__/a", false},
    {"{hidden}/{name}", "a", "", "__rc/a", false},
    {"x{hidden}/{name}", "a", "", "x..rc/a", false},
    {"{slash}/{name}", "a", "", "_etc_passwd/a", false},
    {"{parent}/{name}", "a", "", "___.._etc/a", false},
    {"{make}/{name}", "a", "", "A_B_C/a", false},
    {"{bell}/{name}", "a", "", "a_b_[2Jc_d__e/a", false},
    {"{esc}/{name}", "a", "", "q\"\303\251_/a", false},
    {"{nofile}/{name}", "a", "", "\377b/a", false},
    {"{dcim}/{name}", "a", "", "_dcim/a", false},
    {".{word}/{name}", "a", "", "_dcim/a", false},
    {".DCIM/{name}", "a", "", "_DCIM/a", false},
    {"x/.dcim/{name}", "a", "", "x/.dcim/a", false},
    {"{name}", ".dcim", "", "_dcim", false},
    {"{name}", "..", "", "__", false},
    {"{name}", "-rf\n\033\377", "", "-rf\n\033\377", false},
    {"{name}", "back\\slash", "", "back\\slash", false},
    {"100% \\%Y %", "a.jpg", "", "100% %Y %", false},
};

static const struct {
	const char *template, *message;
} wrong[] = {
    {"", "is empty"},
    {"/abs/{name}", "cannot begin with /"},
    {"../{name}", "cannot be called"},
    {"a/./{name}", "cannot be called"},
    {"a/..", "cannot be called"},
    {"{name", "a brace is not closed"},
    {"name}", "} without {"},
    {"{}", "name is missing"},
    {"{a|}", "name is missing"},
    {"{a b}", "expected }"},
    {"{.a}", "begins or ends with a dot"},
    {"{a..b}", "begins or ends with a dot"},
    {"{a.}", "begins or ends with a dot"},
    {"{a:upper}", "after the colon"},
    {"{a:}", "after the colon"},
    {"{name:%Y}", "takes no date format"},
    {"{a|\"b}", "a quote is not closed"},
    {"[a[b]]", "cannot be nested"},
    {"a]", "] without ["},
    {"[a", "a bracket is not closed"},
    {"a\\", "nothing follows"},
    {"{taken:%Y/{name}", "a brace is not closed, at byte 11 of"},
    {"{taken:%Y", "a brace is not closed, at byte 10 of"},
    {"x/{nmae}", "{nmae} is not a field of a record: did you mean {name}?, at byte 4 of"},
    {"{taken:%Y}/{Model}", "did you mean {model}?, at byte 13"},
    {"{hash.xxh129}", "did you mean {hash.xxh128}?"},
    {"{source.vol}", "--member=source.vol"},
    {"{source}", "did you mean {source."},
    {"{takn:%Y}", "did you mean {taken}?"},
    {"{qwertyuiop}", "--member=qwertyuiop"},
    {"{b}", "is not a field"},
    {"{in}", "is not a field"},
    {"{uqtes}", "is not a field"},
    {"{quotd}", "did you mean {quoted}?"},
    {"{lens|modle}", "did you mean {model}?, at byte 7"},
    {"{taken:%Q}", "%Q is not a conversion of strftime(3), at byte 8"},
    {"{taken:%Y-%}", "% is not a conversion"},
    {"{taken:%-9999999999999d}", "is not a conversion"},
    {"%Y/{name}", "%Y belongs inside the braces of a date, as in {taken:%Y}; \\% is a plain %, at byte 1"},
    {"{model}/a%d{name}", "%d belongs inside the braces of a date"},
    {"[%m-{model}]", "%m belongs inside the braces of a date"},
    {"{camera}", "is not a field of dcim-records(5); if another filter adds it, say so by --member=camera"},
    {"{model:uper}", "after the colon, a date format such as %Y or the word lower is expected, at byte 8"},
};

static struct template_input
input(const struct rec *rec, const char *name, const char *dir)
{
	return (struct template_input){.rec = rec, .name = {name, strlen(name)}, .dir = {dir, strlen(dir)}};
}

static void
test_row(const struct rec *rec, const struct row *row)
{
	struct fail why = {0};
	struct buf path = {0};
	char *text = tap_exact(row->template, strlen(row->template) + 1);
	char *name = tap_exact(row->name, strlen(row->name)), *dir = tap_exact(row->dir, strlen(row->dir));
	struct template *t = template_new(text, &declared, &why);
	struct template_input in = {.rec = rec, .name = {name, strlen(row->name)}, .dir = {dir, strlen(row->dir)}};
	bool undated = false, good;

	free(text);
	good =
	    t != NULL && template_expand(t, &in, &path, &undated, &why) == 0 && strcmp(buf_cstr(&path), row->want) == 0;
	tap_ok(good && undated == row->undated, "%s of '%s' in '%s': %s%s", row->template,
	    strcmp(row->name, "-rf\n\033\377") ? row->name : "bytes", row->dir,
	    good        ? "as wanted"
	    : t == NULL ? why.message
			: buf_cstr(&path),
	    undated ? ", undated" : "");
	template_free(t);
	buf_fini(&path);
	free(name);
	free(dir);
}

static void
test_wrong(const char *template, const char *message)
{
	struct fail why = {0};
	struct template *t = template_new(template, &declared, &why);

	tap_ok(t == NULL && why.code == FAIL_INPUT && strstr(why.message, message) != NULL, "'%s' is refused: %s",
	    template, why.message);
	template_free(t);
}

/* 300 bytes of name in two-byte characters keep their extension and no half a character. */
static void
test_long(const struct rec *rec)
{
	struct fail why = {0};
	struct buf path = {0}, name = {0};
	struct template *t = template_new("{dir}/{name}", &declared, &why);
	struct template_input in;
	bool undated;

	for (int i = 0; i < 200; i++)
		buf_adds(&name, "\303\251");
	buf_adds(&name, ".jpeg");
	in = input(rec, name.p, name.p);
	tap_ok(t != NULL && template_expand(t, &in, &path, &undated, &why) == 0 && path.len == 254 + 1 + 255 &&
		   strcmp(path.p + 254 + 1 + 248, "\303\251.jpeg") == 0 && path.p[254] == '/',
	    "long names are cut between characters, before the extension (%zu)", path.len);
	template_free(t);
	buf_fini(&path);
	buf_fini(&name);
}

static void
test_zone(const struct rec *rec)
{
	struct fail why = {0};
	struct buf path = {0};
	struct template *t = template_new("{utc:%d %H}/{offset:%H}/{taken:%H}", &declared, &why);
	struct template_input in = input(rec, "a", "");
	bool undated;

	in.zoned = true;
	tap_ok(when_set_zone("Europe/Berlin") && t != NULL && template_expand(t, &in, &path, &undated, &why) == 0 &&
		   strcmp(path.p, "02 01/23/23") == 0,
	    "with a zone only dates in UTC change: %s", buf_cstr(&path));
	template_free(t);
	buf_fini(&path);
}

int
main(void)
{
	struct fail why = {0};
	struct rec rec = {0};

	if (rec_from_line(&rec, RECORD, strlen(RECORD), &why) == -1) {
		printf("Bail out! %s\n", why.message);
		return 1;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(&rec, &rows[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		test_wrong(wrong[i].template, wrong[i].message);
	test_long(&rec);
	test_zone(&rec);
	rec_fini(&rec);
	return tap_done();
}
