#include "archive/option.h"

int
option_begin(struct option_archives *o, struct run *run, struct filter *f, struct fail *why)
{
	if (!o->asked)
		f->expand = NULL;
	o->unfold.run = run;
	o->unfold.of = archives_new(run_dirfd(run), o->max_member);
	return o->unfold.of != NULL ? 0 : fail_nomem(why);
}

void
option_end(struct option_archives *o)
{
	unfold_fini(&o->unfold);
	archives_free(o->unfold.of);
}
