/* order -- numbers that wait their turn: the lowest rank is the first, of equal ones the lowest number. */
#ifndef RUN_CONTROL_ORDER_H
#define RUN_CONTROL_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order_entry {
	uint64_t rank, number;
};

struct order {
	struct order_entry *heap;
	size_t *places; /* of each number in the heap, at its remainder by max */
	size_t n, max;
};

/* order_init() -- room for so many, which is all that it will ever get.  Returns 0, or -1 for want of memory. */
int order_init(struct order *o, size_t max);
void order_fini(struct order *o);

/* order_add() -- a number that is not in it, while there is room; all that are in it lie within `max` of each other. */
void order_add(struct order *o, uint64_t rank, uint64_t number);

/* order_take() -- remove the first; false where there is none. */
bool order_take(struct order *o, uint64_t *number);

/* order_remove() -- remove a number, wherever it stands. */
void order_remove(struct order *o, uint64_t number);

#endif
