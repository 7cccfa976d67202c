#include "hashdb/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/io.h"
#include "run/rec.h"

#define CHUNK (64u << 10)

struct log {
	int fd;
	char *file;
	const char *name; /* its last part */
	bool ours;        /* what was in it are records, or the beginnings of one */
};

/* ---- opening ---- */

static int
open_log(struct log *log, struct fail *why)
{
	struct stat st;

	log->fd = open(log->file, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	if (log->fd == -1 && errno == ELOOP)
		return fail_errno(why, "log", "%s is a symbolic link; a log is never written through one", log->file);
	if (log->fd == -1 || fstat(log->fd, &st) == -1)
		return fail_errno(why, "log", "%s", log->file);
	if (!S_ISREG(st.st_mode)) {
		io_close(&log->fd);
		errno = EINVAL;
		return fail_errno(why, "log", "%s is not a regular file", log->file);
	}
	if (io_is_stream(&st)) {
		io_close(&log->fd);
		return fail_set(why, FAIL_INPUT, "log", "%s is also the input or the output", log->file);
	}
	if (flock(log->fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK) {
		io_close(&log->fd); /* a torn line is the other's */
		return fail_errno(why, "log", "%s is being written by another program", log->file);
	}
	if (st.st_size == 0 && io_sync_folder_of(log->file) == -1)
		return fail_errno(why, "log", "%s", log->file);
	return 0;
}

int
log_fd(const struct log *log)
{
	return log->fd;
}

/* ---- the end ---- */

/* io_read(), whose failure names the log. */
static ssize_t
read_log(const struct log *log, void *dst, size_t len, uint64_t at, struct fail *why)
{
	ssize_t n = io_read(log->fd, dst, len, at, why);

	if (n == -1) {
		errno = why->errnum;
		fail_errno(why, "log", "%s", log->file);
	}
	return n;
}

/* Where the last whole line ends, or -1. */
static off_t
whole_length(const struct log *log, off_t size, struct fail *why)
{
	char bytes[4096];

	while (size > 0) {
		size_t n = size < (off_t)sizeof bytes ? (size_t)size : sizeof bytes;
		ssize_t got = read_log(log, bytes, n, (uint64_t)size - n, why);
		const char *newline;

		if (got == -1)
			return -1;
		if ((newline = memrchr(bytes, '\n', (size_t)got)) != NULL)
			return size - (off_t)n + (newline - bytes) + 1;
		size -= (off_t)n;
	}
	return 0;
}

/* Returns the file's length then, or -1. */
static off_t
cut_torn(struct log *log, struct fail *why)
{
	struct stat st;
	off_t whole;

	if (fstat(log->fd, &st) == -1)
		return fail_errno(why, "log", "%s", log->file);
	if ((whole = whole_length(log, st.st_size, why)) == -1)
		return -1;
	if (whole < st.st_size && ftruncate(log->fd, whole) == -1)
		return fail_errno(why, "log", "%s", log->file);
	return whole;
}

void
log_free(struct log *log)
{
	struct fail why;

	if (log == NULL)
		return;
	if (log->fd != -1 && log->ours) {
		cut_torn(log, &why);
		fdatasync(log->fd);
	}
	io_close(&log->fd);
	free(log->file);
	free(log);
}

int
log_flush(struct log *log, struct transaction *t, struct fail *why)
{
	struct stat st;

	if (fdatasync(log->fd) == -1 || fstat(log->fd, &st) == -1)
		return fail_errno(why, "log", "%s", log->file);
	transaction_log(t, log->name, (uint64_t)st.st_size);
	return 0;
}

/* ---- what a killed run left ---- */

struct replay {
	struct log *log;
	struct hashdb *db;
	struct transaction *transaction;
	struct change_conf conf;
	struct changer changer;
	struct rec rec;
	struct buf lines; /* read, and not recorded yet */
	uint64_t at;      /* where they begin */
	uint64_t added;
};

/* Not what was wrong with the record, but what is wrong now. */
static bool
is_ours(const struct fail *refused, struct fail *why)
{
	if (refused->code != FAIL_SYSTEM || refused->errnum != ENOMEM)
		return false;
	*why = *refused;
	return true;
}

/* What a record that did not fail then changes. */
static int
add_change(struct replay *r, struct fail *why)
{
	struct fail refused;
	struct change *c;
	int rc = 0;

	if (r->rec.failed)
		return 0;
	if (change_make(&r->changer, &r->conf, &r->rec, &c, &refused) == -1)
		return is_ours(&refused, why) ? -1 : 0;
	if (c == NULL)
		return 0;
	if (change_allowed(c, r->db, &refused) == 0) {
		rc = transaction_add(r->transaction, c, why);
		r->added++;
	}
	free(c);
	return rc;
}

static int
commit(struct replay *r, struct fail *why)
{
	transaction_log(r->transaction, r->log->name, r->at);
	return transaction_commit(r->transaction, why);
}

/*
 * Whether bytes that are no record can be what a run has left that was cut short: half of one, or blocks that never
 * reached the disk.  Where no record stands before them, they may be anything that a person keeps.
 */
static bool
is_remnant(const struct replay *r, const char *p, size_t len, bool whole_line)
{
	static const char head[] = "{\"path";
	size_t n = len < sizeof head - 1 ? len : sizeof head - 1;

	if (len == 0)
		return !whole_line;
	if (*p == '\0')
		return r->at > 0 || memcmp(p, p + 1, len - 1) == 0;
	return !whole_line && (r->at > 0 || memcmp(p, head, n) == 0);
}

static int
no_log(const struct replay *r, struct fail *why)
{
	return fail_set(why, FAIL_FORMAT, "log", "%s is not a log: no record begins at byte %llu; it was left as it is",
	    r->log->file, (unsigned long long)r->at + 1);
}

/* The whole lines that were read.  1: one of them is no record; 0; -1. */
static int
record_lines(struct replay *r, struct fail *why)
{
	const char *p = r->lines.p, *end = p + r->lines.len, *newline;
	int rc = 0;

	while (rc == 0 && p < end && (newline = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		struct fail refused;

		if (rec_from_line(&r->rec, p, (size_t)(newline - p), &refused) == -1) {
			if (is_ours(&refused, why))
				return -1;
			rc = is_remnant(r, p, (size_t)(newline - p), true) ? 1 : no_log(r, why);
			break;
		}
		if (add_change(r, why) == -1)
			return -1;
		r->at += (uint64_t)(newline + 1 - p);
		p = newline + 1;
		if (transaction_count(r->transaction) == TRANSACTION_MAX)
			rc = commit(r, why);
	}
	r->lines.len = (size_t)(end - p);
	memmove(r->lines.p, p, r->lines.len);
	return rc;
}

static int
read_lines(struct replay *r, struct fail *why)
{
	ssize_t n;
	int rc = 0;

	do {
		if (r->lines.len > REC_LINE_MAX + 1)
			break;
		if (buf_reserve(&r->lines, CHUNK) == NULL)
			return fail_nomem(why);
		if ((n = read_log(r->log, r->lines.p + r->lines.len, CHUNK, r->at + r->lines.len, why)) == -1)
			return -1;
		r->lines.len += (size_t)n;
		rc = record_lines(r, why);
	} while (rc == 0 && n > 0);
	return rc != 0 || is_remnant(r, r->lines.p, r->lines.len, false) ? rc : no_log(r, why);
}

/* Where the log goes on from what is recorded of it; a file in which no line begins there is another of that name. */
static int
find_start(struct replay *r, off_t size, struct fail *why)
{
	char before = '\n';

	if (transaction_logged(r->transaction, r->log->name, &r->at, why) == -1)
		return -1;
	if ((uint64_t)size < r->at) /* or one that was cut */
		r->at = (uint64_t)size;
	if (r->at > 0 && read_log(r->log, &before, 1, r->at - 1, why) == -1)
		return -1;
	if (before != '\n' && (uint64_t)size > r->at)
		r->at = 0;
	return 0;
}

static int
replay_all(struct replay *r, struct fail *why)
{
	struct stat st;
	int rc;

	if (fstat(r->log->fd, &st) == -1)
		return fail_errno(why, "log", "%s", r->log->file);
	if (find_start(r, st.st_size, why) == -1 || (rc = read_lines(r, why)) == -1)
		return -1;
	r->log->ours = true;
	if (rc == 1 && ftruncate(r->log->fd, (off_t)r->at) == -1)
		return fail_errno(why, "log", "%s", r->log->file);
	if (cut_torn(r->log, why) == -1)
		return -1;
	return fdatasync(r->log->fd) == 0 ? commit(r, why) : fail_errno(why, "log", "%s", r->log->file);
}

static int
replay(struct log *log, const struct log_conf *conf, uint64_t *added, struct fail *why)
{
	struct replay r = {.log = log, .db = conf->db, .transaction = conf->transaction, .conf = *conf->change};
	int rc;

	r.conf.own_log = true;
	rc = replay_all(&r, why);
	*added = r.added;
	changer_fini(&r.changer);
	rec_fini(&r.rec);
	buf_fini(&r.lines);
	return rc;
}

struct log *
log_new(const struct log_conf *conf, uint64_t *added, struct fail *why)
{
	struct log *log = calloc(1, sizeof *log);

	if (log == NULL || (log->file = strdup(conf->file)) == NULL) {
		free(log);
		fail_nomem(why);
		return NULL;
	}
	log->name = pathname_last(log->file);
	if (open_log(log, why) == 0 && replay(log, conf, added, why) == 0)
		return log;
	log_free(log);
	return NULL;
}
