/* Fuzz base/span against jansson, and run/rec: whatever is taken as a record can be changed, written and read again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/span_oracle.h"
#include "run/rec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

/* Write the record and read it again; the line is left in `line`. */
static void
round_trip(struct rec *rec, struct buf *line)
{
	struct rec again = {0};
	struct fail why;

	buf_clear(line, SIZE_MAX);
	require(rec_write(rec, line, &why) == 0 && line->p[line->len - 1] == '\n', "the record is not written");
	line->len--;
	require(rec_from_line(&again, line->p, line->len, &why) == 0 || rec->path.len == 0,
	    "what was written is no record");
	rec_fini(&again);
}

static void
change(struct rec *rec)
{
	static const struct fail why = {.code = FAIL_CHANGED, .op = "read", .message = "changed"};
	struct buf text = {0};

	rec_set_u64(rec, "size", 12);
	rec_warn(rec, "fuzz", FAIL_DATE, "%s", "a warning");
	rec_set_path(rec, "path", "\xff", 1);
	buf_adds(&text, "[]");
	rec_set_json(rec, "a", &text, 0);
	buf_fini(&text);
	rec_drop(rec, "hash");
	rec_set_string(rec, "a", rec->path.p, rec->path.len);
	rec_warn(rec, "fuzz", FAIL_DATE, "%s", "another");
	rec_fail(rec, "fuzz", &why);
}

static void
try_record(const char *text, size_t len)
{
	struct rec rec = {.seq = 1};
	struct buf line = {0}, string = {0};
	struct fail why = {0};
	struct slice value;
	uint64_t n;

	if (rec_from_line(&rec, text, len, &why) == -1) {
		rec_fail(&rec, "fuzz", &why);
	} else {
		round_trip(&rec, &line);
		require(line.len == len && memcmp(line.p, text, len) == 0, "an untouched record has changed");
	}
	rec_get(&rec, "place.to.x", &value);
	rec_get_string(&rec, "make", &string);
	rec_get_path(&rec, "place.to", &string);
	rec_get_u64(&rec, "size", &n);
	rec_known(&rec);
	round_trip(&rec, &line);
	if (rec.path.len > 0) {
		change(&rec);
		round_trip(&rec, &line);
		require(rec_get_u64(&rec, "size", &n) && n == 12 && rec.failed, "what was set is not there");
	}
	rec_fini(&rec);
	buf_fini(&line);
	buf_fini(&string);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);
	const char *what;

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	what = oracle_disagreement(text, size);
	require(what == NULL, what);
	try_record(text, size);
	free(text);
	return 0;
}
