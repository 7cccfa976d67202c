#include "hashdb/change.h"

#include <stdlib.h>
#include <string.h>

#include "file/folder.h"
#include "hashdb/source.h"
#include "run/reason.h"
#include "run/words.h"

/* Members that say what a run did with a file, not what the file is. */
static const char *const run_members[] = {"path", "size", "mtime", "hash", "hash_now", "verify", "verified", "db",
    "diff", "other", "place", "source", "archive", "member", "priority", "warnings", "deleted", "marked", "repair",
    "compare", "error", NULL};

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
	return fail_set(why, FAIL_INPUT, "root", "is outside the library and was not placed in it");
}

/* The record's path below the root; 1 where it is outside. */
static int
own_path(struct changer *w, struct buf *out, struct fail *why)
{
	if (w->rec->archive.len > 0) /* its path is a name in there */
		return 1;
	w->relpath.root = w->conf->root;
	return relpath_find(&w->relpath, w->conf->dirfd, w->rec->path.p, out, why);
}

/* Whether the folder that a member names, as some program was given it, is the library's root.  1, 0, -1. */
static int
is_root(struct changer *w, const char *member, struct fail *why)
{
	struct buf *name = &w->name;

	if (!rec_get_path(w->rec, member, name))
		return 0;
	if (w->place_root.len != name->len || memcmp(w->place_root.p, name->p, name->len) != 0) {
		buf_clear(&w->place_root, SIZE_MAX);
		if (buf_add(&w->place_root, name->p, name->len) == -1)
			return fail_nomem(why);
		if (folder_resolve(w->conf->dirfd, name->p, &w->resolved, why) == -1)
			buf_clear(&w->resolved, SIZE_MAX);
	}
	if (w->resolved.len == 0)
		return w->conf->root_given;
	return strcmp(w->resolved.p, w->conf->root) == 0;
}

/* Whether a path that a record brings stays below the root it is relative to. */
static bool
stays_below(const struct buf *path)
{
	return path->len > 0 && path->p[0] != '/' && strlen(path->p) == path->len && folder_keeps(path->p);
}

/* place.to, checked. */
static int
placed_path(struct changer *w, struct fail *why)
{
	int rc = w->conf->own_log ? 1 : is_root(w, "place.root", why);

	if (rc == 0 && w->place_root.len > 0 && w->resolved.len == 0)
		return fail_set(why, FAIL_INPUT, "root",
		    "was placed in a library that cannot be found; if it has moved, say where it is with --root=DIR");
	if (rc == 0)
		return fail_set(why, FAIL_INPUT, "root", "was placed in another library, not in that of this database");
	if (rc == 1 &&
	    (!rec_get_path(w->rec, "place.to", &w->text[CHANGE_PATH]) || !stays_below(&w->text[CHANGE_PATH])))
		return fail_set(why, FAIL_INPUT, "root", "place.to is empty or leads out of the library");
	return rc == 1 ? 0 : -1;
}

/* ---- by what became of the file ---- */

