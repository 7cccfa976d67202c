#include "run/control/stats.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "run/pool.h"

#define TYPES_MAX 64
#define UNKNOWN "unknown" /* the record does not say of which type the file is */
#define OTHER "other"

struct stats_private {
	pthread_mutex_t lock;
	pthread_t *threads; /* of the workers */
	size_t max_workers;
	struct buf type; /* of the record that is counted */
};

void
stats_free(struct stats *s)
{
	if (s == NULL)
		return;
	buf_fini(&s->all.worst);
	for (size_t i = 0; i < s->ntypes; i++)
		buf_fini(&s->types[i].tally.worst);
	for (size_t i = 0; i < s->nworkers; i++)
		buf_fini(&s->workers[i].worst);
	free(s->types);
	free(s->workers);
	if (s->private != NULL) {
		free(s->private->threads);
		buf_fini(&s->private->type);
	}
	free(s->private);
	free(s);
}

struct stats *
stats_new(const char *program, size_t workers)
{
	struct stats *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->program = program;
	s->start_s = (int64_t)time(NULL);
	s->start_ns = pool_now_ns();
	s->types = calloc(TYPES_MAX, sizeof(*s->types));
	s->workers = calloc(workers, sizeof(*s->workers));
	s->private = calloc(1, sizeof(*s->private));
	if (s->private != NULL) {
		pthread_mutex_init(&s->private->lock, NULL);
		s->private->max_workers = workers;
		s->private->threads = calloc(workers, sizeof(*s->private->threads));
	}
	if (s->types == NULL || s->workers == NULL || s->private == NULL || s->private->threads == NULL) {
		stats_free(s);
		return NULL;
	}
	strcpy(s->types[s->ntypes++].name, OTHER);
	return s;
}

void
stats_lock(struct stats *s)
{
	pthread_mutex_lock(&s->private->lock);
}

void
stats_unlock(struct stats *s)
{
	pthread_mutex_unlock(&s->private->lock);
}

/* The number of this thread, from 1; one that takes the place of another that hangs shares the last. */
static size_t
worker_number(struct stats *s)
{
	pthread_t self = pthread_self();
	size_t i = 0;

	while (i < s->nworkers && !pthread_equal(s->private->threads[i], self))
		i++;
	if (i == s->nworkers && i < s->private->max_workers)
		s->private->threads[s->nworkers++] = self;
	return i < s->nworkers ? i + 1 : s->nworkers;
}

void
stats_worked(struct stats *s, struct rec *rec, uint64_t began_ns)
{
	rec->work_ns += pool_now_ns() - began_ns;
	stats_lock(s);
	rec->worker = worker_number(s);
	stats_unlock(s);
}

/* What is no plain word is no type of ours, and would have to be escaped. */
static bool
is_plain(const struct buf *type)
{
	return type->len > 0 && type->len < STATS_TYPE &&
	       strspn(buf_cstr(type), "abcdefghijklmnopqrstuvwxyz0123456789+.-") == type->len;
}

static struct stats_tally *
tally_of(struct stats *s, const char *type)
{
	size_t i = 0;

	while (i < s->ntypes && strcmp(s->types[i].name, type) != 0)
		i++;
	if (i == TYPES_MAX)
		return &s->types[0].tally;
	if (i == s->ntypes)
		strcpy(s->types[s->ntypes++].name, type);
	return &s->types[i].tally;
}

static struct stats_tally *
type_tally(struct stats *s, const struct rec *rec)
{
	struct buf *type = &s->private->type;

	if (!rec_get_string(rec, "type", type))
		return tally_of(s, UNKNOWN);
	return tally_of(s, is_plain(type) ? type->p : OTHER);
}

static void
add(struct stats_tally *t, const struct rec *rec, uint64_t bytes)
{
	t->files++;
	t->failed += rec->failed;
	t->skipped += rec->untouched && !rec->failed;
	t->bytes += bytes;
	if (rec->worker == 0)
		return;
	t->worked++;
	t->work_ns += rec->work_ns;
	if (rec->work_ns > t->worst_ns) {
		t->worst_ns = rec->work_ns;
		buf_clear(&t->worst, 0);
		buf_add(&t->worst, rec->path.p, rec->path.len);
	}
}

void
stats_count(struct stats *s, const struct rec *rec)
{
	const uint64_t bytes = rec_size(rec);

	stats_lock(s);
	add(&s->all, rec, bytes);
	add(type_tally(s, rec), rec, bytes);
	if (rec->worker > 0)
		add(&s->workers[rec->worker - 1], rec, bytes);
	stats_unlock(s);
}

static void
put_count(struct buf *out, const char *name, uint64_t n)
{
	json_comma(out);
	buf_addf(out, "\"%s\":", name);
	buf_addu(out, n);
}

static void
put_number(struct buf *out, const char *name, double n)
{
	json_comma(out);
	buf_addf(out, "\"%s\":", name);
	json_number(out, n);
}

static double
seconds(uint64_t ns)
{
	return (double)(ns / 1000) / 1e6;
}

static void
put_tally(struct buf *out, const struct stats_tally *t, uint64_t ns)
{
	put_count(out, "files", t->files);
	put_count(out, "ok", t->files - t->failed - t->skipped);
	put_count(out, "failed", t->failed);
	put_count(out, "skipped", t->skipped);
	put_count(out, "bytes", t->bytes);
	if (ns > 0)
		put_number(out, "files_per_second", (double)(uint64_t)((double)t->files * 1e12 / (double)ns) / 1000);
	if (t->worked == 0)
		return;
	put_number(out, "work_seconds", seconds(t->work_ns));
	put_number(out, "mean_seconds", seconds(t->work_ns / t->worked));
	put_number(out, "worst_seconds", seconds(t->worst_ns));
	buf_addc(out, ',');
	json_path(out, "worst", buf_cstr(&t->worst), t->worst.len);
}

void
stats_json(struct stats *s, uint64_t now_ns, struct buf *out)
{
	uint64_t ns = now_ns - s->start_ns;

	stats_lock(s);
	buf_addf(out, STATS_BEGINNING "\"%s\",\"version\":\"%s\"", s->program, VERSION);
	put_number(out, "seconds", seconds(ns));
	put_tally(out, &s->all, ns);
	buf_adds(out, ",\"types\":{");
	for (size_t i = 0; i < s->ntypes; i++) {
		if (s->types[i].tally.files == 0)
			continue;
		json_comma(out);
		buf_addf(out, "\"%s\":{", s->types[i].name);
		put_tally(out, &s->types[i].tally, ns);
		buf_addc(out, '}');
	}
	buf_adds(out, "},\"workers\":[");
	for (size_t i = 0; i < s->nworkers; i++) {
		json_comma(out);
		buf_addc(out, '{');
		put_tally(out, &s->workers[i], ns);
		buf_addc(out, '}');
	}
	buf_adds(out, "]}\n");
	stats_unlock(s);
}
