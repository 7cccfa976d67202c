/* Folders are told apart by their bytes; a row's name owns its memory, and shortening it only moves its end. */
#include "report/tally.h"

#include <stdlib.h>
#include <string.h>

static size_t
components(const char *name)
{
	size_t n = *name != '\0';

	for (; *name != '\0'; name++)
		n += *name == '/';
	return n;
}

/* Keep fewer than `limit` components. */
static void
shorten(char *name, size_t limit)
{
	size_t left = limit - 1;

	while (left > 0 && *name != '\0') {
		if (*name == '/' && --left == 0)
			break;
		name++;
	}
	*name = '\0';
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct tally_row *)a)->name, ((const struct tally_row *)b)->name);
}

static void
merge(struct tally *t)
{
	size_t kept = 0;

	qsort(t->row, t->n, sizeof(t->row[0]), compare);
	for (size_t i = 1; i < t->n; i++) {
		if (strcmp(t->row[i].name, t->row[kept].name) != 0) {
			t->row[++kept] = t->row[i];
			continue;
		}
		t->row[kept].n += t->row[i].n;
		free(t->row[i].name);
	}
	t->n = kept + 1;
}

/* Too many rows: one component less for the deepest, until they fit.  At the latest all names are empty. */
static void
reduce(struct tally *t)
{
	while (t->n > TALLY_ROWS) {
		t->limit = 0;
		for (size_t i = 0; i < t->n; i++) {
			size_t n = components(t->row[i].name);

			t->limit = n > t->limit ? n : t->limit;
		}
		for (size_t i = 0; i < t->n; i++)
			shorten(t->row[i].name, t->limit);
		merge(t);
	}
}

int
tally_add(struct tally *t, const char *path, struct fail *why)
{
	const char *slash = strrchr(path, '/');
	char *name = strndup(path, slash != NULL ? (size_t)(slash - path) : 0);
	size_t at = 0;
	int order = 1;

	if (name == NULL)
		return fail_nomem(why);
	if (t->limit > 0)
		shorten(name, t->limit);
	while (at < t->n && (order = strcmp(t->row[at].name, name)) < 0)
		at++;
	if (at < t->n && order == 0) {
		t->row[at].n++;
		free(name);
		return 0;
	}
	memmove(&t->row[at + 1], &t->row[at], (t->n - at) * sizeof(t->row[0]));
	t->row[at] = (struct tally_row){name, 1};
	t->n++;
	reduce(t);
	return 0;
}

void
tally_fini(struct tally *t)
{
	while (t->n > 0)
		free(t->row[--t->n].name);
	*t = (struct tally){0};
}
