#include "meta/reader.h"

#include <stdlib.h>

#include "base/num.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

/* What the blocks need is made when a first file has such a block. */
struct reader_worker *
reader_worker_new(void)
{
	return calloc(1, sizeof(struct reader_worker));
}

void
reader_worker_free(struct reader_worker *w)
{
	if (w == NULL)
		return;
	tags_free(w->tags);
	xmp_free(w->xmp);
	src_free(w->inner);
	free(w);
}

static bool
is_damage(const struct fail *why)
{
	return src_is_damage(why) || why->code == FAIL_FORMAT;
}

const uint8_t *
reader_at(struct reader *r, uint64_t offset, size_t len)
{
	const uint8_t *p = r->failed ? NULL : src_at(r->src, offset, len, r->why);

	if (p == NULL && !r->failed)
		reader_damage(r);
	return p;
}

const uint8_t *
reader_try(struct reader *r, uint64_t offset, size_t len)
{
	const uint8_t *p = r->failed ? NULL : src_at(r->src, offset, len, r->why);

	if (p == NULL && !r->failed)
		r->failed = !is_damage(r->why);
	return p;
}

const uint8_t *
reader_some(struct reader *r, uint64_t offset, size_t len, size_t *got)
{
	const uint8_t *p = r->failed ? NULL : src_some(r->src, offset, len, got, r->why);

	if (p == NULL && !r->failed)
		reader_damage(r);
	return p;
}

void
reader_damage(struct reader *r)
{
	if (!is_damage(r->why))
		r->failed = true;
	else if (r->what != NULL)
		media_warn(r->info, r->why->code, "%s: %s", r->what, r->why->message);
	else
		media_warn(r->info, r->why->code, "%s", r->why->message);
}

void
reader_nomem(struct reader *r)
{
	fail_nomem(r->why);
	r->failed = true;
}

void
reader_set_size(struct reader *r, double width, double height)
{
	if (width > 0)
		media_set_number(r->info, MEDIA_WIDTH, width);
	if (height > 0)
		media_set_number(r->info, MEDIA_HEIGHT, height);
}

bool
reader_wants_previews(const struct reader *r)
{
	return r->worker != NULL && r->worker->previews != NULL && !r->worker->inner_in_use;
}

/* Where there is room for one more, or what is to make room; NULL where all that are noted are shorter, or it is. */
static struct reader_preview *
room_for(struct reader_previews *p, uint64_t at, size_t len)
{
	struct reader_preview *longest = &p->preview[0];

	for (size_t i = 0; i < p->n; i++) {
		if (p->preview[i].at == at)
			return NULL;
		if (p->preview[i].len > longest->len)
			longest = &p->preview[i];
	}
	if (p->n < READER_PREVIEWS_MAX)
		return &p->preview[p->n++];
	return longest->len > len ? longest : NULL;
}

void
reader_preview(struct reader *r, uint64_t base, double at, double len)
{
	struct reader_preview *room;
	uint64_t where;

	if (!reader_wants_previews(r) || !(at >= 0 && at < 0x1p53 && len >= 1 && len <= READER_PREVIEW_BYTES) ||
	    !num_add(base, (uint64_t)at, &where))
		return;
	if ((room = room_for(r->worker->previews, where, (size_t)len)) != NULL)
		*room = (struct reader_preview){where, (size_t)len};
}

struct src *
reader_enter(struct reader *r, const uint8_t *bytes, size_t len)
{
	struct reader_worker *w = r->worker;
	struct src *outer = r->src;

	if (r->failed || w->inner_in_use)
		return NULL;
	if (w->inner == NULL && (w->inner = src_new()) == NULL) {
		reader_nomem(r);
		return NULL;
	}
	w->inner_in_use = true;
	src_open_memory(w->inner, bytes, len);
	r->src = w->inner;
	return outer;
}

void
reader_leave(struct reader *r, struct src *outer)
{
	r->worker->inner_in_use = false;
	r->src = outer;
}
