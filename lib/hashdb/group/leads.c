/*
 * Digests are remembered in a table of fixed size, in which a later group takes the place of an earlier one: files of a
 * group come close together.
 */
#include "hashdb/group/leads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/pathname.h"
#include "file/io.h"
#include "hashdb/lookup/lookup.h"
#include "hashdb/group/sizes.h"
#include "media/group/groupname.h"
#include "media/group/recgroup.h"

#define SLOTS 4096
#define SCRATCH (256u << 10)

/* A group's lead: its digest by which the database finds contents, or that it cannot be read. */
struct slot {
	uint64_t key; /* 0: free */
	bool read;
	uint8_t digest[DIGEST_SIZE_MAX];
};

/* What one way of looking for a lead comes to. */
enum found {
	NOWHERE, /* what cannot be read or located is no answer, and its own record tells why */
	HERE,    /* the library has it: answer.path */
	UNSEEN,  /* the library's file cannot be looked at, or no memory: the record fails */
	BROKEN   /* the database fails */
};

struct leads {
	const struct query *query;
	struct volumes *volumes;
	int dirfd;
	struct rec_group group;
	struct volume_place at;
	struct lookup_answer answer;
	struct slot *slots;  /* NULL: none was needed yet; as the next two */
	struct sizes *sizes; /* of the first database */
	struct digest *digest;
	void *scratch;
};

struct leads *
leads_new(const struct query *query, struct volumes *volumes, int dirfd)
{
	struct leads *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->query = query;
	l->volumes = volumes;
	l->dirfd = dirfd;
	return l;
}

void
leads_free(struct leads *l)
{
	if (l == NULL)
		return;
	rec_group_fini(&l->group);
	volume_place_fini(&l->at);
	buf_fini(&l->answer.path);
	free(l->slots);
	sizes_free(l->sizes);
	digest_free(l->digest);
	free(l->scratch);
	free(l);
}

/* The place of the group that was read last, *key its own.  NULL: ENOMEM. */
static struct slot *
slot_of(struct leads *l, uint64_t *key, struct fail *why)
{
	const struct buf *id = &l->group.id, *lead = &l->group.lead;

	if (l->slots == NULL && (l->slots = calloc(SLOTS, sizeof *l->slots)) == NULL) {
		fail_nomem(why);
		return NULL;
	}
	*key = XXH3_64bits_withSeed(lead->p, lead->len, XXH3_64bits(id->p, id->len)) | 1;
	return &l->slots[*key / 2 % SLOTS];
}

/* The lead itself comes by: nobody needs to read it again.  0, or -1: ENOMEM. */
static int
remember(struct leads *l, const struct digests *digests, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(query_first(l->query)->db);
	struct slot *slot;
	uint64_t key;

	if (index == DIGEST_COUNT || !(digests->mask & 1u << index))
		return 0;
	if ((slot = slot_of(l, &key, why)) == NULL)
		return -1;
	*slot = (struct slot){.key = key, .read = true};
	memcpy(slot->digest, digests->bytes[index], digest_size(index));
	return 0;
}

static enum found
find_by_source(struct leads *l, const struct stat *st, struct fail *why)
{
	struct lookup_origin from = {.size = st->st_size};

	if (volumes_locate(l->volumes, l->dirfd, l->group.lead.p, &l->at, why) == -1)
		return fail_is_short(why) ? UNSEEN : NOWHERE;
	if (!rec_time_to_ns(&st->st_mtim, &from.mtime_ns))
		return NOWHERE;
	from.volume = (struct slice){l->at.volume.p, l->at.volume.len};
	from.path = (struct slice){l->at.below.p, l->at.below.len};
	if (lookup_source(query_first(l->query)->lookup, &from, &l->answer, why) == -1)
		return BROKEN;
	return l->answer.status == LOOKUP_KNOWN && l->answer.path.len > 0 ? HERE : NOWHERE;
}

static int
make_ready(struct leads *l, digest_mask mask, struct fail *why)
{
	if (l->scratch == NULL && (l->scratch = malloc(SCRATCH)) == NULL)
		return fail_nomem(why);
	return l->digest != NULL || (l->digest = digest_new(mask, why)) != NULL ? 0 : -1;
}

