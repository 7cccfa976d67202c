#include "base/quote.h"

#include <string.h>

#include "base/json.h"

/* C1 controls (U+0080 to U+009F) reach some terminals as commands, although they are good UTF-8. */
static bool
harmless(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x20 || c == 0x7f)
			return false;
		if (c == 0xc2 && i + 1 < len && (unsigned char)bytes[i + 1] < 0xa0)
			return false;
	}
	return len > 0 && json_is_utf8(bytes, len);
}

static void
escape(struct buf *out, unsigned char c)
{
	static const char letters[] = "abtnvfr";

	if (c == '\'' || c == '\\')
		buf_addf(out, "\\%c", c);
	else if (c >= '\a' && c <= '\r')
		buf_addf(out, "\\%c", letters[c - '\a']);
	else if (c < 0x20 || c >= 0x7f)
		buf_addf(out, "\\%03o", c);
	else
		buf_addc(out, (char)c);
}

void
quote_name(struct buf *out, const char *bytes, size_t len)
{
	if (harmless(bytes, len)) {
		buf_add(out, bytes, len);
		return;
	}
	buf_adds(out, "$'");
	for (size_t i = 0; i < len; i++)
		escape(out, (unsigned char)bytes[i]);
	buf_addc(out, '\'');
}
