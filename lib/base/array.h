/* array -- room in an array that grows. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/* array_grow() -- the part of array_room() that is seldom needed. */
void *array_grow(void *v, size_t *cap, size_t size);

/*
 * array_room() -- room for an element behind the first n.
 *
 *   v     the array, from malloc() or NULL
 *   cap   how many elements it has room for; kept up to date
 *   size  of an element, in bytes
 *
 * Returns the array, which may have moved; or NULL (ENOMEM), and v and *cap are what they were.
 */
static inline void *
array_room(void *v, size_t *cap, size_t n, size_t size)
{
	return n < *cap ? v : array_grow(v, cap, size);
}

#endif
