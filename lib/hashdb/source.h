/* source -- where a record says that its file came from, as databases call it. */
#ifndef HASHDB_SOURCE_H
#define HASHDB_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/rec.h"

/*
 * source_path() -- turn a path below a volume into what the database calls a source: of a member of an archive (0: of
 * a file), the archive's path and the member's number behind two slashes, which no file has.  Numbers sort as they
 * count.
 */
void source_path(struct buf *path, uint64_t member);

/*
 * source_read() -- a record's `source`.
 *
 *   volume, path  replaced; empty where false is returned, failed where memory was short
 *
 * Returns false where it has none, or one that lacks a part: it cannot be recognised again.
 */
bool source_read(const struct rec *rec, struct buf *volume, struct buf *path, int64_t *size, int64_t *mtime_ns);

#endif
