/* The summary.  Whatever comes from a file, a record or another program goes through quote_name(). */
#include "report/report.h"

#include <string.h>

#include "base/quote.h"
#include "report/human.h"
#include "report/report-parts.h"

static const struct {
	const char *one, *many;
} outcomes[OUTCOMES] = {
#define OUTCOME(name, action, one, many) {one, many},
#include "report/outcomes.def"
#undef OUTCOME
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
put_list(const char *heading, const struct list *list, struct buf *out)
{
	if (list->n == 0)
		return;
	buf_addf(out, "\n%s:\n", heading);
	buf_add(out, list->text.p, list->text.len);
	out->failed |= list->text.failed;
	if (list->n > REPORT_NAMES_MAX) {
		buf_adds(out, "  and ");
		human_count(out, list->n - REPORT_NAMES_MAX);
		buf_adds(out, " more\n");
	}
}

void
report_text(const struct report *r, const struct report_end *end, struct buf *out)
{
	put_end(end, out);
	put_outcomes(r, out);
	put_kinds(r, out);
	if (r->first[0] != '\0')
		buf_addf(out, "Taken from %s to %s.\n", r->first, r->last);
	put_line(out, r->undated, "file has no date.", "files have no date.");
	put_line(out, r->orphan_list.n, "companion has no picture or film.", "companions have no picture or film.");
	put_line(out, r->split_list.n, "file has the name of a file of another time, camera or Live Photo.",
	    "files have the names of files of another time, camera or Live Photo.");
	put_line(out, r->unknown_list.n, "file was placed without knowing what belongs to it.",
	    "files were placed without knowing what belongs to them.");
	put_line(out, r->empty, "file is empty.", "files are empty.");
	put_line(out, r->removed, "source was removed.", "sources were removed.");
	put_kept(r, out);
	put_line(out, end->cut_lines, "log ends in the middle of a line: what that file's record said is lost.",
	    "logs end in the middle of a line: what those files' records said is lost.");
	put_folders(r, out);
	put_list("Skipped", &r->skipped_list, out);
	if (r->skipped[REASON_SIDECAR_CONFLICT] > 0)
		buf_adds(out,
		    "Of two versions, copy the one that is to stay over the other; nothing does that by itself.\n");
	put_list("Damaged, and kept as they are", &r->damaged_list, out);
	put_list(
	    "Companions without a picture or film; put each, in the library, beside what it belongs to, or remove it",
	    &r->orphan_list, out);
	put_list("Files of one name but of different times, cameras or Live Photos, which are kept apart",
	    &r->split_list, out);
	put_list("Placed each by its own name", &r->unknown_list, out);
	put_list("Were in the library before and have gone from it; placed again", &r->gone_list, out);
	put_list("Placed again, because the library's copy is damaged", &r->spoilt_list, out);
	put_list("Sources kept", &r->kept_list, out);
	if (!end->past && r->kept[REASON_GROUP] > 0)
		buf_adds(out, "What stays with another file goes when that one can, or is no longer in the source.\n");
	put_list("Failed", &r->failed_list, out);
	if (!end->past && r->again > 0)
		buf_adds(out, "\nThe same command, given again, tries these once more.\n");
}
