/*
 * The line stays where it was read; `members` points into it.  Members that are set collect in `added` as the text
 * that rec_write() appends in one piece, so a setter formats straight into its final place.  Setting one again cuts
 * the old text out, which is rare.
 */
#include "run/rec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/array.h"
#include "base/json.h"
#include "base/num.h"
#include "run/words.h"

enum {
	KEEP_BYTES = 16 << 10, /* of each buffer, from one record to the next */
	NAME_SIZE = 128        /* longest name that has a _b64 twin, with its NUL */
};

/* One member in `added`: a comma, the quoted name, a colon, the value. */
struct rec_fresh {
	size_t at; /* of the comma */
	size_t name_len;
	size_t end;
};

static size_t
value_at(const struct rec_fresh *f)
{
	return f->at + strlen(",\"\":") + f->name_len;
}

static uint64_t
name_bit(const char *name, size_t len)
{
	return 1ull << ((len * 31 + (unsigned char)name[0]) & 63);
}

static struct rec_fresh *
find_fresh(const struct rec *rec, const char *name, size_t len)
{
	size_t i;

	if (!(rec->fresh_names & name_bit(name, len)))
		return NULL;
	for (i = 0; i < rec->nfresh; i++) {
		struct rec_fresh *f = &rec->fresh[i];

		if (f->name_len == len && memcmp(rec->added.p + f->at + 2, name, len) == 0)
			return f;
	}
	return NULL;
}

static void
cut_fresh(struct rec *rec, struct rec_fresh *f)
{
	size_t len = f->end - f->at, i = (size_t)(f - rec->fresh);

	memmove(rec->added.p + f->at, rec->added.p + f->end, rec->added.len - f->end + 1);
	rec->added.len -= len;
	rec->nfresh--;
	for (; i < rec->nfresh; i++) {
		rec->fresh[i] = rec->fresh[i + 1];
		rec->fresh[i].at -= len;
		rec->fresh[i].end -= len;
	}
}

static void
drop_one(struct rec *rec, const char *name, size_t len)
{
	struct rec_fresh *f = find_fresh(rec, name, len);
	const struct span *m;
	struct span *gone;

	if (f != NULL) {
		cut_fresh(rec, f);
	} else if (rec->members.n > 0 && (m = span_find(&rec->members, name)) != NULL) {
		gone = &rec->members.v[m - rec->members.v];
		gone->key.len = 0; /* so that no name finds it again */
		gone->value.p = NULL;
		rec->dropped = true;
	}
}

/* Begin a member: what follows in `added` until close_member() is its value. */
static struct rec_fresh
open_member(struct rec *rec, const char *name)
{
	size_t len = strlen(name);
	struct rec_fresh f;

	drop_one(rec, name, len);
	f = (struct rec_fresh){.at = rec->added.len, .name_len = len};
	buf_add(&rec->added, ",\"", 2);
	buf_add(&rec->added, name, len);
	buf_add(&rec->added, "\":", 2);
	return f;
}

static void
close_member(struct rec *rec, struct rec_fresh f)
{
	struct rec_fresh *fresh;

	if (rec->added.failed)
		return;
	f.end = rec->added.len;
	if ((fresh = array_room(rec->fresh, &rec->cap_fresh, rec->nfresh, sizeof *fresh)) == NULL) {
		rec->added.failed = true;
		return;
	}
	rec->fresh = fresh;
	rec->fresh[rec->nfresh++] = f;
	rec->fresh_names |= name_bit(rec->added.p + f.at + 2, f.name_len);
}

static void
abandon_member(struct rec *rec, struct rec_fresh f)
{
	if (rec->added.failed)
		return;
	rec->added.len = f.at;
	rec->added.p[f.at] = '\0';
}

/* NAME_b64 into dst; false where the name is too long to have a twin. */
static bool
twin_name(char dst[NAME_SIZE], const char *name)
{
	static const char suffix[] = "_b64";
	size_t len = strlen(name);

	if (len + sizeof suffix > NAME_SIZE)
		return false;
	memcpy(dst, name, len);
	memcpy(dst + len, suffix, sizeof suffix);
	return true;
}

