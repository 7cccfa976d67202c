/* The walk over directories: orders and widths, every type of value, and everything that a block can do wrong. */
#include "meta/exif/ifd.h"

#include <math.h>

#include "made.h"
#include "tap.h"

struct seen {
	unsigned entries, dirs;
	double numbers[8];
	size_t nnumbers;
	uint16_t wanted;
	bool chain;
};

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct seen *s = arg;

	size_t len;

	s->entries++;
	ifd_value(ifd, e, SIZE_MAX, &len);
	if (e->tag == s->wanted)
		s->nnumbers = ifd_numbers(ifd, e, s->numbers, 8);
}

static bool
chain(void *arg, unsigned nth)
{
	const struct seen *s = arg;

	(void)nth;
	return s->chain;
}

/* Walks a block that lies in a malloc of its exact size.  Returns ifd_open()'s answer. */
static bool
walk(const struct made *m, struct seen *s, struct media_info *info)
{
	struct ifd_visitor v = {.entry = entry, .chain = chain, .subs = true, .arg = s};
	uint8_t *exact = tap_exact(m->p, m->len);
	struct src *src = src_new();
	struct fail why = {0};
	struct reader r = {.src = src, .info = info, .why = &why};
	static struct ifd ifd;
	bool opened;

	media_clear(info);
	src_open_memory(src, exact, m->len);
	if ((opened = ifd_open(&ifd, &r, 0, UINT64_MAX)))
		ifd_walk(&ifd, &v);
	s->dirs = (unsigned)ifd.ndirs;
	src_free(src);
	free(exact);
	return opened;
}

static const struct {
	const char *what;
	struct made_tag tag;
	size_t n;
	double v[3];
} values[] = {
    {"a byte", {DIR0, 0x100, T_BYTE, 1, "\xfe", {0}}, 1, {254}},
    {"a signed byte", {DIR0, 0x100, T_SBYTE, 1, "\xfe", {0}}, 1, {-2}},
    {"a short", SHORT(DIR0, 0x100, 65535), 1, {65535}},
    {"a signed short", {DIR0, 0x100, T_SSHORT, 1, NULL, {65535}}, 1, {-1}},
    {"two shorts in the entry", {DIR0, 0x100, T_SHORT, 2, NULL, {1, 2}}, 2, {1, 2}},
    {"three shorts outside it", {DIR0, 0x100, T_SHORT, 3, NULL, {1, 2, 3}}, 3, {1, 2, 3}},
    {"a long", LONG(DIR0, 0x100, 4000000000), 1, {4e9}},
    {"a signed long", {DIR0, 0x100, T_SLONG, 1, NULL, {0xfffffffe}}, 1, {-2}},
    {"a rational", RATIONAL(DIR0, 0x100, 1, 125), 1, {0.008}},
    {"a signed rational", {DIR0, 0x100, T_SRATIONAL, 1, NULL, {0xffffffff, 2}}, 1, {-0.5}},
    {"a rational without a denominator", RATIONAL(DIR0, 0x100, 1, 0), 1, {NAN}},
    {"a float", {DIR0, 0x100, T_FLOAT, 1, NULL, {0x3f000000}}, 1, {0.5}},
    {"text, which is no number", ASCII(DIR0, 0x100, "12"), 0, {0}},
    {"bytes of no kind, which are no number", BYTES(DIR0, 0x100, T_UNDEF, "12345"), 0, {0}},
};

static bool
same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static void
test_values(struct media_info *info)
{
	static struct made m;

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		for (int form = 0; form < 4; form++) {
			struct seen s = {.wanted = 0x100};
			bool good;

			m.big_endian = form & 1;
			m.wide = form & 2;
			made_tiff(&m, &values[i].tag, 1);
			good = walk(&m, &s, info) && s.nnumbers == values[i].n && info->nwarnings == 0;
			for (size_t k = 0; k < s.nnumbers; k++)
				good = good && same(s.numbers[k], values[i].v[k]);
			tap_ok(good, "%s, %s endian, %s", values[i].what, m.big_endian ? "big" : "little",
			    m.wide ? "BigTIFF" : "TIFF");
		}
	}
}

