/* hash -- a number for some bytes: FNV-1a, 64 bits; for tables and names, not against anyone who wants two equal ones.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/buf.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* hash_bytes() -- go on from a hash, at first HASH_START. */
static inline uint64_t
hash_bytes(uint64_t hash, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (uint8_t)bytes.p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

#endif