static int
read_hash(struct changer *w, const char *member, struct change *c, struct fail *why)
{
	struct digests d = {0};
	struct slice json;

	if (!rec_get(w->rec, member, &json))
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
has_hash(const struct changer *w)
{
	struct slice json;

	return rec_get(w->rec, "hash", &json);
}

static int
read_hash_if_any(struct changer *w, struct change *c, struct fail *why)
{
	return has_hash(w) ? read_hash(w, "hash", c, why) : 0;
}

static bool
to_ns(struct slice text, int64_t *ns)
{
	struct timespec t;

	return rec_parse_time(text, &t) && rec_time_to_ns(&t, ns);
}

static void
read_state(const struct changer *w, struct change *c)
{
	struct slice text;
	uint64_t size;

	if (rec_get_u64(w->rec, "size", &size) && size <= INT64_MAX) {
		c->size = (int64_t)size;
		c->has_size = true;
	}
	c->has_mtime = rec_get(w->rec, "mtime", &text) && to_ns(text, &c->mtime_ns);
}

/* Of what exists the record may tell the library's file's time. */
static void
read_copy_time(const struct changer *w, struct change *c)
{
	struct slice text;
	int64_t ns;

	if (!rec_get(w->rec, "place.mtime", &text) || !to_ns(text, &ns))
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
read_verified(const struct changer *w, struct change *c, struct fail *why)
{
	struct slice text;

	c->own = !rec_get(w->rec, "verified", &text) || word_is(w->rec, VERIFY_OK);
	if (c->own)
		return 0;
	if (!rec_is(w->rec, "db.id", w->conf->id) || !rec_get_u64(w->rec, "db.seq", &c->seq))
		c->seq = 0;
	return to_ns(text, &c->verified_ns) ? 0 : fail_set(why, FAIL_INPUT, "verified", "verified is not a time");
}

/* What is there instead, as far as it is known. */
static int
read_mismatch(struct changer *w, struct fail *why)
{
	struct digests d = {0};
	struct slice json;

	if (!rec_get(w->rec, "hash_now", &json))
		json = (struct slice){"{}", 2};
	if (digest_read_json(json, &d, why) == -1)
		return -1;
	return digest_merge_json(json, &d, &w->text[CHANGE_HASH_NOW], why);
}

/* A file at its place below the root, whose content has been read. */
static int
make_read(struct changer *w, struct change *c, struct fail *why)
{
	bool corrupt = word_is(w->rec, VERIFY_CORRUPT);

	c->op = corrupt ? CHANGE_NOTE : CHANGE_PUT;
	c->own = true;
	if (word_is(w->rec, VERIFY_MODIFIED))
		return read_hash(w, "hash_now", c, why);
	if ((corrupt && read_mismatch(w, why) == -1) || read_verified(w, c, why) == -1)
		return -1;
	c->was_there = corrupt && c->own;
	return read_hash(w, "hash", c, why);
}

/*
 * The file at FROM, if this is it: its content was asked for, and the file that is recorded with it has gone.  A record
 * that comes from a list, or tells of another reading, says nothing of that.
 */
static int
read_moved(struct changer *w, struct change *c, struct fail *why)
{
	enum word verify = word_find(w->rec, "verify");
	struct buf *from = &w->text[CHANGE_FROM];
	int rc;

	if (!word_is(w->rec, STATUS_MISSING) || !word_is(w->rec, BY_HASH) || c->op != CHANGE_PUT || !c->own ||
	    (verify != WORD_NONE && verify != VERIFY_MOVED))
		return 0;
	if ((rc = w->conf->own_log ? 1 : is_root(w, "db.root", why)) != 1)
		return rc;
	c->moved = rec_get_path(w->rec, "db.path", from) && stays_below(from);
	if (!c->moved)
		buf_clear(from, SIZE_MAX);
	return 0;
}

/* A file that was not placed: it is recorded where it is. */
static int
make_in_place(struct changer *w, struct change *c, struct fail *why)
{
	bool missing = word_is(w->rec, VERIFY_MISSING);
	int rc;

	if (missing ? !w->conf->forget : !has_hash(w))
		return 0;
	if ((rc = own_path(w, &w->text[CHANGE_PATH], why)) != 0)
		return rc == 1 && rec_known(w->rec) ? 0 : rc == 1 ? outside(why) : -1;
	if (strncmp(w->text[CHANGE_PATH].p, OWN_FOLDER, strlen(OWN_FOLDER)) == 0)
		return 0;
	if (!missing)
		return make_read(w, c, why) == -1 ? -1 : read_moved(w, c, why);
	c->op = CHANGE_FORGET;
	c->own = true;
	return read_hash_if_any(w, c, why);
}

/* A file that has a copy already: only where it came from is new. */
static int
make_duplicate(struct changer *w, struct change *c, struct fail *why)
{
	struct slice text;
	bool placed = rec_get(w->rec, "place.to", &text);
	int rc = is_root(w, placed ? "place.root" : "db.root", why);

	if (rc != 1) /* 0: the copy is in some other library */
		return rc;
	if (!rec_get_path(w->rec, placed ? "place.to" : "db.path", &w->text[CHANGE_PATH]) ||
	    !stays_below(&w->text[CHANGE_PATH]))
		return 0;
	c->op = CHANGE_SOURCE;
	return read_hash_if_any(w, c, why);
}

/* Where else below the root the file was, or is again. */
static int
read_from(struct changer *w, struct fail *why)
{
	int rc = own_path(w, &w->text[CHANGE_FROM], why);

	if (rc == 1)
		buf_clear(&w->text[CHANGE_FROM], SIZE_MAX);
	return rc == -1 ? -1 : 0;
}

static int
make_undone(struct changer *w, struct change *c, struct fail *why)
{
	c->op = CHANGE_UNDO;
	if (placed_path(w, why) == -1 || read_from(w, why) == -1)
		return -1;
	return read_hash_if_any(w, c, why);
}

/* Whether what `exists` is the record's own file.  By its name alone: a log says the same wherever it is read. */
static bool
is_itself(struct changer *w)
{
	const struct buf *root = &w->name, *to = &w->text[CHANGE_PATH];
	size_t slash;

	if (w->rec->archive.len > 0 || !rec_get_path(w->rec, "place.root", &w->name) || root->len == 0)
		return false;
	slash = root->p[root->len - 1] != '/';
	return w->rec->path.len == root->len + slash + to->len && memcmp(w->rec->path.p, root->p, root->len) == 0 &&
	       memcmp(w->rec->path.p + root->len, "/", slash) == 0 &&
	       memcmp(w->rec->path.p + root->len + slash, to->p, to->len) == 0;
}

static int
make_placed(struct changer *w, struct change *c, struct fail *why)
{
	if (!has_hash(w))
		return 0;
	c->op = CHANGE_PUT;
	c->own = true;
	c->was_there = word_is(w->rec, ACTION_EXISTS);
	c->placed = !c->was_there;
	if (placed_path(w, why) == -1 || read_hash(w, "hash", c, why) == -1)
		return -1;
	c->of_copy = c->elsewhere = c->was_there && !is_itself(w);
	return word_is(w->rec, ACTION_MOVED) ? read_from(w, why) : 0;
}

/* A file that a log notes as deleted. */
static bool
is_marked(struct changer *w)
{
	return word_is(w->rec, VERIFY_MISSING) && rec_get_path(w->rec, "deleted", &w->text[CHANGE_PATH]) &&
	       stays_below(&w->text[CHANGE_PATH]);
}

/* One that was noted in this run, or by a log; of what a database has listed it tells when its file was last read. */
static int
make_marked(struct changer *w, struct change *c, struct fail *why)
{
	struct slice text;

	c->op = CHANGE_MARK;
	c->has_marked = rec_get(w->rec, "marked", &text);
	if (c->has_marked && !to_ns(text, &c->marked_ns))
		return fail_set(why, FAIL_INPUT, "marked", "marked is not a time");
	if (read_verified(w, c, why) == -1)
		return -1;
	if (c->own || !c->has_marked)
		return read_hash_if_any(w, c, why);
	c->op = CHANGE_LISTED;
	return read_hash(w, "hash", c, why);
}

static int
make(struct changer *w, struct change *c, struct fail *why)
{
	struct slice text;

	if (is_marked(w))
		return make_marked(w, c, why);
	buf_clear(&w->text[CHANGE_PATH], SIZE_MAX);
	if (!rec_get(w->rec, "place", &text))
		return make_in_place(w, c, why);
	switch (word_find(w->rec, "place.action")) {
	case ACTION_COPIED:
	case ACTION_MOVED:
	case ACTION_REFLINKED:
	case ACTION_HARDLINKED:
	case ACTION_SYMLINKED:
	case ACTION_EXISTS:
		return make_placed(w, c, why);
	case ACTION_DUPLICATE:
		return make_duplicate(w, c, why);
	case ACTION_UNDONE:
		return make_undone(w, c, why);
	case ACTION_SKIPPED:
		c->op = reason_find(w->rec) == REASON_NOT_MEDIA ? CHANGE_SOURCE : CHANGE_NONE;
		return 0;
	default:
		return 0;
	}
}

static void
read_source(struct changer *w, struct change *c)
{
	struct buf *volume = &w->text[CHANGE_VOLUME], *path = &w->text[CHANGE_SOURCE_PATH];

	if (source_read(w->rec, volume, path, &c->source_size, &c->source_mtime_ns))
		rec_get_path(w->rec, "source.label", &w->text[CHANGE_LABEL]);
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

/* What another source of a file may know of it. */
static void
add_told(const struct rec *rec, struct buf *out)
{
	static const char *const names[] = {"group", "albums"};
	struct slice value;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (rec_get(rec, names[i], &value))
			buf_addf(out, "%s\"%s\":%.*s", out->len == 0 ? "{" : ",", names[i], (int)value.len, value.p);
	}
	if (out->len > 0)
		buf_addc(out, '}');
}

int
change_make(
    struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change **out, struct fail *why)
{
	struct change head = {0};
	bool failed = false;

	*out = NULL;
	w->conf = conf;
	w->rec = rec;
	for (int i = 0; i < CHANGE_TEXTS; i++)
		buf_clear(&w->text[i], 64 << 10);
	if (make(w, &head, why) == -1)
		return -1;
	if (head.op == CHANGE_NONE)
		return 0;
	read_state(w, &head);
	if (head.of_copy)
		read_copy_time(w, &head);
	read_source(w, &head);
	if (head.op == CHANGE_PUT || head.op == CHANGE_NOTE || head.op == CHANGE_LISTED)
		rec_write_others(rec, run_members, &w->text[CHANGE_RECORD]);
	else if (head.op == CHANGE_SOURCE && w->text[CHANGE_PATH].len > 0)
		add_told(rec, &w->text[CHANGE_RECORD]);
	for (int i = 0; i < CHANGE_TEXTS; i++)
		failed |= w->text[i].failed;
	if (failed || (*out = pack(w, &head)) == NULL)
		return fail_nomem(why);
	return 0;
}

static void
set_time(struct rec *rec, const char *name, int64_t ns)
{
	struct buf text = {0};
	struct timespec t;

	rec_time_of_ns(ns, &t);
	buf_addc(&text, '"');
	rec_format_time(&text, &t);
	buf_addc(&text, '"');
	rec_set_json(rec, name, &text, 0);
	buf_fini(&text);
}

void
change_annotate(const struct change *c, bool mark_deleted, struct rec *rec)
{
	struct slice path = change_text(c, CHANGE_PATH);

	if (mark_deleted && c->op == CHANGE_FORGET) {
		rec_set_path(rec, "deleted", path.p, path.len);
		set_time(rec, "marked", c->verified_ns);
	}
	if (c->moved)
		word_set(rec, VERIFY_MOVED);
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
	return c->op == CHANGE_PUT || c->op == CHANGE_NOTE || c->op == CHANGE_LISTED ? hashdb_require(db, c->mask, why)
										     : 0;
}
