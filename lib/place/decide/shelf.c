#include "place/decide/shelf.h"

#include <stdlib.h>
#include <string.h>

void
shelf_init(struct shelf *s)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->given, NULL);
}

/* Where the pointer to a key's row is, or would be. */
static struct shelf_row **
seek(struct shelf *s, const uint8_t key[SHELF_KEY])
{
	struct shelf_row **at = &s->rows[(key[0] | (unsigned)key[1] << 8) % SHELF_ROWS];

	while (*at != NULL && memcmp((*at)->key, key, SHELF_KEY) != 0)
		at = &(*at)->next;
	return at;
}

static void
drop(struct shelf *s, struct shelf_row **at)
{
	struct shelf_row *row = *at;

	*at = row->next;
	s->nbooks -= row->n;
	free(row->books);
	free(row);
}

static void
drop_idle(struct shelf *s)
{
	for (size_t i = 0; i < SHELF_ROWS; i++) {
		struct shelf_row **at = &s->rows[i];

		while (*at != NULL) {
			if ((*at)->busy)
				at = &(*at)->next;
			else
				drop(s, at);
		}
	}
}

void
shelf_fini(struct shelf *s)
{
	drop_idle(s);
	pthread_cond_destroy(&s->given);
	pthread_mutex_destroy(&s->lock);
}

static struct shelf_row *
row_new(const uint8_t key[SHELF_KEY])
{
	struct shelf_row *row = calloc(1, sizeof(*row));

	if (row != NULL)
		memcpy(row->key, key, SHELF_KEY);
	return row;
}

struct shelf_row *
shelf_take(struct shelf *s, const uint8_t key[SHELF_KEY], bool make)
{
	struct shelf_row **at, *row;

	pthread_mutex_lock(&s->lock);
	while (*(at = seek(s, key)) != NULL && (*at)->busy)
		pthread_cond_wait(&s->given, &s->lock);
	if (*at == NULL && make)
		*at = row_new(key);
	if ((row = *at) != NULL)
		row->busy = true;
	pthread_mutex_unlock(&s->lock);
	return row;
}

void
shelf_give(struct shelf *s, struct shelf_row *row)
{
	pthread_mutex_lock(&s->lock);
	row->busy = false;
	pthread_cond_broadcast(&s->given);
	pthread_mutex_unlock(&s->lock);
}

int
shelf_add(struct shelf *s, struct shelf_row *row, const struct shelf_book *book, struct fail *why)
{
	if (row->n == row->cap) {
		size_t cap = row->cap != 0 ? 2 * row->cap : 4;
		struct shelf_book *grown = realloc(row->books, cap * sizeof(*grown));

		if (grown == NULL)
			return fail_nomem(why);
		row->books = grown;
		row->cap = cap;
	}
	row->books[row->n++] = *book;
	pthread_mutex_lock(&s->lock);
	if (++s->nbooks > SHELF_BOOKS)
		drop_idle(s);
	pthread_mutex_unlock(&s->lock);
	return 0;
}

void
shelf_forget(struct shelf *s, const uint8_t *key)
{
	struct shelf_row **at;

	pthread_mutex_lock(&s->lock);
	if (key == NULL)
		drop_idle(s);
	else if (*(at = seek(s, key)) != NULL && !(*at)->busy)
		drop(s, at);
	pthread_mutex_unlock(&s->lock);
}
