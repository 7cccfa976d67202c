#include "place/repair/repairrec.h"

#include "base/json.h"
#include "run/words.h"

static const enum word results[] = {
    [REPAIRED] = REPAIR_DONE,
    [REPAIR_NEEDLESS] = REPAIR_INTACT,
    [REPAIR_NO_COPY] = REPAIR_UNFOUND,
    [REPAIR_CHANGED] = REPAIR_ALTERED,
};

bool
repairrec_is_bad(const struct rec *rec)
{
	struct slice hash;

	return (word_is(rec, VERIFY_CORRUPT) || word_is(rec, VERIFY_MISSING)) && rec_get(rec, "hash", &hash);
}

int
repairrec_read(struct repairrec *t, const struct repairs *r, const struct rec *rec, struct repair *f, struct fail *why)
{
	struct slice hash;
	int rc;

	t->relpath.root = r->library.real.p;
	if ((rc = relpath_find(&t->relpath, r->dirfd, rec->path.p, &t->path, why)) != 0)
		return rc == 1 ? fail_set(why, FAIL_INPUT, "root", "is outside the library") : -1;
	if (!rec_get(rec, "hash", &hash) || digest_read_json(hash, &f->recorded, why) == -1)
		return -1;
	if (f->recorded.mask == 0 || !rec_get_state(rec, &f->noted))
		return fail_set(why, FAIL_INPUT, "hash", "the record has no digest, or no size and time, to go by");
	f->path = buf_cstr(&t->path);
	if (rec_known(rec) && rec_get_path(rec, "db.root", &t->copy_root) && rec_get_path(rec, "db.path", &t->copy)) {
		f->copy_root = buf_cstr(&t->copy_root);
		f->copy = buf_cstr(&t->copy);
	}
	return 0;
}

static void
write_path(struct buf *out, const char *name, const struct buf *path)
{
	if (path->len == 0)
		return;
	buf_addc(out, ',');
	json_path(out, name, path->p, path->len);
}

void
repairrec_write(struct repairrec *t, const struct repair *f, enum repair_result result, struct rec *rec)
{
	buf_clear(&t->text, SIZE_MAX);
	buf_addf(&t->text, "{\"result\":\"%s\"", word_text(results[result]));
	if (result == REPAIRED) {
		write_path(&t->text, "from", &f->from);
		write_path(&t->text, "aside", &f->aside);
	}
	buf_addc(&t->text, '}');
	if (result == REPAIRED || result == REPAIR_NEEDLESS) {
		rec_drop(rec, "hash_now");
		rec_drop(rec, "verified");
		rec_refresh_stat(rec, &f->st);
		word_set(rec, VERIFY_OK);
	}
	rec_set_json(rec, "repair", &t->text, 0);
}

void
repairrec_fini(struct repairrec *t)
{
	relpath_fini(&t->relpath);
	buf_fini(&t->path);
	buf_fini(&t->copy_root);
	buf_fini(&t->copy);
	buf_fini(&t->text);
}
