/* input: the automatic choice of form, and every way that items can fall across reads. */
#include "run/input.h"

#include <fcntl.h>

#include <pthread.h>
#include <unistd.h>

#include "tap.h"

struct feed {
	int fd;
	const char *bytes;
	size_t len, step;
};

static void *
feeder(void *arg)
{
	struct feed *f = arg;

	for (size_t at = 0; at < f->len; at += f->step) {
		size_t n = f->len - at < f->step ? f->len - at : f->step;

		if (write(f->fd, f->bytes + at, n) == -1)
			break;
	}
	close(f->fd);
	return NULL;
}

/* Reads everything; appends path (or the error's code) and '|' for each record. */
static void
collect(struct input_conf *conf, const char *bytes, size_t len, size_t step, struct buf *got)
{
	struct feed f = {.bytes = bytes, .len = len, .step = step};
	struct fail why = {0};
	struct rec rec = {0};
	struct buf code = {0};
	struct input *in;
	pthread_t thread;
	int ends[2];

	if (pipe(ends) == -1)
		abort();
	f.fd = ends[1];
	conf->fd = ends[0];
	conf->wake = -1;
	conf->tool = "test";
	pthread_create(&thread, NULL, feeder, &f);
	in = input_new(conf, &why);
	while (input_next(in, &rec, &why) == 1) {
		if (rec.failed && rec_get_string(&rec, "error.code", &code))
			buf_addf(got, "%s%s", buf_cstr(&code), rec.cut ? "(cut)" : "");
		else
			buf_add(got, buf_cstr(&rec.path), rec.path.len);
		buf_addc(got, '|');
		rec_reset(&rec);
	}
	input_free(in);
	close(ends[0]);
	pthread_join(thread, NULL);
	rec_fini(&rec);
	buf_fini(&code);
}

#define S(s) s, sizeof(s) - 1

static void
test_forms(void)
{
	static const struct {
		const char *what, *bytes;
		size_t len;
		enum input_form form;
		const char *want;
	} rows[] = {
	    {"nothing", S(""), INPUT_AUTO, ""},
	    {"paths", S("a\0b\0"), INPUT_AUTO, "a|b|"},
	    {"a missing last NUL", S("a\0b"), INPUT_AUTO, "a|b|"},
	    {"a newline in a path", S("a\nb\0c\0"), INPUT_AUTO, "a\nb|c|"},
	    {"an empty path", S("a\0\0b\0"), INPUT_AUTO, "a|EINPUT|b|"},
	    {"records", S("{\"path\":\"a\"}\n{\"path\":\"b\"}\n"), INPUT_AUTO, "a|b|"},
	    {"blanks after the brace", S("{ \t\"path\":\"a\"}\n"), INPUT_AUTO, "a|"},
	    {"a missing last newline", S("{\"path\":\"a\"}"), INPUT_AUTO, "a|"},
	    {"a path that begins like a record", S("{\"x\0b\0"), INPUT_AUTO, "{\"x|b|"},
	    {"a path that begins with a brace", S("{x\0"), INPUT_AUTO, "{x|"},
	    {"a record, called a path", S("{\"path\":\"a\"}"), INPUT_NULL, "{\"path\":\"a\"}|"},
	    {"a path, called a record", S("a\n"), INPUT_NDJSON, "EINPUT|"},
	    {"a bad line among good ones", S("{\"path\":\"a\"}\nx\n{\"path\":\"b\"}\n"), INPUT_AUTO, "a|EINPUT|b|"},
	    {"blank lines", S("{\"path\":\"a\"}\n\n \t\n{\"path\":\"b\"}\n\n"), INPUT_AUTO, "a|b|"},
	    {"CR LF", S("{\"path\":\"a\"}\r\n{\"path\":\"b\"}\r\n"), INPUT_AUTO, "a|b|"},
	    {"a last line that was cut off", S("{\"path\":\"a\"}\n{\"path\":\"b"), INPUT_AUTO, "a|EINPUT(cut)|"},
	    {"its first byte alone", S("{\"path\":\"a\"}\n{"), INPUT_AUTO, "a|EINPUT(cut)|"},
	    {"a last line without newline or path", S("{\"path\":\"a\"}\n{\"size\":1}"), INPUT_AUTO, "a|EINPUT|"},
	    {"a cut line that another was glued to", S("{\"path\":\"a{\"path\":\"b\"}\n"), INPUT_AUTO, "EINPUT|"},
	    {"no path", S("{\"size\":1}\n"), INPUT_AUTO, "EINPUT|"},
	    {"pretty-printed", S("{\n  \"path\": \"a\"\n}\n"), INPUT_AUTO, "EINPUT|EINPUT|EINPUT|"},
	    {"lines of paths", S("/nonexistent/a\n/nonexistent/b\n"), INPUT_AUTO, "EINPUT|"},
	    {"base64 wins", S("{\"path\":\"x\",\"path_b64\":\"/w==\"}\n"), INPUT_AUTO, "\xff|"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t step = 1; step <= 64; step *= 8) {
			struct input_conf conf = {.form = rows[i].form, .dirfd = AT_FDCWD};
			struct buf got = {0};

			collect(&conf, rows[i].bytes, rows[i].len, step, &got);
			tap_ok(strcmp(buf_cstr(&got), rows[i].want) == 0, "%s, %zu bytes a read", rows[i].what, step);
			buf_fini(&got);
		}
	}
}

