#include "hashdb/change.h"

#include <stdlib.h>
#include <string.h>

#include "file/folder.h"

/* Members that say what a run did with a file, not what the file is. */
static const char *const run_members[] = {"path", "size", "mtime", "hash", "hash_now", "verify", "verified", "db",
    "place", "source", "archive", "member", "priority", "warnings", "deleted", "error", NULL};

#define OWN_FOLDER ".dcim/" /* the database, logs: about the library, not in it */

struct slice
change_text(const struct change *c, enum change_text which)
{
	const char *p = (const char *)(c + 1);

	for (int i = 0; i < (int)which; i++)
		p += c->text_len[i];
	return (struct slice){p, c->text_len[which]};
}

/* ---- paths ---- */

static int
outside(struct fail *why)
{
	return fail_set(why, FAIL_INPUT, "root", "lies outside the library's root and was not placed in it");
}

/* The record's path below the root; 1 where it is outside. */
static int
own_path(struct changer *w, const struct change_conf *conf, const struct rec *rec, struct buf *out, struct fail *why)
{
	w->relpath.root = conf->root;
	return relpath_find(&w->relpath, conf->dirfd, rec->path.p, out, why);
}

/* Whether the folder that a member names, as some program was given it, is the library's root.  1, 0, -1. */
static int
is_root(struct changer *w, const struct change_conf *conf, const struct rec *rec, const char *member, struct fail *why)
{
	struct buf *name = &w->name;

	if (!rec_get_path(rec, member, name))
		return 0;
	if (w->place_root.len != name->len || memcmp(w->place_root.p, name->p, name->len) != 0) {
		buf_clear(&w->place_root, SIZE_MAX);
		if (buf_add(&w->place_root, name->p, name->len) == -1)
			return fail_nomem(why);
		if (folder_resolve(conf->dirfd, name->p, &w->resolved, why) == -1)
			buf_clear(&w->resolved, SIZE_MAX);
	}
	if (w->resolved.len == 0)
		return conf->root_given;
	return strcmp(w->resolved.p, conf->root) == 0;
}

/* Whether a path that a record brings stays below the root it is relative to. */
static bool
stays_below(const struct buf *path)
{
	return path->len > 0 && path->p[0] != '/' && strlen(path->p) == path->len && folder_keeps(path->p);
}

/* place.to, checked. */
static int
placed_path(struct changer *w, const struct change_conf *conf, const struct rec *rec, struct fail *why)
{
	int rc = conf->own_log ? 1 : is_root(w, conf, rec, "place.root", why);

	if (rc == 0 && w->place_root.len > 0 && w->resolved.len == 0)
		return fail_set(why, FAIL_INPUT, "root",
		    "was placed in a library that is not there; if that is the database's, give --root=DIR");
	if (rc == 0)
		return fail_set(why, FAIL_INPUT, "root", "was placed in another library than the database's");
	if (rc == 1 && (!rec_get_path(rec, "place.to", &w->text[CHANGE_PATH]) || !stays_below(&w->text[CHANGE_PATH])))
		return fail_set(why, FAIL_INPUT, "root", "place.to is no path below the root");
	return rc == 1 ? 0 : -1;
}

/* ---- what is asked ---- */

static int
take_hash(struct changer *w, const struct rec *rec, const char *member, struct change *c, struct fail *why)
{
	struct digests d = {0};
	struct slice json;

	if (!rec_get(rec, member, &json))
		return fail_set(why, FAIL_INPUT, "hash", "%s is missing", member);
	if (digest_read_json(json, &d, why) == -1)
		return -1;
	buf_clear(&w->text[CHANGE_HASH], SIZE_MAX);
	if (digest_merge_json(json, &d, &w->text[CHANGE_HASH], why) == -1) /* in lower case, and others as they are */
		return -1;
	c->mask = d.mask;
	for (int a = 0; a < DIGEST_COUNT; a++)
		c->prefix[a] = d.mask & 1u << a ? digest_prefix(&d, a) : 0;
	return 0;
}