static const struct made_tag few[] = {
    SHORT(DIR0, 0x100, 640),
    ASCII(DIR0, 0x10f, "Acme cameras"),
    RATIONAL(DIR_EXIF, 0x829a, 1, 125),
    SHORT(DIR_SUB, 0x101, 6400),
    ASCII(DIR1, 0x10f, "thumb"),
};

/* Every prefix of a block, and every block with one byte changed, ends the walk in good order. */
static void
test_damage(struct media_info *info)
{
	static struct made m, cut;
	bool good = true;

	for (int form = 0; form < 4; form++) {
		m.big_endian = form & 1;
		m.wide = form & 2;
		made_tiff(&m, few, sizeof few / sizeof few[0]);
		for (size_t len = 0; len < m.len; len++) {
			struct seen s = {.chain = true};

			cut = m;
			cut.len = len;
			walk(&cut, &s, info);
			good = good && info->nwarnings > 0;
		}
		tap_ok(good, "each cut of a block of %zu bytes is told", m.len);
		for (size_t at = 0; at < m.len; at++) {
			for (int bit = 0; bit < 8; bit++) {
				struct seen s = {.chain = true};

				cut = m;
				cut.p[at] ^= (uint8_t)(1 << bit);
				walk(&cut, &s, info);
				good = good && s.dirs <= IFD_DIRS_MAX;
			}
		}
		tap_ok(good, "each changed bit is survived");
	}
}

static void
test_one_bad_tag(struct media_info *info)
{
	struct seen s = {.wanted = 0x829a};
	static struct made m;

	m = (struct made){0};
	made_tiff(&m, few, sizeof few / sizeof few[0]);
	made_put(&m, 10 + 12 + 8, 0x7fffffff, 4); /* the text of 0x10f */
	walk(&m, &s, info);
	tap_ok(s.nnumbers == 1 && s.numbers[0] == 0.008, "a value beyond the end costs nothing but itself");
	made_tiff(&m, few, sizeof few / sizeof few[0]);
	made_put(&m, 10 + 2, 99, 2); /* the type of 0x100 */
	s = (struct seen){.wanted = 0x829a};
	walk(&m, &s, info);
	tap_ok(s.nnumbers == 1 && made_warned(info, FAIL_VALUE, "0x0100"), "a type that is none costs its tag");
	made_tiff(&m, few, sizeof few / sizeof few[0]);
	made_put(&m, 10 + 4, 0xffffffff, 4);
	s = (struct seen){.wanted = 0x100};
	walk(&m, &s, info);
	tap_ok(s.nnumbers == 0 && made_warned(info, FAIL_TRUNCATED, "0x0100"), "a count that no file can hold");
}

/* A classic block of n directories, each pointing on to the next, the last to `back`. */
static void
make_chain(struct made *m, unsigned n, unsigned back)
{
	*m = (struct made){.big_endian = false};
	made_add(m, "II*\0\x08\0\0\0", 8);
	for (unsigned i = 0; i < n; i++) {
		size_t at = 8 + 18 * i;

		made_put(m, at, 1, 2);
		made_put(m, made_entry(m, at + 2, 0x100, T_SHORT, 1), i, 2);
		made_put(m, at + 14, i + 1 < n ? at + 18 : back, 4);
	}
}

