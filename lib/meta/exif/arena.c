/* Each piece carries its size in front, for realloc. */
#include "meta/exif/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN alignof(max_align_t)

struct arena {
	size_t used, size;
	alignas(max_align_t) uint8_t bytes[];
};

static _Thread_local struct arena *current;

struct arena *
arena_new(size_t size)
{
	struct arena *a = malloc(sizeof *a + size);

	if (a != NULL)
		*a = (struct arena){.size = size};
	return a;
}

void
arena_free(struct arena *a)
{
	free(a);
}

static void *
allocate(ExifLong size)
{
	size_t need = ALIGN + ((size_t)size + ALIGN - 1) / ALIGN * ALIGN;
	uint8_t *p;

	if (current == NULL || need > current->size - current->used)
		return NULL;
	p = current->bytes + current->used;
	current->used += need;
	memcpy(p, &size, sizeof size);
	return memset(p + ALIGN, 0, size);
}

static void *
reallocate(void *old, ExifLong size)
{
	ExifLong had = 0;
	void *p;

	if (old != NULL)
		memcpy(&had, (uint8_t *)old - ALIGN, sizeof had);
	if (old != NULL && size <= had)
		return old;
	if ((p = allocate(size)) != NULL && had > 0)
		memcpy(p, old, had);
	return p;
}

static void
release(void *p)
{
	(void)p;
}

ExifMem *
arena_enter(struct arena *a)
{
	a->used = 0;
	current = a;
	return exif_mem_new(allocate, reallocate, release);
}

void
arena_leave(void)
{
	current = NULL;
}
