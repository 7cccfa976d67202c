#include "run/control/order.h"

#include <stdlib.h>

int
order_init(struct order *o, size_t max)
{
	*o = (struct order){
	    .heap = calloc(max, sizeof(*o->heap)), .places = calloc(max, sizeof(*o->places)), .max = max};
	return o->heap != NULL && o->places != NULL ? 0 : -1;
}

void
order_fini(struct order *o)
{
	free(o->heap);
	free(o->places);
	*o = (struct order){0};
}

static bool
goes_first(const struct order_entry *a, const struct order_entry *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->number < b->number;
}

static void
put(struct order *o, size_t i, struct order_entry e)
{
	o->heap[i] = e;
	o->places[e.number % o->max] = i;
}

static void
swap(struct order *o, size_t i, size_t k)
{
	struct order_entry e = o->heap[i];

	put(o, i, o->heap[k]);
	put(o, k, e);
}

static void
rise(struct order *o, size_t i)
{
	for (; i > 0 && goes_first(&o->heap[i], &o->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(o, i, (i - 1) / 2);
}

static void
sink(struct order *o, size_t i)
{
	size_t child;

	while ((child = 2 * i + 1) < o->n) {
		if (child + 1 < o->n && goes_first(&o->heap[child + 1], &o->heap[child]))
			child++;
		if (!goes_first(&o->heap[child], &o->heap[i]))
			return;
		swap(o, i, child);
		i = child;
	}
}

void
order_add(struct order *o, uint64_t rank, uint64_t number)
{
	put(o, o->n, (struct order_entry){rank, number});
	rise(o, o->n++);
}

static void
remove_at(struct order *o, size_t i)
{
	if (i == --o->n)
		return;
	put(o, i, o->heap[o->n]);
	sink(o, i);
	rise(o, i);
}

bool
order_take(struct order *o, uint64_t *number)
{
	if (o->n == 0)
		return false;
	*number = o->heap[0].number;
	remove_at(o, 0);
	return true;
}

void
order_remove(struct order *o, uint64_t number)
{
	size_t i = o->places[number % o->max];

	if (i < o->n && o->heap[i].number == number)
		remove_at(o, i);
}
