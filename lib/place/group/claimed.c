#include "place/group/claimed.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/pathname.h"
#include "media/group/groupname.h"
#include "place/group/number.h"
#include "place/group/stand.h"
#include "place/name/path.h"
#include "place/place-parts.h"

/* Under the name of the f-th file. */
static int
name_key(const struct number *n, size_t f, unsigned k, uint8_t key[PATH_KEY], struct fail *why)
{
	const struct party *y = &n->s->party;
	struct variant v = party_name(y, f);
	struct buf name = {0};
	int rc;

	v.name.len = v.stem; /* its head alone */
	if (variant_name(&v, k, &name) == -1)
		rc = fail_nomem(why);
	else
		rc = path_key((struct path){buf_slice(&y->folder), buf_slice(&name)}, n->p->lib.folds,
		    n->scratch->digest, key, why);
	buf_fini(&name);
	return rc;
}

static int
claim_key(const struct number *n, unsigned k, uint8_t key[PATH_KEY], struct fail *why)
{
	return name_key(n, n->s->party.members.lead, k, key, why);
}

/* Append a line for a file, which its source's place stands for: that is the same from wherever it is mounted. */
static int
add_place(const struct number *n, struct slice name, struct buf *lines, struct fail *why)
{
	struct buf volume = {0}, path = {0};
	uint8_t key[PATH_KEY];
	int rc;

	if (!rec_get_path(n->rec, "source.volume", &volume) || !rec_get_path(n->rec, "source.path", &path)) {
		buf_clear(&path, SIZE_MAX);
		buf_add(&path, n->rec->path.p, n->rec->path.len);
	}
	if (n->job->packed) /* no path below a volume holds two slashes */
		buf_addf(&path, "//%s", n->rec->path.p);
	if (!path.failed)
		path.len -= strlen(pathname_last(buf_cstr(&path)));
	if (buf_add(&path, name.p, name.len) == -1)
		rc = fail_nomem(why);
	else
		rc = path_key((struct path){buf_slice(&volume), buf_slice(&path)}, false, n->scratch->digest, key, why);
	for (size_t i = 0; rc == 0 && i < PATH_KEY; i++)
		buf_addf(lines, "%02x", key[i]);
	buf_addc(lines, '\n');
	buf_fini(&volume);
	buf_fini(&path);
	return rc;
}

/* What a claim of the group says: its id, and each of its files. */
static int
add_lines(const struct number *n, struct buf *lines, struct fail *why)
{
	const struct party *y = &n->s->party;
	int rc = 0;

	if (!y->alone)
		buf_addf(lines, "%s\n", buf_cstr(&y->members.group.id));
	for (size_t f = 0; f < y->n && rc == 0; f++)
		rc = add_place(n, y->members.v[f].name, lines, why);
	return rc == 0 && lines->failed ? fail_nomem(why) : rc;
}

/* The same into claimed.ours, once for each job. */
static int
read_ours(struct number *n, struct fail *why)
{
	struct buf *ours = &n->s->claimed.ours;

	return ours->len > 0 ? 0 : add_lines(n, ours, why);
}

/* What the claim of k says, or NULL. */
static int
find(struct number *n, unsigned k, const char **lines, struct fail *why)
{
	uint8_t key[PATH_KEY];

	*lines = NULL;
	if (n->s->claims.n == 0)
		return 0;
	return claim_key(n, k, key, why) == -1 ? -1 : claims_find(&n->s->claims, &n->p->lib, key, lines, why);
}

/* ---- of all groups of the series ---- */

static int
mark(struct claimed *c, unsigned k, bool needed, struct fail *why)
{
	while (c->n <= k) {
		bool *at = array_room(c->at, &c->cap, c->n, sizeof(*at));

		if (at == NULL)
			return fail_nomem(why);
		c->at = at;
		at[c->n++] = false;
	}
	c->at[k] |= needed;
	return 0;
}

/* A line as 16 bytes. */
static int
line_key(const struct number *n, const char *line, uint8_t key[PATH_KEY], struct fail *why)
{
	return path_key((struct path){.name = {line, strcspn(line, "\n")}}, false, n->scratch->digest, key, why);
}

