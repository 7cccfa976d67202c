/* csv -- tables of text as RFC 4180 has them, read field by field; what breaks its rules is read as it stands. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"

enum csv_end {
	CSV_FIELD, /* another one follows in its row */
	CSV_ROW,   /* it was the row's last */
	CSV_END    /* … and the table's */
};

/* csv_field() -- take the next field off `rest`, and replace *out by it, without its quotes.  Short of memory *out is
 * failed. */
enum csv_end csv_field(struct slice *rest, struct buf *out);

#endif