static bool
has_hash(const struct rec *rec)
{
	struct slice json;

	return rec_get(rec, "hash", &json);
}

static bool
to_ns(struct slice text, int64_t *ns)
{
	struct timespec t;

	return rec_parse_time(text, &t) && rec_time_to_ns(&t, ns);
}

static void
take_state(const struct rec *rec, struct change *c)
{
	struct slice text;
	uint64_t size;

	if (rec_get_u64(rec, "size", &size) && size <= INT64_MAX) {
		c->size = (int64_t)size;
		c->has_size = true;
	}
	c->has_mtime = rec_get(rec, "mtime", &text) && to_ns(text, &c->mtime_ns);
}

/* Of what exists the record may tell the library's file's time. */
static void
take_copy_time(const struct rec *rec, struct change *c)
{
	struct slice text;
	int64_t ns;

	if (!rec_get(rec, "place.mtime", &text) || !to_ns(text, &ns))
		return;
	c->mtime_ns = ns;
	c->has_mtime = true;
	c->of_copy = false;
}

/*
 * What hashdb-list wrote is as old as it says, unless it has been read again; of this database's own list the rows'
 * numbers tell, whatever the clocks did.
 */
static int
take_verified(const struct change_conf *conf, const struct rec *rec, struct change *c, struct fail *why)
{
	struct slice text;

	c->own = !rec_get(rec, "verified", &text) || rec_is(rec, "verify", "ok");
	if (c->own)
		return 0;
	if (!rec_is(rec, "db.id", conf->id) || !rec_get_u64(rec, "db.seq", &c->seq))
		c->seq = 0;
	return to_ns(text, &c->verified_ns) ? 0 : fail_set(why, FAIL_INPUT, "verified", "verified is no time");
}

/* What is there instead, as far as it is known. */
static int
take_mismatch(struct changer *w, const struct rec *rec, struct fail *why)
{
	struct digests d = {0};
	struct slice json;

	if (!rec_get(rec, "hash_now", &json))
		json = (struct slice){"{}", 2};
	if (digest_read_json(json, &d, why) == -1)
		return -1;
	return digest_merge_json(json, &d, &w->text[CHANGE_HASH_NOW], why);
}

/* A file at its place below the root, whose content has been read. */
static int
ask_read(struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change *c, struct fail *why)
{
	struct slice text;

	c->op = CHANGE_PUT;
	c->own = true;
	if (rec_get(rec, "verify", &text)) {
		if (rec_is(rec, "verify", "modified"))
			return take_hash(w, rec, "hash_now", c, why);
		if (rec_is(rec, "verify", "corrupt"))
			c->op = CHANGE_NOTE;
		if (c->op == CHANGE_NOTE && take_mismatch(w, rec, why) == -1)
			return -1;
	}
	if (take_verified(conf, rec, c, why) == -1)
		return -1;
	c->was_there = c->op == CHANGE_NOTE && c->own;
	return take_hash(w, rec, "hash", c, why);
}

/* A file that was not placed: it is recorded where it is. */
static int
ask_in_place(
    struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change *c, struct fail *why)
{
	bool missing = rec_is(rec, "verify", "missing");
	int rc;

	if (missing ? !conf->forget : !has_hash(rec))
		return 0;
	if ((rc = own_path(w, conf, rec, &w->text[CHANGE_PATH], why)) != 0)
		return rc == 1 && rec_known(rec) ? 0 : rc == 1 ? outside(why) : -1;
	if (strncmp(w->text[CHANGE_PATH].p, OWN_FOLDER, strlen(OWN_FOLDER)) == 0)
		return 0;
	if (!missing)
		return ask_read(w, conf, rec, c, why);
	c->op = CHANGE_FORGET;
	return has_hash(rec) ? take_hash(w, rec, "hash", c, why) : 0;
}

