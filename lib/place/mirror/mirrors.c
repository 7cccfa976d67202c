#include "place/mirror/mirrors.h"

#include <string.h>
#include <sys/stat.h>

/* Whether a folder above `inner`, or itself, is the root of `outer`, whatever name led to it. */
static bool
is_within(const struct library *inner, const struct library *outer)
{
	struct buf path = {0};
	bool within = false;
	struct stat st;

	buf_add(&path, inner->real.p, inner->real.len);
	while (!path.failed && path.len > 0 && !within) {
		within = stat(buf_cstr(&path), &st) == 0 && st.st_dev == outer->at.dev && st.st_ino == outer->at.ino;
		while (path.len > 0 && path.p[path.len - 1] != '/')
			path.len--;
		path.len -= path.len > 0;
		path.p[path.len] = '\0';
	}
	buf_fini(&path);
	return within;
}

static int
check_apart(const struct library *a, const struct library *b, struct fail *why)
{
	if (!is_within(a, b) && !is_within(b, a))
		return 0;
	return fail_set(why, FAIL_INPUT, "options", "--mirror: %s and %s are one folder, or one lies in the other",
	    a->name, b->name);
}

/* Before anything is written anywhere. */
static int
check_roots(const struct place *p, struct fail *why)
{
	struct library roots[PLACE_MIRRORS];
	size_t n = 0;
	int rc = 0;

	while (rc == 0 && n < p->o.nmirrors) {
		rc = library_open(&roots[n], p->dirfd, p->o.mirrors[n], false, why);
		if (rc == 0)
			rc = check_apart(&roots[n], &p->lib, why);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = check_apart(&roots[n], &roots[i], why);
		n++;
	}
	while (n > 0)
		library_close(&roots[--n]);
	return rc;
}

/* As the library is, but that what it gets is a copy in any case. */
static struct place *
open_one(const struct place *p, const char *root, struct fail *why)
{
	struct place_options o = p->o;

	o.root = root;
	o.mirrors = NULL;
	o.nmirrors = 0;
	o.how = PLACE_COPY;
	o.readback = o.readback || p->moves;
	return place_open(&o, p, p->run, why);
}

static int
check_options(const struct place *p, struct fail *why)
{
	if (p->o.nmirrors > PLACE_MIRRORS)
		return fail_set(why, FAIL_INPUT, "options", "--mirror: %d at most", PLACE_MIRRORS);
	if (p->o.how == PLACE_HARDLINK || p->o.how == PLACE_SYMLINK)
		return fail_set(why, FAIL_INPUT, "options", "--mirror makes copies: not with --hardlink or --symlink");
	return 0;
}

int
mirrors_open(struct place *p, struct fail *why)
{
	if (p->o.nmirrors == 0)
		return 0;
	if (check_options(p, why) == -1 || check_roots(p, why) == -1)
		return -1;
	p->open_max /= p->o.nmirrors + 1;
	for (size_t i = 0; i < p->o.nmirrors; i++) {
		if ((p->mirrors[i] = open_one(p, p->o.mirrors[i], why)) == NULL)
			return -1;
		p->mirrors[i]->open_max = p->open_max;
		p->nmirrors++;
	}
	return 0;
}

void
mirrors_close(struct place *p)
{
	while (p->nmirrors > 0)
		place_free(p->mirrors[--p->nmirrors]);
}
