#include "report/page/page.h"

#include <stdlib.h>
#include <string.h>

#include "report/human.h"
#include "report/page/bars.h"
#include "report/page/html.h"
#include "report/page/sheet.h"
#include "report/page/style.h"
#include "report/report-parts.h"

struct page {
	struct run *run;
	struct bars bars;
	struct sheet sheet;
	struct buf text;
};

void
page_free(struct page *p)
{
	if (p == NULL)
		return;
	bars_fini(&p->bars);
	sheet_fini(&p->sheet);
	buf_fini(&p->text);
	free(p);
}

struct page *
page_new(struct run *run, const char *library, struct fail *why)
{
	struct page *p = calloc(1, sizeof *p);

	if (p == NULL) {
		fail_nomem(why);
		return NULL;
	}
	p->run = run;
	if (sheet_init(&p->sheet, run_dirfd(run), library, why) == 0)
		return p;
	page_free(p);
	return NULL;
}

int
page_add(struct page *p, const struct rec *rec, const char *log, struct fail *why)
{
	char day[DAY_LEN + 1];
	struct sheet_file file = {.rec = rec, .log = log};

	if (!report_came(report_outcome(rec)))
		return 0;
	file.day = report_day(rec, &p->text, day) ? day : NULL;
	if (bars_add(&p->bars, rec, file.day, why) == 0 && sheet_add(&p->sheet, &file, why) == 0)
		return 0;
	run_stop(p->run, why);
	return -1;
}

/* The next line of a text, without its end; false where there is none. */
static bool
take_line(struct slice *text, struct slice *line)
{
	const char *end = text->len > 0 ? memchr(text->p, '\n', text->len) : NULL;

	if (end == NULL)
		return false;
	*line = (struct slice){text->p, (size_t)(end - text->p)};
	*text = (struct slice){end + 1, text->len - line->len - 1};
	return true;
}

/* Why a run has stopped stands first where it has. */
static void
put_summary(struct page *p, const struct page_report *about, struct buf *out)
{
	bool stopped = about->end->stopped != NULL || about->end->not_reached > 0;
	struct slice text, line;

	buf_clear(&p->text, SIZE_MAX);
	report_summary(about->report, about->end, &p->text);
	text = buf_slice(&p->text);
	buf_adds(out, "<h1>What came</h1>\n");
	for (size_t n = 0; take_line(&text, &line); n++) {
		buf_adds(out, n > stopped ? "<p>" : n == stopped ? "<p class=\"lead\">" : "<p class=\"stop\">");
		html_text(out, line);
		buf_adds(out, "</p>\n");
	}
	out->failed |= p->text.failed;
}

static void
put_row(const struct list_row *row, struct buf *out)
{
	buf_adds(out, "<li>");
	html_name(out, buf_slice(&row->name));
	if (row->text.len > 0) {
		buf_addf(out, ": %s", row->before);
		html_name(out, buf_slice(&row->text));
	}
	buf_adds(out, "</li>\n");
	out->failed |= row->name.failed || row->text.failed;
}

static void
put_list(const struct page_report *about, enum list_id id, struct buf *out)
{
	const struct list *list = &about->report->list[id];
	const char *advice = report_advice(about->report, about->end, id);

	if (list->n == 0)
		return;
	buf_addf(out, "<h3>%s</h3>\n<ul>\n", report_heading(id));
	for (size_t i = 0; i < report_rows(list); i++)
		put_row(&list->row[i], out);
	if (list->n > report_rows(list)) {
		buf_adds(out, "<li>and ");
		human_count(out, list->n - report_rows(list));
		buf_adds(out, " more</li>\n");
	}
	buf_adds(out, "</ul>\n");
	if (advice != NULL)
		buf_addf(out, "<p>%s</p>\n", advice);
}

/* What failed stands first: it is looked for. */
static void
put_lists(const struct page_report *about, struct buf *out)
{
	const char *advice = report_advice(about->report, about->end, LISTS);
	uint64_t n = 0;

	for (enum list_id id = 0; id < LISTS; id++)
		n += about->report->list[id].n;
	if (n == 0)
		return;
	buf_adds(out, "<section aria-labelledby=\"look\">\n<h2 id=\"look\">To look at</h2>\n");
	put_list(about, LIST_FAILED, out);
	for (enum list_id id = 0; id < LISTS; id++) {
		if (id != LIST_FAILED)
			put_list(about, id, out);
	}
	if (advice != NULL)
		buf_addf(out, "<p>%s</p>\n", advice);
	buf_adds(out, "</section>\n");
}

int
page_put(struct page *p, const struct page_report *about, struct buf *out, struct fail *why)
{
	const struct report *r = about->report;

	buf_adds(out, style_head);
	put_summary(p, about, out);
	put_lists(about, out);
	buf_adds(out, "<div class=\"tables\">\n");
	bars_put(&p->bars, &r->folders, buf_slice(&r->root), out);
	buf_adds(out, "</div>\n");
	if (sheet_put(&p->sheet, p->run, out, why) == -1)
		return -1;
	buf_adds(out, "</main>\n</body>\n</html>\n");
	return out->failed ? fail_nomem(why) : 0;
}
