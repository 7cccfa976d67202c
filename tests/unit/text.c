/* Encodings of text in files. */
#include "media/text.h"

#include "tap.h"

#define IN(bytes) bytes, sizeof(bytes) - 1

static const struct {
	const char *what, *bytes;
	size_t len;
	const char *want; /* NULL: no text */
} plain[] = {
    {"ASCII", IN("abc"), "abc"},
    {"blanks around it", IN(" \t abc \r\n\0\0"), "abc"},
    {"blanks inside it", IN("a  b"), "a  b"},
    {"nothing", IN(""), NULL},
    {"blanks alone", IN("  \0 "), NULL},
    {"UTF-8", IN("\xc3\xa9\xe2\x82\xac"), "\xc3\xa9\xe2\x82\xac"},
    {"Latin-1", IN("\xe9t\xe9"), "\xc3\xa9t\xc3\xa9"},
    {"UTF-8 that is cut, as Windows-1252", IN("\xe2\x82"), "\xc3\xa2\xe2\x80\x9a"},
    {"what Windows-1252 has beyond Latin-1", IN("\x80\x9f"), "\xe2\x82\xac\xc5\xb8"},
};

static const struct {
	const char *what, *bytes;
	size_t len;
	const char *want;
} mac[] = {
    {"letters and signs", IN("\x8a\xdb\xc6 \0"), "\xc3\xa4\xe2\x82\xac\xe2\x88\x86"},
    {"the sign that is Apple's own", IN("\xf0"), "\xef\xa3\xbf"},
    {"nothing", IN(" \0"), NULL},
};

static const struct {
	const char *what, *bytes;
	size_t len;
	bool big_endian;
	const char *want;
} utf16[] = {
    {"UTF-16, little endian", IN("a\0\xe9\0"), false, "a\xc3\xa9"},
    {"UTF-16, big endian", IN("\0a\0\xe9"), true, "a\xc3\xa9"},
    {"a byte order mark is left out",
	IN("\xff\xfe"
	   "a\0"),
	false, "a"},
    {"blanks around it", IN(" \0a\0 \0b\0 \0"), false, "a b"},
    {"up to the NUL", IN("a\0\0\0b\0"), false, "a"},
    {"a character outside the first plane", IN("\x3d\xd8\x00\xde"), false, "\xf0\x9f\x98\x80"},
    {"the first half of a pair",
	IN("\x3d\xd8"
	   "a\0"),
	false,
	"\xef\xbf\xbd"
	"a"},
    {"the second half of a pair", IN("\x00\xde"), false, "\xef\xbf\xbd"},
    {"a half at the end", IN("\x3d\xd8"), false, "\xef\xbf\xbd"},
    {"an odd byte", IN("a\0b"), false, "a"},
    {"nothing", IN(""), false, NULL},
    {"blanks alone", IN(" \0 \0"), false, NULL},
};

