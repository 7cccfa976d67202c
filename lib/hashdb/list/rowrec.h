/* rowrec -- a row of a database as a record, or as the path of its file. */
#ifndef HASHDB_LIST_ROWREC_H
#define HASHDB_LIST_ROWREC_H

#include <stdbool.h>

#include "base/buf.h"
#include "hashdb/hashdb.h"
#include "hashdb/store/cursor.h"

/* rowrec_path() -- the row's path, below the library's root as it was given or, if relative, as it is, in place of what
 * `out` holds. */
void rowrec_path(struct hashdb *db, bool relative, const struct cursor_row *row, struct buf *out);

/* rowrec_write() -- the row as a line without its newline, in place of what `out` holds; `path` is its member `path`.
 */
void rowrec_write(struct hashdb *db, const struct buf *path, const struct cursor_row *row, struct buf *out);

/* rowrec_write_file() -- the same without `db` and the members that were recorded with it: what its file is. */
void rowrec_write_file(const struct buf *path, const struct cursor_row *row, struct buf *out);

#endif
