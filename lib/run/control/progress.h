/*
 * progress -- how far a run is, in one line for a person.  Neither clock nor terminal is asked here: who calls says
 * what time it is, and how much room there is.
 */
#ifndef RUN_CONTROL_PROGRESS_H
#define RUN_CONTROL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What has been done by now. */
struct progress_now {
	uint64_t ns; /* CLOCK_MONOTONIC */
	uint64_t done, failed, bytes;
	uint64_t of_records, of_bytes; /* in all; 0: not known */
	bool ended;                    /* how long it took is of more interest than how fast it is */
};

#define PROGRESS_SAMPLES 32
#define PROGRESS_LABEL 64

/* The last moments, for the rate is that of the last ten seconds.  Threads: one. */
struct progress {
	char label[PROGRESS_LABEL]; /* what the line begins with */
	uint64_t began_ns, moved_ns;
	struct progress_now samples[PROGRESS_SAMPLES];
	size_t n; /* samples ever taken */
};

/* progress_begin() -- with nothing done.  What could drive a terminal, or take two columns of it, is not in the label.
 */
void progress_begin(struct progress *p, struct slice label, uint64_t ns);

/* progress_note() -- remember a moment; to be called every half second or two. */
void progress_note(struct progress *p, const struct progress_now *now);

/*
 * progress_line() -- append the line, without a newline, in ASCII; at most `columns` characters, for which what matters
 * less is left out.
 */
void progress_line(const struct progress *p, const struct progress_now *now, size_t columns, struct buf *line);

#endif
