#include "archive/membername.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

/* What stands in the upper half of code page 437. */
static const uint16_t upper[] = {
    0x00c7,
    0x00fc,
    0x00e9,
    0x00e2,
    0x00e4,
    0x00e0,
    0x00e5,
    0x00e7,
    0x00ea,
    0x00eb,
    0x00e8,
    0x00ef,
    0x00ee,
    0x00ec,
    0x00c4,
    0x00c5,
    0x00c9,
    0x00e6,
    0x00c6,
    0x00f4,
    0x00f6,
    0x00f2,
    0x00fb,
    0x00f9,
    0x00ff,
    0x00d6,
    0x00dc,
    0x00a2,
    0x00a3,
    0x00a5,
    0x20a7,
    0x0192,
    0x00e1,
    0x00ed,
    0x00f3,
    0x00fa,
    0x00f1,
    0x00d1,
    0x00aa,
    0x00ba,
    0x00bf,
    0x2310,
    0x00ac,
    0x00bd,
    0x00bc,
    0x00a1,
    0x00ab,
    0x00bb,
    0x2591,
    0x2592,
    0x2593,
    0x2502,
    0x2524,
    0x2561,
    0x2562,
    0x2556,
    0x2555,
    0x2563,
    0x2551,
    0x2557,
    0x255d,
    0x255c,
    0x255b,
    0x2510,
    0x2514,
    0x2534,
    0x252c,
    0x251c,
    0x2500,
    0x253c,
    0x255e,
    0x255f,
    0x255a,
    0x2554,
    0x2569,
    0x2566,
    0x2560,
    0x2550,
    0x256c,
    0x2567,
    0x2568,
    0x2564,
    0x2565,
    0x2559,
    0x2558,
    0x2552,
    0x2553,
    0x256b,
    0x256a,
    0x2518,
    0x250c,
    0x2588,
    0x2584,
    0x258c,
    0x2590,
    0x2580,
    0x03b1,
    0x00df,
    0x0393,
    0x03c0,
    0x03a3,
    0x03c3,
    0x00b5,
    0x03c4,
    0x03a6,
    0x0398,
    0x03a9,
    0x03b4,
    0x221e,
    0x03c6,
    0x03b5,
    0x2229,
    0x2261,
    0x00b1,
    0x2265,
    0x2264,
    0x2320,
    0x2321,
    0x00f7,
    0x2248,
    0x00b0,
    0x2219,
    0x00b7,
    0x221a,
    0x207f,
    0x00b2,
    0x25a0,
    0x00a0,
};

static void
add_cp437(struct buf *out, const char *raw, size_t len)
{
	char utf8[UTF8_MAX];

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)raw[i];

		buf_add(out, utf8, utf8_encode(c < 0x80 ? c : upper[c - 0x80], utf8));
	}
}

void
membername_take(struct buf *out, const char *raw, bool is_zip)
{
	size_t len = strnlen(raw, MEMBERNAME_MAX);

	if (is_zip && !json_is_utf8(raw, len))
		add_cp437(out, raw, len);
	else
		buf_add(out, raw, len);
}

static bool
is_slash(char c)
{
	return c == '/' || c == '\\';
}

/* Whether one of its parts, between slashes of either kind, is two dots. */
static bool
goes_up(const char *name)
{
	for (const char *p = name; *p != '\0'; p += strcspn(p, "/\\"), p += *p != '\0') {
		if (p[0] == '.' && p[1] == '.' && (p[2] == '\0' || is_slash(p[2])))
			return true;
	}
	return false;
}

int
membername_check(const char *name, struct fail *why)
{
	if (strlen(name) >= MEMBERNAME_MAX)
		return fail_set(
		    why, FAIL_LIMIT, "open", "its name in the archive is over the limit of %u bytes", MEMBERNAME_MAX);
	if (is_slash(name[0]) || (isalpha((unsigned char)name[0]) && name[1] == ':' && is_slash(name[2])))
		return fail_set(
		    why, FAIL_INPUT, "open", "its name in the archive is that of a place outside: extract it first");
	if (goes_up(name))
		return fail_set(
		    why, FAIL_INPUT, "open", "its name in the archive leads out of it by '..': extract it first");
	return 0;
}