static void
test_long_lines(void)
{
	size_t len = REC_LINE_MAX + (1u << 20);
	char *bytes = malloc(len + 32);
	struct input_conf conf = {.form = INPUT_NULL, .dirfd = AT_FDCWD};
	struct buf got = {0};

	memset(bytes, 'x', len);
	memcpy(bytes + len, "\0b\0c", 4);
	collect(&conf, bytes, len + 4, 1u << 16, &got);
	tap_ok(strcmp(buf_cstr(&got), "ELIMIT|b|c|") == 0, "a path of 5 MiB is refused, the rest goes on");
	buf_fini(&got);
	got = (struct buf){0};
	conf = (struct input_conf){.form = INPUT_NULL, .dirfd = AT_FDCWD};
	collect(&conf, bytes, len, 1u << 16, &got);
	tap_ok(strcmp(buf_cstr(&got), "ELIMIT|") == 0, "the same at the end of input");
	buf_fini(&got);
	free(bytes);
}

static void
test_operands(void)
{
	char one[] = "one", two[] = "-two";
	char *operands[] = {one, two};
	struct input_conf conf = {.tool = "test", .fd = -1, .wake = -1, .operands = operands, .noperands = 2};
	struct fail why = {0};
	struct rec rec = {0};
	struct input *in = input_new(&conf, &why);

	tap_ok(input_ready(in) && input_next(in, &rec, &why) == 1 && strcmp(rec.path.p, "one") == 0, "an operand");
	rec_reset(&rec);
	tap_ok(input_next(in, &rec, &why) == 1 && strcmp(rec.path.p, "-two") == 0 && rec.seq == 2, "the next");
	tap_ok(!input_ready(in) && input_next(in, &rec, &why) == 0, "the end");
	rec_fini(&rec);
	input_free(in);
}

static void
test_wake(void)
{
	struct input_conf conf = {.tool = "test", .form = INPUT_NULL, .dirfd = AT_FDCWD};
	struct fail why = {0};
	struct rec rec = {0};
	int in_ends[2], wake_ends[2];
	struct input *in;

	if (pipe(in_ends) == -1 || pipe(wake_ends) == -1 || write(in_ends[1], "half", 4) != 4 ||
	    write(wake_ends[1], "", 1) != 1)
		abort();
	conf.fd = in_ends[0];
	conf.wake = wake_ends[0];
	in = input_new(&conf, &why);
	tap_ok(input_next(in, &rec, &why) == 0, "woken: the end, and half a path is no record");
	input_free(in);
	rec_fini(&rec);
	close(in_ends[0]);
	close(in_ends[1]);
	close(wake_ends[0]);
	close(wake_ends[1]);
}

int
main(void)
{
	test_forms();
	test_long_lines();
	test_operands();
	test_wake();
	return tap_done();
}
