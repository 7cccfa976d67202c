#include "run/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#define READ_SIZE (256u << 10)

struct input {
	struct input_conf conf;
	char delimiter; /* once the form is known */
	size_t operand; /* the next one */
	struct buf buf;
	size_t at;       /* what was taken of buf */
	size_t searched; /* no delimiter in [at, searched) */
	bool ended;      /* end of file, or woken */
	bool woken;
	bool overlong;  /* inside an item beyond REC_LINE_MAX */
	bool separated; /* a delimiter was seen at all */
	bool open_end;  /* the last item had none */
	uint64_t seq;
};

struct input *
input_new(const struct input_conf *conf, struct fail *why)
{
	struct input *in = calloc(1, sizeof(*in));

	if (in == NULL) {
		fail_nomem(why);
		return NULL;
	}
	in->conf = *conf;
	return in;
}

void
input_free(struct input *in)
{
	if (in == NULL)
		return;
	buf_fini(&in->buf);
	free(in);
}

/* Returns false when the reading is to end. */
static bool
wait_readable(struct input *in)
{
	struct pollfd fds[2] = {{.fd = in->conf.fd, .events = POLLIN}, {.fd = in->conf.wake, .events = POLLIN}};

	while (poll(fds, 2, -1) == -1 && errno == EINTR)
		;
	in->woken = fds[1].revents != 0;
	return !in->woken;
}

/* Move what is left to the front when the free end is short. */
static void
compact(struct input *in)
{
	if (in->at == 0 || in->buf.cap - in->buf.len > READ_SIZE)
		return;
	memmove(in->buf.p, in->buf.p + in->at, in->buf.len - in->at);
	in->buf.len -= in->at;
	in->searched -= in->at;
	in->at = 0;
}

/* Read once more; at the end sets ended.  Returns 0 or -1. */
static int
fill(struct input *in, struct fail *why)
{
	ssize_t n;
	char *to;

	if (!wait_readable(in)) {
		in->ended = true;
		return 0;
	}
	compact(in);
	if ((to = buf_reserve(&in->buf, READ_SIZE)) == NULL)
		return fail_nomem(why);
	while ((n = read(in->conf.fd, to, READ_SIZE)) == -1 && (errno == EINTR || errno == EAGAIN)) {
		if (errno == EAGAIN && !wait_readable(in))
			n = 0;
	}
	if (n == -1)
		return fail_errno(why, "read", "standard input");
	in->ended = n == 0;
	in->buf.len += (size_t)n;
	return 0;
}