static bool
unquote_base64(struct buf *out, struct slice value)
{
	struct buf text = {0};
	bool good = json_unquote(&text, value) && json_unbase64(out, buf_slice(&text));

	out->failed |= text.failed;
	buf_fini(&text);
	return good;
}

/* A getter changes nothing of the record that anyone sees but this. */
static void
note_starved(const struct rec *rec, bool starved)
{
	if (starved)
		((struct rec *)(uintptr_t)rec)->starved = true;
}

static void
begin(struct rec *rec)
{
	uint64_t seq = rec->seq;

	rec_reset(rec);
	rec->seq = seq;
}

int
rec_from_path(struct rec *rec, const char *path, size_t len, struct fail *why)
{
	begin(rec);
	rec->bad_input = true;
	if (len == 0)
		return fail_set(why, FAIL_INPUT, "parse", "empty path");
	if (len > REC_LINE_MAX)
		return fail_set(why, FAIL_LIMIT, "parse", "path longer than %u bytes", REC_LINE_MAX);
	if (memchr(path, '\0', len) != NULL)
		return fail_set(why, FAIL_INPUT, "parse", "NUL inside a path");
	if (buf_add(&rec->path, path, len) == -1)
		return fail_nomem(why);
	rec->bad_input = false;
	rec_set_path(rec, "path", path, len);
	return 0;
}

/* What to do about a line that is a piece of something else than NDJSON; "" where nothing is known. */
static const char *
hint(struct slice line)
{
	const char *p = line.p, *end = p + line.len;

	while (end > p && strchr(" \t\r\n,", end[-1]) != NULL && end[-1] != '\0')
		end--;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end)
		return "";
	if (end - p == 1 && strchr("{}[]", *p) != NULL && *p != '\0')
		return "; one record a line: use jq -c";
	if (*p == '[')
		return "; an array: use jq -c '.[]'";
	if (*p == '"')
		return "; one record a line: use jq -c";
	if (*p == '/' || (*p == '.' && end - p > 1 && p[1] == '/'))
		return "; a path? use find -print0";
	return "";
}

static int
scan_line(struct rec *rec, struct fail *why)
{
	struct slice line = {rec->line.p, rec->line.len};
	struct fail reason;

	if (memchr(line.p, '\n', line.len) != NULL)
		fail_set(&reason, FAIL_INPUT, "parse", "not a record: a newline inside the line");
	else if (span_scan(line, &rec->members, &reason) == 0)
		return 0;
	rec->members.n = 0;
	if (reason.code == FAIL_INPUT)
		fail_set(why, FAIL_INPUT, reason.op, "%s%s", reason.message, hint(line));
	else
		*why = reason;
	buf_clear(&rec->line, KEEP_BYTES);
	return -1;
}

/* A path from NAME_b64, else from NAME.  Returns 1, 0 where the record has neither, -1. */
static int
take_name(struct rec *rec, const char *name, struct buf *out, struct fail *why)
{
	char twin[NAME_SIZE];
	const struct span *exact = twin_name(twin, name) ? span_find(&rec->members, twin) : NULL, *shown = NULL;
	bool good;

	if (exact == NULL && (shown = span_find(&rec->members, name)) == NULL)
		return 0;
	if (exact == NULL)
		good = json_unquote(out, shown->value);
	else
		good = unquote_base64(out, exact->value);
	if (out->failed)
		return fail_nomem(why);
	if (good && out->len > 0 && memchr(out->p, '\0', out->len) == NULL)
		return 1;
	if (!good)
		fail_set(why, FAIL_INPUT, "parse", exact != NULL ? "%s_b64 is not base64" : "%s is not a string", name);
	else
		fail_set(why, FAIL_INPUT, "parse", "%s", out->len == 0 ? "empty path" : "NUL inside a path");
	buf_clear(out, KEEP_BYTES);
	return -1;
}

