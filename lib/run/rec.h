/*
 * rec -- one record: the bytes it came as, and the members a program adds.
 *
 * A record is read once into spans (span.h).  Setting a member drops the one it had and appends the new one at the
 * end; everything untouched is written back byte for byte.  Memory that runs out, in a getter as in a setter, is
 * remembered and makes rec_check() and rec_write() fail, so setters return nothing: a record is never written without
 * what it was to hold.
 *
 * Threads: a record belongs to one thread at a time; the pool hands it from one to the next.
 */
#ifndef RUN_REC_H
#define RUN_REC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/span.h"
#include "file/meter.h"

struct rec_fresh;

#define REC_LINE_MAX (4u << 20) /* longest line and longest path taken from input, bytes */

struct rec {
	uint64_t seq;       /* ordinal in the input, from 1: the line number of NDJSON */
	struct buf path;    /* the exact bytes, NUL-terminated; empty where the line had no path */
	struct buf archive; /* of a member of an archive, where that is: then `path` is but the member's name in it … */
	uint64_t member;    /* … and this its place among all that stands there, from 1; 0: the record does not say */
	void *data;         /* the program's own, from work to emit and commit; see struct filter.drop */
	uint64_t size_bytes; /* bytes of file content that this record stands for in the window; 0 unknown */
	struct meter meter;  /* … as they are read */
	uint64_t work_ns;    /* how long workers have had it, where that is asked for … */
	size_t worker;       /* … and the number of the last of them, from 1; 0: none */
	bool failed;         /* carries an `error`, from this program or an earlier one */
	bool failed_here;    /* … from this one */
	bool absent;         /* its file is not there, which may be no failure */
	bool cut;       /* it failed as input's last line, which lacks its newline: its writer was ended meanwhile */
	bool given_up;  /* it failed since its worker was given up: what that is at may not answer */
	bool untouched; /* goes from input to output without meeting a hook */
	bool settled;   /* what it says is done: it is written whole, or the run ends */
	bool waits;     /* from commit: see run_may_wait() */
	bool waited;    /* … it has done so before */
	/* private */
	bool bad_input;          /* the line or path itself was refused: `error` names the line */
	bool dropped;            /* a member that came has been taken out */
	bool starved;            /* memory ran out in a getter, or before a setter */
	struct buf line;         /* the line as it came */
	struct spans members;    /* … and its members; a dropped one has no value.p */
	struct buf added;        /* the members that were set, as `,"name":value` in the order they were set */
	struct rec_fresh *fresh; /* where each of them lies in `added` */
	size_t nfresh, cap_fresh;
	uint64_t fresh_names; /* a bit for each length and first letter among them: most setters need not search */
	struct buf scratch;
};

/*
 * rec_from_path() -- begin a record for a path; of what the record held before, only seq stays.
 * Returns 0, or -1: FAIL_INPUT (empty, or a NUL inside), FAIL_LIMIT, ENOMEM; then it is ready for rec_fail().
 */
int rec_from_path(struct rec *rec, const char *path, size_t len, struct fail *why);

/*
 * rec_from_line() -- begin a record from a line of NDJSON, given without its newline; only seq stays.  A line that is
 * not a record leaves one without members, ready for rec_fail(); one that lacks a usable path, or whose `archive` is
 * none, keeps its members, and fails too unless it carries an `error` already.  After a failure rec_fail() adds "line",
 * the record's seq. Returns 0, or -1: FAIL_INPUT, FAIL_LIMIT, ENOMEM.
 */
int rec_from_line(struct rec *rec, const char *line, size_t len, struct fail *why);

/*
 * Getters see members that came and members that were set; `name` may be dotted ("place.to").  They return false where
 * the member is absent or of another kind; those with `out` replace its content, and leave it empty then.  False for
 * want of memory is no answer: it fails the record, see rec_check().
 */
bool rec_get(const struct rec *rec, const char *name, struct slice *value); /* JSON text; valid until the next change */
bool rec_get_string(const struct rec *rec, const char *name, struct buf *out);
bool rec_get_path(const struct rec *rec, const char *name, struct buf *out); /* NAME_b64 if there, else NAME */
bool rec_get_u64(const struct rec *rec, const char *name, uint64_t *out);
bool rec_is(const struct rec *rec, const char *name, const char *string); /* the member is this string; no number is */
/* rec_file() -- the path of the file that its bytes lie in: the archive's of a member, else its own; NUL-terminated. */
const char *rec_file(const struct rec *rec);
uint64_t rec_size(const struct rec *rec); /* bytes of its file: size_bytes, or what it says of itself; 0 unknown */
bool rec_known(const struct rec *rec);    /* db.status is "known": settled, not to be read again */

