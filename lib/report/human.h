/* human -- figures as a person reads them. */
#ifndef REPORT_HUMAN_H
#define REPORT_HUMAN_H

#include <stdint.h>

#include "base/buf.h"

/* human_count() -- append 1204 as 1,204. */
void human_count(struct buf *out, uint64_t n);

/* human_things() -- append "1 file", "1,204 files". */
void human_things(struct buf *out, uint64_t n, const char *one, const char *many);

/* human_bytes() -- append 3400000000 as 3.4 GB, in powers of 1000 and two or three digits. */
void human_bytes(struct buf *out, uint64_t bytes);

#endif
