/*
 * html -- text in HTML, the one place where what files and records say becomes part of a page.
 *
 * Source: HTML Living Standard, 13.1 (syntax), 4.5.24 (bdi).
 */
#ifndef REPORT_PAGE_HTML_H
#define REPORT_PAGE_HTML_H

#include "base/buf.h"

/*
 * html_text() -- append bytes as text, also for the value of an attribute in quotes: no tag, no entity and no quote.
 * Control characters are shown by their pictures; bytes that are no UTF-8, and the controls of C1, become U+FFFD.
 */
void html_text(struct buf *out, struct slice text);

/* html_name() -- the same as a name within other text, whatever direction it is written in. */
void html_name(struct buf *out, struct slice name);

/* html_short(), html_short_name() -- the same for at most `max` bytes of it; a longer one ends in an ellipsis. */
void html_short(struct buf *out, struct slice text, size_t max);
void html_short_name(struct buf *out, struct slice name, size_t max);

#endif
