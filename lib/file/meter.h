/*
 * meter -- counts what is read of a file while it is read, so that progress moves inside a long film; and never more
 * than the file holds, whatever is read twice.
 */
#ifndef FILE_METER_H
#define FILE_METER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* {0} counts nothing.  Threads: a meter has one thread at a time, its total any number. */
struct meter {
	atomic_uint_least64_t *total; /* borrowed */
	uint64_t left;                /* bytes of the file that are not counted yet */
	unsigned parts;               /* how often its bytes are read: each time counts as that part of it */
};

/* meter_add() -- so many bytes were read; `m` may be NULL. */
static inline void
meter_add(struct meter *m, uint64_t bytes)
{
	if (m == NULL || m->total == NULL)
		return;
	if (m->parts > 1)
		bytes /= m->parts;
	if (bytes > m->left)
		bytes = m->left;
	m->left -= bytes;
	atomic_fetch_add(m->total, bytes);
}

/* meter_end() -- nothing more of the file will be read: it counts as a whole. */
static inline void
meter_end(struct meter *m)
{
	m->parts = 1;
	meter_add(m, m->left);
}

#endif