/* Fill rec->path, and of a member of an archive rec->archive, from the members. */
static int
take_path(struct rec *rec, struct fail *why)
{
	int got = take_name(rec, "path", &rec->path, why);

	if (got == 0)
		return fail_set(why, FAIL_INPUT, "parse", "record without a path");
	if (got == -1 || take_name(rec, "archive", &rec->archive, why) == -1)
		return -1;
	if (rec->archive.len > 0)
		rec_get_u64(rec, "member", &rec->member);
	return 0;
}

int
rec_from_line(struct rec *rec, const char *line, size_t len, struct fail *why)
{
	begin(rec);
	rec->bad_input = true;
	if (len > REC_LINE_MAX)
		return fail_set(why, FAIL_LIMIT, "parse", "line longer than %u bytes", REC_LINE_MAX);
	if (buf_add(&rec->line, line, len) == -1)
		return fail_nomem(why);
	if (scan_line(rec, why) == -1)
		return -1;
	rec_get_u64(rec, "size", &rec->size_bytes);
	rec->failed = span_find(&rec->members, "error") != NULL;
	if (take_path(rec, why) == -1 && !rec->failed)
		return -1;
	rec->bad_input = false;
	return 0;
}

static bool
find_value(const struct rec *rec, const char *name, struct slice *value)
{
	const struct rec_fresh *f = find_fresh(rec, name, strlen(name));
	const struct span *m;

	if (f != NULL)
		*value = (struct slice){rec->added.p + value_at(f), f->end - value_at(f)};
	else if (rec->members.n > 0 && (m = span_find(&rec->members, name)) != NULL)
		*value = m->value;
	else
		return false;
	return true;
}

bool
rec_get(const struct rec *rec, const char *name, struct slice *value)
{
	const char *dot = strchr(name, '.');
	char outer[NAME_SIZE];
	struct slice object;

	if (dot == NULL)
		return find_value(rec, name, value);
	if (dot - name >= NAME_SIZE)
		return false;
	memcpy(outer, name, (size_t)(dot - name));
	outer[dot - name] = '\0';
	return find_value(rec, outer, &object) && span_dig(object, dot + 1, value);
}

bool
rec_get_string(const struct rec *rec, const char *name, struct buf *out)
{
	struct slice value;

	bool good;

	buf_clear(out, SIZE_MAX);
	good = rec_get(rec, name, &value) && json_unquote(out, value);
	note_starved(rec, out->failed);
	return good;
}

bool
rec_get_path(const struct rec *rec, const char *name, struct buf *out)
{
	char twin[NAME_SIZE];
	struct slice value;
	bool good;

	if (!twin_name(twin, name) || !rec_get(rec, twin, &value))
		return rec_get_string(rec, name, out);
	buf_clear(out, SIZE_MAX);
	good = unquote_base64(out, value);
	note_starved(rec, out->failed);
	return good;
}

bool
rec_get_u64(const struct rec *rec, const char *name, uint64_t *out)
{
	struct slice value;

	return rec_get(rec, name, &value) && num_parse_u64(value.p, value.len, out);
}

bool
rec_is(const struct rec *rec, const char *name, const char *string)
{
	size_t len = strlen(string);
	struct buf text = {0};
	struct slice value;
	bool same;

	if (!rec_get(rec, name, &value) || value.len < len + 2 || value.p[0] != '"')
		return false;
	if (memchr(value.p, '\\', value.len) == NULL)
		return value.len == len + 2 && memcmp(value.p + 1, string, len) == 0;
	same = json_unquote(&text, value) && text.len == len && memcmp(text.p, string, len) == 0;
	note_starved(rec, text.failed);
	buf_fini(&text);
	return same;
}

const char *
rec_file(const struct rec *rec)
{
	return buf_cstr(rec->archive.len > 0 ? &rec->archive : &rec->path);
}

uint64_t
rec_size(const struct rec *rec)
{
	uint64_t size = rec->size_bytes;

	if (size == 0)
		rec_get_u64(rec, "size", &size);
	return size;
}

bool
rec_known(const struct rec *rec)
{
	return word_is(rec, STATUS_KNOWN);
}

