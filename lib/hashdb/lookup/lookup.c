#include "hashdb/lookup/lookup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"
#include "file/state.h"
#include "hashdb/lookup/lookup-parts.h"

#define CONTENT \
	"SELECT " FILE_COLUMNS("f.") " FROM digest AS d LEFT JOIN file AS f ON f.id = d.file WHERE d.prefix = ?1"
#define SOURCE                                            \
	"SELECT " SOURCE_COLUMNS("s.") ", " FILE_COLUMNS( \
	    "f.") " FROM source AS s"                     \
		  " LEFT JOIN file AS f ON f.id = s.file WHERE s.volume = ?1"

static const char *const texts[LOOKUP_STATEMENTS] = {
    [SAME_HASH] = CONTENT,
    [SAME_HASH_ON] = CONTENT " AND d.file >= ?2 AND d.file <= ?3",
    [SAME_PATH] = "SELECT " FILE_COLUMNS("") " FROM file WHERE path = ?1 AND deleted IS NULL",
    [FIND_VOLUME] = "SELECT " VOLUME_COLUMNS " FROM volume WHERE name = ?1",
    [FOLDER] = SOURCE " AND s.path >= ?2 AND s.path < ?3",
    [ONE_SOURCE] = SOURCE " AND s.path = ?2 AND s.size = ?3 AND s.mtime = ?4",
};

struct lookup *
lookup_new(struct hashdb *db, const struct lookup_conf *conf, struct fail *why)
{
	struct lookup *l = calloc(1, sizeof *l);

	if (l == NULL) {
		fail_nomem(why);
		return NULL;
	}
	l->db = db;
	l->sql = hashdb_sql(db);
	l->seq = (int64_t)hashdb_seq(db);
	l->root = -1;
	l->skipped = conf->skipped;
	lookup_init_sources(l);
	if (sql_prepare_all(l->sql, texts, l->stmt, LOOKUP_STATEMENTS, why) == -1)
		goto failed;
	if (conf->offline)
		return l;
	if (hashdb_real_root(db) != NULL)
		l->root = open(hashdb_real_root(db), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->root == -1)
		hashdb_no_root(db, why);
	else if (hashdb_mounted(db, why) == 0)
		return l;
failed:
	lookup_free(l);
	return NULL;
}

void
lookup_free(struct lookup *l)
{
	if (l == NULL)
		return;
	for (int i = 0; i < LOOKUP_STATEMENTS; i++)
		sqlite3_finalize(l->stmt[i]);
	io_close(&l->root);
	lookup_free_sources(l);
	scans_fini(&l->scans);
	buf_fini(&l->scan.path);
	buf_fini(&l->candidate);
	free(l);
}

void
lookup_clear(struct lookup_answer *answer)
{
	*answer = (struct lookup_answer){.status = LOOKUP_NEW, .role = GROUP_NO_ROLE, .path = answer->path};
	buf_clear(&answer->path, SIZE_MAX);
}

int
lookup_set_path(struct buf *path, struct slice to, struct fail *why)
{
	buf_clear(path, SIZE_MAX);
	return buf_add(path, to.p, to.len) == -1 ? fail_nomem(why) : 0;
}

struct lookup_state
lookup_state_of(const struct value *file)
{
	return (struct lookup_state){.deleted = file[FILE_DELETED].kind == VALUE_INT,
	    .mismatch = file[FILE_MISMATCH].kind != VALUE_NULL,
	    .file = values_state(file)};
}

enum lookup_status
lookup_judge(struct lookup *l, const char *path, const struct lookup_state *s)
{
	struct stat st;
	struct fail why = {0};
	int gone;

	if (s->deleted)
		return LOOKUP_DELETED;
	if (l->root == -1)
		return s->mismatch ? LOOKUP_DAMAGED : LOOKUP_KNOWN;
	gone = state_look(l->root, path, &st, &why);
	l->errnum = why.errnum;
	if (gone != 0)
		return gone == 1 ? LOOKUP_MISSING : LOOKUP_UNSEEN;
	return !S_ISREG(st.st_mode) || s->mismatch || !state_agrees(&s->file, &st) ? LOOKUP_DAMAGED : LOOKUP_KNOWN;
}

/* The file at a path.  1, 0: there is none, -1.  The statement is not reset: the values are its. */
static int
read_path(struct lookup *l, struct slice below, struct row *file, struct fail *why)
{
	int rc;

	file->table = TABLE_FILE;
	sql_bind_blob(l->stmt[SAME_PATH], 1, below);
	if ((rc = sql_step(l->sql, l->stmt[SAME_PATH], why)) == 1 &&
	    values_read(l->sql, l->stmt[SAME_PATH], 0, file, why) == -1)
		rc = -1;
	return rc;
}

int
lookup_path(struct lookup *l, struct slice below, const struct stat *st, struct lookup_answer *answer, struct fail *why)
{
	struct row file;
	struct lookup_state state;
	int rc = read_path(l, below, &file, why);

	lookup_clear(answer);
	if (rc == 1 && file.v[FILE_ID].n <= l->seq) {
		state = lookup_state_of(file.v);
		if (state.file.has_size && state.file.has_mtime && state_agrees(&state.file, st))
			answer->status = LOOKUP_KNOWN;
		answer->noted = state.mismatch;
		rc = lookup_set_path(&answer->path, below, why);
	}
	sqlite3_reset(l->stmt[SAME_PATH]);
	return rc == -1 ? -1 : 0;
}

int
lookup_digests(struct lookup *l, struct slice below, struct digests *out, struct fail *why)
{
	struct row file;
	int rc = read_path(l, below, &file, why);

	out->mask = 0;
	if (rc == 1)
		rc = digest_read_json(file.v[FILE_HASH].bytes, out, why);
	sqlite3_reset(l->stmt[SAME_PATH]);
	return rc;
}
