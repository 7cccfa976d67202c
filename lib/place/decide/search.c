/*
 * Most names are free or hold the content: one look, and nothing is remembered.  Only a series that holds something
 * else gets a row on the shelf, by which the files behind it need neither be looked at nor read again.
 */
#include "place/decide/search.h"

#include <string.h>
#include <unistd.h>

#include "place/name/series.h"

#define XXH128_ONLY (1u << DIGEST_XXH128)

static struct claims_name
name_of(const struct search *q)
{
	return (struct claims_name){q->at.folder, {q->name.p, q->name.len}};
}

/* ---- one name ---- */

/* A symbolic link to the same file is the same content. */
static bool
is_our_link(struct search *q)
{
	struct buf *scratch = &q->kit->scratch;
	char *to;

	if (q->link == NULL || !S_ISLNK(q->twin.st_mode))
		return false;
	buf_clear(scratch, SIZE_MAX);
	if ((to = buf_reserve(scratch, q->link->len + 1)) == NULL)
		return false;
	return readlinkat(q->dirfd, q->name.p, to, q->link->len + 1) == (ssize_t)q->link->len &&
	       memcmp(to, q->link->p, q->link->len) == 0;
}

static enum match
look_on_disk(struct search *q, struct fail *why)
{
	enum match match = MATCH_FREE;

	if (q->dirfd != -1)
		match = match_name(q->dirfd, q->name.p, q->source, &q->twin, why);
	if (match == MATCH_OTHER && is_our_link(q))
		match = MATCH_FILE;
	return match;
}

/* What stands at the k-th name, which becomes q->name. */
static enum match
look(struct search *q, unsigned k, struct fail *why)
{
	enum match match = MATCH_SIZE;

	q->k = k;
	buf_clear(&q->name, SIZE_MAX);
	memset(&q->twin, 0, sizeof(q->twin));
	if (series_name(q->at.name, q->at.len, k, q->p->lib.name_max, &q->name) == -1) {
		fail_nomem(why);
		return MATCH_ERROR;
	}
	if (q->claims != NULL)
		match = claims_look(q->claims, q->kit, name_of(q), q->content, why);
	if (match == MATCH_SIZE)
		match = look_on_disk(q, why);
	return match == MATCH_FREE && k < q->unseen ? MATCH_OTHER : match;
}

static void
learn(struct shelf_book *book, const struct digests *holds)
{
	book->digested = holds->mask & XXH128_ONLY;
	memcpy(book->xxh128, holds->bytes[DIGEST_XXH128], sizeof(book->xxh128));
}

/* After MATCH_SIZE: whether the file holds the content; fills what the book lacks. */
static enum match
compare(struct search *q, struct shelf_book *book, struct fail *why)
{
	uint64_t mark = match_mark(&q->twin);
	struct digests holds;
	enum match match;

	if (q->itself)
		return MATCH_OTHER;
	if (q->content->mask == 0)
		return MATCH_SIZE;
	if (q->seen == mark)
		return MATCH_FILE;
	if (book->digested && book->mark == mark && q->content->mask == XXH128_ONLY)
		return memcmp(book->xxh128, q->content->bytes[DIGEST_XXH128], TWINS_KEY) == 0 ? MATCH_FILE
											      : MATCH_OTHER;
	match = match_content(q->kit, q->dirfd, q->name.p, &q->twin, q->content, &holds, why);
	book->mark = mark;
	learn(book, &holds);
	if (!book->digested)
		book->size = SHELF_NO_FILE; /* it cannot be read: once is enough */
	return match;
}

/* ---- the series ---- */

static struct shelf_book
book_of(const struct stat *st)
{
	return (struct shelf_book){
	    .size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : SHELF_NO_FILE,
	    .inode = (uint64_t)st->st_ino,
	};
}

/* Whether the file at a name that is known may be what is looked for. */
static bool
may_be(const struct search *q, const struct shelf_book *book)
{
	if (book->inode == (uint64_t)q->source->st_ino)
		return true;
	if (book->size == SHELF_NO_FILE)
		return q->link != NULL || q->claims != NULL;
	if (q->itself || book->size != (uint64_t)q->source->st_size)
		return false;
	return !book->digested || q->content->mask == 0 ||
	       memcmp(book->xxh128, q->content->bytes[DIGEST_XXH128], TWINS_KEY) == 0;
}

static enum match
examine(struct search *q, struct shelf_book *book, unsigned k, struct fail *why)
{
	enum match match = look(q, k, why);

	if (match == MATCH_SIZE)
		return compare(q, book, why);
	if (match != MATCH_FREE)
		return match;
	*book = (struct shelf_book){.size = SHELF_NO_FILE}; /* it has gone; its name is left alone */
	return MATCH_OTHER;
}

