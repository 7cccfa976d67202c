#include "place/group/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/pathname.h"
#include "place/content/match.h"
#include "place/group/stand.h"
#include "place/name/path.h"
#include "place/place-parts.h"

/* ---- of the run ---- */

void
numbers_init(struct numbers *s, bool dry_run)
{
	*s = (struct numbers){.shelves.keep = dry_run};
	claims_init(&s->claims);
	claimed_init(&s->claimed);
	contents_init(&s->known);
	contents_init(&s->leads);
}

void
numbers_fini(struct numbers *s)
{
	shelves_fini(&s->shelves);
	claims_forget(&s->claims);
	claimed_fini(&s->claimed);
	contents_fini(&s->known);
	contents_fini(&s->leads);
	party_fini(&s->party);
	series_fini(&s->series);
	free(s->maybe);
}

void
numbers_begin(struct numbers *s, bool others)
{
	series_forget(&s->series);
	shelves_begin(&s->shelves, others);
	if (others && !s->shelves.keep)
		claims_forget(&s->claims);
}

void
numbers_end(struct numbers *s, const struct library *l)
{
	claims_drop_ahead(&s->claims, l);
	shelves_end(&s->shelves);
	party_forget(&s->party);
}

int
number_join(struct numbers *s, const struct job *lead, struct fail *why)
{
	return contents_put(&s->leads, lead->group, 0, buf_slice(&lead->to), why);
}

int
number_lead(struct numbers *s, const struct job *job, struct buf *path, struct fail *why)
{
	uint64_t ignored;

	return contents_find(&s->leads, job->group, &ignored, path, why);
}

/* What is known of the file that a job has become. */
static struct cache_file
file_of_job(const struct job *job, const struct stat *st)
{
	struct cache_file file = {.size = (uint64_t)job->st.st_size};

	if (st != NULL) {
		file.size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : CACHE_NO_FILE;
		file.inode = (uint64_t)st->st_ino;
		file.mark = match_mark(st);
	}
	file.digested = job->have.mask & 1u << DIGEST_XXH128;
	memcpy(file.xxh128, job->have.bytes[DIGEST_XXH128], sizeof(file.xxh128));
	return file;
}

int
number_placed(struct numbers *s, struct path path, const struct job *job, const struct stat *st, struct fail *why)
{
	struct cache_file file = file_of_job(job, st);
	struct shelf *shelf = shelves_find(&s->shelves, path.folder);

	return shelf == NULL || shelf_add(shelf, path.name, &file, why) != NULL ? 0 : -1;
}

void
number_left(struct numbers *s, struct path old)
{
	struct shelf *shelf = shelves_find(&s->shelves, old.folder);

	if (shelf != NULL)
		shelf_remove(shelf, old.name);
}

/* ---- of one job ---- */

/* The group and its place as 16 bytes. */
static int
set_key(struct number *n, struct fail *why)
{
	const struct party *y = &n->s->party;
	struct variant lead = party_name(y, y->members.lead);
	struct buf name = {0};
	int rc;

	buf_add(&name, lead.name.p, lead.stem);
	if (buf_add(&name, y->group, PATH_KEY) == -1)
		rc = fail_nomem(why);
	else
		rc = path_key(
		    (struct path){buf_slice(&y->folder), buf_slice(&name)}, false, n->scratch->digest, n->key, why);
	buf_fini(&name);
	return rc;
}

static int
find_known(struct number *n, struct fail *why)
{
	uint64_t k = 0;
	int rc = contents_number(&n->s->known, n->key, &k, why);

	n->known = rc == 1 ? (unsigned)k + 1 : 0;
	return rc == -1 ? -1 : 0;
}

static int
add_maybe(struct numbers *s, size_t i, struct fail *why)
{
	size_t *maybe = array_room(s->maybe, &s->maybe_cap, s->nmaybe, sizeof(*maybe));

	if (maybe == NULL)
		return fail_nomem(why);
	s->maybe = maybe;
	maybe[s->nmaybe++] = i;
	return 0;
}

