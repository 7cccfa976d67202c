#include "place/content/contents.h"

#include <stdlib.h>
#include <string.h>

/* A shard is at most 7/8 full and grows by a quarter: 27 to 34 bytes an entry. */
#define SHARD_FIRST 8

/* What stands before a name in the spool. */
struct contents_head {
	uint64_t mark;
	size_t len;
};

void
contents_init(struct contents *t)
{
	memset(t, 0, sizeof(*t));
	t->names.fd = -1;
}

void
contents_fini(struct contents *t)
{
	for (size_t i = 0; i < CONTENTS_SHARDS; i++)
		free(t->shards[i].v);
	spool_fini(&t->names);
	contents_init(t);
}

/* The entry of a key, or the free one where it belongs; there is always a free one. */
static struct contents_entry *
seek(const struct contents_shard *s, const uint8_t key[CONTENTS_KEY])
{
	uint64_t start;
	size_t i;

	memcpy(&start, key + 1, sizeof(start));
	for (i = (size_t)(start % s->cap); s->v[i].offset != 0; i = i + 1 < s->cap ? i + 1 : 0) {
		if (memcmp(s->v[i].key, key, CONTENTS_KEY) == 0)
			break;
	}
	return &s->v[i];
}

static int
grow(struct contents_shard *s)
{
	struct contents_shard grown = {.n = s->n, .cap = s->cap + s->cap / 4 + SHARD_FIRST};

	if ((grown.v = calloc(grown.cap, sizeof(*grown.v))) == NULL)
		return -1;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->v[i].offset != 0)
			*seek(&grown, s->v[i].key) = s->v[i];
	}
	free(s->v);
	*s = grown;
	return 0;
}

int
contents_put(struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t mark, struct slice name, struct fail *why)
{
	struct contents_shard *s = &t->shards[key[0]];
	uint64_t offset = spool_size(&t->names);
	struct contents_head head = {.mark = mark, .len = name.len};
	struct contents_entry *e;

	if (s->n + 1 > s->cap / 8 * 7 && grow(s) == -1)
		return fail_nomem(why);
	if (spool_add(&t->names, &head, sizeof(head), why) == -1 || spool_add(&t->names, name.p, name.len, why) == -1)
		return -1;
	e = seek(s, key);
	s->n += e->offset == 0;
	memcpy(e->key, key, CONTENTS_KEY);
	e->offset = offset + 1;
	return 0;
}

int
contents_put_number(struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t number, struct fail *why)
{
	return contents_put(t, key, number, (struct slice){"", 0}, why);
}

/* The entry of a key that is known, or NULL. */
static struct contents_entry *
known(const struct contents *t, const uint8_t key[CONTENTS_KEY])
{
	const struct contents_shard *s = &t->shards[key[0]];
	struct contents_entry *e = s->cap > 0 ? seek(s, key) : NULL;

	return e != NULL && e->offset != 0 && e->offset != CONTENTS_FORGOTTEN ? e : NULL;
}

bool
contents_empty(const struct contents *t)
{
	return spool_size(&t->names) == 0;
}

void
contents_forget(struct contents *t, const uint8_t key[CONTENTS_KEY])
{
	struct contents_entry *e = known(t, key);

	if (e != NULL)
		e->offset = CONTENTS_FORGOTTEN;
}

int
contents_find(struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t *mark, struct buf *name, struct fail *why)
{
	const struct contents_entry *e = known(t, key);
	struct contents_head head;
	char *to;

	buf_clear(name, SIZE_MAX);
	if (e == NULL)
		return 0;
	if (spool_read(&t->names, e->offset - 1, &head, sizeof(head), why) == -1)
		return -1;
	if ((to = buf_reserve(name, head.len)) == NULL)
		return fail_nomem(why);
	if (spool_read(&t->names, e->offset - 1 + sizeof(head), to, head.len, why) == -1)
		return -1;
	name->len = head.len;
	name->p[head.len] = '\0';
	*mark = head.mark;
	return 0;
}

int
contents_number(struct contents *t, const uint8_t key[CONTENTS_KEY], uint64_t *number, struct fail *why)
{
	const struct contents_entry *e = known(t, key);
	struct contents_head head;

	if (e == NULL)
		return 0;
	if (spool_read(&t->names, e->offset - 1, &head, sizeof(head), why) == -1)
		return -1;
	*number = head.mark;
	return 1;
}