static void
test_cycles(struct media_info *info)
{
	struct seen s = {.chain = true};
	static struct made m;

	make_chain(&m, 1, 8);
	walk(&m, &s, info);
	tap_ok(s.dirs == 1 && s.entries == 1 && made_warned(info, FAIL_FORMAT, "two pointers"),
	    "a directory behind itself");
	make_chain(&m, 5, 8 + 18);
	s = (struct seen){.chain = true};
	walk(&m, &s, info);
	tap_ok(s.dirs == 5 && s.entries == 5, "a longer cycle");
	make_chain(&m, IFD_PICTURES_MAX, 0);
	s = (struct seen){.chain = true};
	walk(&m, &s, info);
	tap_ok(s.dirs == IFD_PICTURES_MAX && info->nwarnings == 0, "as many directories as are allowed");
	make_chain(&m, IFD_PICTURES_MAX + 1, 0);
	s = (struct seen){.chain = true};
	walk(&m, &s, info);
	tap_ok(s.dirs == IFD_PICTURES_MAX && made_warned(info, FAIL_LIMIT, "directories"), "one too many");
	s = (struct seen){.chain = false};
	walk(&m, &s, info);
	tap_ok(s.dirs == 1, "a chain that nobody wants is not followed");
}

static void
make_wide_dir(struct made *m, unsigned n)
{
	*m = (struct made){.big_endian = false};
	made_add(m, "II*\0\x08\0\0\0", 8);
	made_put(m, 8, n, 2);
	for (unsigned i = 0; i < n; i++)
		made_put(m, made_entry(m, 10 + 12 * (size_t)i, (uint16_t)i, T_SHORT, 1), i, 2);
	made_put(m, 10 + 12 * (size_t)n, 0, 4);
}

static void
test_counts(struct media_info *info)
{
	struct seen s = {.chain = true};
	static struct made m;

	make_wide_dir(&m, IFD_ENTRIES_MAX);
	walk(&m, &s, info);
	tap_ok(s.entries == IFD_ENTRIES_MAX && !made_warned(info, FAIL_LIMIT, ""), "as many entries as are allowed");
	make_wide_dir(&m, IFD_ENTRIES_MAX + 1);
	s = (struct seen){.chain = true};
	walk(&m, &s, info);
	tap_ok(s.entries == IFD_ENTRIES_MAX && made_warned(info, FAIL_LIMIT, "entries"), "one too many is not read");
	make_wide_dir(&m, 30);
	for (unsigned i = 0; i < 30; i++)
		made_put(&m, 10 + 12 * i + 2, 0x7777, 2);
	s = (struct seen){.chain = true};
	walk(&m, &s, info);
	tap_ok(s.entries == 0 && info->nwarnings <= 9 && made_warned(info, FAIL_FORMAT, "garbage"),
	    "garbage is given up, with few words");
	make_wide_dir(&m, 3);
	made_put(&m, 10, 0, 8);
	s = (struct seen){.chain = true};
	walk(&m, &s, info);
	tap_ok(s.entries == 2 && info->nwarnings == 0, "padding of zeros is no damage");
}

static void
test_headers(struct media_info *info)
{
	static const struct {
		const char *what, *bytes;
		size_t len;
	} bad[] = {
	    {"nothing", "", 0},
	    {"seven bytes", "II*\0\x08\0\0", 7},
	    {"two orders at once", "IM*\0\x08\0\0\0", 8},
	    {"no order", "XX*\0\x08\0\0\0", 8},
	    {"a BigTIFF header that is cut", "II+\0\x08\0\0\0\x10\0\0", 11},
	    {"BigTIFF with offsets of four bytes", "II+\0\x04\0\0\0\x10\0\0\0\0\0\0\0", 16},
	};
	static struct made m;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct seen s = {.chain = true};

		m.len = 0;
		made_add(&m, bad[i].bytes, bad[i].len);
		tap_ok(!walk(&m, &s, info) && info->nwarnings == 1, "%s is no header", bad[i].what);
	}
}

int
main(void)
{
	struct media_info info = {0};

	test_values(&info);
	test_damage(&info);
	test_one_bad_tag(&info);
	test_cycles(&info);
	test_counts(&info);
	test_headers(&info);
	media_fini(&info);
	return tap_done();
}