/* A file that has a copy already: only where it came from is new. */
static int
ask_duplicate(
    struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change *c, struct fail *why)
{
	struct slice text;
	bool placed = rec_get(rec, "place.to", &text);
	int rc = is_root(w, conf, rec, placed ? "place.root" : "db.root", why);

	if (rc != 1) /* 0: the copy is in some other library */
		return rc;
	if (!rec_get_path(rec, placed ? "place.to" : "db.path", &w->text[CHANGE_PATH]) ||
	    !stays_below(&w->text[CHANGE_PATH]))
		return 0;
	c->op = CHANGE_SOURCE;
	return has_hash(rec) ? take_hash(w, rec, "hash", c, why) : 0;
}

/* Where else below the root the file was, or is again. */
static int
take_from(struct changer *w, const struct change_conf *conf, const struct rec *rec, struct fail *why)
{
	int rc = own_path(w, conf, rec, &w->text[CHANGE_FROM], why);

	if (rc == 1)
		buf_clear(&w->text[CHANGE_FROM], SIZE_MAX);
	return rc == -1 ? -1 : 0;
}

static int
ask_undone(struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change *c, struct fail *why)
{
	c->op = CHANGE_UNDO;
	if (placed_path(w, conf, rec, why) == -1 || take_from(w, conf, rec, why) == -1)
		return -1;
	return has_hash(rec) ? take_hash(w, rec, "hash", c, why) : 0;
}

/* Whether what `exists` is the record's own file.  By its name alone: a log says the same wherever it is read. */
static bool
is_itself(struct changer *w, const struct rec *rec)
{
	const struct buf *root = &w->name, *to = &w->text[CHANGE_PATH];
	size_t slash;

	if (!rec_get_path(rec, "place.root", &w->name) || root->len == 0)
		return false;
	slash = root->p[root->len - 1] != '/';
	return rec->path.len == root->len + slash + to->len && memcmp(rec->path.p, root->p, root->len) == 0 &&
	       memcmp(rec->path.p + root->len, "/", slash) == 0 &&
	       memcmp(rec->path.p + root->len + slash, to->p, to->len) == 0;
}

static int
ask_placed(struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change *c, struct fail *why)
{
	if (!has_hash(rec))
		return 0;
	c->op = CHANGE_PUT;
	c->own = true;
	c->was_there = rec_is(rec, "place.action", "exists");
	c->placed = !c->was_there;
	if (placed_path(w, conf, rec, why) == -1 || take_hash(w, rec, "hash", c, why) == -1)
		return -1;
	c->of_copy = c->was_there && !is_itself(w, rec);
	return rec_is(rec, "place.action", "moved") ? take_from(w, conf, rec, why) : 0;
}

/* A file that a log notes as deleted. */
static bool
is_marked(struct changer *w, const struct rec *rec)
{
	return rec_is(rec, "verify", "missing") && rec_get_path(rec, "deleted", &w->text[CHANGE_PATH]) &&
	       stays_below(&w->text[CHANGE_PATH]);
}

static int
ask(struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change *c, struct fail *why)
{
	static const char *const placed[] = {"copied", "moved", "reflinked", "hardlinked", "symlinked", "exists"};
	struct slice text;

	if (is_marked(w, rec)) {
		c->op = CHANGE_MARK;
		return has_hash(rec) ? take_hash(w, rec, "hash", c, why) : 0;
	}
	buf_clear(&w->text[CHANGE_PATH], SIZE_MAX);
	if (!rec_get(rec, "place", &text))
		return ask_in_place(w, conf, rec, c, why);
	for (size_t i = 0; i < sizeof placed / sizeof placed[0]; i++)
		if (rec_is(rec, "place.action", placed[i]))
			return ask_placed(w, conf, rec, c, why);
	if (rec_is(rec, "place.action", "duplicate"))
		return ask_duplicate(w, conf, rec, c, why);
	if (rec_is(rec, "place.action", "undone"))
		return ask_undone(w, conf, rec, c, why);
	if (rec_is(rec, "place.action", "skipped") &&
	    (rec_is(rec, "place.reason", "not-media") || rec_is(rec, "place.reason", "not media"))) /* in older logs */
		c->op = CHANGE_SOURCE;
	return 0;
}

