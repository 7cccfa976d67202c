#include "report/page/html.h"

#include "base/utf8.h"

#define UNKNOWN "\xef\xbf\xbd" /* U+FFFD */

static void
put_ascii(struct buf *out, unsigned char c)
{
	switch (c) {
	case '&':
		buf_adds(out, "&amp;");
		break;
	case '<':
		buf_adds(out, "&lt;");
		break;
	case '>':
		buf_adds(out, "&gt;");
		break;
	case '"':
		buf_adds(out, "&quot;");
		break;
	case '\'':
		buf_adds(out, "&#39;");
		break;
	case 0x7f:
		buf_adds(out, "\xe2\x90\xa1"); /* U+2421 */
		break;
	default:
		if (c < 0x20)
			buf_adds(out, "\xe2\x90"); /* U+2400 and those behind it */
		buf_addc(out, (char)(c < 0x20 ? 0x80 + c : c));
	}
}

void
html_text(struct buf *out, struct slice text)
{
	const unsigned char *p = (const unsigned char *)text.p, *end = p + text.len;
	size_t n, ill;

	for (; p < end; p += n) {
		n = utf8_length(p, end, &ill);
		if (n == 1) {
			put_ascii(out, *p);
		} else if (n == 0 || (n == 2 && p[0] == 0xc2 && p[1] < 0xa0)) {
			buf_adds(out, UNKNOWN);
			n = n == 0 ? ill : n;
		} else {
			buf_add(out, p, n);
		}
	}
}

void
html_name(struct buf *out, struct slice name)
{
	buf_adds(out, "<bdi>");
	html_text(out, name);
	buf_adds(out, "</bdi>");
}

void
html_short(struct buf *out, struct slice text, size_t max)
{
	bool cut = text.len > max;

	if (cut) {
		for (text.len = max; text.len > 0 && ((unsigned char)text.p[text.len] & 0xc0) == 0x80; text.len--)
			;
	}
	html_text(out, text);
	buf_adds(out, cut ? "\xe2\x80\xa6" : "");
}

void
html_short_name(struct buf *out, struct slice name, size_t max)
{
	buf_adds(out, "<bdi>");
	html_short(out, name, max);
	buf_adds(out, "</bdi>");
}