/* needed: it is not only ahead. */
static int
note(struct number *n, unsigned k, const char *lines, bool needed, struct fail *why)
{
	struct claimed *c = &n->s->claimed;
	uint8_t key[PATH_KEY];

	for (const char *p = lines; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
		if (line_key(n, p, key, why) == -1 || contents_put_number(&c->numbers, key, k, why) == -1)
			return -1;
	}
	return mark(c, k, needed, why);
}

static int
read_claim(struct number *n, unsigned k, const uint8_t key[PATH_KEY], struct fail *why)
{
	struct claims *claims = &n->s->claims;
	const char *lines;

	if (claims_find(claims, &n->p->lib, key, &lines, why) == -1)
		return -1;
	return lines == NULL ? 0 : note(n, k, lines, !claims_is_ahead(claims, key), why);
}

/* What came without its picture is called otherwise in its own claim: IMG_1.CR2.xmp after IMG_1.CR2. */
static int
read_its_own(struct number *n, size_t i, struct fail *why)
{
	struct slice name = slice_of(stand_name(n, i));
	const struct buf *folder = &n->s->party.folder;
	struct groupname parts;
	uint8_t key[PATH_KEY];

	if (!n->s->series.v[i].companion || !groupname_alone(name, &parts))
		return 0;
	name.len = parts.stem;
	if (path_key((struct path){{buf_cstr(folder), folder->len}, name}, n->p->lib.folds, n->scratch->digest, key,
		why) == -1)
		return -1;
	return read_claim(n, n->s->series.v[i].k, key, why);
}

/* From the highest number: of several with one line, the lowest stays. */
static int
read_all(struct number *n, struct fail *why)
{
	const struct series *s = &n->s->series;
	uint8_t key[PATH_KEY];

	for (size_t i = s->n; i-- > 0;) {
		if (read_its_own(n, i, why) == -1)
			return -1;
		if (i > 0 && s->v[i - 1].k == s->v[i].k)
			continue;
		if (claim_key(n, s->v[i].k, key, why) == -1 || read_claim(n, s->v[i].k, key, why) == -1)
			return -1;
	}
	return 0;
}

/* Unless that has been done. */
static int
read_claims(struct number *n, struct fail *why)
{
	struct claimed *c = &n->s->claimed;

	if (claims_load(&n->s->claims, &n->p->lib, why) == -1)
		return -1;
	if (c->reads == n->s->series.reads)
		return 0;
	c->reads = 0;
	c->n = 0;
	contents_fini(&c->numbers);
	if (n->s->claims.n > 0 && read_all(n, why) == -1)
		return -1;
	c->reads = n->s->series.reads;
	return 0;
}

void
claimed_init(struct claimed *c)
{
	*c = (struct claimed){0};
	contents_init(&c->numbers);
}

void
claimed_fini(struct claimed *c)
{
	free(c->at);
	contents_fini(&c->numbers);
	buf_fini(&c->ours);
}

/* ---- of one ---- */

static bool
is_claimed(const struct claimed *c, unsigned k)
{
	return k < c->n && c->at[k];
}

/* Whether the claim of k is the group's.  Returns 1, 0 or -1. */
static int
is_ours(struct number *n, unsigned k, struct fail *why)
{
	const char *lines;

	if (find(n, k, &lines, why) == -1)
		return -1;
	if (lines == NULL)
		return 0;
	return read_ours(n, why) == -1 ? -1 : claims_agree(buf_cstr(&n->s->claimed.ours), lines);
}

/* The number of a line that the group's claims have.  Returns 1, 0 or -1. */
static int
number_of(struct number *n, const char *line, unsigned *k, struct fail *why)
{
	const struct series *s = &n->s->series;
	uint8_t key[PATH_KEY];
	uint64_t number;
	size_t begin;
	int rc;

	if (line_key(n, line, key, why) == -1)
		return -1;
	if ((rc = contents_number(&n->s->claimed.numbers, key, &number, why)) != 1)
		return rc;
	*k = (unsigned)number;
	begin = series_begin(s, *k); /* where nothing stands any more, the claim is none */
	if (begin == s->n || s->v[begin].k != *k)
		return 0;
	if (claim_key(n, *k, key, why) == -1)
		return -1;
	return claims_is_ahead(&n->s->claims, key) ? 0 : is_ours(n, *k, why);
}

