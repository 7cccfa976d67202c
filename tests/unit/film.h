/* film -- what a reader makes of a film or picture that a test has built, as one line; boxes.h adds to it. */
#ifndef UNIT_FILM_H
#define UNIT_FILM_H

#include "made.h"
#include "tap.h"

static inline void
film_put(struct buf *b, uint64_t v, size_t size, bool big_endian)
{
	for (size_t i = 0; i < size; i++)
		buf_addc(b, (char)(v >> 8 * (big_endian ? size - 1 - i : i)));
}

static inline void
film_zeros(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_addc(b, 0);
}

static inline void
film_list(const struct media_info *info, enum media_field f, struct buf *out)
{
	buf_addf(out, "%s=", media_field_name(f));
	for (size_t i = 0; i < info->nitems; i++)
		if (info->item[i].field == f)
			buf_addf(out, "%.*s,", (int)info->item[i].len, info->text.p + info->item[i].at);
	out->p[out->len - 1] = ' ';
}

static inline void
film_dates(const struct media_info *info, struct buf *out)
{
	static const char *const dates[] = {
#define DATE(name, from, family) #name,
#include "media/date-sources.def"
#undef DATE
	};
	static const char *const bases[] = {"zoned", "utc", "local", "assumed"};

	for (int i = 0; i < MEDIA_DATE_SOURCES; i++) {
		if (info->date[i].when.precision == WHEN_NONE)
			continue;
		buf_addf(out, "%s=", dates[i]);
		when_format(&info->date[i].when, out);
		buf_addf(out, "/%s ", bases[info->date[i].basis]);
	}
}

/* "DATE=…/basis field=value … WARNING", without what is not there, behind what `out` has. */
static inline void
film_describe(const struct media_info *info, struct buf *out)
{
	film_dates(info, out);
	for (int i = 0; i < MEDIA_FIELDS; i++) {
		const struct media_value *v = &info->field[i];
		const char *name = media_field_name((enum media_field)i);

		if (v->kind == MEDIA_TEXT)
			buf_addf(out, "%s=%.*s ", name, (int)v->len, info->text.p + v->at);
		else if (v->kind == MEDIA_LIST)
			film_list(info, (enum media_field)i, out);
		else if (v->kind != MEDIA_ABSENT)
			buf_addf(out, "%s=%.10g ", name, v->number);
	}
	for (size_t i = 0; i < info->nwarnings; i++)
		buf_addf(out, "%s ", fail_code_name(info->warning[i].code));
	if (out->len > 0)
		out->p[--out->len] = '\0';
}

/* With FILM_SEEDS=FOLDER, what the tests build is also written there, as a beginning for the fuzzers. */
static inline void
film_seed(const struct buf *b, size_t len)
{
	const char *folder = getenv("FILM_SEEDS");
	char path[4096];
	FILE *out;

	snprintf(path, sizeof path, "%s/made-%02d", folder != NULL ? folder : "", tap_run);
	if (folder == NULL || len > 4096 || (out = fopen(path, "wb")) == NULL)
		return;
	fwrite(buf_cstr(b), 1, len, out);
	fclose(out);
}

/* Whether the first len bytes, in a malloc of that size, are read as `want` says; with `tags`, all tags are as well. */
static inline void
film_check_tags(const struct buf *b, size_t len, const char *want, const char *tags, const char *what)
{
	struct buf out = {0}, all = {0};
	struct media_info info = {.tags = tags != NULL ? &all : NULL};
	bool good;

	film_seed(b, len);
	if (made_read((const uint8_t *)buf_cstr(b), len, NULL, &info) == -1) {
		buf_adds(&out, "failed");
	} else {
		buf_addf(&out, "%s ", info.type != NULL ? info.type : "none");
		film_describe(&info, &out);
	}
	good = strcmp(buf_cstr(&out), want) == 0 && (tags == NULL || strcmp(buf_cstr(&all), tags) == 0);
	tap_ok(good, "%s", what);
	if (!good)
		printf("# expected '%s' '%s'\n# got      '%s' '%s'\n", want, tags != NULL ? tags : "", buf_cstr(&out),
		    buf_cstr(&all));
	for (size_t i = 0; !good && i < info.nwarnings; i++)
		printf("# %.*s\n", (int)info.warning[i].len, info.text.p + info.warning[i].at);
	media_fini(&info);
	buf_fini(&out);
	buf_fini(&all);
}

static inline void
film_check(const struct buf *b, const char *want, const char *what)
{
	film_check_tags(b, b->len, want, NULL, what);
}

/* Whether every beginning of the film is read without a failure: a sanitizer sees the byte too many. */
static inline void
film_check_cuts(const struct buf *b, const char *what)
{
	struct reader_worker *worker = reader_worker_new();
	struct media_info info = {0};
	const size_t edge = 2048;
	bool good = true;

	for (size_t len = 0; len < b->len; len++) {
		good &= made_read((const uint8_t *)buf_cstr(b), len, worker, &info) == 0;
		if (len == edge && b->len > 2 * edge)
			len = b->len - edge; /* of a long one only those near its beginning and end */
	}
	tap_ok(good, "%s", what);
	media_fini(&info);
	reader_worker_free(worker);
}

#endif
