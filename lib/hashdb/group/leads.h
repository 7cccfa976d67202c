/*
 * leads -- where a library has the lead of a file's group, so that the rest of the group can join it.
 *
 * The lead is known by where it lies, else by its content: that is read once, and only where the library has a file of
 * its size.  Which records have passed before makes no difference to the answer, only to what is read for it.
 */
#ifndef HASHDB_GROUP_LEADS_H
#define HASHDB_GROUP_LEADS_H

#include "base/fail.h"
#include "file/volume.h"
#include "hash/digest.h"
#include "hashdb/lookup/query.h"
#include "run/rec.h"

struct leads;

/*
 * leads_new() -- of the library of the query's first database.
 *
 *   query, volumes  borrowed
 *   dirfd           where relative paths start
 *
 * NULL: ENOMEM.
 */
struct leads *leads_new(const struct query *query, struct volumes *volumes, int dirfd);
void leads_free(struct leads *l);

/*
 * leads_add() -- what is known of the lead of the record's group, into the result of its query: result->lead, borrowed
 * until the next call, and result->root where it has none.  Nothing where the record has no group, is the lead itself,
 * or is known to another library; nor where the lead's file in the library is not there as it was recorded.
 *
 *   digests  of the record's own file; where it is a lead, they are remembered
 *
 * Returns 0; 1, with why, where the library's file cannot be looked at, or for ENOMEM; -1: a failure of the database.
 */
int leads_add(struct leads *l, const struct rec *rec, const struct digests *digests, struct query_result *result,
    struct fail *why);

#endif
