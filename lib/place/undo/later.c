#include "place/undo/later.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "file/hidden.h"
#include "file/io.h"
#include "run/input.h"
#include "run/words.h"

/* What the last record of a source said of a file. */
enum said {
	SAID_NOTHING,
	SAID_FREE,   /* it relies on it no more, or another record tells of that */
	SAID_UNDONE, /* what had placed it was taken back */
	SAID_RELIES,
	SAID_PLACED, /* anew; or it was removed, as the file was there */
};

/*
 * What a database has recognised by its source tells neither volume nor the path below it, but it was told of before,
 * by a record that did: `known` is the name, size and time that both have.
 */
struct keys {
	uint8_t file[CONTENTS_KEY], source[CONTENTS_KEY], known[CONTENTS_KEY];
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
	buf_fini(&l->source);
}

/* ---- which file, and which source ---- */

static int
make_key(struct later *l, const struct buf *to, const struct buf *of, uint8_t key[CONTENTS_KEY], struct fail *why)
{
	struct digests d;

	if (to->failed || of->failed)
		return fail_nomem(why);
	if (digest_start(l->digest, 1u << DIGEST_XXH128, why) == -1)
		return -1;
	digest_update(l->digest, buf_cstr(to), to->len + 1);
	digest_update(l->digest, buf_cstr(of), of->len);
	if (digest_final(l->digest, &d, why) == -1)
		return -1;
	memcpy(key, d.bytes[DIGEST_XXH128], CONTENTS_KEY);
	return 0;
}

static void
add_member(const struct rec *rec, const char *of_source, const char *own, struct buf *out)
{
	struct slice text;

	if (rec_get(rec, of_source, &text) || rec_get(rec, own, &text))
		buf_add(out, text.p, text.len);
	buf_addc(out, '\0');
}

/* Where it lay: the same in each run, wherever its volume is mounted and from where the run was started. */
static void
name_source(const struct rec *rec, struct buf *out)
{
	struct slice volume;
	bool below = rec_get_path(rec, "source.path", out) && rec_get(rec, "source.volume", &volume);

	if (!below) {
		buf_clear(out, SIZE_MAX);
		buf_add(out, rec->path.p, rec->path.len);
	}
	buf_addc(out, '\0');
	if (below)
		buf_add(out, volume.p, volume.len);
	if (rec->archive.len > 0)
		buf_addf(out, "//%ju", (uintmax_t)rec->member);
}

static void
name_known(const struct rec *rec, struct buf *out)
{
	struct slice own = hidden_own(rec->path.p);

	buf_clear(out, SIZE_MAX);
	add_member(rec, "source.size", "size", out);
	add_member(rec, "source.mtime", "mtime", out);
	buf_add(out, own.p, own.len);
}

static int
make_keys(struct later *l, const struct rec *rec, const struct buf *to, struct keys *keys, struct fail *why)
{
	const struct buf none = {0};

	if (make_key(l, to, &none, keys->file, why) == -1)
		return -1;
	name_source(rec, &l->source);
	if (make_key(l, to, &l->source, keys->source, why) == -1)
		return -1;
	name_known(rec, &l->source);
	return make_key(l, to, &l->source, keys->known, why);
}

/* ---- what is said ---- */

/* What was only recognised: nothing was read, and nothing removed. */
static bool
is_recognised(const struct rec *rec)
{
	struct slice place;

	return word_is(rec, BY_SOURCE) && rec_known(rec) && !rec_get(rec, "place", &place);
}

