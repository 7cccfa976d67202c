/* style -- how a page begins and looks. */
#ifndef REPORT_PAGE_STYLE_H
#define REPORT_PAGE_STYLE_H

/*
 * style_head -- from the document's type to the beginning of its main part.
 *
 * Source: W3C, Content Security Policy Level 3 (style-src by a digest of the style's text, which photo-report.bats
 * computes again).
 */
extern const char style_head[];

#endif
