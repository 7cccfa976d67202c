#include "archive/unfold.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

/* What stands before each line in the spool. */
struct entry {
	size_t len;
	bool is_nameless;
	struct fail refused;
};

/* The line of a record, as an earlier program would have written it. */
static void
put_line(struct buf *line, const struct rec *from, const struct unpack_member *m)
{
	size_t before;

	buf_clear(line, SIZE_MAX);
	buf_addc(line, '{');
	json_path(line, "path", m->name.p, m->name.len);
	buf_addc(line, ',');
	json_path(line, "archive", from->path.p, from->path.len);
	buf_addf(line, ",\"member\":%ju", (uintmax_t)m->number);
	if (m->has_size)
		buf_addf(line, ",\"size\":%ju", (uintmax_t)m->size);
	before = line->len;
	if (m->has_mtime) {
		buf_adds(line, ",\"mtime\":\"");
		rec_format_time(line, &m->mtime);
	}
	if (line->len > before && line->p[line->len - 1] == '"') /* a year that cannot be said */
		line->p[line->len = before] = '\0';
	else if (line->len > before)
		buf_addc(line, '"');
	buf_addc(line, '}');
}

static int
make_record(const struct unfold *c, const char *line, const struct entry *entry, struct rec *rec, struct fail *why)
{
	if (rec_from_line(rec, line, entry->len, why) == -1)
		return -1;
	if (entry->is_nameless)
		rec_warn(rec, c->tool, FAIL_VALUE, "its name in the archive cannot be read");
	if (entry->refused.code != FAIL_NONE)
		rec_fail(rec, c->tool, &entry->refused);
	return 0;
}

/* What is to be known beside the line of the member that is in c->line. */
static struct entry
entry_of(const struct unfold *c)
{
	const struct unpack_member *m = unpack_member(c->open);

	return (struct entry){.len = c->line.len, .is_nameless = m->is_nameless, .refused = m->refused};
}

/* What is left of the archive cannot be read; what was given up is no failure. */
static void
note_end(struct unfold *c, const struct fail *ended)
{
	uint64_t n = unpack_member(c->open)->number;

	if (ended->code == FAIL_SYSTEM && ended->errnum == ECANCELED)
		return;
	c->why_ended = *ended;
	if (n > 0)
		snprintf(c->why_ended.message, sizeof(c->why_ended.message),
		    "what follows its member %ju is not read: %.160s", (uintmax_t)n, ended->message);
}

/* On to the next member that is no folder, and its line.  1, 0, -1: ENOMEM. */
static int
next_member(struct unfold *c, const struct rec *from, struct fail *why)
{
	struct fail ended;
	int got;

	do {
		got = unpack_next(c->open, &ended);
	} while (got == 1 && unpack_member(c->open)->is_folder);
	if (got == -1 && fail_is_short(&ended)) {
		*why = ended;
		return -1;
	}
	if (got == -1)
		note_end(c, &ended);
	if (got != 1)
		return 0;
	put_line(&c->line, from, unpack_member(c->open));
	return c->line.failed ? fail_nomem(why) : 1;
}

static int
spool_all(struct unfold *c, const struct rec *from, struct fail *why)
{
	int got;

	while ((got = next_member(c, from, why)) == 1) {
		struct entry entry = entry_of(c);

		if (spool_add(&c->spool, &entry, sizeof(entry), why) == -1 ||
		    spool_add(&c->spool, c->line.p, c->line.len, why) == -1)
			return -1;
	}
	unpack_close(c->open);
	c->open = NULL;
	return got;
}

/* What cannot be opened fails when it is worked on, unless it is an archive.  0 or -1. */
static int
begin(struct unfold *c, const struct rec *from, struct fail *why)
{
	struct fail unread = {0};
	int got = unpack_open(c->of, from->path.p, c->run, &c->open, &unread);

	c->begun = true;
	c->why_ended = (struct fail){0};
	c->spool_at = 0;
	if (got == -1 && fail_is_short(&unread)) {
		*why = unread;
		return -1;
	}
	if (got == -1 && (unread.code == FAIL_INPUT || strcmp(unread.op, "open") != 0))
		c->why_ended = unread;
	return got == 1 && unpack_is_alone(c->open) ? spool_all(c, from, why) : 0;
}

static void
end(struct unfold *c)
{
	struct fail ignored;

	unpack_close(c->open);
	c->open = NULL;
	c->begun = false;
	if (spool_reset(&c->spool, &ignored) == -1)
		spool_fini(&c->spool);
}

static int
from_archive(struct unfold *c, const struct rec *from, struct rec *rec, struct fail *why)
{
	int got = next_member(c, from, why);
	struct entry entry;

	if (got != 1) {
		unpack_close(c->open);
		c->open = NULL;
		return got;
	}
	entry = entry_of(c);
	return make_record(c, c->line.p, &entry, rec, why) == 0 ? 1 : -1;
}

static int
from_spool(struct unfold *c, struct rec *rec, struct fail *why)
{
	struct entry entry;
	char *line;

	if (c->spool_at == spool_size(&c->spool))
		return 0;
	buf_clear(&c->line, SIZE_MAX);
	if (spool_read(&c->spool, c->spool_at, &entry, sizeof(entry), why) == -1)
		return -1;
	if ((line = buf_reserve(&c->line, entry.len)) == NULL)
		return fail_nomem(why);
	if (spool_read(&c->spool, c->spool_at + sizeof(entry), line, entry.len, why) == -1)
		return -1;
	c->spool_at += sizeof(entry) + entry.len;
	return make_record(c, line, &entry, rec, why) == 0 ? 1 : -1;
}

/* A failed record of the archive itself, once. */
static int
last_record(struct unfold *c, const struct rec *from, struct rec *rec, struct fail *why)
{
	const struct fail ended = c->why_ended;

	c->why_ended = (struct fail){0};
	if (rec_from_path(rec, from->path.p, from->path.len, why) == -1)
		return -1;
	rec_fail(rec, c->tool, &ended);
	return 1;
}

int
unfold_next(struct unfold *c, const struct rec *from, struct rec *rec, struct fail *why)
{
	int got = c->begun ? 0 : begin(c, from, why);

	if (got == 0)
		got = c->open != NULL ? from_archive(c, from, rec, why) : from_spool(c, rec, why);
	if (got == 0 && c->why_ended.code != FAIL_NONE)
		got = last_record(c, from, rec, why);
	if (got != 1)
		end(c);
	return got;
}

void
unfold_fini(struct unfold *c)
{
	unpack_close(c->open);
	spool_fini(&c->spool);
	buf_fini(&c->line);
}
