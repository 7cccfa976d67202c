#include "report/page/bars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "report/human.h"
#include "report/page/html.h"

#define WORD_MAX 100   /* bytes of a maker or model that tell it apart */
#define SLASH '\x1f'   /* stands for one within a maker or model */
#define DECADE_LEN 6   /* 2010s/ */
#define FILE_NAME "/-" /* of a file in the folder that stands for what is counted */

struct section {
	const char *id, *heading, *column;
	bool by_count;
	void (*label)(const char *path, struct buf *out);
};

static int
count_path(struct tally *t, struct buf *path, struct fail *why)
{
	buf_adds(path, FILE_NAME);
	return path->failed ? fail_nomem(why) : tally_add(t, buf_cstr(path), why);
}

/* Decade, year, month, day. */
static int
count_day(struct bars *b, const char *day, struct fail *why)
{
	if (day == NULL)
		return 0;
	buf_clear(&b->path, SIZE_MAX);
	buf_addf(&b->path, "%.3s0s/%.4s", day, day);
	for (const char *p = day + 4; strlen(p) >= 3 && *p == '-'; p += 3)
		buf_addf(&b->path, "/%.2s", p + 1);
	return count_path(&b->days, &b->path, why);
}

static void
put_day(const char *path, struct buf *out)
{
	const char *p = strlen(path) > DECADE_LEN ? path + DECADE_LEN : *path != '\0' ? path : "other years";

	for (; *p != '\0'; p++)
		buf_addc(out, *p == '/' ? '-' : *p);
}

static bool
get_number(const struct rec *rec, const char *name, double *out)
{
	struct slice value;

	return rec_get(rec, name, &value) && num_parse_double(value.p, value.len, out);
}

/* In tenths of a degree: squares of ten degrees, of one, of a tenth. */
static int
count_place(struct bars *b, const struct rec *rec, struct fail *why)
{
	double lat, lon;

	if (!get_number(rec, "lat", &lat) || !get_number(rec, "lon", &lon) || fabs(lat) > 90 || fabs(lon) > 180)
		return 0;
	buf_clear(&b->path, SIZE_MAX);
	for (int size = 100; size > 0; size /= 10)
		buf_addf(&b->path, "%s%ld,%ld", size < 100 ? "/" : "", lround(lround(lat * 10) / (double)size) * size,
		    lround(lround(lon * 10) / (double)size) * size);
	return count_path(&b->places, &b->path, why);
}

static void
put_degrees(long tenths, const char letters[2], bool exactly, struct buf *out)
{
	buf_addf(out, exactly ? "%.1f\xc2\xb0\xc2\xa0%c" : "%.0f\xc2\xb0\xc2\xa0%c", labs(tenths) / 10.0,
	    letters[tenths < 0]);
}

static void
put_place(const char *path, struct buf *out)
{
	const char *square = strrchr(path, '/');
	bool exactly = square != NULL && strchr(path, '/') != square;
	char *end;
	long lat = strtol(square != NULL ? square + 1 : path, &end, 10),
	     lon = *end == ',' ? strtol(end + 1, NULL, 10) : 0;

	if (*path == '\0') {
		buf_adds(out, "other places");
		return;
	}
	buf_adds(out, exactly ? "" : "about ");
	put_degrees(lat, "NS", exactly, out);
	buf_adds(out, ", ");
	put_degrees(lon, "EW", exactly, out);
}

static void
add_word(struct buf *path, const struct buf *word)
{
	size_t len = word->len < WORD_MAX ? word->len : WORD_MAX;

	for (size_t i = 0; i < len && word->p[i] != '\0'; i++)
		buf_addc(path, (char)(word->p[i] == '/' ? SLASH : word->p[i]));
}

static int
count_camera(struct bars *b, const struct rec *rec, struct fail *why)
{
	bool make = rec_get_string(rec, "make", &b->text);

	buf_clear(&b->path, SIZE_MAX);
	add_word(&b->path, &b->text);
	if (rec_get_string(rec, "model", &b->text)) {
		buf_addc(&b->path, '/');
		add_word(&b->path, &b->text);
	} else if (!make) {
		return 0;
	}
	return count_path(&b->cameras, &b->path, why);
}