/* Whether a JSON value is the name of a code that tells of damage. */
static bool
tells_damage(struct slice value)
{
	struct slice rest = {value.p + 1, value.len - 2};
	char name[16], bytes[4];
	size_t len = 0, n;

	if (value.p[0] != '"')
		return false;
	while ((n = json_character(&rest, bytes)) > 0) {
		if (len + n >= sizeof name)
			return false;
		memcpy(name + len, bytes, n);
		len += n;
	}
	name[len] = '\0';
	return fail_rank(name) == FAIL_RANK_DAMAGED;
}

/* The next warning that tells of damage, off `warnings`. */
static bool
next_damage(struct slice *warnings, struct slice *warning)
{
	struct slice code;

	while (span_element(warnings, warning)) {
		if (span_dig(*warning, "code", &code) && tells_damage(code))
			return true;
	}
	return false;
}

bool
rec_is_damaged(const struct rec *rec)
{
	struct slice warnings, warning;

	return rec_get(rec, "warnings", &warnings) && next_damage(&warnings, &warning);
}

bool
rec_get_damage(const struct rec *rec, struct buf *messages)
{
	struct slice warnings, warning, value;
	bool found = false;

	buf_clear(messages, SIZE_MAX);
	if (!rec_get(rec, "warnings", &warnings))
		return false;
	for (; next_damage(&warnings, &warning); found = true) {
		if (messages->len > 0)
			buf_adds(messages, "; ");
		if (span_dig(warning, "message", &value))
			json_unquote(messages, value);
	}
	note_starved(rec, messages->failed);
	return found;
}

bool
rec_get_warning(const struct rec *rec, enum fail_code code, struct buf *message)
{
	const char *name = fail_code_name(code);
	struct slice warnings, warning, value;

	if (message != NULL)
		buf_clear(message, SIZE_MAX);
	if (!rec_get(rec, "warnings", &warnings))
		return false;
	while (span_element(&warnings, &warning)) {
		if (!span_dig(warning, "code", &value) || value.len != strlen(name) + 2 ||
		    memcmp(value.p + 1, name, strlen(name)) != 0)
			continue;
		if (message != NULL && span_dig(warning, "message", &value))
			json_unquote(message, value);
		note_starved(rec, message != NULL && message->failed);
		return true;
	}
	return false;
}

static void
set_text(struct rec *rec, const char *name, const char *json, size_t len)
{
	struct rec_fresh f = open_member(rec, name);

	buf_add(&rec->added, json, len);
	close_member(rec, f);
}

void
rec_set_json(struct rec *rec, const char *name, const struct buf *text, size_t from)
{
	if (text->failed)
		rec->starved = true;
	else
		set_text(rec, name, text->p + from, text->len - from);
}

void
rec_set_string(struct rec *rec, const char *name, const char *bytes, size_t len)
{
	struct rec_fresh f = open_member(rec, name);

	json_quote(&rec->added, bytes, len);
	close_member(rec, f);
}

void
rec_set_u64(struct rec *rec, const char *name, uint64_t n)
{
	struct rec_fresh f = open_member(rec, name);

	buf_addu(&rec->added, n);
	close_member(rec, f);
}

void
rec_set_number(struct rec *rec, const char *name, double n)
{
	struct rec_fresh f = open_member(rec, name);

	if (json_number(&rec->added, n) == 0)
		close_member(rec, f);
	else
		abandon_member(rec, f);
}

void
rec_set_bool(struct rec *rec, const char *name, bool b)
{
	set_text(rec, name, b ? "true" : "false", b ? 4 : 5);
}

void
rec_set_path(struct rec *rec, const char *name, const char *bytes, size_t len)
{
	char twin[NAME_SIZE];
	struct rec_fresh f;

	rec_set_string(rec, name, bytes, len);
	if (!twin_name(twin, name))
		return;
	drop_one(rec, twin, strlen(twin));
	if (json_is_utf8(bytes, len))
		return;
	f = open_member(rec, twin);
	buf_addc(&rec->added, '"');
	json_base64(&rec->added, bytes, len);
	buf_addc(&rec->added, '"');
	close_member(rec, f);
}

