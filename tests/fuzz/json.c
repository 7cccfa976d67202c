/* Fuzz base/json, base/num and rec_parse_time(): what is written can be read back, and is what jansson reads. */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/num.h"
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

/* Any bytes as a string: jansson takes it, and it comes back as it was where it was UTF-8. */
static void
try_bytes(const char *bytes, size_t len)
{
	struct buf text = {0}, back = {0};
	json_t *theirs;

	json_quote(&text, bytes, len);
	theirs = json_loadb(text.p, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	require(json_is_string(theirs), "jansson refuses a quoted string");
	require(json_unquote(&back, (struct slice){text.p, text.len}), "a quoted string is not taken back");
	require(
	    back.len == json_string_length(theirs) && memcmp(buf_cstr(&back), json_string_value(theirs), back.len) == 0,
	    "jansson reads another string");
	require(!json_is_utf8(bytes, len) || (back.len == len && memcmp(buf_cstr(&back), bytes, len) == 0),
	    "UTF-8 does not come back");
	json_decref(theirs);

	buf_clear(&text, SIZE_MAX);
	buf_clear(&back, SIZE_MAX);
	json_base64(&text, bytes, len);
	require(json_unbase64(&back, (struct slice){buf_cstr(&text), text.len}) && back.len == len &&
		    memcmp(buf_cstr(&back), bytes, len) == 0,
	    "base64 does not come back");
	buf_fini(&text);
	buf_fini(&back);
}

/* Any bytes as text of each kind. */
static void
try_text(const char *text, size_t len)
{
	struct buf out = {0};
	json_t *theirs = json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	bool ours = json_unquote(&out, (struct slice){text, len});
	struct timespec t;
	uint64_t i;
	double v;

	require(
	    ours || !json_is_string(theirs) || text[0] != '"' || text[len - 1] != '"', "json_unquote refuses a string");
	buf_clear(&out, SIZE_MAX);
	if (json_unbase64(&out, (struct slice){text, len}) && len > 0) {
		struct buf again = {0};

		json_base64(&again, out.p, out.len);
		require(again.len == len && memcmp(again.p, text, len) == 0,
		    "two texts of base64 stand for the same bytes");
		buf_fini(&again);
	}
	num_parse_u64(text, len, &i);
	if (num_parse_double(text, len, &v))
		require(json_is_number(theirs) || fabs(v) >= 9e18, "jansson refuses a number");
	rec_parse_time((struct slice){text, len}, &t);
	json_decref(theirs);
	buf_fini(&out);
}

static void
try_number(const char *bytes, size_t len)
{
	struct buf text = {0};
	double v = 0, back;

	memcpy(&v, bytes, len < sizeof v ? len : sizeof v);
	if (json_number(&text, v) == 0)
		require(num_parse_double(text.p, text.len, &back) && back == v, "a number does not read back");
	else
		require(!isfinite(v), "a number is refused");
	buf_fini(&text);
}

static void
try_time(const char *bytes, size_t len)
{
	struct timespec t = {0}, back;
	struct buf text = {0};
	int64_t s = 0;

	memcpy(&s, bytes, len < sizeof s ? len : sizeof s);
	t.tv_sec = s % 300000000000;
	rec_format_time(&text, &t);
	if (text.len > 0)
		require(rec_parse_time((struct slice){text.p, text.len}, &back) && back.tv_sec == t.tv_sec,
		    "a time does not read back");
	buf_fini(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	try_bytes(text, size);
	try_text(text, size);
	try_number(text, size);
	try_time(text, size);
	free(text);
	return 0;
}