static enum match
walk(struct search *q, struct shelf_row *row, struct fail *why)
{
	for (unsigned k = 0; k <= JOB_SUFFIX_MAX; k++) {
		enum match match = MATCH_OTHER;

		if (k == row->n) {
			struct shelf_book book;

			if ((match = look(q, k, why)) == MATCH_FREE || match == MATCH_ERROR)
				return match;
			book = book_of(&q->twin);
			if (shelf_add(&q->p->shelf, row, &book, why) == -1)
				return MATCH_ERROR;
			if (match == MATCH_SIZE)
				match = compare(q, &row->books[k], why);
		} else if (may_be(q, &row->books[k])) {
			match = examine(q, &row->books[k], k, why);
		}
		if (match != MATCH_OTHER)
			return match;
	}
	fail_set(why, FAIL_LIMIT, "rename", "%u other files have this name already", JOB_SUFFIX_MAX);
	return MATCH_ERROR;
}

static int
key_of(struct search *q, uint8_t key[SHELF_KEY], struct fail *why)
{
	struct claims_name first = {q->at.folder, {q->at.name, q->at.len}};

	return claims_key(&q->p->claims, q->kit, first, key, why);
}

/* The first name holds something else: from here on the series is remembered. */
static enum match
begin_row(struct search *q, const uint8_t key[SHELF_KEY], const struct shelf_book *first, struct fail *why)
{
	struct shelf_row *row = shelf_take(&q->p->shelf, key, true);
	enum match match = MATCH_ERROR;

	if (row == NULL) {
		fail_nomem(why);
		return MATCH_ERROR;
	}
	if (row->n > 0 || shelf_add(&q->p->shelf, row, first, why) == 0)
		match = walk(q, row, why);
	shelf_give(&q->p->shelf, row);
	return match;
}

enum match
search_series(struct search *q, struct fail *why)
{
	enum match match = look(q, 0, why);
	struct shelf_book first = book_of(&q->twin);
	uint8_t key[SHELF_KEY];
	struct shelf_row *row;

	if (match == MATCH_FREE || match == MATCH_FILE || match == MATCH_ERROR)
		return match;
	if (key_of(q, key, why) == -1)
		return MATCH_ERROR;
	if (!q->first_only && (row = shelf_take(&q->p->shelf, key, false)) != NULL) {
		match = walk(q, row, why);
		shelf_give(&q->p->shelf, row);
		return match;
	}
	if (match == MATCH_SIZE)
		match = compare(q, &first, why);
	return match == MATCH_OTHER && !q->first_only ? begin_row(q, key, &first, why) : match;
}

/* ---- changes ---- */

int
search_took(struct search *q, const struct stat *st, struct fail *why)
{
	struct shelf_book book = {.size = (uint64_t)q->source->st_size};
	struct shelf_row *row;
	uint8_t key[SHELF_KEY];
	int rc = 0;

	if (q->claims != NULL && claims_give(q->claims, q->kit, name_of(q), q->content, why) == -1)
		return -1;
	if (q->k == 0)
		return 0;
	if (key_of(q, key, why) == -1)
		return -1;
	if ((row = shelf_take(&q->p->shelf, key, false)) == NULL)
		return 0;
	if (st != NULL) {
		book = book_of(st);
		book.mark = match_mark(st);
	}
	learn(&book, q->content);
	if (row->n == q->k)
		rc = shelf_add(&q->p->shelf, row, &book, why);
	shelf_give(&q->p->shelf, row);
	return rc;
}

int
search_freed(struct search *q, struct claims_name old, struct fail *why)
{
	struct buf first = {0};
	uint8_t key[SHELF_KEY];
	int rc;

	if (q->claims != NULL && claims_free(q->claims, q->kit, old, why) == -1)
		return -1;
	if (old.name.len + 3 >= q->p->lib.name_max) { /* of a series whose first name may be longer */
		shelf_forget(&q->p->shelf, NULL);
		return 0;
	}
	if ((rc = claims_key(&q->p->claims, q->kit, old, key, why)) == 0)
		shelf_forget(&q->p->shelf, key);
	if (rc == 0 && series_first(old.name.p, old.name.len, &first)) {
		old.name = (struct slice){first.p, first.len};
		if ((rc = claims_key(&q->p->claims, q->kit, old, key, why)) == 0)
			shelf_forget(&q->p->shelf, key);
	}
	buf_fini(&first);
	return rc;
}

void
search_fini(struct search *q)
{
	buf_fini(&q->name);
}