static void
put_words(const char *p, size_t len, struct buf *out)
{
	struct buf words = {0};

	for (size_t i = 0; i < len; i++)
		buf_addc(&words, (char)(p[i] == SLASH ? '/' : p[i]));
	html_name(out, buf_slice(&words));
	out->failed |= words.failed;
	buf_fini(&words);
}

/* Whether the model names its maker, by the first word at least. */
static bool
names_maker(const char *model, const char *make)
{
	return strncasecmp(model, make, strcspn(make, " /")) == 0;
}

static void
put_camera(const char *path, struct buf *out)
{
	const char *model = strchr(path, '/');
	size_t make = model != NULL ? (size_t)(model - path) : strlen(path);

	if (*path == '\0') {
		buf_adds(out, "other cameras");
	} else if (model == NULL) {
		put_words(path, make, out);
	} else {
		if (!names_maker(model + 1, path)) {
			put_words(path, make, out);
			buf_addc(out, ' ');
		}
		put_words(model + 1, strlen(model + 1), out);
	}
}

static void
put_folder(const char *path, struct buf *out)
{
	html_name(out, *path != '\0' ? slice_of(path) : slice_of("./"));
}

int
bars_add(struct bars *b, const struct rec *rec, const char *day, struct fail *why)
{
	if (count_day(b, day, why) == -1 || count_place(b, rec, why) == -1)
		return -1;
	return count_camera(b, rec, why);
}

static int
by_count(const void *a, const void *b)
{
	const struct tally_row *x = *(const struct tally_row *const *)a, *y = *(const struct tally_row *const *)b;

	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

static void
put_row(const struct section *s, const struct tally_row *row, uint64_t most, struct buf *out)
{
	buf_adds(out, "<tr><th scope=\"row\">");
	s->label(row->name, out);
	buf_adds(out, "</th><td>");
	human_count(out, row->n);
	buf_addf(out,
	    "</td><td aria-hidden=\"true\"><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\">"
	    "<rect width=\"%.1f\" height=\"10\"/></svg></td></tr>\n",
	    100.0 * (double)row->n / (double)most);
}

static void
put_table(const struct section *s, const struct tally *t, struct buf *out)
{
	const struct tally_row *row[TALLY_ROWS + 1];
	uint64_t most = 1;

	for (size_t i = 0; i < t->n; i++) {
		row[i] = &t->row[i];
		most = row[i]->n > most ? row[i]->n : most;
	}
	if (s->by_count)
		qsort(row, t->n, sizeof row[0], by_count);
	buf_addf(out, "<table>\n<tr><th scope=\"col\">%s</th><th scope=\"col\">Files</th><td></td></tr>\n", s->column);
	for (size_t i = 0; i < t->n; i++)
		put_row(s, row[i], most, out);
	buf_adds(out, "</table>\n</section>\n");
}

static void
put_section(const struct section *s, const struct tally *t, struct slice name, struct buf *out)
{
	if (t->n == 0)
		return;
	buf_addf(out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", s->id, s->id);
	buf_adds(out, name.len > 0 ? "In " : s->heading);
	if (name.len > 0)
		html_name(out, name);
	buf_adds(out, "</h2>\n");
	put_table(s, t, out);
}

void
bars_put(const struct bars *b, const struct tally *folders, struct slice root, struct buf *out)
{
	static const struct section when = {"when", "When", "Taken", false, put_day},
				    where = {"where", "Where", "Place", true, put_place},
				    camera = {"cameras", "Cameras", "Camera", true, put_camera},
				    folder = {"folders", "Folders", "Folder", false, put_folder};
	const struct slice none = {"", 0};

	put_section(&when, &b->days, none, out);
	put_section(&where, &b->places, none, out);
	put_section(&camera, &b->cameras, none, out);
	put_section(&folder, folders, root, out);
}

void
bars_fini(struct bars *b)
{
	tally_fini(&b->days);
	tally_fini(&b->places);
	tally_fini(&b->cameras);
	buf_fini(&b->text);
	buf_fini(&b->path);
}
