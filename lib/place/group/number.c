#include "place/group/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "place/decide/match.h"
#include "place/name/path.h"
#include "place/place-parts.h"

/* ---- of the run ---- */

void
numbers_init(struct numbers *s, bool dry_run)
{
	*s = (struct numbers){.shelves.keep = dry_run};
	claims_init(&s->claims);
	contents_init(&s->known);
	contents_init(&s->leads);
}

void
numbers_fini(struct numbers *s)
{
	shelves_fini(&s->shelves);
	claims_forget(&s->claims);
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
numbers_end(struct numbers *s)
{
	shelves_end(&s->shelves);
	party_forget(&s->party);
}

int
number_join(struct numbers *s, const struct job *lead, struct fail *why)
{
	return contents_put(&s->leads, lead->group, 0, (struct slice){lead->to.p, lead->to.len}, why);
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
		rc = path_key((struct path){{buf_cstr(&y->folder), y->folder.len}, {name.p, name.len}}, false,
		    n->scratch->digest, n->key, why);
	buf_fini(&name);
	return rc;
}

static int
find_known(struct number *n, struct fail *why)
{
	struct buf found = {0};
	uint64_t k = 0;
	int rc = contents_find(&n->s->known, n->key, &k, &found, why);

	n->known = found.len > 0 ? (unsigned)k + 1 : 0;
	buf_fini(&found);
	return rc;
}

/* The file that a member of the series is. */
static struct cache_file *
file_of(const struct number *n, size_t i)
{
	return &n->s->series.shelf->files[n->s->series.v[i].file];
}

static const char *
name_of(const struct number *n, size_t i)
{
	return shelf_text(n->s->series.shelf, n->s->series.v[i].at);
}

/* Whether one of the group's files may hold what a file of the library does, as far as is known without reading. */
static bool
may_be(const struct party *y, const struct cache_file *file)
{
	for (size_t f = 0; f < y->n; f++) {
		const struct party_file *ours = &y->v[f];

		if (ours->inode != 0 && ours->inode == file->inode)
			return true;
		if (ours->size == file->size &&
		    !(ours->digested && file->digested && memcmp(ours->xxh128, file->xxh128, PATH_KEY) != 0))
			return true;
	}
	return false;
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
		const struct cache_file *file = file_of(n, i);

		if ((may_be(&s->party, file) || (link && file->size == CACHE_NO_FILE)) && add_maybe(s, i, why) == -1)
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
	n->began = false;
	n->least = 0;
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

/* Whether the i-th of the series has the name that the group's f-th has at that number.  Returns 1, 0 or -1. */
static int
is_named(struct number *n, size_t i, size_t f, struct fail *why)
{
	const struct party *y = &n->s->party;
	struct variant v = party_name(y, f);
	struct buf *name = &n->scratch->text;
	const char *there = name_of(n, i);

	if (strlen(there) < v.name.len - v.stem)
		return 0;
	buf_clear(name, SIZE_MAX);
	if (variant_name(&v, n->s->series.v[i].k, name) == -1)
		return fail_nomem(why);
	return shelf_compare(n->s->series.shelf, there, name->p, name->len + 1) == 0;
}

/* Whether the i-th of the series is the job's source, or may hold its content.  Returns 1, 0 or -1. */
static int
may_hold(struct number *n, size_t i, struct fail *why)
{
	const struct series_file *v = &n->s->series.v[i];
	const struct job *job = n->job;
	struct cache_file *file = file_of(n, i);

	if (file->size == CACHE_NO_FILE)
		return job->link.len > 0;
	if (file->inode == (uint64_t)job->st.st_ino)
		return 1;
	if (file->size != (uint64_t)job->st.st_size || job->companion)
		return file->size == (uint64_t)job->st.st_size;
	if (!(job->have.mask & 1u << DIGEST_XXH128) || file->mark == match_mark(&job->existing))
		return 1;
	if (shelf_digest(n->s->series.shelf, v->file, name_of(n, i), n->scratch, why) == -1)
		return -1;
	file = file_of(n, i);
	return file->digested && memcmp(file->xxh128, job->have.bytes[DIGEST_XXH128], PATH_KEY) == 0;
}

int
number_own(struct number *n, unsigned *k, struct fail *why)
{
	const struct numbers *s = n->s;

	while (n->next_own < s->nmaybe) {
		size_t i = s->maybe[n->next_own++];
		int own = is_named(n, i, s->party.self, why);

		if (own == 1)
			own = may_hold(n, i, why);
		*k = s->series.v[i].k;
		if (own != 0)
			return own;
	}
	return 0;
}

/* ---- whose bytes stand there ---- */

/* Whether a file of the library holds what the group's f-th source does.  Returns 1, 0 or -1. */
static int
holds(struct number *n, size_t i, size_t f, struct fail *why)
{
	struct party *y = &n->s->party;
	struct series *s = &n->s->series;
	const struct cache_file *file = file_of(n, i);
	const struct party_file *ours = &y->v[f];

	if (file->size == CACHE_NO_FILE || party_look(y, f, why) == -1)
		return file->size == CACHE_NO_FILE ? 0 : -1;
	if (ours->size != file->size)
		return 0;
	if (ours->inode != 0 && ours->inode == file->inode)
		return 1;
	if (party_digest(y, f, n->scratch, why) == -1 ||
	    shelf_digest(s->shelf, s->v[i].file, name_of(n, i), n->scratch, why) == -1)
		return -1;
	return ours->digested && file->digested && memcmp(ours->xxh128, file->xxh128, PATH_KEY) == 0;
}

/* The group's picture, film or companion whose bytes the i-th of the series holds, the one of its name first.  Returns
 * 1, 0 or -1; *own: it has its name. */
static int
find_ours(struct number *n, size_t i, bool *own, struct fail *why)
{
	const struct party *y = &n->s->party;
	int found = 0;

	*own = false;
	for (size_t f = 0; f < y->n && !*own; f++) {
		int rc = y->v[f].companion == n->s->series.v[i].companion ? holds(n, i, f, why) : 0;

		if (rc == 1 && (rc = is_named(n, i, f, why)) != -1) {
			*own = rc == 1;
			found = 1;
		}
		if (rc == -1)
			return -1;
	}
	return found;
}

/* How many pictures and films the group has whose sources are there.  -1: ENOMEM. */
static int
count_pictures(struct number *n, struct fail *why)
{
	struct party *y = &n->s->party;
	int pictures = 0;

	for (size_t f = 0; f < y->n; f++) {
		if (party_look(y, f, why) == -1)
			return -1;
		pictures += !y->v[f].companion && y->v[f].size != CACHE_NO_FILE;
	}
	return pictures;
}

/* What stands at one number. */
struct stand {
	int ours, own, others; /* pictures and films; of ours those under their own names */
	int strange;           /* companions that are none of ours */
};

static int
look(struct number *n, size_t begin, size_t end, struct stand *at, struct fail *why)
{
	*at = (struct stand){0};
	for (size_t i = begin; i < end; i++) {
		bool own;
		int ours = find_ours(n, i, &own, why);

		if (ours == -1)
			return -1;
		if (n->s->series.v[i].companion) {
			at->strange += !ours;
		} else {
			at->ours += ours;
			at->own += own;
			at->others += !ours;
		}
	}
	return 0;
}

/* ---- claims ---- */

static int
claim_key(const struct number *n, unsigned k, uint8_t key[PATH_KEY], struct fail *why)
{
	const struct party *y = &n->s->party;
	struct variant v = party_name(y, y->members.lead);
	struct buf name = {0};
	int rc;

	v.name.len = v.stem; /* its head alone */
	if (variant_name(&v, k, &name) == -1)
		rc = fail_nomem(why);
	else
		rc = path_key((struct path){{buf_cstr(&y->folder), y->folder.len}, {name.p, name.len}}, n->p->lib.folds,
		    n->scratch->digest, key, why);
	buf_fini(&name);
	return rc;
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
	if (!path.failed)
		path.len -= strlen(path_name(buf_cstr(&path)));
	if (buf_add(&path, name.p, name.len) == -1)
		rc = fail_nomem(why);
	else
		rc = path_key((struct path){{buf_cstr(&volume), volume.len}, {path.p, path.len}}, false,
		    n->scratch->digest, key, why);
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

enum claimed { CLAIMED_NO, CLAIMED_OURS, CLAIMED_THEIRS };

static int
find_claim(struct number *n, unsigned k, enum claimed *is, struct fail *why)
{
	uint8_t key[PATH_KEY];
	struct buf ours = {0};
	const char *claim;
	int rc;

	*is = CLAIMED_NO;
	if (claims_load(&n->s->claims, &n->p->lib, why) == -1)
		return -1;
	if (n->s->claims.n == 0)
		return 0;
	if (claim_key(n, k, key, why) == -1 || claims_find(&n->s->claims, &n->p->lib, key, &claim, why) == -1)
		return -1;
	if (claim == NULL)
		return 0;
	if ((rc = add_lines(n, &ours, why)) == 0 && claims_agree(ours.p, claim))
		*is = CLAIMED_OURS;
	else if (!n->s->party.alone ||
		 claims_is_of_group(claim)) /* two without a picture are one where they are equal */
		*is = CLAIMED_THEIRS;
	buf_fini(&ours);
	return rc;
}

/* ---- the rule ---- */

/* Whether only other people's pictures and films are there: no need to compare the companions. */
static bool
is_strange(const struct number *n, size_t begin, size_t end)
{
	bool pictures = false;

	for (size_t i = begin; i < end; i++) {
		if (n->s->series.v[i].companion)
			continue;
		if (may_be(&n->s->party, file_of(n, i)))
			return false;
		pictures = true;
	}
	return pictures;
}

/* Whether the number of series[begin] to [end - 1] is the group's.  Returns 1, 0 or -1. */
static int
is_ours(struct number *n, size_t begin, size_t end, struct fail *why)
{
	enum claimed claimed;
	struct stand at;
	int all;

	if (find_claim(n, n->s->series.v[begin].k, &claimed, why) == -1)
		return -1;
	if (claimed == CLAIMED_OURS)
		return 1;
	if (is_strange(n, begin, end))
		return 0;
	if (look(n, begin, end, &at, why) == -1)
		return -1;
	if (at.ours + at.others == 0)
		return claimed == CLAIMED_NO && at.strange == 0;
	if (at.ours == 0 || at.others == 0)
		return at.ours > 0;
	return (all = count_pictures(n, why)) == -1 ? -1 : at.own >= all;
}

/* The next number at which something stands that may be the group's: series[*begin] to [n->next - 1]. */
static bool
next_stand(struct number *n, size_t *begin)
{
	const struct series *s = &n->s->series;

	*begin = n->next;
	if (n->s->claims.n == 0) {
		while (n->next_maybe < n->s->nmaybe && n->s->maybe[n->next_maybe] < n->next)
			n->next_maybe++;
		*begin = s->n;
		if (n->next_maybe < n->s->nmaybe)
			*begin = series_begin(s, s->v[n->s->maybe[n->next_maybe]].k);
	}
	if (*begin == s->n)
		return false;
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
		int rc = is_named(n, i, f, why);

		if (rc == 1 && (rc = holds(n, i, f, why)) != -1)
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
	if (n->known > 0 || n->job->tie != JOB_MEMBER || y->v[lead].job != NULL)
		return 0;
	if (party_look(y, lead, why) == -1 || party_digest(y, lead, n->scratch, why) == -1)
		return -1;
	if (y->v[lead].digested)
		*xxh128 = y->v[lead].xxh128;
	return 0;
}

int
number_next(struct number *n, unsigned *k, bool *empty, struct fail *why)
{
	const struct series *s = &n->s->series;
	size_t begin;

	*empty = false;
	if (claims_load(&n->s->claims, &n->p->lib, why) == -1)
		return -1;
	if (!n->began) {
		n->began = true;
		*k = n->known - 1;
		if (n->known > 0)
			return 0;
	}
	while (next_stand(n, &begin)) {
		int ours = 0;

		*k = s->v[begin].k;
		if (*k + 1 != n->known && (ours = is_ours(n, begin, n->next, why)) == -1)
			return -1;
		if (ours == 1)
			return 0;
	}
	*empty = true;
	*k = n->least = series_free(s, n->least);
	n->least++;
	return 0;
}

/* ---- what becomes of it ---- */

/* Whether a picture or film stands at a number. */
static bool
has_picture(const struct number *n, unsigned k)
{
	const struct series *s = &n->s->series;

	for (size_t i = series_begin(s, k); i < s->n && s->v[i].k == k; i++) {
		if (!s->v[i].companion)
			return true;
	}
	return false;
}

/* Whether the job's source goes with its new name, and leaves others of its group where they were. */
static bool
is_torn(const struct number *n)
{
	return n->job->how == JOB_RENAME && n->job->tie == JOB_MEMBER && party_is_left(&n->s->party);
}

static int
put_claim(struct number *n, unsigned k, struct fail *why)
{
	struct buf lines = {0};
	uint8_t key[PATH_KEY];
	int rc = claim_key(n, k, key, why);

	if (rc == 0 && (rc = add_lines(n, &lines, why)) == 0)
		rc = claims_put(&n->s->claims, &n->p->lib, key, &lines, why);
	buf_fini(&lines);
	return rc;
}

int
number_claim(struct number *n, unsigned k, bool *touched, struct fail *why)
{
	enum claimed claimed;

	*touched = false;
	if (!(n->job->companion && !has_picture(n, k)) && !is_torn(n))
		return 0;
	if (find_claim(n, k, &claimed, why) == -1)
		return -1;
	*touched = claimed != CLAIMED_OURS;
	return *touched ? put_claim(n, k, why) : 0;
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

/* A picture keeps the number for its group from now on, unless others are still to follow from where it was. */
static int
drop_claim(struct number *n, unsigned k, struct fail *why)
{
	uint8_t key[PATH_KEY];

	if (n->s->claims.n == 0 || (n->job->companion && !has_picture(n, k)) || is_torn(n))
		return 0;
	if (claim_key(n, k, key, why) == -1)
		return -1;
	claims_drop(&n->s->claims, &n->p->lib, key);
	return 0;
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
	    drop_claim(n, k, why) == -1)
		return -1;
	return number_settled(n, k, why);
}

int
number_settled(struct number *n, unsigned k, struct fail *why)
{
	if (n->job->tie != JOB_MEMBER || n->known > 0)
		return 0;
	n->known = k + 1;
	return contents_put(&n->s->known, n->key, k, (struct slice){"x", 1}, why);
}
