/* xmlscan against expat: the same events for whatever it reads, and what it leaves to expat. */
#include "meta/xmp/xmlscan.h"

#include "tap.h"
#include "xml-events.h"

#define R "<r xmlns:a='urn:a' xmlns='urn:d'>"

static const struct {
	bool whole; /* expected of xmlscan_run() */
	const char *name, *packet;
} rows[] = {
    {true, "an element", "<r/>"},
    {true, "blanks around and inside tags", " \n<r \t a = 'x'\r\n b=\"y\" ></r >\n"},
    {true, "a byte order mark", "\xef\xbb\xbf<r/>"},
    {true, "text, and in it a lone > and ]]", "<r>one > two ]] three ]</r>"},
    {true, "line ends", "<r a='1\r\n2\r3\n4\t5'>1\r\n2\r3\n4\t5\r</r>"},
    {true, "references",
	"<r "
	"a='&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x20ac;&#128512;'>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#10;</r>"},
    {true, "UTF-8", "<r a='\xc3\xa9'>\xe2\x82\xac\xf0\x9f\x98\x80</r>"},
    {true, "prefixes and a default", R "<a:x a:y='1' z='2'><b/><a:c/></a:x></r>"},
    {true, "a prefix declared where it is used", "<x:r xmlns:x='urn:x' x:y='1'/>"},
    {true, "a prefix declared after the attribute that uses it", "<r x:y='1' xmlns:x='urn:x'/>"},
    {true, "a prefix declared anew, and the old one again behind", R "<a:x xmlns:a='urn:b'><a:y/></a:x><a:z/></r>"},
    {true, "xml:lang", "<r xml:lang='de'/>"},
    {true, "comments and instructions",
	"<?xpacket begin='\xef\xbb\xbf' id='W5M0'?><!-- a - b --><r><!----><?x?>t<!-- <b> --></r><?xpacket end='w'?>"},
    {true, "quotes of one kind in the other", "<r a='\"' b=\"'\" c='>'/>"},
    {true, "names with digits, dots and hyphens", "<a.1-b_c x-1='1'/>"},
    {false, "an XML declaration", "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xc3\xa9</r>"},
    {false, "a document type", "<!DOCTYPE r [<!ENTITY e 'x'>]><r>&e;</r>"},
    {false, "CDATA", "<r><![CDATA[<a>]]></r>"},
    {false, "UTF-16", "\xff\xfe<\0r\0/\0>\0"},
    {false, "a name beyond ASCII", "<\xc3\xa9/>"},
    {false, "a default taken back", R "<b xmlns=''><c/></b></r>"},
    {false, "an unknown entity", "<r>&nbsp;</r>"},
    {false, "a number that is no character", "<r>&#0;</r>"},
    {false, "a number of surrogates", "<r>&#xd800;</r>"},
    {false, "an unknown prefix", "<r><x:y/></r>"},
    {false, "an unknown prefix of an attribute", "<r x:y='1'/>"},
    {false, "attributes without a blank between", "<r a='1'b='2'/>"},
    {false, "a value without quotes", "<r a=1/>"},
    {false, "< in a value", "<r a='<'/>"},
    {false, "]]> in text", "<r>]]></r>"},
    {false, "two hyphens in a comment", "<r><!-- -- --></r>"},
    {false, "a control character", "<r>\1</r>"},
    {false, "a control character in a comment", "<r><!-- \1 --></r>"},
    {false, "a control character in an instruction", "<?x \1?><r/>"},
    {false, "a question mark in an instruction's name", "<?x?y ?><r/>"},
    {true, "blanks in a comment and an instruction", "<?x \t\r\n?><r><!--\t\r\n--></r>"},
    {false, "bytes that are not UTF-8", "<r>\xe9</r>"},
    {false, "ends that do not match", "<r><a></b></r>"},
    {false, "an end too many", "<r></r></r>"},
    {false, "two elements", "<r/><r/>"},
    {false, "text behind the element", "<r/>x"},
    {false, "nothing", ""},
    {false, "an element that is not closed", "<r><a>"},
    {false, "a tag that is cut", "<r a='1"},
    {false, "a prefix bound to nothing", "<r xmlns:a=''/>"},
    {false, "an attribute twice", R "<b a:x='1' y='2' a:x='3'/></r>"},
    {false, "an attribute twice by two prefixes", R "<b xmlns:b='urn:a' a:x='1' b:x='2'/></r>"},
    {true, "a name with a prefix and without", R "<b a:x='1' x='2'/></r>"},
    {false, "a prefix declared twice", "<r xmlns:a='urn:a' xmlns:a='urn:b'/>"},
    {false, "a default declared twice", "<r xmlns='urn:a' xmlns='urn:b'/>"},
    {false, "U+FFFE", "<r>\xef\xbf\xbe</r>"},
    {false, "U+FFFF in a comment", "<r><!-- \xef\xbf\xbf --></r>"},
    {true, "U+FFFD", "<r>\xef\xbf\xbd</r>"},
    {false, "the prefix xmlns", "<r xmlns:xmlns='urn:x'/>"},
};