void
rec_drop(struct rec *rec, const char *name)
{
	char twin[NAME_SIZE];

	drop_one(rec, name, strlen(name));
	if (twin_name(twin, name))
		drop_one(rec, twin, strlen(twin));
}

void
rec_set_stat(struct rec *rec, const struct stat *st)
{
	struct rec_fresh f;
	size_t before;

	rec_set_u64(rec, "size", (uint64_t)st->st_size);
	f = open_member(rec, "mtime");
	buf_addc(&rec->added, '"');
	before = rec->added.len;
	rec_format_time(&rec->added, &st->st_mtim);
	if (rec->added.len == before) {
		abandon_member(rec, f);
		return;
	}
	buf_addc(&rec->added, '"');
	close_member(rec, f);
}

static void
put_error(const struct rec *rec, const char *tool, const struct fail *why, struct buf *out)
{
	char scratch[16];
	const char *code = fail_name(why, scratch);

	buf_adds(out, "{\"tool\":");
	json_quote(out, tool, strlen(tool));
	buf_addf(out, ",\"op\":\"%s\",\"code\":\"%s\",\"message\":", why->op == NULL ? "run" : why->op, code);
	json_quote(out, why->message, strlen(why->message));
	if (rec->bad_input)
		buf_addf(out, ",\"line\":%ju", (uintmax_t)rec->seq);
	buf_addc(out, '}');
}

void
rec_fail(struct rec *rec, const char *tool, const struct fail *why)
{
	struct rec_fresh f;

	if (rec->failed)
		return;
	rec->failed = rec->failed_here = true;
	f = open_member(rec, "error");
	put_error(rec, tool, why, &rec->added);
	close_member(rec, f);
}

/* Begin `warnings` anew in scratch with the elements that it has. */
static void
gather_warnings(struct rec *rec)
{
	struct slice old;

	buf_clear(&rec->scratch, SIZE_MAX);
	buf_addc(&rec->scratch, '[');
	if (!rec_get(rec, "warnings", &old))
		return;
	if (old.p[0] == '[')
		old = (struct slice){old.p + 1, old.len - 2};
	while (old.len > 0 && strchr(" \t\r\n", *old.p) != NULL) {
		old.p++;
		old.len--;
	}
	buf_add(&rec->scratch, old.p, old.len);
}

void
rec_warn(struct rec *rec, const char *tool, enum fail_code code, const char *fmt, ...)
{
	char message[sizeof((struct fail *)0)->message];
	struct buf *b = &rec->scratch;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	gather_warnings(rec);
	json_comma(b);
	buf_adds(b, "{\"tool\":");
	json_quote(b, tool, strlen(tool));
	buf_addf(b, ",\"code\":\"%s\",\"message\":", fail_code_name(code));
	json_quote(b, message, strlen(message));
	buf_adds(b, "}]");
	if (b->failed)
		rec->starved = true;
	else
		set_text(rec, "warnings", b->p, b->len);
}

/* Append the members that are left, in runs that are copied as they lie. */
static void
write_members(const struct rec *rec, struct buf *out)
{
	const struct spans *s = &rec->members;
	const char *from, *to;
	size_t i = 0;

	while (i < s->n) {
		if (s->v[i].value.p == NULL) {
			i++;
			continue;
		}
		from = to = s->v[i].key.p - 1;
		for (; i < s->n && s->v[i].value.p != NULL; i++)
			to = s->v[i].value.p + s->v[i].value.len;
		json_comma(out);
		buf_add(out, from, (size_t)(to - from));
	}
}

int
rec_check(const struct rec *rec, struct fail *why)
{
	return rec->starved || rec->added.failed ? fail_nomem(why) : 0;
}

