/* The summary.  Whatever comes from a file, a record or another program goes through quote_name(). */
#include "report/report-parts.h"

#include <string.h>

#include "base/quote.h"
#include "report/human.h"

static const struct {
	const char *one, *many;
} outcomes[OUTCOMES] = {
#define OUTCOME(name, action, one, many) {one, many},
#include "report/outcomes.def"
#undef OUTCOME
};

static const struct {
	enum { TEXT_AND_PAGE, PAGE_ONLY } where;
	const char *heading;
} lists[LISTS] = {
#define LIST(name, where, heading) {where, heading},
#include "report/lists.def"
#undef LIST
};

static void
put_line(struct buf *out, uint64_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	human_things(out, n, one, many);
	buf_addc(out, '\n');
}

static void
put_end(const struct report_end *end, struct buf *out)
{
	if (end->stopped != NULL) {
		buf_adds(out, "Stopped before the end");
		buf_adds(out, *end->stopped != '\0' ? ": " : "");
		if (*end->stopped != '\0')
			quote_name(out, end->stopped, strlen(end->stopped));
		buf_adds(out, end->not_reached > 0 ? "; " : "\n");
	}
	put_line(out, end->not_reached, "file was not reached.", "files were not reached.");
}

/* How many for which reason, with commas between; `other` for what is none of ours, last.  Returns what comes before
 * more. */
static const char *
put_reasons(const uint64_t n[REASON_COUNT], const char *other, const char *before, struct buf *out)
{
	for (size_t i = 1; i <= REASON_COUNT; i++) {
		enum reason reason = i < REASON_COUNT ? (enum reason)i : REASON_NONE;

		if (n[reason] == 0)
			continue;
		buf_adds(out, before);
		human_count(out, n[reason]);
		buf_addf(out, " %s", reason == REASON_NONE ? other : reason_words(reason));
		before = ", ";
	}
	return before;
}

static void
put_outcomes(const struct report *r, struct buf *out)
{
	const char *before = ": ";

	human_things(out, r->files, "file", "files");
	buf_adds(out, ", ");
	human_bytes(out, r->bytes);
	for (enum outcome o = COPIED; o < OUTCOMES; o++) {
		if (r->n[o] == 0)
			continue;
		if (o == SKIPPED) {
			before = put_reasons(r->skipped, outcomes[SKIPPED].one, before, out);
			continue;
		}
		buf_adds(out, before);
		human_things(out, r->n[o], outcomes[o].one, outcomes[o].many);
		before = ", ";
	}
	buf_addc(out, '\n');
}

static void
put_kinds(const struct report *r, struct buf *out)
{
	static const char *const words[KINDS][2] = {[PICTURE] = {"picture", "pictures"},
	    [FILM] = {"film", "films"},
	    [COMPANION] = {"companion", "companions"},
	    [OTHER] = {"other file", "other files"}};
	const char *before = "";

	for (enum kind kind = PICTURE; kind < KINDS; kind++) {
		if (r->kinds[kind] == 0 || (kind == OTHER && *before == '\0'))
			continue; /* that all are others says the first line */
		buf_adds(out, before);
		human_things(out, r->kinds[kind], words[kind][0], words[kind][1]);
		before = ", ";
	}
	buf_adds(out, *before != '\0' ? ".\n" : "");
}

static void
put_kept(const struct report *r, struct buf *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < REASON_COUNT; i++)
		n += r->kept[i];
	if (n == 0)
		return;
	human_things(out, n, "source was kept", "sources were kept");
	if (n > r->kept[REASON_NONE])
		put_reasons(r->kept, "for another reason", ": ", out);
	buf_adds(out, ".\n");
}

