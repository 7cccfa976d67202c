/* human -- figures in a text for a person, the same in every locale; base/human.h has those of bytes. */
#ifndef REPORT_HUMAN_H
#define REPORT_HUMAN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/human.h"

/* human_count() -- append 1204 as 1,204. */
void human_count(struct buf *out, uint64_t n);

/* human_things() -- append "1 file", "1,204 files". */
void human_things(struct buf *out, uint64_t n, const char *one, const char *many);

#endif
