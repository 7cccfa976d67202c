/* report-parts -- what report.c counts and report-text.c tells. */
#ifndef REPORT_REPORT_PARTS_H
#define REPORT_REPORT_PARTS_H

#include <stdint.h>

#include "base/buf.h"
#include "media/group/recgroup.h"
#include "report/kind.h"
#include "report/tally.h"
#include "run/reason.h"

#define DAY_LEN 10 /* 2019-03-01 */

enum outcome {
#define OUTCOME(name, action, one, many) name,
#include "report/outcomes.def"
#undef OUTCOME
	OUTCOMES
};

/* The first files of a kind, a line for each, and how many there are. */
struct list {
	struct buf text;
	uint64_t n;
};

struct report {
	uint64_t n[OUTCOMES], files, bytes, undated, empty, removed;
	uint64_t kinds[KINDS];                              /* of those that came or are there */
	uint64_t again;                                     /* for which the same command may do more another time */
	uint64_t skipped[REASON_COUNT], kept[REASON_COUNT]; /* by reason; the first sum is n[SKIPPED] */
	char first[DAY_LEN + 1], last[DAY_LEN + 1];
	struct list skipped_list, damaged_list, gone_list, spoilt_list, kept_list, failed_list, orphan_list, split_list,
	    unknown_list;
	struct tally folders;
	struct rec_group group; /* of the record that is counted */
	struct buf root, text;
	const char *log;
};

#endif
