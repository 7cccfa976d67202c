#include "place/compare/named.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "file/io.h"
#include "place/remove/removal.h"

struct named {
	struct scratch_pool *scratch_pool;
	struct removal in; /* the folder that `opened` names, open; what lay in it then is flushed */
	struct buf opened;
	struct buf root, to; /* of this copy */
	struct buf text;
};

struct named *
named_new(struct scratch_pool *scratch_pool)
{
	struct named *named = calloc(1, sizeof *named);

	if (named == NULL)
		return NULL;
	named->scratch_pool = scratch_pool;
	named->in.root = -1;
	return named;
}

void
named_free(struct named *named)
{
	if (named == NULL)
		return;
	io_close(&named->in.root);
	buf_fini(&named->opened);
	buf_fini(&named->root);
	buf_fini(&named->to);
	buf_fini(&named->text);
	free(named);
}

/* Where the copy should be is often where the one before was.  One that is not there has no copies. */
static int
open_root(struct named *named, int dirfd, struct fail *why)
{
	const char *root = buf_cstr(&named->root);

	if (named->in.root != -1 && strcmp(buf_cstr(&named->opened), root) == 0)
		return 0;
	io_close(&named->in.root);
	buf_clear(&named->opened, SIZE_MAX);
	if (buf_adds(&named->opened, root) == -1)
		return fail_nomem(why);
	named->in.root = openat(dirfd, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	removal_flush(&named->in, NULL);
	return 0;
}

static enum word
result_of(enum reason reason)
{
	switch (reason) {
	case REASON_NONE:
		return COMPARE_EQUAL;
	case REASON_DIFFERS:
		return COMPARE_DIFFERS;
	case REASON_COPY_MISSING:
		return COMPARE_MISSING;
	case REASON_COPY_UNREADABLE:
		return COMPARE_UNREADABLE;
	case REASON_SAME_FILE:
		return COMPARE_ITSELF;
	default:
		return WORD_NONE;
	}
}

/* The copy is not: the file itself is to blame, or this machine. */
static int
fail_source(const struct removal *r, struct fail *why)
{
	if (r->reason == REASON_CHANGED)
		return fail_set(why, FAIL_CHANGED, "compare", "%s", r->message);
	if (r->reason == REASON_GONE)
		errno = ENOENT;
	else if (r->errnum != 0)
		errno = r->errnum;
	else
		return fail_set(why, FAIL_INPUT, "compare", "%s", r->message);
	return fail_errno(why, "compare", "%s", "");
}

/* How the two were read, and what tells later whether the copy still is the file that was compared. */
static void
write_seen(struct buf *text, const struct removal_seen *seen)
{
	buf_addf(text, ",\"read\":\"%s\",\"changed\":\"", word_text(seen->cached ? READ_MEMORY : READ_DISK));
	rec_format_time(text, &seen->changed);
	buf_addc(text, '"');
}

/* r: NULL where there was nothing to compare. */
static void
set_result(struct named *named, struct rec *rec, const struct removal *r, const struct removal_seen *seen)
{
	enum word result = r != NULL ? result_of(r->reason) : COMPARE_UNRECORDED;
	struct buf *text = &named->text;

	buf_clear(text, SIZE_MAX);
	buf_addf(text, "{\"result\":\"%s\"", word_text(result));
	if (r != NULL) {
		buf_addc(text, ',');
		json_path(text, "to", named->to.p, named->to.len);
		buf_addc(text, ',');
		json_path(text, "root", named->root.p, named->root.len);
	}
	if (result == COMPARE_EQUAL)
		write_seen(text, seen);
	else if (r != NULL) {
		buf_adds(text, ",\"message\":");
		json_quote(text, r->message, strlen(r->message));
	}
	buf_addc(text, '}');
	rec_set_json(rec, "compare", text, 0);
}

/* With the copy that named->root and to name. */
static int
compare(struct named *named, int dirfd, struct rec *rec, struct fail *why)
{
	struct removal r;
	struct removal_seen seen;

	if (open_root(named, dirfd, why) == -1)
		return -1;
	r = named->in;
	r.dirfd = dirfd;
	r.path = rec->path.p;
	r.to = buf_cstr(&named->to);
	r.meter = &rec->meter;
	rec_get_state(rec, &r.noted);
	removal_read_both(&r, named->scratch_pool, &seen);
	if (result_of(r.reason) == WORD_NONE || fail_short_errno(r.errnum))
		return fail_source(&r, why);
	set_result(named, rec, &r, &seen);
	return 0;
}

int
named_compare(struct named *named, int dirfd, struct rec *rec, struct fail *why)
{
	static const char *const copies[][2] = {{"place.to", "place.root"}, {"db.path", "db.root"}};
	bool compared = false;

	for (size_t i = 0; i < sizeof copies / sizeof *copies && !word_is(rec, COMPARE_EQUAL); i++) {
		if (!rec_get_path(rec, copies[i][0], &named->to) || !rec_get_path(rec, copies[i][1], &named->root) ||
		    (i == 0 && word_is(rec, ACTION_PLANNED)))
			continue;
		if (compare(named, dirfd, rec, why) == -1)
			return -1;
		compared = true;
	}
	if (!compared)
		set_result(named, rec, NULL, NULL);
	return 0;
}
