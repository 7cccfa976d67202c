/* schedule -- which of the records that wait a free worker takes first. */
#ifndef RUN_CONTROL_SCHEDULE_H
#define RUN_CONTROL_SCHEDULE_H

#include <stdint.h>

#include "base/fail.h"

enum schedule { SCHEDULE_FIFO, SCHEDULE_SIZE, SCHEDULE_TYPE, SCHEDULE_INODE, SCHEDULE_PRIORITY };

struct run;
struct rec;

/* schedule_parse() -- the word of --schedule; NULL is fifo.  Returns 0, or -1 with a message for the user. */
int schedule_parse(const char *word, enum schedule *out, struct fail *why);

/*
 * schedule_rank() -- by the reading thread: where a record stands, the lowest first.  The file is asked for its size,
 * where the record does not say it, and for its inode number.
 */
uint64_t schedule_rank(const struct run *run, const struct rec *rec);

#endif
