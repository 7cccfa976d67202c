/* unite -- one record of what two records tell. */
#ifndef HASHDB_UNITE_H
#define HASHDB_UNITE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"

/*
 * unite_records() -- the members of both objects, in place of what `out` holds; where they disagree, those of `first`,
 * but the albums of both.
 * Of records with more members than any program writes, the second's are left out.  A file that has had a group in one
 * of them is not `alone`: its other files are where they were.  Where `elsewhere` says that the first was read of a
 * copy, its group is left to group/kin.h.  Returns 0 or -1.
 */
int unite_records(struct slice first, struct slice second, bool elsewhere, struct buf *out, struct fail *why);

/*
 * unite_listed() -- the same of two records that databases have listed, with the same outcome whichever comes first:
 * sorted by the names of the members.  Where they disagree, those of `later` count; of two that were read at the same
 * time, `tied`, the greater value.  Albums are united; two groups are united as by grouptext_unite().
 */
int unite_listed(struct slice later, struct slice earlier, bool tied, struct buf *out, struct fail *why);

#endif
