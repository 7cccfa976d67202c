#include "hashdb/lookup/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "hashdb/hashdb.h"
#include "hashdb/lookup/beside.h"
#include "run/words.h"

static const enum word status_names[] = {
    [LOOKUP_NEW] = STATUS_NEW,
    [LOOKUP_KNOWN] = STATUS_KNOWN,
    [LOOKUP_DAMAGED] = STATUS_DAMAGED,
    [LOOKUP_MISSING] = STATUS_MISSING,
    [LOOKUP_DELETED] = STATUS_DELETED,
};

struct query {
	struct query_conf conf;
	struct query_database *v;
	size_t n, cap;
	bool no_first;               /* the one that was named first does not exist */
	bool absent;                 /* one that was named does not */
	struct lookup_answer answer; /* of the database that was asked last */
	struct beside beside;
	struct buf found, below;
};

struct query *
query_new(const struct query_conf *conf)
{
	struct query *q = calloc(1, sizeof *q);

	if (q != NULL)
		q->conf = *conf;
	return q;
}

static void
close_one(struct query_database *one)
{
	lookup_free(one->lookup);
	hashdb_close(one->db);
	relpath_fini(&one->relpath);
}

void
query_free(struct query *q)
{
	if (q == NULL)
		return;
	for (size_t i = 0; i < q->n; i++)
		close_one(&q->v[i]);
	free(q->v);
	beside_fini(&q->beside);
	buf_fini(&q->answer.path);
	buf_fini(&q->found);
	buf_fini(&q->below);
	free(q);
}

int
query_add(struct query *q, const char *database, bool *exists, struct fail *why)
{
	struct lookup_conf how = {.offline = q->conf.offline, .skipped = q->conf.skipped};
	struct hashdb_conf open = {.file = database, .lock_timeout_s = HASHDB_LOCK_TIMEOUT_S};
	struct query_database one = {0}, *v;

	*exists = (one.db = hashdb_open(&open, why)) != NULL;
	q->no_first |= q->n == 0 && one.db == NULL;
	q->absent |= one.db == NULL;
	if (one.db == NULL)
		return why->code == FAIL_SYSTEM && why->errnum == ENOENT ? 0 : -1;
	one.relpath.root = hashdb_real_root(one.db);
	if (q->conf.by == BY_PATH && one.relpath.root == NULL)
		hashdb_no_root(one.db, why);
	else if ((one.lookup = lookup_new(one.db, &how, why)) == NULL)
		;
	else if ((v = array_room(q->v, &q->cap, q->n, sizeof *v)) == NULL)
		fail_nomem(why);
	else {
		q->v = v;
		q->v[q->n++] = one;
		return 0;
	}
	close_one(&one);
	return -1;
}

const struct query_database *
query_first(const struct query *q)
{
	return q->n > 0 && !q->no_first ? &q->v[0] : NULL;
}

static int
query_source(struct query *q, struct query_database *one, const struct query_file *file, struct fail *why)
{
	struct lookup_origin from = {.volume = file->volume, .path = file->below, .size = file->st.st_size};
	int come;

	if (!rec_time_to_ns(&file->st.st_mtim, &from.mtime_ns))
		return 0; /* no record can tell such a time */
	if (lookup_source(one->lookup, &from, &q->answer, why) == -1)
		return -1;
	if (!q->answer.waits)
		return 0;
	if ((come = beside_has_picture(&q->beside, q->conf.dirfd, file->path, why)) == 1)
		lookup_clear(&q->answer); /* for somebody to look at it again */
	return come == -1 ? -1 : 0;
}

/* Whether a reading has found something else than the last one. */
static bool
is_news(const struct query_file *file, const struct lookup_answer *answer)
{
	return file->verify != WORD_NONE && (file->verify != VERIFY_OK || answer->noted);
}

static int
query_path(struct query *q, struct query_database *one, const struct query_file *file, struct fail *why)
{
	int rc = relpath_find(&one->relpath, q->conf.dirfd, file->path, &q->below, why);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (lookup_path(one->lookup, (struct slice){q->below.p, q->below.len}, &file->st, &q->answer, why) == -1)
		return -1;
	if (q->answer.status == LOOKUP_KNOWN && is_news(file, &q->answer))
		q->answer.status = LOOKUP_NEW;
	return 0;
}

/* Into q->answer. */
static int
query_one(struct query *q, struct query_database *one, const struct query_file *file, struct fail *why)
{
	lookup_clear(&q->answer);
	switch (q->conf.by) {
	case BY_HASH:
		return lookup_hash(one->lookup, &file->digests, &q->answer, why);
	case BY_SOURCE:
		return query_source(q, one, file, why);
	default:
		return query_path(q, one, file, why);
	}
}

/* Whether those from the i-th on need not be asked. */
static bool
is_settled(const struct query *q, size_t i, const struct query_result *result)
{
	if (q->conf.every)
		return q->absent || (i > 0 && result->status != LOOKUP_KNOWN);
	return result->status == LOOKUP_KNOWN;
}

/* Whether a database has never heard of the file. */
static bool
is_nothing(const struct lookup_answer *a)
{
	return a->status == LOOKUP_NEW && a->path.len == 0;
}

/* Whether the last answer takes the place of those before. */
static bool
counts(const struct query *q, const struct query_result *result)
{
	const struct lookup_answer *a = &q->answer;

	if (q->conf.every)
		return a->status != LOOKUP_KNOWN || result->root == NULL;
	return a->status == LOOKUP_KNOWN || (result->root == NULL && !is_nothing(a));
}

int
query_run(struct query *q, const struct query_file *file, struct query_result *result, struct fail *why)
{
	int errnum = 0;

	*result = (struct query_result){.status = LOOKUP_NEW, .role = GROUP_NO_ROLE};
	for (size_t i = 0; i < q->n && !is_settled(q, i, result); i++) {
		const struct lookup_answer *a = &q->answer;

		if (query_one(q, &q->v[i], file, why) == -1)
			return -1;
		if (!counts(q, result))
			continue;
		result->status = a->status;
		result->root = is_nothing(a) ? NULL : hashdb_root(q->v[i].db);
		buf_clear(&q->found, SIZE_MAX);
		if (buf_add(&q->found, a->path.p, a->path.len) == -1)
			return fail_nomem(why);
		result->path = (struct slice){q->found.p, q->found.len};
		result->role = a->role;
		errnum = a->errnum;
	}
	if (result->status != LOOKUP_UNSEEN)
		return 0;
	errno = errnum;
	fail_errno(why, "stat", "cannot tell whether %s/%s is still there", result->root, buf_cstr(&q->found));
	return 1;
}

void
query_write_json(enum word by, const struct query_result *result, struct buf *out)
{
	buf_adds(out, "{\"status\":\"");
	buf_adds(out, word_text(status_names[result->status]));
	buf_adds(out, "\",\"by\":\"");
	buf_adds(out, word_text(by));
	buf_addc(out, '"');
	if (result->path.len > 0) {
		buf_addc(out, ',');
		json_path(out, "path", result->path.p, result->path.len);
	}
	if (result->role != GROUP_NO_ROLE)
		buf_addf(out, ",\"role\":\"%s\"", group_role_word(result->role));
	if (result->lead.len > 0) {
		buf_addc(out, ',');
		json_path(out, "lead", result->lead.p, result->lead.len);
	}
	if (result->root != NULL) {
		buf_addc(out, ',');
		json_path(out, "root", result->root, strlen(result->root));
	}
	buf_addc(out, '}');
}
