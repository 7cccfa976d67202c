#include "archive/packed.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

void
packed_leave(struct packed *p)
{
	unpack_close(p->open);
	p->open = NULL;
}

void
packed_fini(struct packed *p)
{
	packed_leave(p);
	buf_fini(&p->path);
}

struct packed *
packed_new(struct archives *of)
{
	struct packed *p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->of = of;
	return p;
}

void
packed_free(void *packed)
{
	packed_fini(packed);
	free(packed);
}

void
packed_quit(void *packed)
{
	packed_leave(packed);
}

void
packed_pause(void *packed)
{
	struct packed *p = packed;

	if (p->open != NULL && unpack_is_wanted(p->open))
		packed_leave(p);
}

/* Whether the member is still to come. */
static bool
lies_ahead(const struct packed *p, const struct rec *rec)
{
	return p->open != NULL && slice_same(buf_slice(&p->path), buf_slice(&rec->archive)) &&
	       unpack_member(p->open)->number < rec->member;
}

static int
open_archive(struct packed *p, const struct rec *rec, struct fail *why)
{
	int got;

	packed_leave(p);
	buf_clear(&p->path, SIZE_MAX);
	if (buf_add(&p->path, rec->archive.p, rec->archive.len) == -1)
		return fail_nomem(why);
	if ((got = unpack_open(p->of, p->path.p, NULL, &p->open, why)) == 0)
		return fail_set(why, FAIL_CHANGED, "open", "what the record calls its archive is none");
	return got == 1 ? 0 : -1;
}

static int
go_forward(struct packed *p, uint64_t number, struct fail *why)
{
	int got = 1;

	while (got == 1 && unpack_member(p->open)->number < number)
		got = unpack_next(p->open, why);
	if (got == 0)
		fail_set(why, FAIL_CHANGED, "open", "the archive has no member of that number: it ends after %" PRIu64,
		    unpack_member(p->open)->number);
	return got == 1 ? 0 : -1;
}

static void
set_state(const struct unpack_member *m, struct stat *st)
{
	*st = (struct stat){.st_size = (off_t)m->size, .st_mtim = m->mtime, .st_mode = S_IFREG};
	if (!m->has_mtime)
		st->st_mtim.tv_sec = (time_t)LLONG_MIN;
}

/* Whether what was found is what the record speaks of. */
static int
check(const struct unpack_member *m, const struct rec *rec, struct stat *st, struct fail *why)
{
	if (!slice_same(buf_slice(&m->name), buf_slice(&rec->path)))
		return fail_set(
		    why, FAIL_CHANGED, "open", "the archive's member %" PRIu64 " has another name", m->number);
	if (m->refused.code != FAIL_NONE) {
		*why = m->refused;
		return -1;
	}
	set_state(m, st);
	return 0;
}

int
packed_seek(struct packed *p, const struct rec *rec, struct stat *st, struct fail *why)
{
	if (rec->member == 0)
		return fail_set(why, FAIL_INPUT, "open", "the record does not say which member of its archive it is");
	if (!lies_ahead(p, rec) && open_archive(p, rec, why) == -1)
		return -1;
	if (go_forward(p, rec->member, why) == 0)
		return check(unpack_member(p->open), rec, st, why);
	packed_leave(p);
	return -1;
}

const struct stat *
packed_state(const struct packed *p)
{
	return unpack_state(p->open);
}

ssize_t
packed_read(void *packed, void *dst, size_t len, struct fail *why)
{
	struct packed *p = packed;
	ssize_t n = unpack_read(p->open, dst, len, why);

	return n == 0 && unpack_still(p->open, why) == -1 ? -1 : n;
}
