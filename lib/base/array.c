#include "base/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST 8

void *
array_room(void *v, size_t *cap, size_t n, size_t size)
{
	size_t grown = *cap == 0 ? FIRST : *cap * 2;
	void *moved;

	if (n < *cap)
		return v;
	if (*cap > SIZE_MAX / 2 / size) {
		errno = ENOMEM;
		return NULL;
	}
	if ((moved = realloc(v, grown * size)) != NULL)
		*cap = grown;
	return moved;
}