static void
put_folders(const struct report *r, struct buf *out)
{
	struct buf count = {0};

	if (r->folders.n == 0)
		return;
	buf_adds(out, "\nIn ");
	quote_name(out, buf_cstr(&r->root), r->root.len);
	buf_adds(out, ":\n");
	for (size_t i = 0; i < r->folders.n; i++) {
		const char *name = r->folders.row[i].name;

		buf_clear(&count, 0);
		human_count(&count, r->folders.row[i].n);
		buf_addf(out, "%9s  ", buf_cstr(&count));
		out->failed |= count.failed;
		if (*name != '\0')
			quote_name(out, name, strlen(name));
		buf_adds(out, *name != '\0' ? "/\n" : "./\n");
	}
	buf_fini(&count);
}

static void
put_row(const struct list_row *row, struct buf *out)
{
	buf_adds(out, "  ");
	quote_name(out, row->name.p, row->name.len);
	if (row->text.len > 0) {
		buf_addf(out, ": %s", row->before);
		quote_name(out, row->text.p, row->text.len);
	}
	buf_addc(out, '\n');
	out->failed |= row->name.failed || row->text.failed;
}

const char *
report_heading(enum list_id id)
{
	return lists[id].heading;
}

size_t
report_rows(const struct list *list)
{
	return list->n < REPORT_NAMES_MAX ? (size_t)list->n : REPORT_NAMES_MAX;
}

static void
put_list(const struct report *r, const struct report_end *end, enum list_id id, struct buf *out)
{
	const struct list *list = &r->list[id];
	const char *advice = report_advice(r, end, id);

	if (list->n == 0 || lists[id].where == PAGE_ONLY)
		return;
	buf_addf(out, "\n%s:\n", lists[id].heading);
	for (size_t i = 0; i < report_rows(list); i++)
		put_row(&list->row[i], out);
	if (list->n > REPORT_NAMES_MAX) {
		buf_adds(out, "  and ");
		human_count(out, list->n - REPORT_NAMES_MAX);
		buf_adds(out, " more\n");
	}
	buf_addf(out, "%s%s", advice != NULL ? advice : "", advice != NULL ? "\n" : "");
}

const char *
report_advice(const struct report *r, const struct report_end *end, enum list_id id)
{
	if (id == LIST_SKIPPED && r->skipped[REASON_SIDECAR_CONFLICT] > 0)
		return "Of two versions, copy the one that is to stay over the other; nothing does that by itself.";
	if (id == LIST_KEPT && !end->past && r->kept[REASON_GROUP] > 0)
		return "What stays with another file goes when that one can, or is no longer in the source.";
	if (id == LISTS && !end->past && r->again > 0)
		return "The same command, given again, tries these once more.";
	return NULL;
}

void
report_summary(const struct report *r, const struct report_end *end, struct buf *out)
{
	put_end(end, out);
	put_outcomes(r, out);
	put_kinds(r, out);
	if (r->first[0] != '\0')
		buf_addf(out, "Taken from %s to %s.\n", r->first, r->last);
	put_line(out, r->list[LIST_UNDATED].n, "file has no date.", "files have no date.");
	put_line(
	    out, r->list[LIST_ORPHANS].n, "companion has no picture or film.", "companions have no picture or film.");
	put_line(out, r->list[LIST_SPLIT].n, "file has the name of a file of another time, camera or Live Photo.",
	    "files have the names of files of another time, camera or Live Photo.");
	put_line(out, r->list[LIST_UNKNOWN].n, "file was placed without knowing what belongs to it.",
	    "files were placed without knowing what belongs to them.");
	put_line(out, r->empty, "file is empty.", "files are empty.");
	put_line(out, r->removed, "source was removed.", "sources were removed.");
	put_kept(r, out);
	put_line(out, end->cut_lines, "log ends in the middle of a line: what that file's record said is lost.",
	    "logs end in the middle of a line: what those files' records said is lost.");
}

void
report_text(const struct report *r, const struct report_end *end, struct buf *out)
{
	const char *advice = report_advice(r, end, LISTS);

	report_summary(r, end, out);
	put_folders(r, out);
	for (enum list_id id = 0; id < LISTS; id++)
		put_list(r, end, id, out);
	if (advice != NULL)
		buf_addf(out, "\n%s\n", advice);
}
