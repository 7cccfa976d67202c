/* Labels are words of ours, and of types what stats.c lets pass: nothing in them is to be escaped. */
#include "run/control/metrics.h"

#include <time.h>

#include "base/json.h"

static void
head(struct buf *out, const char *name, const char *kind, const char *help)
{
	buf_addf(out, METRICS_BEGINNING "%s %s\n# TYPE dcim_%s %s\n", name, help, name, kind);
}

/* ---- by type, by worker ---- */

static double
bytes(const struct stats_tally *t)
{
	return (double)t->bytes;
}

static double
files(const struct stats_tally *t)
{
	return (double)t->files;
}

static double
work_seconds(const struct stats_tally *t)
{
	return (double)t->work_ns / 1e9;
}

static double
worst_seconds(const struct stats_tally *t)
{
	return (double)t->worst_ns / 1e9;
}

/* A value of each tally. */
struct family {
	const char *name, *kind, *help;
	double (*value)(const struct stats_tally *t);
};

static const struct family by_type[] = {
    {"filter_bytes_total", "counter", "Bytes of the files, by type.", bytes},
    {"filter_work_seconds_total", "counter", "Time that workers have spent on files, by type.", work_seconds},
    {"filter_worst_seconds", "gauge", "The longest time that one file has taken, by type.", worst_seconds},
};

static const struct family by_worker[] = {
    {"filter_worker_files_total", "counter", "Files, by the worker that had them.", files},
    {"filter_worker_seconds_total", "counter", "Time that each worker has spent on files.", work_seconds},
};

static void
put_value(struct buf *out, double value)
{
	buf_addc(out, ' ');
	json_number(out, value);
	buf_addc(out, '\n');
}

static void
put_types(const struct stats *s, const struct family *f, struct buf *out)
{
	head(out, f->name, f->kind, f->help);
	for (size_t i = 0; i < s->ntypes; i++) {
		buf_addf(out, "dcim_%s{program=\"%s\",type=\"%s\"}", f->name, s->program, s->types[i].name);
		put_value(out, f->value(&s->types[i].tally));
	}
}

static void
put_workers(const struct stats *s, const struct family *f, struct buf *out)
{
	head(out, f->name, f->kind, f->help);
	for (size_t i = 0; i < s->nworkers; i++) {
		buf_addf(out, "dcim_%s{program=\"%s\",worker=\"%zu\"}", f->name, s->program, i + 1);
		put_value(out, f->value(&s->workers[i]));
	}
}

static void
put_results(const struct stats *s, struct buf *out)
{
	head(out, "filter_files_total", "counter", "Files, by type and by what became of them.");
	for (size_t i = 0; i < s->ntypes; i++) {
		const struct stats_tally *t = &s->types[i].tally;
		const struct {
			const char *result;
			uint64_t n;
		} results[] = {
		    {"ok", t->files - t->failed - t->skipped}, {"failed", t->failed}, {"skipped", t->skipped}};

		for (size_t j = 0; j < sizeof(results) / sizeof(results[0]); j++)
			buf_addf(out, "dcim_filter_files_total{program=\"%s\",type=\"%s\",result=\"%s\"} %llu\n",
			    s->program, s->types[i].name, results[j].result, (unsigned long long)results[j].n);
	}
}

/* ---- of the run ---- */

static void
put_gauge(const struct stats *s, const char *name, const char *help, uint64_t value, struct buf *out)
{
	head(out, name, "gauge", help);
	buf_addf(out, "dcim_%s{program=\"%s\"} %llu\n", name, s->program, (unsigned long long)value);
}

static void
put_run(const struct stats *s, const struct metrics_run *run, struct buf *out)
{
	put_gauge(s, "filter_start_timestamp_seconds", "When the run began.", (uint64_t)s->start_s, out);
	put_gauge(s, "filter_running", "1 while it runs.", run->status == METRICS_RUNNING, out);
	if (run->of_bytes > 0)
		put_gauge(s, "filter_expected_bytes", "Bytes that are to come in all.", run->of_bytes, out);
	if (run->status == METRICS_RUNNING)
		return;
	put_gauge(s, "filter_status", "Its exit status.", (uint64_t)run->status, out);
	put_gauge(s, "filter_end_timestamp_seconds", "When it ended.", (uint64_t)time(NULL), out);
}

/* ---- of the programs of its pipeline ---- */

static void
put_shared(struct buf *out, const char *name, const struct share_one *one, uint64_t value)
{
	buf_addf(out, "dcim_%s{program=\"%s\"} %llu\n", name, one->program, (unsigned long long)value);
}

static void
put_pipeline(const struct share *share, struct buf *out)
{
	struct share_all all;

	share_read(share, &all);
	head(out, "pipeline_files_total", "counter", "Files, by the program of the pipeline that has done them.");
	for (size_t i = 0; i < all.n; i++)
		put_shared(out, "pipeline_files_total", &all.one[i], all.one[i].counts.done);
	head(out, "pipeline_bytes_total", "counter", "Their bytes, by program.");
	for (size_t i = 0; i < all.n; i++)
		put_shared(out, "pipeline_bytes_total", &all.one[i], all.one[i].counts.bytes);
}

void
metrics_write(struct stats *s, const struct metrics_run *run, struct buf *out)
{
	stats_lock(s);
	put_run(s, run, out);
	put_results(s, out);
	for (size_t i = 0; i < sizeof(by_type) / sizeof(by_type[0]); i++)
		put_types(s, &by_type[i], out);
	for (size_t i = 0; i < sizeof(by_worker) / sizeof(by_worker[0]); i++)
		put_workers(s, &by_worker[i], out);
	stats_unlock(s);
	if (run->share != NULL)
		put_pipeline(run->share, out);
}
