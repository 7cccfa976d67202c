/* record-mirror -- what place-file has done in a mirror, as if that were the library; see record-mirror(1). */
#include <string.h>

#include "base/json.h"
#include "run/filter.h"

struct conf {
	const char *root;
	struct buf path, text;
};

static const struct opt opts[] = {
    OPT_STRING(0, "root", "DIR", struct conf, root, "the mirror, as it was named to place-file"), OPT_END};

/* Without the slashes at its end, which completion in a shell adds. */
static size_t
name_len(const char *path, size_t len)
{
	while (len > 1 && path[len - 1] == '/')
		len--;
	return len;
}

/* Whether an entry of place.mirrors is about this folder. */
static bool
is_of(struct conf *conf, struct slice entry)
{
	struct slice text;
	size_t len = name_len(conf->root, strlen(conf->root));

	buf_clear(&conf->path, SIZE_MAX);
	buf_clear(&conf->text, SIZE_MAX);
	if (span_dig(entry, "root_b64", &text) && json_unquote(&conf->text, text))
		json_unbase64(&conf->path, buf_slice(&conf->text));
	else if (span_dig(entry, "root", &text))
		json_unquote(&conf->path, text);
	return name_len(buf_cstr(&conf->path), conf->path.len) == len &&
	       memcmp(buf_cstr(&conf->path), conf->root, len) == 0;
}

/* A JSON string of an entry, or an empty one. */
static void
add_text(struct buf *out, const char *name, struct slice entry, const char *member)
{
	struct slice text = {"\"\"", 2};

	span_dig(entry, member, &text);
	json_comma(out);
	buf_addf(out, "\"%s\":", name);
	buf_add(out, text.p, text.len);
}

/* What is not there is a failure of that library. */
static void
set_error(struct rec *rec, struct slice entry, struct buf *error)
{
	buf_adds(error, "{\"tool\":\"place-file\",\"op\":\"mirror\"");
	add_text(error, "code", entry, "reason");
	add_text(error, "message", entry, "message");
	buf_addc(error, '}');
	rec_drop(rec, "place");
	rec_set_json(rec, "error", error, 0);
}

static void
set_place(struct conf *conf, struct rec *rec, struct slice entry)
{
	struct slice action;

	buf_clear(&conf->text, SIZE_MAX);
	if (span_dig(entry, "action", &action)) {
		buf_add(&conf->text, entry.p, entry.len);
		rec_set_json(rec, "place", &conf->text, 0);
	} else
		set_error(rec, entry, &conf->text);
	rec_drop(rec, "db"); /* what the library knew */
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct conf *conf = arg;
	struct slice mirrors = {0}, entry, to;

	(void)out;
	if (conf->root == NULL)
		return 0;
	rec_get(rec, "place.mirrors", &mirrors);
	while (span_element(&mirrors, &entry)) {
		bool is = is_of(conf, entry);

		if (conf->path.failed || conf->text.failed)
			return fail_nomem(why);
		if (!is)
			continue;
		set_place(conf, rec, entry);
		return 0;
	}
	if (rec_get(rec, "place.to", &to))
		*verdict = EMIT_DROP;
	return 0;
}

int
main(int argc, char **argv)
{
	struct conf conf = {0};
	struct filter f = {
	    .name = "record-mirror",
	    .synopsis = "[--root=DIR] [OPTION...] [PATH...]",
	    .purpose = "Turn the records of what was placed into those of one of its mirrors.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_MEMBERS,
	    .emit = emit,
	};
	int status = filter_main(&f, argc, argv);

	buf_fini(&conf.path);
	buf_fini(&conf.text);
	return status;
}
