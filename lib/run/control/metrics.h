/* metrics -- a run for Prometheus, in its text format, version 0.0.4; dcim-utils(7) lists the names. */
#ifndef RUN_CONTROL_METRICS_H
#define RUN_CONTROL_METRICS_H

#include "base/buf.h"
#include "run/control/share.h"
#include "run/control/stats.h"

#define METRICS_RUNNING (-1)

/* Of the run, what its statistics do not know. */
struct metrics_run {
	const struct share *share; /* of the pipeline; NULL: the program is alone */
	uint64_t of_bytes;         /* --total */
	int status;                /* METRICS_RUNNING: it has not ended */
};

#define METRICS_BEGINNING "# HELP dcim_" /* what metrics_write() writes first */

void metrics_write(struct stats *s, const struct metrics_run *run, struct buf *out);

#endif
