/* Zeros before a mark belong to it and not to the unit; they are counted, because a mark may lie across two parts. */
#include "format/stream/units.h"

void
units_end(struct units *u)
{
	if (u->state == UNITS_KEEP)
		u->take(u->arg, u->bytes, u->len);
	u->state = UNITS_OUTSIDE;
	u->zeros = u->len = 0;
}

static void
keep(struct units *u, uint8_t c)
{
	if (u->len < UNITS_MAX)
		u->bytes[u->len++] = c;
}

static void
feed(struct units *u, uint8_t c)
{
	if (c == 1 && u->zeros >= 2) {
		if (u->state == UNITS_KEEP && u->len < UNITS_MAX)
			u->len -= u->zeros;
		units_end(u);
		u->state = UNITS_BEGIN;
		return;
	}
	u->zeros = c == 0 ? u->zeros + 1 : 0;
	if (u->state == UNITS_BEGIN)
		u->state = u->wants(c) ? UNITS_KEEP : UNITS_OUTSIDE;
	if (u->state == UNITS_KEEP)
		keep(u, c);
}

void
units_feed(struct units *u, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		feed(u, bytes[i]);
}