static const struct {
	const char *what, *bytes;
	size_t len;
	bool big_endian;
	const char *want;
} comments[] = {
    {"ASCII", IN("ASCII\0\0\0hi"), false, "hi"},
    {"ASCII of blanks", IN("ASCII\0\0\0   "), false, NULL},
    {"ASCII that is binary", IN("ASCII\0\0\0h\1i"), false, NULL},
    {"Unicode in the block's order", IN("UNICODE\0\0h\0i"), true, "hi"},
    {"Unicode in the other order", IN("UNICODE\0h\0i\0"), true, "hi"},
    {"Unicode with a mark", IN("UNICODE\0\xff\xfeh\0"), true, "h"},
    {"Unicode that does not show its order", IN("UNICODE\0\x4e\x2d"), true, "\xe4\xb8\xad"},
    {"the same in the other order", IN("UNICODE\0\x2d\x4e"), false, "\xe4\xb8\xad"},
    {"JIS that is ASCII", IN("JIS\0\0\0\0\0hi"), false, "hi"},
    {"JIS with escapes", IN("JIS\0\0\0\0\0a\x1b$BF|K\\\x1b(Bz"), false, "a\xe6\x97\xa5\xe6\x9c\xacz"},
    {"JIS with an escape and nothing behind it", IN("JIS\0\0\0\0\0\x1b$B"), false, NULL},
    {"JIS with an escape that is none", IN("JIS\0\0\0\0\0\x1b[1m"), false, NULL},
    {"JIS without escapes", IN("JIS\0\0\0\0\0F|$N$O"), false, "\xe6\x97\xa5\xe3\x81\xae\xe3\x81\xaf"},
    {"JIS that looks like kana once", IN("JIS\0\0\0\0\0$5 for 20"), false, "$5 for 20"},
    {"Shift-JIS", IN("JIS\0\0\0\0\0\x93\xfa"), false, "\xe6\x97\xa5"},
    {"EUC-JP", IN("JIS\0\0\0\0\0\xc6\xfc\xcb\xdc"), false, "\xe6\x97\xa5\xe6\x9c\xac"},
    {"UTF-8 that is called JIS", IN("JIS\0\0\0\0\0\xe6\x97\xa5"), false, "\xe6\x97\xa5"},
    {"JIS of nothing", IN("JIS\0\0\0\0\0\0\0"), false, NULL},
    {"a name padded with blanks", IN("ASCII   hi"), false, "hi"},
    {"a name in small letters", IN("Unicode\0h\0i\0"), false, "hi"},
    {"a name that goes on",
	IN("ASCIIART"
	   "hi"),
	false, "ASCIIARThi"},
    {"ASCII up to its NUL", IN("ASCII\0\0\0hi\0\1\2\x80"), false, "hi"},
    {"ASCII with garbage behind it", IN("ASCII\0\0\0hi\xff\xff\1"), false, "hi"},
    {"ASCII that is Latin-1", IN("ASCII\0\0\0caf\xe9"), false, "caf\xc3\xa9"},
    {"ASCII that is UTF-8", IN("ASCII\0\0\0caf\xc3\xa9"), false, "caf\xc3\xa9"},
    {"Unicode padded with NULs", IN("UNICODE\0h\0i\0\0\0\0\0"), false, "hi"},
    {"no name", IN("\0\0\0\0\0\0\0\0hi"), false, "hi"},
    {"no name and binary", IN("\0\0\0\0\0\0\0\0\1\2\3"), false, NULL},
    {"no name, UTF-16", IN("\0\0\0\0\0\0\0\0G\0r\0\xfc\0\xdf\0e\0"), true,
	"Gr\xc3\xbc\xc3\x9f"
	"e"},
    {"no name, UTF-16 in the other order", IN("\0\0\0\0\0\0\0\0\0G\0r\0u\0\0"), false, "Gru"},
    {"no name, UTF-16 with a mark", IN("\0\0\0\0\0\0\0\0\xff\xfe\x2d\x4e"), true, "\xe4\xb8\xad"},
    {"UTF-16 that is called ASCII", IN("ASCII\0\0\0h\0i\0!\0"), false, "hi!"},
    {"UTF-16 without a name in front", IN("a\0 \0l\0o\0n\0g\0 \0d\0a\0y\0"), false, "a long day"},
    {"no name, three letters and a NUL", IN("\0\0\0\0\0\0\0\0abc\0"), false, "abc"},
    {"text without a name in front", IN("filter: 0; mode: 1"), false, "filter: 0; mode: 1"},
    {"binary without a name", IN("\7\1\2\3\4\5\6\7\10\11"), false, NULL},
    {"eight bytes", IN("ASCII\0\0\0"), false, NULL},
    {"less than eight", IN("ASCII"), false, NULL},
};

static void
check(bool there, struct buf *b, const char *want, const char *kind, const char *what)
{
	bool good = there == (want != NULL) && strcmp(buf_cstr(b), want != NULL ? want : "") == 0;

	tap_ok(good, "%s: %s", kind, what);
	buf_clear(b, SIZE_MAX);
}

int
main(void)
{
	struct buf b = {0};
	void *p;

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
		p = tap_exact(plain[i].bytes, plain[i].len);
		check(text_add(&b, p, plain[i].len), &b, plain[i].want, "text", plain[i].what);
		free(p);
	}
	for (size_t i = 0; i < sizeof mac / sizeof mac[0]; i++) {
		p = tap_exact(mac[i].bytes, mac[i].len);
		check(text_add_mac(&b, p, mac[i].len), &b, mac[i].want, "Mac Roman", mac[i].what);
		free(p);
	}
	for (size_t i = 0; i < sizeof utf16 / sizeof utf16[0]; i++) {
		p = tap_exact(utf16[i].bytes, utf16[i].len);
		check(text_add_utf16(&b, p, utf16[i].len, utf16[i].big_endian), &b, utf16[i].want, "UTF-16",
		    utf16[i].what);
		free(p);
	}
	for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++) {
		p = tap_exact(comments[i].bytes, comments[i].len);
		check(text_add_comment(&b, p, comments[i].len, comments[i].big_endian), &b, comments[i].want, "comment",
		    comments[i].what);
		free(p);
	}
	buf_fini(&b);
	return tap_done();
}
