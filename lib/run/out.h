/*
 * out -- standard output: whole lines, even where several programs share one pipe, and no error unseen.
 *
 * A pipe tears writes of more than PIPE_BUF bytes.  Where stdout is one, every write is made under a POSIX record
 * lock, which is held by a process; flock(2) would be held by the open file that all the writers share.
 */
#ifndef RUN_OUT_H
#define RUN_OUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"

#define OUT_FLUSH_BYTES (64u << 10)

struct out {
	int fd;
	bool pipe;
	bool closed_by_reader; /* EPIPE */
	bool failed;           /* that, or another error: nothing more is written */
	int log;               /* what is written goes there before; -1: there is none */
	bool log_failed;       /* nothing more is written to either */
	struct buf buf;        /* append whole lines here */
};

/* out_init() -- small_pipe: let little lie between this program and the next.  Takes its memory now. */
void out_init(struct out *o, int fd, bool small_pipe);

/* out_flush() -- write what is there.  Returns 0, or -1 once when it first fails; later calls discard. */
int out_flush(struct out *o, struct fail *why);

/* out_log() -- write lines to the log, if there is one, and not to stdout.  Returns 0, or -1, now and ever after. */
int out_log(struct out *o, const char *lines, size_t len, struct fail *why);

/* out_close() -- flush and close the descriptor.  Returns 0 or -1 as out_flush(). */
int out_close(struct out *o, struct fail *why);

#endif
