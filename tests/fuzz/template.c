/*
 * Fuzz place/name/template: the first line is a template, the second a source's name, the third its folder, the rest a
 * record.  Whatever they hold, the path stays below the root, and every part of it is a name that can be made.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place/name/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool good, const char *what, const char *path)
{
	if (!good) {
		fprintf(stderr, "%s: %s\n", what, path);
		abort();
	}
}

static struct slice
line(const char **p, const char *end)
{
	const char *nl = *p < end ? memchr(*p, '\n', (size_t)(end - *p)) : NULL;
	struct slice s = {*p, (size_t)((nl != NULL ? nl : end) - *p)};

	*p = nl != NULL ? nl + 1 : end;
	return s;
}

static void
check_path(const char *path, size_t len)
{
	require(len > 0 && strlen(path) == len, "empty, or a NUL inside", path);
	for (const char *p = path; *p != '\0';) {
		size_t n = strcspn(p, "/");

		require(n > 0 && n <= NAME_MAX, "an empty or long part", path);
		require(!(n == 1 && *p == '.') && !(n == 2 && memcmp(p, "..", 2) == 0), "a way out", path);
		require(!(n == 5 && p == path && strncasecmp(p, ".dcim", 5) == 0), "the library's own folder", path);
		require(p[n] == '\0' || p[n + 1] != '\0', "a slash at the end", path);
		p += n + (p[n] == '/');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	struct slice text = line(&p, end), name = line(&p, end), dir = line(&p, end);
	const struct fields_declared none = {NULL, 0};
	struct rec rec = {.seq = 1};
	struct fail why = {0};
	struct buf path = {0};
	char *copy = strndup(text.p, text.len);
	struct template *t = copy != NULL ? template_new(copy, &none, &why) : NULL;
	bool undated;

	if (t != NULL && name.len > 0 && name.len <= NAME_MAX && memchr(name.p, '/', name.len) == NULL &&
	    memchr(name.p, '\0', name.len) == NULL && memchr(dir.p, '\0', dir.len) == NULL &&
	    rec_from_line(&rec, p, (size_t)(end - p), &why) == 0) {
		struct template_input in = {.rec = &rec, .name = name, .dir = dir, .as_lead = dir.len % 2 == 1};

		if (template_expand(t, &in, &path, &undated, &why) == 0)
			check_path(buf_cstr(&path), path.len);
	}
	buf_fini(&path);
	template_free(t);
	free(copy);
	rec_fini(&rec);
	return 0;
}
