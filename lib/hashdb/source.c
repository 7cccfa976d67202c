#include "hashdb/source.h"

#include <time.h>

void
source_path(struct buf *path, uint64_t member)
{
	if (member > 0)
		buf_addf(path, "//%010ju", (uintmax_t)member);
}

bool
source_read(const struct rec *rec, struct buf *volume, struct buf *path, int64_t *size, int64_t *mtime_ns)
{
	struct timespec mtime;
	struct slice text;
	uint64_t n, member;

	if (rec_get(rec, "source", &text) && rec_get_path(rec, "source.volume", volume) && volume->len > 0 &&
	    rec_get_path(rec, "source.path", path) && path->len > 0 && rec_get_u64(rec, "source.size", &n) &&
	    n <= INT64_MAX && rec_get(rec, "source.mtime", &text) && rec_parse_time(text, &mtime) &&
	    rec_time_to_ns(&mtime, mtime_ns)) {
		*size = (int64_t)n;
		if (rec_get_u64(rec, "source.member", &member))
			source_path(path, member);
		return true;
	}
	buf_clear(volume, SIZE_MAX);
	buf_clear(path, SIZE_MAX);
	return false;
}
