/* option -- --archives and --max-member, as each program has them that reads members of archives. */
#ifndef ARCHIVE_OPTION_H
#define ARCHIVE_OPTION_H

#include "archive/unfold.h"
#include "run/filter.h"

/* OPTION_DEFAULT is ready. */
struct option_archives {
	bool asked;
	uint64_t max_member;
	struct unfold unfold;
};

#define OPTION_DEFAULT(program)                                                                 \
	{                                                                                       \
		.max_member = ARCHIVES_MEMBER_MAX, .unfold = {.tool = program, .spool.fd = -1 } \
	}

/* The rows of the table. */
#define OPTION_ARCHIVES(type, field)                                                                         \
	OPT_FLAG(0, "archives", type, field.asked, "each member of an archive becomes a record of its own"), \
	    OPT_SIZE(0, "max-member", "SIZE", type, field.max_member, "read no larger member of an archive (64G)")

/* option_begin() -- from start(): without --archives, f->expand goes.  Returns 0, or -1: ENOMEM. */
int option_begin(struct option_archives *o, struct run *run, struct filter *f, struct fail *why);

/* option_end() -- after all threads. */
void option_end(struct option_archives *o);

#endif
