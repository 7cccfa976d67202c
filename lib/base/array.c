#include "base/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST 16

void *
array_grow(void *v, size_t *cap, size_t size)
{
	size_t grown = *cap == 0 ? FIRST : *cap * 2;
	void *moved;

	if (*cap > SIZE_MAX / 2 / size) {
		errno = ENOMEM;
		return NULL;
	}
	if ((moved = realloc(v, grown * size)) != NULL)
		*cap = grown;
	return moved;
}
