/* retry -- the work on a record, once more where it failed by what may pass. */
#ifndef RUN_CONTROL_RETRY_H
#define RUN_CONTROL_RETRY_H

#include <stdint.h>

#include "base/fail.h"

#define RETRY_TIMES 2
#define RETRY_DELAY_S 0.1

struct run;
struct rec;

/*
 * retry_work() -- the filter's work; by a worker.  After a failure that may pass (fail.h) the record becomes what it
 * was and, after a delay that doubles each time, is worked on again, so many times as --retry says.  Once the run is
 * ending there is no further try, nor a wait for one.
 *
 * Returns 0, or -1 with the failure of the last try.
 */
int retry_work(struct run *run, void *worker, struct rec *rec, struct fail *why);

/*
 * retry_copy() -- begin a record as another came, less what its program owns.  Of that one only the path, the line and
 * the number are read, which work does not change.  Returns 0, or -1 with an empty record: ENOMEM.
 */
int retry_copy(const struct run *run, const struct rec *from, struct rec *to, struct fail *why);

#endif
