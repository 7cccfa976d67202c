#include "archive/option.h"

int
option_begin(struct option_archives *o, struct run *run, struct filter *f, struct fail *why)
{
	if (!o->asked)
		f->expand = NULL;
	o->contents.run = run;
	o->contents.of = archives_new(run_dirfd(run), o->max_member);
	return o->contents.of != NULL ? 0 : fail_nomem(why);
}

void
option_end(struct option_archives *o)
{
	contents_fini(&o->contents);
	archives_free(o->contents.of);
}