/* Of thousands of one name, nearly all are nothing to this group. */
static int
collect(struct number *n, struct fail *why)
{
	struct numbers *s = n->s;
	bool link = n->job->link.len > 0;

	s->nmaybe = 0;
	for (size_t f = 0; f < s->party.n && s->series.n > 0; f++) {
		if (party_look(&s->party, f, why) == -1)
			return -1;
		party_know(&s->party, f);
	}
	for (size_t i = 0; i < s->series.n; i++) {
		if ((stand_may_be(n, i) || (link && stand_file(n, i)->size == CACHE_NO_FILE)) &&
		    add_maybe(s, i, why) == -1)
			return -1;
	}
	return 0;
}

int
number_start(struct number *n, struct fail *why)
{
	struct numbers *s = n->s;
	struct shelf *shelf;

	n->known = 0;
	n->next_own = n->next = n->next_maybe = 0;
	n->began = n->mirrored = false;
	n->first = n->least = 0;
	buf_clear(&s->claimed.ours, SIZE_MAX);
	if (party_set(&s->party, n->job, n->rec, n->mates, why) == -1)
		return -1;
	shelf = shelves_open(&s->shelves, path_split(buf_cstr(&n->job->target)).folder, n->dirfd, why);
	if (shelf == NULL)
		series_forget(&s->series); /* its shelf may have made room for the one that failed */
	if (shelf == NULL || series_read(&s->series, shelf, &s->party, why) == -1 || collect(n, why) == -1)
		return -1;
	if (n->job->tie != JOB_MEMBER)
		return 0;
	return set_key(n, why) == -1 ? -1 : find_known(n, why);
}

/* Whether the i-th of the series may be the job's source, or hold its content, as far as is known without reading. */
static bool
may_be_own(const struct number *n, size_t i)
{
	const struct job *job = n->job;
	const struct cache_file *file = stand_file(n, i);

	if (file->size == CACHE_NO_FILE)
		return job->link.len > 0;
	if (file->inode == (uint64_t)job->st.st_ino)
		return true;
	if (job->companion)
		return n->came_as.len > 0 && strcmp(stand_name(n, i), pathname_last(n->came_as.p)) == 0;
	return file->size == (uint64_t)job->st.st_size &&
	       !(file->digested && job->have.mask & 1u << DIGEST_XXH128 &&
		   memcmp(file->xxh128, job->have.bytes[DIGEST_XXH128], PATH_KEY) != 0);
}

/* The same where the i-th has the job's name.  Returns 1, 0 or -1. */
static int
may_hold(struct number *n, size_t i, struct fail *why)
{
	const struct job *job = n->job;
	const struct cache_file *file = stand_file(n, i);

	if (file->size == CACHE_NO_FILE || file->inode == (uint64_t)job->st.st_ino || job->companion ||
	    !(job->have.mask & 1u << DIGEST_XXH128) || file->mark == match_mark(&job->existing))
		return 1;
	return stand_digest(n, i, why) == -1 ? -1 : may_be_own(n, i) && file->digested;
}

int
number_own(struct number *n, unsigned *k, struct fail *why)
{
	const struct numbers *s = n->s;

	while (n->next_own < s->nmaybe) {
		size_t i = s->maybe[n->next_own++];
		int own = may_be_own(n, i) ? stand_is_named(n, i, s->party.self, why) : 0;

		if (own == 1)
			own = may_hold(n, i, why);
		*k = s->series.v[i].k;
		if (own != 0)
			return own;
	}
	return 0;
}

/* ---- the rule ---- */

/* Whether the number of series[begin] to [end - 1] is the group's, which has not claimed it.  Returns 1, 0 or -1. */
static int
is_ours(struct number *n, size_t begin, size_t end, struct fail *why)
{
	struct stand at;
	int rc;

	if (stand_is_strange(n, begin, end))
		return 0;
	if (!stand_has_picture(n, n->s->series.v[begin].k) &&
	    (rc = claimed_by_others(n, n->s->series.v[begin].k, why)) != 0)
		return rc == -1 ? -1 : 0;
	if (stand_look(n, begin, end, &at, why) == -1)
		return -1;
	if (at.ours + at.others == 0)
		return at.strange == 0;
	if (at.ours == 0 || at.others == 0)
		return at.ours > 0;
	return (rc = stand_pictures(n, why)) == -1 ? -1 : at.own >= rc;
}