static void
compare(const char *name, const char *packet, size_t len, bool whole)
{
	struct xml_events want = {0}, got = {0};
	char *exact = tap_exact(packet, len);
	bool good = xml_events_expat(&want, exact, len), read = xml_events_scan(&got, exact, len);

	tap_ok(read == whole, "%s: %s", name, whole ? "is read" : "is left to expat");
	if (read)
		tap_ok(good && strcmp(buf_cstr(&want.text), buf_cstr(&got.text)) == 0, "%s: like expat", name);
	xml_events_fini(&want);
	xml_events_fini(&got);
	free(exact);
}

/* The limits: what is beyond is left to expat. */
static void
test_depth(void)
{
	struct buf b = {0};

	for (int depth = XMLSCAN_DEPTH_MAX; depth <= XMLSCAN_DEPTH_MAX + 1; depth++) {
		buf_clear(&b, 0);
		for (int i = 0; i < depth; i++)
			buf_adds(&b, "<a>");
		for (int i = 0; i < depth; i++)
			buf_adds(&b, "</a>");
		compare("nesting", b.p, b.len, depth == XMLSCAN_DEPTH_MAX);
	}
	buf_fini(&b);
}

static void
test_many(const char *name, const char *format, int n, bool whole)
{
	struct buf b = {0};

	buf_adds(&b, "<r");
	for (int i = 0; i < n; i++) {
		buf_adds(&b, " ");
		buf_addf(&b, "%s%d='urn:x%d'", format, i, i);
	}
	buf_adds(&b, "/>");
	compare(name, b.p, b.len, whole);
	buf_fini(&b);
}

static unsigned
any_uri(void *arg, struct slice uri)
{
	(void)arg, (void)uri;
	return 1;
}

/* Tells the local names of what begins, "/" at ends, and text; `first` and `end` are what is answered at <b> and ends.
 */
struct told {
	enum xmlscan_next first, end;
	struct buf text;
};

static enum xmlscan_next
tell_start(void *arg, const struct xmlscan_name *name, const struct xmlscan_attribute *attribute, size_t n)
{
	struct told *told = arg;

	(void)attribute, (void)n;
	buf_add(&told->text, name->local.p, name->local.len);
	return slice_eq(name->local, "b") ? told->first : XMLSCAN_GO;
}

static enum xmlscan_next
tell_end(void *arg)
{
	struct told *told = arg;

	buf_addc(&told->text, '/');
	return told->end;
}

static void
tell_text(void *arg, const char *bytes, size_t len)
{
	struct told *told = arg;

	buf_add(&told->text, bytes, len);
}

static void
test_next(const char *name, enum xmlscan_next first, enum xmlscan_next end, const char *packet, const char *want)
{
	static const struct xmlscan_handlers handlers = {any_uri, tell_start, tell_end, tell_text};
	struct told told = {.first = first, .end = end};
	struct xmlscan *s = xmlscan_new();
	char *exact = tap_exact(packet, strlen(packet));

	tap_ok(xmlscan_run(s, exact, strlen(packet), &handlers, &told) && strcmp(buf_cstr(&told.text), want) == 0,
	    "%s: %s", name, buf_cstr(&told.text));
	buf_fini(&told.text);
	xmlscan_free(s);
	free(exact);
}

static void
test_wishes(void)
{
	test_next("start ends the packet", XMLSCAN_STOP, XMLSCAN_GO, "<a><b></b> not well-formed: <", "ab");
	test_next("end ends the packet", XMLSCAN_GO, XMLSCAN_STOP, "<a><b></b> not well-formed: <", "ab/");
	test_next("the end of an empty element, too", XMLSCAN_GO, XMLSCAN_STOP, "<a><b/> nor this: <", "ab/");
	test_next("skipped", XMLSCAN_SKIP, XMLSCAN_GO, "<a><b>1<c d='2'>3</c>4</b >5</a>", "ab/5/");
	test_next("an empty element is skipped", XMLSCAN_SKIP, XMLSCAN_GO, "<a><b/>5</a>", "ab/5/");
	test_next("not skipped: the name again", XMLSCAN_SKIP, XMLSCAN_GO, "<a><b>1<b>2</b>3</b></a>", "ab1b/3//");
	test_next("not skipped: a longer name", XMLSCAN_SKIP, XMLSCAN_GO, "<a><b>1<c></c><bc/></b></a>", "ab1c/bc///");
	test_next(
	    "not skipped: an end of a longer name", XMLSCAN_SKIP, XMLSCAN_GO, "<a><b><bc></bc></b></a>", "abbc///");
	test_next("not skipped: a comment", XMLSCAN_SKIP, XMLSCAN_GO, "<a><b>1<!--</b>-->2</b>3</a>", "ab12/3/");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].packet);

		compare(rows[i].name, rows[i].packet, rows[i].packet[0] == '\xff' ? 10 : len, rows[i].whole);
	}
	test_depth();
	test_wishes();
	test_many("512 attributes", "a", 512, true);
	test_many("513 attributes", "a", 513, false);
	test_many("127 prefixes", "xmlns:a", 127, true);
	test_many("128 prefixes", "xmlns:a", 128, false);
	return tap_done();
}
