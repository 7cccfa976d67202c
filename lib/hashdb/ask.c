#include "hashdb/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "file/relpath.h"
#include "hashdb/hashdb.h"

static const char *const by_names[] = {
    [ASK_BY_HASH] = "hash",
    [ASK_BY_SOURCE] = "source",
    [ASK_BY_PATH] = "path",
};
static const char *const status_names[] = {
    [LOOKUP_NEW] = "new",
    [LOOKUP_KNOWN] = "known",
    [LOOKUP_DAMAGED] = "damaged",
    [LOOKUP_MISSING] = "missing",
    [LOOKUP_DELETED] = "deleted",
};

struct asked {
	struct hashdb *db;
	struct lookup *lookup;
	struct relpath relpath;
};

struct ask {
	struct ask_conf conf;
	struct asked *v;
	size_t n;
	struct buf path, found, below;
};

struct ask *
ask_new(const struct ask_conf *conf)
{
	struct ask *a = calloc(1, sizeof *a);

	if (a != NULL)
		a->conf = *conf;
	return a;
}

static void
close_one(struct asked *one)
{
	lookup_free(one->lookup);
	hashdb_close(one->db);
	relpath_fini(&one->relpath);
}

void
ask_free(struct ask *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++)
		close_one(&a->v[i]);
	free(a->v);
	buf_fini(&a->path);
	buf_fini(&a->found);
	buf_fini(&a->below);
	free(a);
}

int
ask_add(struct ask *a, const char *file, bool *exists, struct fail *why)
{
	struct hashdb_conf open = {.file = file, .lock_timeout_s = HASHDB_LOCK_TIMEOUT_S};
	struct asked one = {0}, *v;

	*exists = (one.db = hashdb_open(&open, why)) != NULL;
	if (one.db == NULL)
		return why->code == FAIL_SYSTEM && why->errnum == ENOENT ? 0 : -1;
	one.relpath.root = hashdb_real_root(one.db);
	if (a->conf.by == ASK_BY_PATH && one.relpath.root == NULL)
		hashdb_no_root(one.db, why);
	else if ((one.lookup = lookup_new(one.db, a->conf.offline, why)) == NULL)
		;
	else if ((v = realloc(a->v, (a->n + 1) * sizeof *v)) == NULL)
		fail_nomem(why);
	else {
		a->v = v;
		a->v[a->n++] = one;
		return 0;
	}
	close_one(&one);
	return -1;
}

static int
ask_path(struct ask *a, struct asked *one, const struct ask_question *q, enum lookup_status *status, struct fail *why)
{
	int rc = relpath_find(&one->relpath, a->conf.dirfd, q->path, &a->below, why);

	if (rc == 0)
		return lookup_path(
		    one->lookup, (struct slice){a->below.p, a->below.len}, &q->st, status, &a->path, why);
	*status = LOOKUP_NEW;
	buf_clear(&a->path, SIZE_MAX);
	return rc == 1 ? 0 : -1;
}

static int
ask_one(struct ask *a, struct asked *one, const struct ask_question *q, enum lookup_status *status, struct fail *why)
{
	switch (a->conf.by) {
	case ASK_BY_HASH:
		return lookup_hash(one->lookup, &q->digests, status, &a->path, why);
	case ASK_BY_SOURCE:
		return lookup_source(one->lookup, q->volume, q->below, &q->st, a->conf.skipped, status, &a->path, why);
	case ASK_BY_PATH:
		return ask_path(a, one, q, status, why);
	}
	return 0;
}

int
ask_all(struct ask *a, const struct ask_question *q, struct ask_answer *answer, struct fail *why)
{
	int errnum = 0;

	*answer = (struct ask_answer){.status = LOOKUP_NEW};
	for (size_t i = 0; i < a->n && answer->status != LOOKUP_KNOWN; i++) {
		enum lookup_status said;

		if (ask_one(a, &a->v[i], q, &said, why) == -1)
			return -1;
		if (said != LOOKUP_KNOWN && (answer->root != NULL || (said == LOOKUP_NEW && a->path.len == 0)))
			continue;
		answer->status = said;
		answer->root = hashdb_root(a->v[i].db);
		errnum = lookup_errno(a->v[i].lookup);
		buf_clear(&a->found, SIZE_MAX);
		if (buf_add(&a->found, a->path.p, a->path.len) == -1)
			return fail_nomem(why);
		answer->path = (struct slice){a->found.p, a->found.len};
	}
	if (answer->status != LOOKUP_UNSEEN)
		return 0;
	errno = errnum;
	fail_errno(why, "stat", "cannot tell whether %s/%s is still there", answer->root, buf_cstr(&a->found));
	return 1;
}

bool
ask_parse_by(const char *name, enum ask_by *by)
{
	for (size_t i = 0; i < sizeof by_names / sizeof by_names[0]; i++)
		if (strcmp(name, by_names[i]) == 0) {
			*by = (enum ask_by)i;
			return true;
		}
	return false;
}

void
ask_write_json(enum ask_by by, const struct ask_answer *answer, struct buf *out)
{
	buf_adds(out, "{\"status\":\"");
	buf_adds(out, status_names[answer->status]);
	buf_adds(out, "\",\"by\":\"");
	buf_adds(out, by_names[by]);
	buf_addc(out, '"');
	if (answer->path.len > 0) {
		buf_addc(out, ',');
		json_path(out, "path", answer->path.p, answer->path.len);
	}
	if (answer->root != NULL) {
		buf_addc(out, ',');
		json_path(out, "root", answer->root, strlen(answer->root));
	}
	buf_addc(out, '}');
}
