#include "file/state.h"
#include "run/rec.h"

bool
rec_get_state(const struct rec *rec, struct state *out)
{
	struct slice value;

	*out = (struct state){.has_size = rec_get(rec, "size", &value)};
	if (out->has_size && !rec_get_u64(rec, "size", &out->size))
		return false;
	out->has_mtime = rec_get(rec, "mtime", &value);
	return !out->has_mtime || rec_parse_time(value, &out->mtime);
}

bool
rec_agrees(const struct rec *rec, const struct stat *st)
{
	struct state noted;

	return rec_get_state(rec, &noted) && state_agrees(&noted, st);
}

void
rec_refresh_stat(struct rec *rec, const struct stat *st)
{
	struct state noted;

	if (rec_get_state(rec, &noted) && noted.has_size && noted.has_mtime && state_agrees(&noted, st))
		return;
	rec_drop(rec, "mtime"); /* where st's cannot be written, none is better than the old one */
	rec_set_stat(rec, st);
}