static enum said
say(struct later *l, const struct rec *rec, const char *name, enum said said)
{
	return rec_get_path(rec, name, &l->to) ? said : SAID_NOTHING;
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
		return say(l, rec, "place.to", SAID_PLACED);
	case ACTION_EXISTS:
	case ACTION_DUPLICATE:
		return say(l, rec, "place.to", word_is(rec, PLACE_SOURCE_REMOVED) ? SAID_PLACED : SAID_RELIES);
	case ACTION_UNDONE:
		return say(l, rec, "place.to", SAID_UNDONE);
	case ACTION_SKIPPED:
		return reason_find(rec) == REASON_NOT_PLACED || reason_find(rec) == REASON_GIVEN_BACK
			   ? say(l, rec, "place.to", SAID_FREE)
			   : SAID_NOTHING;
	default:
		return is_recognised(rec) ? say(l, rec, "db.path", SAID_RELIES) : SAID_NOTHING;
	}
}

/* Note what is said of a source, and how many rely on the file by that. */
static int
note_pair(struct later *l, const struct keys *keys, const uint8_t pair[CONTENTS_KEY], enum said said, struct fail *why)
{
	uint64_t before = SAID_NOTHING, sources = 0;

	if (contents_number(&l->pairs, pair, &before, why) == -1 ||
	    contents_number(&l->files, keys->file, &sources, why) == -1)
		return -1;
	if (said == SAID_RELIES && before == SAID_PLACED)
		said = SAID_PLACED;
	if (contents_put_number(&l->pairs, pair, said, why) == -1)
		return -1;
	if ((before >= SAID_RELIES) == (said >= SAID_RELIES))
		return 0;
	return contents_put_number(&l->files, keys->file, said >= SAID_RELIES ? sources + 1 : sources - 1, why);
}

static int
note(struct later *l, const struct rec *rec, struct fail *why)
{
	enum said said = read_record(l, rec);
	uint64_t known = SAID_NOTHING;
	struct keys keys;

	if (said == SAID_NOTHING)
		return 0;
	if (make_keys(l, rec, &l->to, &keys, why) == -1 || contents_number(&l->pairs, keys.known, &known, why) == -1)
		return -1;
	if (is_recognised(rec))
		return known == SAID_NOTHING ? note_pair(l, &keys, keys.known, said, why) : 0;
	if ((known == SAID_NOTHING || said == SAID_UNDONE) && note_pair(l, &keys, keys.known, SAID_UNDONE, why) == -1)
		return -1;
	return note_pair(l, &keys, keys.source, said, why);
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

/* Nobody relies on the file by what is said of this source, unless that placed it, or removed the source. */
static int
forgive(struct later *l, const struct keys *keys, const uint8_t pair[CONTENTS_KEY], struct fail *why)
{
	uint64_t said = SAID_NOTHING;

	if (contents_number(&l->pairs, pair, &said, why) == -1)
		return -1;
	return said == SAID_RELIES ? note_pair(l, keys, pair, SAID_NOTHING, why) : 0;
}

int
later_own(struct later *l, const struct rec *rec, struct fail *why)
{
	struct keys keys;

	if (l->digest == NULL || read_record(l, rec) == SAID_NOTHING)
		return 0;
	if (make_keys(l, rec, &l->to, &keys, why) == -1 || forgive(l, &keys, keys.source, why) == -1)
		return -1;
	return forgive(l, &keys, keys.known, why);
}

int
later_find(struct later *l, const struct rec *rec, const struct buf *to, enum reason *reason, struct fail *why)
{
	uint64_t own = SAID_NOTHING, known = SAID_NOTHING, sources = 0;
	struct keys keys;

	*reason = REASON_NONE;
	if (l->digest == NULL)
		return 0;
	if (make_keys(l, rec, to, &keys, why) == -1 || contents_number(&l->pairs, keys.source, &own, why) == -1 ||
	    contents_number(&l->pairs, keys.known, &known, why) == -1 ||
	    contents_number(&l->files, keys.file, &sources, why) == -1)
		return -1;
	if (own == SAID_PLACED || sources > (uint64_t)(own == SAID_RELIES) + (known == SAID_RELIES))
		*reason = REASON_LATER_RUN;
	else if (own == SAID_UNDONE)
		*reason = REASON_UNDONE_BEFORE;
	return 0;
}
