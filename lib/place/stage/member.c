#include "place/stage/member.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "archive/packed.h"
#include "file/io.h"
#include "file/state.h"
#include "place/place-parts.h"

/* As of a file that nobody has seen: no other is the same one. */
static void
set_state(struct step *s, uint64_t size, const struct timespec *mtime)
{
	s->job->st = (struct stat){
	    .st_mode = S_IFREG, .st_size = (off_t)size, .st_mtim = *mtime, .st_atim = {.tv_nsec = UTIME_OMIT}};
}

/* A member of which nobody knows when it was written is as old as its archive. */
static void
set_noted(struct step *s)
{
	struct state noted;

	if (!rec_get_state(s->rec, &noted))
		noted = (struct state){0};
	set_state(s, noted.has_size ? noted.size : 0, noted.has_mtime ? &noted.mtime : &s->job->archive.st_mtim);
}

int
member_look(struct step *s, struct fail *why)
{
	enum place_how how = s->p->o.how;

	if (how == PLACE_REFLINK || how == PLACE_HARDLINK || how == PLACE_SYMLINK)
		return fail_set(why, FAIL_INPUT, "open",
		    "is a member of an archive, whose bytes nothing else can share: leave out --reflink, --hardlink "
		    "and --symlink");
	if (io_stat(s->p->dirfd, rec_file(s->rec), &s->job->archive, why) == -1)
		return -1;
	set_noted(s);
	return 0;
}

bool
member_size_known(const struct step *s)
{
	struct state noted;

	return s->job->st.st_size > 0 || (rec_get_state(s->rec, &noted) && noted.has_size);
}

int
member_seek(struct step *s, struct fail *why)
{
	struct packed *packed = s->scratch->packed;
	struct timespec mtime = s->job->st.st_mtim;
	struct state noted;
	struct stat st;

	if (packed_seek(packed, s->rec, &st, why) == -1)
		return -1;
	if (!io_same_again(packed_state(packed), &s->job->archive))
		return fail_set(why, FAIL_CHANGED, "open", "its archive changed since it was looked at");
	if (!rec_get_state(s->rec, &noted))
		return fail_set(why, FAIL_CHANGED, "open", "the record's size or mtime is none");
	if ((st.st_size > 0 && noted.has_size && noted.size != (uint64_t)st.st_size) ||
	    (noted.has_mtime && !state_same_time(&noted.mtime, &st.st_mtim)))
		return fail_set(why, FAIL_CHANGED, "open", "size or mtime changed since the record was made");
	if (!noted.has_mtime && st.st_mtim.tv_sec > (time_t)LLONG_MIN)
		mtime = st.st_mtim;
	set_state(s, st.st_size > 0 ? (uint64_t)st.st_size : noted.has_size ? noted.size : 0, &mtime);
	s->sought = true;
	return 0;
}

int
member_read(struct step *s, struct copy_ends *ends, digest_mask mask, struct digested *got, struct fail *why)
{
	const struct flow from = {s->scratch->packed, packed_read};
	struct job *job = s->job;

	ends->to_failed = false;
	if (!s->sought && member_seek(s, why) == -1)
		return -1;
	s->sought = false;
	if (copy_flow(s->scratch, &from, ends, mask, got, why) == -1)
		return -1;
	job->st.st_size = (off_t)got->bytes;
	if (step_is_stale(s))
		return fail_set(why, FAIL_CHANGED, "read", "size or mtime changed since the record was made");
	for (size_t i = 0; job->mirrors != NULL && i < s->p->nmirrors; i++)
		job->mirrors[i]->st = job->st;
	return 0;
}
