#include "place/remove/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/io.h"
#include "place/compare/compare.h"
#include "place/remove/doubt.h"
#include "place/remove/look.h"
#include "place/remove/sides.h"
#include "place/stage/copy.h"

#define TRIES_MAX 3 /* of comparing a source whose ctime changes meanwhile */

/* ---- the proof ---- */

/* Who has a lock waits for no other: two names of one file would for itself, two groups in another order for each
 * other. */
static void
lock_source(const struct proof *p)
{
	if (p == p->first)
		copy_lock(p->source.fd);
	else
		copy_lock_free(p->source.fd);
}

/* A file with another number: some unions give one to what is renamed, or another file had taken the name. */
static void
use_hidden(struct proof *p, struct side *hidden)
{
	io_close(&p->source.fd);
	p->source = *hidden;
	hidden->fd = -1;
	lock_source(p);
}

/* What is hidden now is what is compared and removed, if it is as the source was recorded. */
static enum reason
look_aside(struct proof *p)
{
	const struct timespec before = p->source.st.st_ctim;
	struct side hidden;

	if (side_open(&hidden, openat(p->folder, p->aside.hidden, IO_OPEN_ITSELF)) == -1)
		return doubt_errno(p->r, REASON_UNREADABLE);
	if (io_same_file(&hidden.st, &p->source.st))
		p->source.st = hidden.st;
	else
		use_hidden(p, &hidden);
	io_close(&hidden.fd);
	p->source.st.st_ctim = side_ctime(&p->source);
	p->blind = io_same_time(&before, &p->source.st.st_ctim);
	return sides_is_recorded(p) ? REASON_NONE : doubt_say(p->r, REASON_CHANGED, "another file took its name");
}

static enum reason
compare(struct proof *p)
{
	struct compare c = {
	    .scratch = p->scratch,
	    .source = p->source.fd,
	    .copy = p->copy.fd,
	    .size = p->r->noted.size,
	    .recorded = &p->r->recorded,
	    .both = p->both,
	};
	enum reason reason;

	p->scratch->meter = p->r->meter;
	reason = compare_files(&c);

	p->cached |= c.cached;
	p->r->errnum = c.why.errnum;
	return reason == REASON_NONE ? REASON_NONE : doubt_say(p->r, reason, c.why.message);
}

/*
 * ctime changes with another name of the file, and in a union some time after a rename.  An edit changes it, too: so it
 * is all compared, until nothing has changed meanwhile.
 */
static enum reason
compare_until_still(struct proof *p)
{
	enum reason reason;
	unsigned tries = 0;

	do {
		if ((reason = compare(p)) != REASON_NONE)
			return reason;
	} while (++tries < TRIES_MAX && side_is_touched(&p->source));
	return REASON_NONE;
}

/* Descriptors keep the numbers of files from changing, as FAT's do; but many files would take them all. */
static void
rest(struct proof *p)
{
	struct rlimit limit = {0};

	io_close(&p->before.fd);
	getrlimit(RLIMIT_NOFILE, &limit);
	if ((rlim_t)p->source.fd < limit.rlim_cur / 4 && (rlim_t)p->copy.fd < limit.rlim_cur / 4)
		return;
	io_close(&p->source.fd);
	io_close(&p->copy.fd);
}

static enum reason
prove(struct proof *p)
{
	enum reason reason;

	if ((reason = look_aside(p)) != REASON_NONE || (reason = look_again(p)) != REASON_NONE ||
	    (reason = sides_flush_copy(p)) != REASON_NONE || (reason = compare_until_still(p)) != REASON_NONE)
		return reason;
	rest(p);
	return REASON_NONE;
}

/* ---- the last look ---- */

/* What a name leads to now is the file that was looked at before, whether that is still open or not. */
static bool
take_again(struct side *side, struct side *now)
{
	bool same = io_same_version(&now->st, &side->st);

	if (side->fd == -1) {
		side->fd = now->fd;
		now->fd = -1;
	}
	io_close(&now->fd);
	return same;
}

static enum reason
find_source(struct proof *p)
{
	struct side now;
	int rc = side_open(&now, openat(p->folder, p->hidden ? p->aside.hidden : p->aside.name, IO_OPEN_ITSELF));

	if (rc == -1)
		return errno == ENOENT ? doubt_say(p->r, REASON_CHANGED, "another program is using it")
				       : doubt_errno(p->r, REASON_UNREADABLE);
	return take_again(&p->source, &now) ? REASON_NONE : doubt_say(p->r, REASON_CHANGED, "");
}

