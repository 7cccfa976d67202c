#include "place/undo/later.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "file/io.h"
#include "run/input.h"
#include "run/words.h"

/* What the last record of a source said of a file. */
enum said { SAID_NOTHING, SAID_UNDONE, SAID_RELIES, SAID_PLACED };

struct keys {
	uint8_t file[CONTENTS_KEY], pair[CONTENTS_KEY];
};

void
later_init(struct later *l)
{
	*l = (struct later){0};
	contents_init(&l->pairs);
	contents_init(&l->files);
}

void
later_fini(struct later *l)
{
	digest_free(l->digest);
	contents_fini(&l->pairs);
	contents_fini(&l->files);
	buf_fini(&l->to);
}

static int
make_key(struct later *l, const struct buf *to, const struct buf *path, uint8_t key[CONTENTS_KEY], struct fail *why)
{
	struct digests d;

	if (digest_start(l->digest, 1u << DIGEST_XXH128, why) == -1)
		return -1;
	digest_update(l->digest, to->p, to->len);
	if (path != NULL) {
		digest_update(l->digest, "", 1);
		digest_update(l->digest, path->p, path->len);
	}
	if (digest_final(l->digest, &d, why) == -1)
		return -1;
	memcpy(key, d.bytes[DIGEST_XXH128], CONTENTS_KEY);
	return 0;
}

static int
make_keys(struct later *l, const struct rec *rec, const struct buf *to, struct keys *keys, struct fail *why)
{
	if (make_key(l, to, NULL, keys->file, why) == -1)
		return -1;
	return make_key(l, to, &rec->path, keys->pair, why);
}

/* What a record says, and of which file. */
static enum said
read_record(struct later *l, const struct rec *rec)
{
	switch (word_find(rec, "place.action")) {
	case ACTION_COPIED:
	case ACTION_MOVED:
	case ACTION_REFLINKED:
	case ACTION_HARDLINKED:
	case ACTION_SYMLINKED:
		return rec_get_path(rec, "place.to", &l->to) ? SAID_PLACED : SAID_NOTHING;
	case ACTION_EXISTS:
	case ACTION_DUPLICATE:
		return rec_get_path(rec, "place.to", &l->to) ? SAID_RELIES : SAID_NOTHING;
	case ACTION_UNDONE:
		return rec_get_path(rec, "place.to", &l->to) ? SAID_UNDONE : SAID_NOTHING;
	case ACTION_SKIPPED:
		return reason_find(rec) == REASON_NOT_PLACED && rec_get_path(rec, "place.to", &l->to) ? SAID_UNDONE
												      : SAID_NOTHING;
	default:
		return word_is(rec, BY_SOURCE) && rec_known(rec) && rec_get_path(rec, "db.path", &l->to) ? SAID_RELIES
													 : SAID_NOTHING;
	}
}

static int
note(struct later *l, const struct rec *rec, struct fail *why)
{
	enum said said = read_record(l, rec);
	uint64_t before = SAID_NOTHING, sources = 0;
	struct keys keys;
	bool relied, relies = said >= SAID_RELIES;

	if (said == SAID_NOTHING)
		return 0;
	if (make_keys(l, rec, &l->to, &keys, why) == -1 || contents_number(&l->pairs, keys.pair, &before, why) == -1 ||
	    contents_number(&l->files, keys.file, &sources, why) == -1)
		return -1;
	relied = before >= SAID_RELIES;
	if (said == SAID_RELIES && before == SAID_PLACED)
		said = SAID_PLACED;
	if (contents_put_number(&l->pairs, keys.pair, said, why) == -1)
		return -1;
	return relied == relies ? 0
				: contents_put_number(&l->files, keys.file, relies ? sources + 1 : sources - 1, why);
}

static int
read_all(struct later *l, struct input *in, struct fail *why)
{
	struct rec rec = {0};
	int got;

	while ((got = input_next(in, &rec, why)) == 1 && (got = note(l, &rec, why)) == 0)
		rec_reset(&rec);
	rec_fini(&rec);
	return got;
}

int
later_read(struct later *l, int dirfd, const char *log, struct fail *why)
{
	struct input_conf conf = {.tool = "later", .wake = -1, .form = INPUT_NDJSON, .dirfd = dirfd};
	struct input *in = NULL;
	int rc = -1;

	if (l->digest == NULL && (l->digest = digest_new(1u << DIGEST_XXH128, why)) == NULL)
		return -1;
	if ((conf.fd = openat(dirfd, log, O_RDONLY | O_CLOEXEC)) == -1)
		return fail_errno(why, "open", "%s", log);
	if ((in = input_new(&conf, why)) != NULL)
		rc = read_all(l, in, why);
	input_free(in);
	io_close(&conf.fd);
	return rc;
}

int
later_own(struct later *l, const struct rec *rec, struct fail *why)
{
	uint64_t own = SAID_NOTHING, sources = 0;
	struct keys keys;

	if (l->digest == NULL || read_record(l, rec) == SAID_NOTHING)
		return 0;
	if (make_keys(l, rec, &l->to, &keys, why) == -1 || contents_number(&l->pairs, keys.pair, &own, why) == -1 ||
	    contents_number(&l->files, keys.file, &sources, why) == -1)
		return -1;
	if (own != SAID_RELIES)
		return 0;
	if (contents_put_number(&l->pairs, keys.pair, SAID_NOTHING, why) == -1)
		return -1;
	return contents_put_number(&l->files, keys.file, sources - 1, why);
}

int
later_find(struct later *l, const struct rec *rec, const struct buf *to, enum reason *reason, struct fail *why)
{
	uint64_t own = SAID_NOTHING, sources = 0;
	struct keys keys;

	*reason = REASON_NONE;
	if (l->digest == NULL)
		return 0;
	if (make_keys(l, rec, to, &keys, why) == -1 || contents_number(&l->pairs, keys.pair, &own, why) == -1 ||
	    contents_number(&l->files, keys.file, &sources, why) == -1)
		return -1;
	if (own == SAID_PLACED || sources > (own == SAID_RELIES))
		*reason = REASON_LATER_RUN;
	else if (own == SAID_UNDONE)
		*reason = REASON_UNDONE_BEFORE;
	return 0;
}