/* A source that lacks a part cannot be recognised again, and is left out. */
static void
take_source(struct changer *w, const struct rec *rec, struct change *c)
{
	struct buf *volume = &w->text[CHANGE_VOLUME], *path = &w->text[CHANGE_SOURCE_PATH];
	struct slice mtime;
	uint64_t size;

	if (!rec_get(rec, "source", &mtime))
		return;
	if (rec_get_path(rec, "source.volume", volume) && volume->len > 0 && rec_get_path(rec, "source.path", path) &&
	    path->len > 0 && rec_get_u64(rec, "source.size", &size) && size <= INT64_MAX &&
	    rec_get(rec, "source.mtime", &mtime) && to_ns(mtime, &c->source_mtime_ns)) {
		c->source_size = (int64_t)size;
		rec_get_path(rec, "source.label", &w->text[CHANGE_LABEL]);
		return;
	}
	buf_clear(volume, SIZE_MAX);
	buf_clear(path, SIZE_MAX);
}

static struct change *
pack(const struct changer *w, const struct change *head)
{
	size_t len = sizeof *head;
	struct change *c;
	char *p;

	for (int i = 0; i < CHANGE_TEXTS; i++)
		len += w->text[i].len;
	if ((c = malloc(len)) == NULL)
		return NULL;
	*c = *head;
	c->len = len;
	p = (char *)(c + 1);
	for (int i = 0; i < CHANGE_TEXTS; i++) {
		c->text_len[i] = (uint32_t)w->text[i].len; /* a record has 4 MiB at most */
		if (w->text[i].len > 0)
			memcpy(p, w->text[i].p, w->text[i].len);
		p += w->text[i].len;
	}
	return c;
}

int
change_make(
    struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change **out, struct fail *why)
{
	struct change head = {0};
	bool failed = false;

	*out = NULL;
	for (int i = 0; i < CHANGE_TEXTS; i++)
		buf_clear(&w->text[i], 64 << 10);
	if (ask(w, conf, rec, &head, why) == -1)
		return -1;
	if (head.op == CHANGE_NONE)
		return 0;
	take_state(rec, &head);
	if (head.of_copy)
		take_copy_time(rec, &head);
	take_source(w, rec, &head);
	if (head.op == CHANGE_PUT || head.op == CHANGE_NOTE)
		rec_write_others(rec, run_members, &w->text[CHANGE_RECORD]);
	for (int i = 0; i < CHANGE_TEXTS; i++)
		failed |= w->text[i].failed;
	if (failed || (*out = pack(w, &head)) == NULL)
		return fail_nomem(why);
	return 0;
}

void
change_say(const struct change *c, bool mark_deleted, struct rec *rec)
{
	struct slice path = change_text(c, CHANGE_PATH);

	if (mark_deleted && c->op == CHANGE_FORGET)
		rec_set_path(rec, "deleted", path.p, path.len);
}

void
changer_fini(struct changer *w)
{
	relpath_fini(&w->relpath);
	buf_fini(&w->place_root);
	buf_fini(&w->resolved);
	buf_fini(&w->name);
	for (int i = 0; i < CHANGE_TEXTS; i++)
		buf_fini(&w->text[i]);
}

void *
changer_new(void *conf)
{
	(void)conf;
	return calloc(1, sizeof(struct changer));
}

void
changer_free(void *worker)
{
	changer_fini(worker);
	free(worker);
}

int
change_allowed(const struct change *c, struct hashdb *db, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(db);

	if (c->op == CHANGE_NOTE && index != DIGEST_COUNT && c->mask & 1u << index)
		return 0;
	return c->op == CHANGE_PUT || c->op == CHANGE_NOTE ? hashdb_require(db, c->mask, why) : 0;
}
