/* human -- figures as a person reads them, the same in every locale. */
#ifndef BASE_HUMAN_H
#define BASE_HUMAN_H

#include <stdint.h>

#include "base/buf.h"

/* human_bytes() -- append 3400000000 as 3.4 GB, in powers of 1000 and two or three digits. */
void human_bytes(struct buf *out, uint64_t bytes);

#endif