/*
 * rec_is_damaged() -- whether a warning says so, by its rank (fail.h).
 * rec_get_damage() -- the same, and the messages of all such warnings, with "; " between them.
 */
bool rec_is_damaged(const struct rec *rec);
bool rec_get_damage(const struct rec *rec, struct buf *messages);

/* rec_get_warning() -- whether a warning has a code, and the message of the first; NULL: nobody wants that. */
bool rec_get_warning(const struct rec *rec, enum fail_code code, struct buf *message);

/*
 * Setters take the name of an outermost member: plain ASCII, nothing to escape.  Their bytes must not lie in the
 * record, other than in rec->path.
 */
void rec_set_json(struct rec *rec, const char *name, const struct buf *text, size_t from); /* text from there on */
void rec_set_string(struct rec *rec, const char *name, const char *bytes, size_t len);
void rec_set_u64(struct rec *rec, const char *name, uint64_t n);
void rec_set_number(struct rec *rec, const char *name, double n); /* no number, or infinite: only drops */
void rec_set_bool(struct rec *rec, const char *name, bool b);
void rec_set_path(struct rec *rec, const char *name, const char *bytes, size_t len); /* and its _b64 twin */
void rec_drop(struct rec *rec, const char *name);                                    /* and its _b64 twin */

/*
 * rec_set_stat() -- `size` and `mtime` from a file's status.
 * rec_format_time() -- append RFC 3339 UTC with nine digits of fraction, without quotes; nothing outside the years
 * 0 to 9999, which that format cannot say.  rec_set_stat() then leaves mtime out.
 */
struct stat;
struct timespec;
void rec_set_stat(struct rec *rec, const struct stat *st);
void rec_format_time(struct buf *out, const struct timespec *t);
/*
 * rec_parse_time() -- what rec_format_time() wrote, with or without quotes and with any number of fraction digits
 * (those after the ninth are cut); false where it is no such time.
 */
bool rec_parse_time(struct slice text, struct timespec *out);

/*
 * rec_get_state() -- `size` and `mtime`, as far as the record has them; false where one of them is none.
 * rec_agrees() -- whether the record was made from a file of this state (file/state.h), as far as it says.
 * rec_refresh_stat() -- rec_set_stat(), unless the record has both and they agree.
 */
struct state;
bool rec_get_state(const struct rec *rec, struct state *out);
bool rec_agrees(const struct rec *rec, const struct stat *st);
void rec_refresh_stat(struct rec *rec, const struct stat *st);

/* rec_time_to_ns(), rec_time_of_ns() -- as nanoseconds since 1970; false where they are more than fit. */
bool rec_time_to_ns(const struct timespec *t, int64_t *ns);
void rec_time_of_ns(int64_t ns, struct timespec *out);

/*
 * rec_fail() -- set `error`; the first one stays.
 * rec_warn() -- append to `warnings`, behind those that came; `code` is one of the catalogue.
 */
void rec_fail(struct rec *rec, const char *tool, const struct fail *why);
void rec_warn(struct rec *rec, const char *tool, enum fail_code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* rec_check() -- 0, or -1 with ENOMEM where memory ran out since the record began, so that it is not whole. */
int rec_check(const struct rec *rec, struct fail *why);

/*
 * rec_write() -- append the record as one line with its newline: what came as the bytes it was, less the dropped
 * members, then what was set; the whole line as it came where nothing changed.  Returns 0, or -1 with ENOMEM when
 * memory ran out here or in an earlier setter; `out` is then as it was.
 */
int rec_write(struct rec *rec, struct buf *out, struct fail *why);

/*
 * rec_write_starved() -- append a line with what the record came with and `error`, taking memory for nothing but `out`:
 * for a record that rec_write() cannot write.  Returns 0, or -1 with `out` as it was.
 */
int rec_write_starved(const struct rec *rec, const char *tool, const struct fail *why, struct buf *out);

/*
 * rec_write_others() -- append one JSON object of the members that are not in `except` (NULL-terminated), nor their
 * _b64 twins.
 */
int rec_write_others(const struct rec *rec, const char *const *except, struct buf *out);

size_t rec_memory(const struct rec *rec); /* bytes that it occupies */
void rec_reset(struct rec *rec);          /* ready for the next one, keeping a little memory */
void rec_fini(struct rec *rec);
void rec_free_data(struct rec *rec); /* a filter's drop(), where data is one piece of malloc(3) */

#endif
