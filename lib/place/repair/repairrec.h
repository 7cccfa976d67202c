/* repairrec -- a repair as records tell of it: what is to be repaired, where its content was found, what became of it.
 */
#ifndef PLACE_REPAIR_REPAIRREC_H
#define PLACE_REPAIR_REPAIRREC_H

#include <stdbool.h>

#include "file/relpath.h"
#include "place/repair/repair.h"
#include "run/rec.h"

/* What one thread needs for it; {0} is ready. */
struct repairrec {
	struct relpath relpath;
	struct buf path, copy_root, copy, text;
};

bool repairrec_is_bad(const struct rec *rec); /* the file is to be repaired */

/* repairrec_read() -- fill a {0} repair, which borrows from t.  0, or -1: it is outside the library, or lacks what is
 * needed. */
int repairrec_read(
    struct repairrec *t, const struct repairs *r, const struct rec *rec, struct repair *f, struct fail *why);

/* repairrec_write() -- the record says `repair`, and of a file that is good now what file-hash --verify would. */
void repairrec_write(struct repairrec *t, const struct repair *f, enum repair_result result, struct rec *rec);

void repairrec_fini(struct repairrec *t);

#endif