static enum reason
find_copy(struct proof *p)
{
	struct side now;

	if (side_open(&now, beneath_open_plain(p->r->root, p->r->to, IO_OPEN_ITSELF)) == -1)
		return doubt_copy(p->r);
	if (!io_same_file(&now.st, &p->copy.st)) {
		io_close(&now.fd);
		return doubt_say(p->r, REASON_COPY_MISSING, "it disappeared while it was compared");
	}
	return take_again(&p->copy, &now) && side_is_unchanged(&p->copy)
		   ? REASON_NONE
		   : doubt_say(p->r, REASON_CHANGED, "the library's file changed meanwhile");
}

static enum reason
look_at_both(struct proof *p)
{
	enum reason reason;

	if ((reason = find_source(p)) != REASON_NONE || (reason = find_copy(p)) != REASON_NONE)
		return reason;
	return side_is_being_written(&p->source)
		   ? doubt_say(p->r, REASON_CHANGED, "another program may still be writing it")
		   : REASON_NONE;
}

/* Others have been hidden since: one that is another name of this file has changed its ctime. */
enum reason
proof_look_last(struct proof *p)
{
	enum reason reason = look_at_both(p);

	if (reason == REASON_NONE && side_is_touched(&p->source) && (reason = compare_until_still(p)) == REASON_NONE)
		reason = look_at_both(p);
	if (reason == REASON_NONE && !side_is_unchanged(&p->source))
		reason = doubt_say(p->r, REASON_CHANGED, "");
	if (reason == REASON_NONE)
		rest(p);
	return reason;
}

/* ---- in order ---- */

static enum reason
give_back(struct proof *p, enum reason reason)
{
	struct fail why;
	char detail[96];

	if (aside_undo(&p->aside, &why) == 0)
		return reason;
	if (why.errnum == ENOENT)
		return doubt_say(p->r, REASON_CHANGED, "another program is using it");
	snprintf(detail, sizeof(detail), "it is in the same folder, under a hidden name that ends in %s",
	    strrchr(p->aside.hidden, '.'));
	return doubt_say(p->r, REASON_ELSEWHERE, detail);
}

static enum reason
hide_and_prove(struct proof *p)
{
	struct fail why;

	lock_source(p);
	if (aside_hide(&p->aside, &why) == -1)
		return doubt_name(p->r, why.errnum);
	p->hidden = true;
	return prove(p);
}

enum reason
proof_find(struct proof *p)
{
	enum reason reason;

	if ((reason = sides_open_source(p)) != REASON_NONE ||
	    (reason = sides_open_copy(p, &p->before)) != REASON_NONE || (reason = sides_own_bytes(p)) != REASON_NONE)
		return reason;
	if (side_is_one_of_many(&p->source))
		return doubt_say(p->r, REASON_UNREADABLE, "the pool of disks holds several files of this name");
	if (side_is_being_written(&p->source))
		return doubt_say(p->r, REASON_CHANGED, "another program may still be writing it");
	p->before.st.st_ctim = side_ctime(&p->before);
	return hide_and_prove(p);
}

/* Both are open, and stay where they are. */
static enum reason
compare_in_place(struct proof *p)
{
	enum reason reason;

	if (side_is_being_written(&p->source))
		return doubt_say(p->r, REASON_CHANGED, "another program may still be writing it");
	if ((reason = sides_flush_copy(p)) != REASON_NONE || (reason = compare(p)) != REASON_NONE)
		return reason;
	return proof_look_last(p);
}

enum reason
proof_compare(struct proof *p)
{
	enum reason reason;

	if ((reason = sides_open_source(p)) != REASON_NONE || (reason = sides_open_copy(p, &p->copy)) != REASON_NONE)
		return reason;
	return compare_in_place(p);
}

enum reason
proof_read_both(struct proof *p)
{
	enum reason reason;

	p->both = true;
	if ((reason = sides_open_as_it_lies(p)) != REASON_NONE ||
	    (reason = sides_open_copy(p, &p->copy)) != REASON_NONE)
		return reason;
	if (side_may_be_one(&p->source, &p->copy))
		return doubt_say(p->r, REASON_SAME_FILE, "nothing tells them apart");
	return compare_in_place(p);
}

/* ---- beginning and ending ---- */

void
proof_begin(struct proof *p, const struct proof *first, struct removal *r, struct scratch *scratch)
{
	*p = (struct proof){.first = first,
	    .r = r,
	    .scratch = scratch,
	    .folder = -1,
	    .source = {.fd = -1},
	    .before = {.fd = -1},
	    .copy = {.fd = -1}};
}

void
proof_end(struct proof *p)
{
	if (p->hidden)
		p->r->reason = give_back(p, p->r->reason);
	io_close(&p->copy.fd);
	io_close(&p->before.fd);
	io_close(&p->source.fd);
	if (!p->lent)
		io_close(&p->folder);
}

bool
proof_keeps_others(const struct proof *p)
{
	return p->r->reason != REASON_NONE && (p->r->reason != REASON_GONE || p->elsewhere);
}