/* Digest the lead's file into its place, which stays unread where it cannot be.  0, or -1: fail_is_short(). */
static int
read_lead(struct leads *l, enum digest_algorithm index, struct slot *slot, struct fail *why)
{
	struct digested got = {0};
	struct stat before, after;
	struct digest_source from = {.scratch = l->scratch, .scratch_len = SCRATCH};
	int rc;

	if ((from.fd = io_open(l->dirfd, l->group.lead.p, &before, why)) == -1)
		return fail_is_short(why) ? -1 : 0;
	if ((rc = digest_file(l->digest, 1u << index, &from, &got, why)) == 0 && fstat(from.fd, &after) == 0 &&
	    io_same_version(&before, &after)) {
		memcpy(slot->digest, got.digests.bytes[index], digest_size(index));
		slot->read = true;
	}
	io_close(&from.fd);
	return rc == -1 && fail_is_short(why) ? -1 : 0;
}

/* What the lead's file holds, if the library may have that: HERE with *out. */
static enum found
digest_lead(struct leads *l, const struct stat *st, struct digests *out, struct fail *why)
{
	struct hashdb *db = query_first(l->query)->db;
	enum digest_algorithm index = hashdb_index(db);
	uint64_t key;
	struct slot *slot = slot_of(l, &key, why);

	if (slot == NULL)
		return UNSEEN;
	if (slot->key != key) {
		if (l->sizes == NULL && (l->sizes = sizes_new(db, why)) == NULL)
			return BROKEN;
		if (!sizes_may_have(l->sizes, (uint64_t)st->st_size))
			return NOWHERE;
		*slot = (struct slot){0};
		if (make_ready(l, 1u << index, why) == -1 || read_lead(l, index, slot, why) == -1)
			return UNSEEN;
		slot->key = key;
	}
	out->mask = slot->read ? 1u << index : 0;
	memcpy(out->bytes[index], slot->digest, digest_size(index));
	return slot->read ? HERE : NOWHERE;
}

/* Whether the lead is a companion: equal bytes say nothing of whose it is. */
static bool
is_companion(const struct leads *l)
{
	struct groupname name;
	const char *lead = pathname_last(buf_cstr(&l->group.lead));

	return groupname_alone(slice_of(lead), &name) && group_is_companion(name.role);
}

static enum found
find_by_content(struct leads *l, const struct stat *st, struct fail *why)
{
	const struct query_database *first = query_first(l->query);
	struct digests digests;
	enum found found = NOWHERE;

	if (hashdb_index(first->db) != DIGEST_COUNT && !is_companion(l))
		found = digest_lead(l, st, &digests, why);

	if (found != HERE)
		return found;
	if (lookup_hash(first->lookup, &digests, &l->answer, why) == -1)
		return BROKEN;
	if (l->answer.status != LOOKUP_UNSEEN)
		return l->answer.status == LOOKUP_KNOWN ? HERE : NOWHERE;
	errno = l->answer.errnum;
	fail_errno(
	    why, "stat", "cannot tell whether %s/%s is still there", hashdb_root(first->db), buf_cstr(&l->answer.path));
	return UNSEEN;
}

int
leads_add(struct leads *l, const struct rec *rec, const struct digests *digests, struct query_result *result,
    struct fail *why)
{
	const struct query_database *first = query_first(l->query);
	const struct buf *lead = &l->group.lead;
	struct stat st;
	enum found found;

	if (first == NULL)
		return 0;
	if (!rec_get_group(rec, &l->group))
		return rec_group_failed(&l->group) ? (fail_nomem(why), 1) : 0;
	if (lead->len == rec->path.len && memcmp(lead->p, rec->path.p, lead->len) == 0)
		return remember(l, digests, why) == -1;
	if (hashdb_seq(first->db) == 0 || (result->root != NULL && result->root != hashdb_root(first->db)))
		return 0;
	if (io_stat(l->dirfd, lead->p, &st, why) == -1)
		return fail_is_short(why);
	if ((found = find_by_source(l, &st, why)) == NOWHERE)
		found = find_by_content(l, &st, why);
	if (found == HERE) {
		result->lead = (struct slice){l->answer.path.p, l->answer.path.len};
		result->root = hashdb_root(first->db);
	}
	return found == BROKEN ? -1 : found == UNSEEN;
}
