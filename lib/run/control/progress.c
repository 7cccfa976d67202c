#include "run/control/progress.h"

#include "base/human.h"

#define WINDOW_NS 10000000000u
#define BRIEF_NS 50000000u

/* What may stand in the line besides the counts. */
enum { PART_LABEL = 1, PART_SIZE = 2, PART_RATE = 4, PART_LEFT = 8 };

void
progress_begin(struct progress *p, struct slice label, uint64_t ns)
{
	size_t len = 0;

	for (; len < label.len && len < PROGRESS_LABEL - 1; len++)
		p->label[len] = label.p[len] > ' ' && label.p[len] < 127 ? label.p[len] : '?';
	p->label[len] = '\0';
	p->began_ns = p->moved_ns = ns;
	p->samples[0] = (struct progress_now){.ns = ns};
	p->n = 1;
}

static const struct progress_now *
last(const struct progress *p)
{
	return &p->samples[(p->n - 1) % PROGRESS_SAMPLES];
}

static bool
moved(const struct progress *p, const struct progress_now *now)
{
	return now->done != last(p)->done || now->bytes != last(p)->bytes;
}

void
progress_note(struct progress *p, const struct progress_now *now)
{
	if (moved(p, now))
		p->moved_ns = now->ns;
	p->samples[p->n++ % PROGRESS_SAMPLES] = *now;
}

/* The sample that the rate is measured from. */
static const struct progress_now *
since(const struct progress *p, const struct progress_now *now)
{
	size_t oldest = p->n > PROGRESS_SAMPLES ? p->n - PROGRESS_SAMPLES : 0, i = p->n - 1;

	while (i > oldest && now->ns - p->samples[i % PROGRESS_SAMPLES].ns < WINDOW_NS)
		i--;
	return &p->samples[i % PROGRESS_SAMPLES];
}

/* A second's worth of what has grown from `then` to `now`; with a pipeline's programs it may seem to shrink. */
static double
rate(uint64_t then, uint64_t now, uint64_t ns)
{
	return now > then && ns >= BRIEF_NS ? (double)(now - then) * 1e9 / (double)ns : 0;
}

static void
put_time(struct buf *line, uint64_t seconds)
{
	buf_addf(line, "%llu:%02llu:%02llu", (unsigned long long)(seconds / 3600),
	    (unsigned long long)(seconds / 60 % 60), (unsigned long long)(seconds % 60));
}

static void
put_size(const struct progress_now *now, bool whole, struct buf *line)
{
	if (now->of_bytes > 0 && !whole) {
		double part = (double)now->bytes / (double)now->of_bytes;

		buf_addf(line, ", %d%%", part < 1 ? (int)(part * 100) : 100);
	} else if (whole && (now->bytes > 0 || now->of_bytes > 0)) {
		buf_adds(line, ", ");
		human_bytes(line, now->bytes);
		if (now->of_bytes > 0 && !now->ended) {
			buf_adds(line, " of ");
			human_bytes(line, now->of_bytes);
		}
	}
}

static void
put_rate(const struct progress *p, const struct progress_now *now, struct buf *line)
{
	const struct progress_now *then = since(p, now);
	uint64_t ns = now->ns - then->ns;

	if (now->ended) {
		buf_adds(line, " in ");
		put_time(line, (now->ns - p->began_ns) / 1000000000u);
	} else if (!moved(p, now) && now->ns - p->moved_ns >= WINDOW_NS) {
		buf_adds(line, ", waiting");
	} else if (now->bytes > 0) {
		buf_adds(line, ", ");
		human_bytes(line, (uint64_t)rate(then->bytes, now->bytes, ns));
		buf_adds(line, "/s");
	} else if (now->done > 0) {
		buf_addf(line, ", %.0f/s", rate(then->done, now->done, ns));
	}
}

/* In bytes where their number is known, else in records; at the pace of the last seconds. */
static void
put_left(const struct progress *p, const struct progress_now *now, struct buf *line)
{
	const struct progress_now *then = since(p, now);
	bool bytes = now->of_bytes > 0;
	uint64_t of = bytes ? now->of_bytes : now->of_records, at = bytes ? now->bytes : now->done;
	double pace = rate(bytes ? then->bytes : then->done, at, now->ns - then->ns);

	if (at >= of || pace <= 0 || now->ended)
		return;
	buf_adds(line, ", ");
	put_time(line, (uint64_t)((double)(of - at) / pace));
	buf_adds(line, " left");
}

static void
put_parts(const struct progress *p, const struct progress_now *now, unsigned parts, struct buf *line)
{
	if (parts & PART_LABEL)
		buf_addf(line, "%s: ", p->label);
	buf_addf(line, "%llu", (unsigned long long)now->done);
	if (now->of_records > 0 && now->of_bytes == 0 && !now->ended)
		buf_addf(line, " of %llu", (unsigned long long)now->of_records);
	buf_addf(line, " done, %llu failed", (unsigned long long)now->failed);
	put_size(now, parts & PART_SIZE, line);
	if (parts & PART_RATE)
		put_rate(p, now, line);
	if (parts & PART_LEFT)
		put_left(p, now, line);
}

void
progress_line(const struct progress *p, const struct progress_now *now, size_t columns, struct buf *line)
{
	static const unsigned forms[] = {PART_LABEL | PART_SIZE | PART_RATE | PART_LEFT,
	    PART_LABEL | PART_RATE | PART_LEFT, PART_LABEL | PART_LEFT, PART_LEFT, 0};
	const size_t start = line->len;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && !line->failed; i++) {
		line->len = start;
		put_parts(p, now, forms[i], line);
		if (line->len - start <= columns)
			return;
	}
	if (line->failed)
		return;
	line->len = start + columns;
	line->p[line->len] = '\0';
}
