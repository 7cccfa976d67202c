/* schedule -- which of the records that wait a free worker takes first. */
#ifndef RUN_CONTROL_SCHEDULE_H
#define RUN_CONTROL_SCHEDULE_H

#include <stdint.h>

/* In the order of the words of --schedule. */
enum schedule { SCHEDULE_FIFO = 1, SCHEDULE_SIZE, SCHEDULE_TYPE, SCHEDULE_INODE, SCHEDULE_PRIORITY };

struct run;
struct rec;

/*
 * schedule_rank() -- by the reading thread: where a record stands, the lowest first.  The file is asked for its size,
 * where the record does not say it, and for its inode number.
 */
uint64_t schedule_rank(const struct run *run, const struct rec *rec);

#endif
