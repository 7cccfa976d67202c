#include "hash/verdict.h"

#include "file/state.h"
#include "run/words.h"

void
verdict_take(struct rec *rec, struct digests *damage)
{
	struct slice now;
	struct fail ignored;

	*damage = (struct digests){0};
	if (word_is(rec, VERIFY_CORRUPT) && rec_get(rec, "hash_now", &now) &&
	    digest_read_json(now, damage, &ignored) == -1)
		damage->mask = 0;
	rec_drop(rec, "hash_now");
	rec_drop(rec, "verify");
}

void
verdict_mismatch(struct rec *rec, const struct readfile *read, const struct digests *damage, struct buf *text)
{
	bool is_empty = read->st.st_size == 0;
	bool is_damage = is_empty || rec_agrees(rec, &read->st) || digest_equal(damage, &read->now);

	if (!is_empty) /* a good copy has the size that is recorded */
		rec_refresh_stat(rec, &read->st);
	buf_clear(text, READFILE_BYTES);
	digest_write_json(&read->now, text);
	rec_set_json(rec, "hash_now", text, 0);
	word_set(rec, is_damage ? VERIFY_CORRUPT : VERIFY_MODIFIED);
}

int
verdict_unread(struct rec *rec, int dirfd, const struct fail *why)
{
	struct fail unseen;
	struct stat st;

	if (state_look(dirfd, rec_file(rec), &st, &unseen) == 1) {
		rec->absent = true;
		word_set(rec, VERIFY_MISSING);
		return 0;
	}
	if (why->code == FAIL_SYSTEM || why->code == FAIL_INPUT)
		word_set(rec, VERIFY_UNREADABLE);
	return -1;
}