/* The next number at which something stands that may be the group's: series[*begin] to [n->next - 1]. */
static bool
next_stand(struct number *n, size_t *begin)
{
	const struct series *s = &n->s->series;

	while (n->next_maybe < n->s->nmaybe && n->s->maybe[n->next_maybe] < n->next)
		n->next_maybe++;
	if (n->next_maybe == n->s->nmaybe)
		return false;
	*begin = series_begin(s, s->v[n->s->maybe[n->next_maybe]].k);
	n->next = series_end(s, *begin);
	return true;
}

/* The picture or film that a companion's name has whole, as IMG_1.JPG.xmp has IMG_1.JPG; y->n: none. */
static size_t
find_named(const struct party *y)
{
	struct variant self = party_name(y, y->self);
	size_t f = 0, len = variant_stem(self.name);

	while (f < y->n &&
	       (y->v[f].companion || y->v[f].len != len || memcmp(y->names.p + y->v[f].at, self.name.p, len) != 0))
		f++;
	return f;
}

int
number_foreign(struct number *n, struct fail *why)
{
	const struct party *y = &n->s->party;
	const struct series *s = &n->s->series;
	size_t f = n->job->companion ? find_named(y) : y->n;

	if (f == y->n || f == y->members.lead)
		return 0;
	for (size_t i = 0; i < s->n && s->v[i].k == 0; i++) {
		int rc = stand_is_named(n, i, f, why);

		if (rc == 1 && (rc = stand_holds(n, i, f, why)) != -1)
			return rc == 0;
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
number_lead_digest(struct number *n, const uint8_t **xxh128, struct fail *why)
{
	struct party *y = &n->s->party;
	size_t lead = y->members.lead;

	*xxh128 = NULL;
	if (n->known > 0 || n->job->tie != JOB_MEMBER || y->v[lead].job != NULL || y->v[lead].companion)
		return 0;
	if (party_look(y, lead, why) == -1)
		return -1;
	if (party_digest(y, lead, n->scratch, why) == -1)
		return why->code == FAIL_GROUP ? 0 : -1;
	if (y->v[lead].digested)
		*xxh128 = y->v[lead].xxh128;
	return 0;
}

/*
 * Whether another program moves the group, and nothing tells its number any more: the pictures' sources are not there,
 * and the companion's own went before them.  Returns -1 then, or on an error, or 0.
 */
static int
look_for_movers(struct number *n, struct fail *why)
{
	const struct job *job = n->job;
	struct stat st;
	int pictures;

	if (job->packed || !job->companion || job->tie != JOB_MEMBER || (pictures = stand_pictures(n, why)) > 0)
		return 0;
	if (pictures == -1)
		return -1;
	if (fstatat(n->s->party.p->dirfd, n->rec->path.p, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
		return 0;
	return fail_set(why, FAIL_CHANGED, "rename", "has gone since it was read, and what belongs to it, too");
}

/* The number that the group has already: in this run, or by its claim.  Returns 1, 0 or -1. */
static int
first(struct number *n, unsigned *k, struct fail *why)
{
	int rc = 1;

	*k = n->known - 1;
	if (n->known == 0)
		rc = claimed_own(n, k, why);
	n->first = rc == 1 ? *k + 1 : 0;
	return rc;
}

/* (e) of the rule, once.  Returns 1, 0 or -1. */
static int
beside_the_same(struct number *n, unsigned *k, struct fail *why)
{
	bool asked = n->mirrored || n->first == 1;

	n->mirrored = true;
	*k = 0;
	return asked ? 0 : stand_is_mirrored(n, why);
}

int
number_next(struct number *n, unsigned *k, bool *empty, struct fail *why)
{
	const struct series *s = &n->s->series;
	size_t begin;
	int ours;

	*empty = false;
	if (!n->began) {
		n->began = true;
		if ((ours = first(n, k, why)) != 0)
			return ours == 1 ? 0 : -1;
	}
	while (next_stand(n, &begin)) {
		*k = s->v[begin].k;
		ours = *k + 1 != n->first ? is_ours(n, begin, n->next, why) : 0;
		if (ours != 0)
			return ours == 1 ? 0 : -1;
	}
	if ((ours = beside_the_same(n, k, why)) != 0)
		return ours == 1 ? 0 : -1;
	if (look_for_movers(n, why) == -1)
		return -1;
	*empty = true;
	do {
		*k = n->least = series_free(s, n->least);
		n->least++;
	} while ((ours = claimed_unseen(n, *k, why)) == 1);
	return ours;
}

/* ---- what becomes of it ---- */

/* Whether the job's source goes with its new name, and leaves others of its group where they were. */
static bool
is_torn(const struct number *n)
{
	return n->job->how == JOB_RENAME && n->job->tie == JOB_MEMBER && party_is_left(&n->s->party);
}

/*
 * Whether k is to be claimed under the f-th's name, since nothing that stands there says whose it is, or shows who has
 * such a name that it is somebody's: under the lead's, and under those of pictures and films that come later.
 */
static bool
wants_claim(const struct number *n, size_t f, unsigned k)
{
	const struct party *y = &n->s->party;

	if (f != y->members.lead)
		return party_is_awaited(y, f) && !stand_shows(n, f, k);
	return is_torn(n) || ((n->job->companion || !party_same_head(y, y->self, f)) && !stand_shows(n, f, k));
}

int
number_claim(struct number *n, unsigned k, struct fail *why)
{
	int rc = 0;

	for (size_t f = 0; f < n->s->party.n && rc == 0; f++)
		rc = wants_claim(n, f, k) ? claimed_put(n, f, k, why) : 0;
	return rc;
}

/* The job's file stands at k, which shows that it is somebody's. */
static int
drop_claims(struct number *n, unsigned k, struct fail *why)
{
	const struct party *y = &n->s->party;

	if (!wants_claim(n, y->members.lead, k) && claimed_drop(n, y->members.lead, k, why) == -1)
		return -1;
	if (n->job->companion || party_same_head(y, y->self, y->members.lead))
		return 0;
	return claimed_drop(n, y->self, k, why);
}

int
number_foresee(struct number *n, struct fail *why)
{
	unsigned k;
	bool empty;
	int rc;

	do {
		if ((rc = number_next(n, &k, &empty, why)) == 0 && wants_claim(n, n->s->party.members.lead, k))
			rc = claimed_ahead(n, k, why);
	} while (rc == 1);
	return rc;
}

int
number_flush_claims(struct numbers *s, struct fail *why)
{
	return claims_flush_ahead(&s->claims, why);
}

int
number_taken(struct number *n, struct slice name, struct fail *why)
{
	struct numbers *s = n->s;

	if (shelf_add(s->series.shelf, name, NULL, why) == NULL ||
	    series_read(&s->series, s->series.shelf, &s->party, why) == -1)
		return -1;
	n->next = n->next_maybe = 0; /* what has been refused is refused again */
	return collect(n, why);
}

int
number_took(struct number *n, unsigned k, struct slice name, const struct stat *st, struct fail *why)
{
	struct cache_file file = file_of_job(n->job, st);
	struct shelf *shelf = n->s->series.shelf;
	const struct shelf_name *there;

	shelf->dirfd = n->dirfd;
	if ((there = shelf_add(shelf, name, &file, why)) == NULL ||
	    series_add(&n->s->series, (struct series_file){k, there->file - 1, there->at, n->job->companion}, why) ==
		-1 ||
	    drop_claims(n, k, why) == -1)
		return -1;
	return number_settled(n, k, why);
}

int
number_settled(struct number *n, unsigned k, struct fail *why)
{
	if (n->job->tie != JOB_MEMBER || n->known > 0)
		return 0;
	n->known = k + 1;
	return contents_put_number(&n->s->known, n->key, k, why);
}
