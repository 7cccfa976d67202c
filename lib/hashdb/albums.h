/* albums -- the albums of a picture that is in several: each copy of it in an export knows one. */
#ifndef HASHDB_ALBUMS_H
#define HASHDB_ALBUMS_H

#include "base/buf.h"
#include "base/fail.h"

/*
 * albums_unite() -- append to `out` the array of all that two arrays have, each once, in the order of their bytes as
 * JSON; the outcome is the same whichever comes first.  Equal arrays stay as they are.  Returns 0, or -1: ENOMEM.
 */
int albums_unite(struct slice first, struct slice second, struct buf *out, struct fail *why);

#endif
