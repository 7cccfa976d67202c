#include "base/csv.h"

#include <stdbool.h>

static char
take(struct slice *rest)
{
	char c = *rest->p++;

	rest->len--;
	return c;
}

/* Up to the quote that ends it; two stand for one. */
static void
take_quoted(struct slice *rest, struct buf *out)
{
	while (rest->len > 0) {
		char c = take(rest);

		if (c == '"' && (rest->len == 0 || *rest->p != '"'))
			return;
		if (c == '"')
			take(rest);
		buf_addc(out, c);
	}
}

enum csv_end
csv_field(struct slice *rest, struct buf *out)
{
	buf_clear(out, 4096);
	if (rest->len > 0 && *rest->p == '"') {
		take(rest);
		take_quoted(rest, out);
	}
	while (rest->len > 0) {
		char c = take(rest);

		if (c == ',')
			return CSV_FIELD;
		if (c == '\r' && rest->len > 0 && *rest->p == '\n')
			c = take(rest);
		if (c == '\n')
			return rest->len > 0 ? CSV_ROW : CSV_END;
		buf_addc(out, c);
	}
	return CSV_END;
}