int
claimed_own(struct number *n, unsigned *k, struct fail *why)
{
	const char *p;
	int rc = 0;

	if (read_claims(n, why) == -1)
		return -1;
	if (contents_empty(&n->s->claimed.numbers))
		return 0;
	if (read_ours(n, why) == -1)
		return -1;
	for (p = buf_cstr(&n->s->claimed.ours); *p != '\0' && rc == 0; p += strcspn(p, "\n"), p += *p == '\n')
		rc = number_of(n, p, k, why);
	return rc;
}

int
claimed_by_others(struct number *n, unsigned k, struct fail *why)
{
	const char *lines;

	if (read_claims(n, why) == -1)
		return -1;
	if (!is_claimed(&n->s->claimed, k))
		return 0;
	if (!n->s->party.alone)
		return 1;
	if (find(n, k, &lines, why) == -1)
		return -1;
	return lines != NULL && claims_is_of_group(lines); /* two without a picture are one where they are equal */
}

/* Whether k is claimed under the name of the f-th file, and not for the group.  Returns 1, 0 or -1. */
static int
is_taken(struct number *n, size_t f, unsigned k, struct fail *why)
{
	uint8_t key[PATH_KEY];
	const char *lines;

	if (name_key(n, f, k, key, why) == -1 || claims_find(&n->s->claims, &n->p->lib, key, &lines, why) == -1)
		return -1;
	if (lines == NULL || claims_is_ahead(&n->s->claims, key))
		return 0;
	return read_ours(n, why) == -1 ? -1 : !claims_agree(buf_cstr(&n->s->claimed.ours), lines);
}

int
claimed_unseen(struct number *n, unsigned k, struct fail *why)
{
	const struct party *y = &n->s->party;
	int rc = 0;

	if (claims_load(&n->s->claims, &n->p->lib, why) == -1)
		return -1;
	for (size_t f = 0; f < y->n && n->s->claims.n > 0 && rc == 0; f++) {
		if (f == 0 || !party_same_head(y, f, f - 1))
			rc = is_taken(n, f, k, why);
	}
	return rc;
}

static int
put(struct number *n, unsigned k, const uint8_t key[PATH_KEY], bool needed, struct fail *why)
{
	struct buf *ours = &n->s->claimed.ours;

	if (read_ours(n, why) == -1 || claims_put(&n->s->claims, &n->p->lib, key, ours, why) == -1)
		return -1;
	return note(n, k, buf_cstr(ours), needed, why);
}

int
claimed_put(struct number *n, size_t f, unsigned k, struct fail *why)
{
	uint8_t key[PATH_KEY];
	int ours;

	if (read_claims(n, why) == -1 || name_key(n, f, k, key, why) == -1 || read_ours(n, why) == -1)
		return -1;
	if (f != n->s->party.members.lead) {
		if (claims_put(&n->s->claims, &n->p->lib, key, &n->s->claimed.ours, why) == -1)
			return -1;
	} else if ((ours = is_ours(n, k, why)) == -1 ||
		   (ours == 0 ? put(n, k, key, true, why) : mark(&n->s->claimed, k, true, why)) == -1) {
		return -1;
	}
	return claims_need(&n->s->claims, &n->p->lib, key, why);
}

int
claimed_ahead(struct number *n, unsigned k, struct fail *why)
{
	uint8_t key[PATH_KEY];
	const char *lines;

	if (read_claims(n, why) == -1 || claim_key(n, k, key, why) == -1 || find(n, k, &lines, why) == -1)
		return -1;
	if (lines != NULL)
		return is_ours(n, k, why) == 0;
	if (put(n, k, key, false, why) == -1)
		return -1;
	claims_ahead(&n->s->claims, key);
	return 0;
}

int
claimed_drop(struct number *n, size_t f, unsigned k, struct fail *why)
{
	uint8_t key[PATH_KEY];

	if (n->s->claims.n == 0)
		return 0;
	if (name_key(n, f, k, key, why) == -1)
		return -1;
	claims_drop(&n->s->claims, &n->p->lib, key);
	if (f == n->s->party.members.lead && is_claimed(&n->s->claimed, k))
		n->s->claimed.at[k] = false;
	return 0;
}