int
rec_write(struct rec *rec, struct buf *out, struct fail *why)
{
	size_t before = out->len, skip;

	if (rec_check(rec, why) == -1 || buf_reserve(out, rec->line.len + rec->added.len + strlen("{,}\n")) == NULL)
		goto nomem;
	if (rec->line.len > 0 && !rec->dropped && rec->nfresh == 0) {
		buf_add(out, rec->line.p, rec->line.len);
	} else {
		buf_addc(out, '{');
		write_members(rec, out);
		skip = out->len == before + 1; /* the comma, where nothing stands before it */
		if (rec->nfresh > 0)
			buf_add(out, rec->added.p + skip, rec->added.len - skip);
		buf_addc(out, '}');
	}
	return buf_addc(out, '\n');
nomem:
	out->failed = false;
	return fail_nomem(why);
}

int
rec_write_starved(const struct rec *rec, const char *tool, const struct fail *why, struct buf *out)
{
	size_t before = out->len;

	buf_addc(out, '{');
	write_members(rec, out);
	if (rec->members.n == 0 && rec->path.len > 0)
		json_path(out, "path", rec->path.p, rec->path.len);
	if (!rec->failed || rec->failed_here) {
		json_comma(out);
		buf_adds(out, "\"error\":");
		put_error(rec, tool, why, out);
	}
	buf_adds(out, "}\n");
	if (!out->failed)
		return 0;
	out->failed = false;
	if (out->p != NULL)
		out->p[out->len = before] = '\0';
	return -1;
}

/* Whether `name` is one of those, or the _b64 twin of one. */
static bool
is_listed(struct slice name, const char *const *list)
{
	for (; *list != NULL; list++) {
		size_t len;

		if (name.len == 0 || name.p[0] != **list)
			continue; /* nearly all of them, for the price of one byte */
		len = strlen(*list);
		if (name.len >= len && memcmp(name.p, *list, len) == 0 &&
		    (name.len == len || (name.len == len + 4 && memcmp(name.p + len, "_b64", 4) == 0)))
			return true;
	}
	return false;
}

int
rec_write_others(const struct rec *rec, const char *const *except, struct buf *out)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < rec->members.n; i++) {
		const struct span *m = &rec->members.v[i];

		if (m->value.p == NULL || is_listed(m->key, except))
			continue;
		json_comma(out);
		buf_add(out, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
	}
	for (size_t i = 0; i < rec->nfresh; i++) {
		const struct rec_fresh *f = &rec->fresh[i];

		if (is_listed((struct slice){rec->added.p + f->at + 2, f->name_len}, except))
			continue;
		json_comma(out);
		buf_add(out, rec->added.p + f->at + 1, f->end - f->at - 1);
	}
	return buf_addc(out, '}');
}

size_t
rec_memory(const struct rec *rec)
{
	return rec->path.cap + rec->archive.cap + rec->line.cap + rec->added.cap + rec->scratch.cap +
	       rec->members.cap * sizeof *rec->members.v + rec->cap_fresh * sizeof *rec->fresh;
}

void
rec_reset(struct rec *rec)
{
	struct rec kept = *rec;

	buf_clear(&kept.path, KEEP_BYTES);
	buf_clear(&kept.archive, KEEP_BYTES);
	buf_clear(&kept.line, KEEP_BYTES);
	buf_clear(&kept.added, KEEP_BYTES);
	buf_clear(&kept.scratch, KEEP_BYTES);
	if (kept.members.cap * sizeof *kept.members.v > KEEP_BYTES)
		spans_fini(&kept.members);
	kept.members.n = 0;
	*rec = (struct rec){
	    .path = kept.path,
	    .archive = kept.archive,
	    .line = kept.line,
	    .added = kept.added,
	    .scratch = kept.scratch,
	    .members = kept.members,
	    .fresh = kept.fresh,
	    .cap_fresh = kept.cap_fresh,
	};
}

void
rec_fini(struct rec *rec)
{
	buf_fini(&rec->path);
	buf_fini(&rec->archive);
	buf_fini(&rec->line);
	buf_fini(&rec->added);
	buf_fini(&rec->scratch);
	spans_fini(&rec->members);
	free(rec->fresh);
	*rec = (struct rec){0};
}

void
rec_free_data(struct rec *rec)
{
	free(rec->data);
	rec->data = NULL;
}
