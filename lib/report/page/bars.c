#include "report/page/bars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "report/human.h"
#include "report/page/html.h"

#define WORD_MAX 100   /* bytes of a maker or model that tell it apart */
#define CAMERAS_MAX 40 /* that are told one by one */
#define DECADE_LEN 6   /* 2010s/ */
#define FILE_NAME "/-" /* of a file in the folder that stands for what is counted */

struct section {
	const char *id, *heading, *column;
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
add_word(struct buf *out, const struct buf *word)
{
	const char *p = buf_cstr(word);
	size_t n = strnlen(p, WORD_MAX);

	while (n > 0 && (p[n] & 0xc0) == 0x80) /* a letter is whole, or not there */
		n--;
	buf_add(out, p, n);
}

/* Whether the model names its maker, by the first word at least. */
static bool
names_maker(const char *model, const char *make)
{
	return strncasecmp(model, make, strcspn(make, " ")) == 0;
}

/* Maker and model; the model alone where it names the maker. */
static int
count_camera(struct bars *b, const struct rec *rec, struct fail *why)
{
	bool model = rec_get_string(rec, "model", &b->text), make = rec_get_string(rec, "make", &b->make);

	if (!model && !make)
		return 0;
	buf_clear(&b->path, SIZE_MAX);
	if (make && (!model || !names_maker(buf_cstr(&b->text), buf_cstr(&b->make))))
		add_word(&b->path, &b->make);
	if (model && b->path.len > 0)
		buf_addc(&b->path, ' ');
	add_word(&b->path, &b->text);
	return b->path.failed ? fail_nomem(why) : counts_add(&b->cameras, buf_cstr(&b->path), why);
}

static void
put_camera(const char *camera, struct buf *out)
{
	html_name(out, slice_of(camera));
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
	const struct tally_row *x = a, *y = b;

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
begin_section(const struct section *s, struct slice name, struct buf *out)
{
	buf_addf(out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", s->id, s->id);
	buf_adds(out, name.len > 0 ? "In " : s->heading);
	if (name.len > 0)
		html_name(out, name);
	buf_addf(out, "</h2>\n<table>\n<tr><th scope=\"col\">%s</th><th scope=\"col\">Files</th><td></td></tr>\n",
	    s->column);
}

static void
put_section(const struct section *s, const struct tally *t, struct slice name, struct buf *out)
{
	uint64_t most = 1;

	if (t->n == 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		most = t->row[i].n > most ? t->row[i].n : most;
	begin_section(s, name, out);
	for (size_t i = 0; i < t->n; i++)
		put_row(s, &t->row[i], most, out);
	buf_adds(out, "</table>\n</section>\n");
}

/* Those with most files, and how many are of the others. */
static void
put_cameras(const struct counts *c, struct buf *out)
{
	static const struct section section = {"cameras", "Cameras", "Camera", put_camera};
	uint64_t others = c->others;

	if (c->n == 0)
		return;
	begin_section(&section, (struct slice){"", 0}, out);
	for (size_t i = 0; i < c->n; i++) {
		if (i < CAMERAS_MAX)
			put_row(&section, &c->row[i], c->row[0].n, out);
		else
			others += c->row[i].n;
	}
	if (others > 0) {
		buf_adds(out, "<tr><th scope=\"row\">other cameras</th><td>");
		human_count(out, others);
		buf_adds(out, "</td><td></td></tr>\n");
	}
	buf_adds(out, "</table>\n</section>\n");
}

void
bars_put(struct bars *b, const struct tally *folders, struct slice root, struct buf *out)
{
	static const struct section when = {"when", "When", "Taken", put_day},
				    where = {"where", "Where", "Place", put_place},
				    folder = {"folders", "Folders", "Folder", put_folder};
	const struct slice none = {"", 0};

	qsort(b->places.row, b->places.n, sizeof b->places.row[0], by_count);
	qsort(b->cameras.row, b->cameras.n, sizeof b->cameras.row[0], by_count);
	put_section(&when, &b->days, none, out);
	put_section(&where, &b->places, none, out);
	put_cameras(&b->cameras, out);
	put_section(&folder, folders, root, out);
}

void
bars_fini(struct bars *b)
{
	tally_fini(&b->days);
	tally_fini(&b->places);
	counts_fini(&b->cameras);
	buf_fini(&b->text);
	buf_fini(&b->path);
	buf_fini(&b->make);
}