/* What the first bytes say: 1 NDJSON, 0 paths, -1 more bytes are needed. */
static int
looks_like_json(const char *p, size_t len)
{
	size_t i = 1;
	const char *newline;

	if (len == 0)
		return -1;
	if (p[0] != '{')
		return 0;
	while (i < len && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
		i++;
	if (i < len && p[i] != '"')
		return 0;
	newline = memchr(p, '\n', len);
	if (memchr(p, '\0', newline != NULL ? (size_t)(newline - p) : len) != NULL)
		return 0;
	return i < len && newline != NULL ? 1 : -1;
}

static int
decide_form(struct input *in, struct fail *why)
{
	int json = in->conf.form == INPUT_NDJSON;

	if (in->conf.form == INPUT_AUTO) {
		while ((json = looks_like_json(in->buf.p, in->buf.len)) == -1 && !in->ended &&
		       in->buf.len < REC_LINE_MAX) {
			if (fill(in, why) == -1)
				return -1;
		}
		json = json == -1 ? in->buf.len > 0 : json;
	}
	in->conf.form = json ? INPUT_NDJSON : INPUT_NULL;
	in->delimiter = json ? '\n' : '\0';
	return 0;
}

static bool
blank(struct slice item)
{
	for (size_t i = 0; i < item.len; i++) {
		if (strchr(" \t\r", item.p[i]) == NULL || item.p[i] == '\0')
			return false;
	}
	return true;
}

/*
 * The next item without its delimiter, pointing into buf; len over REC_LINE_MAX stands for one that was thrown away.
 * Returns 1, 0 at the end, -1.
 */
static int
next_item(struct input *in, struct slice *item, struct fail *why)
{
	const char *found = NULL;
	size_t end;

	for (;;) {
		if (in->searched < in->buf.len)
			found = memchr(in->buf.p + in->searched, in->delimiter, in->buf.len - in->searched);
		if (found != NULL || in->ended)
			break;
		in->searched = in->buf.len;
		if (in->buf.len - in->at > REC_LINE_MAX) {
			in->overlong = true;
			in->at = in->searched;
		}
		if (fill(in, why) == -1)
			return -1;
	}
	end = found != NULL ? (size_t)(found - in->buf.p) : in->buf.len;
	if (in->woken || (found == NULL && end == in->at && !in->overlong))
		return 0;
	*item = (struct slice){in->buf.p + in->at, in->overlong ? REC_LINE_MAX + 1u : end - in->at};
	in->separated |= found != NULL;
	in->open_end = found == NULL;
	in->overlong = false;
	in->at = in->searched = end + (found != NULL);
	return 1;
}

/* A lone last path with newlines in it that does not exist: most likely a list, or JSON, of another form. */
static int
check_lone_path(const struct input *in, struct slice item, struct fail *why)
{
	char name[4096];

	if (in->separated || memchr(item.p, '\n', item.len) == NULL)
		return 0;
	if (item.len < sizeof(name)) {
		memcpy(name, item.p, item.len);
		name[item.len] = '\0';
		if (faccessat(in->conf.dirfd, name, F_OK, 0) == 0)
			return 0;
	}
	if (item.p[0] == '[' || item.p[0] == '{')
		return fail_set(why, FAIL_INPUT, "input", "not one JSON object a line: use jq -c");
	return fail_set(why, FAIL_INPUT, "input", "paths must be separated by NUL, not by newlines: use find -print0");
}

static int
fill_record(struct input *in, struct slice item, struct rec *rec, struct fail *why)
{
	if (item.len > REC_LINE_MAX)
		return fail_set(why, FAIL_LIMIT, "input", "longer than %u bytes", REC_LINE_MAX);
	if (in->conf.form == INPUT_NDJSON)
		return rec_from_line(rec, item.p, item.len, why);
	if (rec_from_path(rec, item.p, item.len, why) == -1)
		return -1;
	return check_lone_path(in, item, why);
}

static int
next_operand(struct input *in, struct slice *item)
{
	const char *path;

	if (in->operand == in->conf.noperands)
		return 0;
	path = in->conf.operands[in->operand++];
	*item = (struct slice){path, strlen(path)};
	in->separated = true;
	return 1;
}

static int
next(struct input *in, struct slice *item, struct fail *why)
{
	int got;

	if (in->conf.noperands > 0) {
		in->conf.form = INPUT_NULL;
		return next_operand(in, item);
	}
	if (in->seq == 0 && decide_form(in, why) == -1)
		return -1;
	do {
		got = next_item(in, item, why);
		in->seq += got == 1;
	} while (got == 1 && in->conf.form == INPUT_NDJSON && blank(*item));
	in->seq -= got == 1;
	return got;
}

int
input_next(struct input *in, struct rec *rec, struct fail *why)
{
	struct slice item;
	struct fail bad = {0};
	int got = next(in, &item, why);

	if (got != 1)
		return got;
	rec->seq = ++in->seq;
	if (fill_record(in, item, rec, &bad) == 0)
		return 1;
	if (bad.code == FAIL_SYSTEM) { /* out of memory */
		*why = bad;
		return -1;
	}
	rec_fail(rec, in->conf.tool, &bad);
	rec->cut = in->open_end && in->conf.form == INPUT_NDJSON && rec->members.n == 0;
	return 1;
}

bool
input_ready(const struct input *in)
{
	if (in->conf.noperands > 0)
		return in->operand < in->conf.noperands;
	if (in->at == in->buf.len)
		return false;
	return in->ended || memchr(in->buf.p + in->at, in->delimiter, in->buf.len - in->at) != NULL;
}
