/* Which files of one name are one group, who leads it, and whose a companion is: whatever the order they come in. */
#include "meta/group/cluster.h"

#include "media/when.h"

#include "tap.h"

#define FILES_MAX 6

/* A file as it speaks of itself.  `date` is a capture date unless it begins with a tilde: then it is a name's. */
struct row {
	const char *name, *date, *basis, *model, *serial, *id;
};

#define F(...) ROW(__VA_ARGS__, NULL, NULL, NULL, NULL, NULL)
#define ROW(name, date, basis, model, serial, id, ...) \
	{                                              \
		name, date, basis, model, serial, id   \
	}

static const struct {
	const char *what;
	struct row file[FILES_MAX];
	const char *want; /* of each file the name of its lead, "-" for none, with blanks between them */
} cases[] = {
    {"a raw leads its JPEG", {F("a.CR2", "2024-05-01T12:00:00"), F("a.JPG", "2024-05-01T12:00:00")}, "a.CR2 a.CR2"},
    {"a zone before none", {F("a.CR2", "2024-05-01T12:00:00"), F("a.JPG", "2024-05-01T12:00:00+02:00", "zoned")},
	"a.JPG a.JPG"},
    {"UTC before local time", {F("a.CR2", "2024-05-01T12:00:00"), F("a.MP4", "2024-05-01T10:00:00Z", "utc")},
	"a.MP4 a.MP4"},
    {"a still before its film", {F("a.HEIC", "2024-05-01T12:00:00Z", "utc"), F("a.MOV", "2024-05-01T12:00:00Z", "utc")},
	"a.HEIC a.HEIC"},
    {"a time before a day alone", {F("a.CR2", "2024-05-01"), F("a.JPG", "2024-05-01T12:00:00")}, "a.JPG a.JPG"},
    {"a capture date before a name's", {F("a.CR2", "~2024-05-01T12:00:00"), F("a.JPG", "2019-01-01T12:00:00")},
	"a.JPG a.JPG"},
    {"a name's before none", {F("a.CR2", NULL), F("a.JPG", "~2024-05-01T12:00:00")}, "a.JPG a.JPG"},
    {"the original before its edit",
	{F("IMG_1234.HEIC", "2024-05-01T12:00:00"), F("IMG_E1234.HEIC", "2024-05-01T12:00:00+02:00", "zoned")},
	"IMG_1234.HEIC IMG_1234.HEIC"},
    {"the name, where nothing else tells", {F("a.jpg", NULL), F("a.heic", NULL)}, "a.heic a.heic"},
    {"fifteen hours apart", {F("a.CR2", "2024-05-01T00:00:00"), F("a.JPG", "2024-05-01T15:00:00")}, "a.CR2 a.CR2"},
    {"… and a second", {F("a.CR2", "2024-05-01T00:00:00"), F("a.JPG", "2024-05-01T15:00:01")}, "a.CR2 a.JPG"},
    {"a name's date far off is no other time", {F("a.CR2", "2024-05-01T00:00:00"), F("a.JPG", "~2020-01-01")},
	"a.CR2 a.CR2"},
    {"the instant counts",
	{F("a.CR2", "2024-05-01T23:00:00+12:00", "zoned"), F("a.JPG", "2024-04-30T22:00:00-13:00", "zoned")},
	"a.CR2 a.CR2"},
    {"days, one apart", {F("a.CR2", "2024-05-01"), F("a.JPG", "2024-05-02T23:00:00")}, "a.JPG a.JPG"},
    {"… two", {F("a.CR2", "2024-05-01"), F("a.JPG", "2024-05-03")}, "a.CR2 a.JPG"},
    {"months", {F("a.CR2", "2024-05"), F("a.JPG", "2024-07-01")}, "a.CR2 a.JPG"},
    {"years", {F("a.CR2", "1974"), F("a.JPG", "1976")}, "a.CR2 a.JPG"},
    {"another camera",
	{F("a.CR2", "2024-05-01T12:00:00", NULL, "\"EOS R5\""), F("a.JPG", "2024-05-01T12:00:00", NULL, "\"EOS R6\"")},
	"a.CR2 a.JPG"},
    {"one whose name goes on", {F("a.CR2", NULL, NULL, "\"Canon EOS R\""), F("a.JPG", NULL, NULL, "\"EOS R5\"")},
	"a.CR2 a.JPG"},
    {"a make before the model", {F("a.CR2", NULL, NULL, "\"Canon EOS R5\""), F("a.JPG", NULL, NULL, "\"eos r5\"")},
	"a.CR2 a.CR2"},
    {"another of the same model",
	{F("a.CR2", NULL, NULL, "\"R5\"", "\"0123\""), F("a.JPG", NULL, NULL, "\"R5\"", "\"0124\"")}, "a.CR2 a.JPG"},
    {"zeros before a serial number",
	{F("a.CR2", NULL, NULL, NULL, "\"000123\""), F("a.JPG", NULL, NULL, NULL, "\"123\"")}, "a.CR2 a.CR2"},
    {"a film's serial number is another",
	{F("a.JPG", NULL, NULL, NULL, "\"1\""), F("a.MOV", NULL, NULL, NULL, "\"2\"")}, "a.JPG a.JPG"},
    {"one identifier, whatever the time",
	{F("a.HEIC", "2024-05-01T12:00:00", NULL, NULL, NULL, "\"X\""),
	    F("a.MOV", "2020-05-01T12:00:00", NULL, NULL, NULL, "\"X\"")},
	"a.HEIC a.HEIC"},
    {"two identifiers", {F("a.HEIC", NULL, NULL, NULL, NULL, "\"X\""), F("a.MOV", NULL, NULL, NULL, NULL, "\"Y\"")},
	"a.HEIC a.MOV"},
    {"two groups of one name",
	{F("a.CR2", "2024-05-01T12:00:00"), F("a.JPG", "2019-01-01T12:00:00"), F("a.HEIC", "2019-01-01T12:00:01")},
	"a.CR2 a.HEIC a.HEIC"},
    {"a sidecar is the raw's", {F("a.CR2", "2024-05-01T12:00:00"), F("a.JPG", "2019-01-01T12:00:00"), F("a.xmp", NULL)},
	"a.CR2 a.JPG a.CR2"},
    {"… or of whom it names",
	{F("a.CR2", "2024-05-01T12:00:00"), F("a.JPG", "2019-01-01T12:00:00"), F("a.JPG.xmp", NULL)},
	"a.CR2 a.JPG a.JPG"},
    {"Apple's edits are the still's",
	{F("a.DNG", "2024-05-01T12:00:00"), F("a.HEIC", "2019-01-01T12:00:00"), F("a.AAE", NULL)},
	"a.DNG a.HEIC a.HEIC"},
    {"a thumbnail is the film's",
	{F("a.CR2", "2024-05-01T12:00:00"), F("a.MOV", "2019-01-01T12:00:00"), F("a.THM", NULL)}, "a.CR2 a.MOV a.MOV"},
    {"a spoken note is the still's",
	{F("a.CR2", "2024-05-01T12:00:00"), F("a.JPG", "2019-01-01T12:00:00"), F("a.WAV", NULL)}, "a.CR2 a.JPG a.JPG"},
    {"a thumbnail knows when the film was taken", {F("a.AVI", NULL), F("a.THM", "2004-05-01T12:00:00")}, "a.THM a.THM"},
    {"… but where the film does", {F("a.AVI", "2004-05-01T12:00:00"), F("a.THM", "2004-05-01T12:00:00+02:00", "zoned")},
	"a.AVI a.AVI"},
    {"companions alone", {F("a.xmp", NULL), F("a.AAE", NULL)}, "a.AAE a.AAE"},
    {"what is no picture but for its name", {F("a.jpg", "2024-05-01T12:00:00"), F("a.ts", "!")}, "a.jpg -"},
};

static void
read_row(const struct row *row, struct cluster_file *f)
{
	struct shot *s = &f->shot;

	*f = (struct cluster_file){.name = slice_of(row->name)};
	groupname_alone(f->name, &f->read);
	if (strncmp(row->name, "IMG_E", 5) == 0)
		f->read.role = GROUP_EDIT;
	if (strcmp(row->name, "a.JPG.xmp") == 0)
		f->read.inner = (struct slice){row->name + 2, 3};
	s->is_media = row->date == NULL || *row->date != '!';
	s->taken.basis = row->basis == NULL   ? MEDIA_BASIS_LOCAL
			 : *row->basis == 'z' ? MEDIA_BASIS_ZONED
					      : MEDIA_BASIS_UTC;
	if (row->date != NULL && *row->date != '!') {
		s->date = *row->date == '~' ? SHOT_NAMED : SHOT_CAPTURED;
		if (!when_parse(
			row->date + (*row->date == '~'), strlen(row->date) - (*row->date == '~'), &s->taken.when))
			abort();
	}
	s->recorded = s->taken;
	s->field[SHOT_MODEL] = slice_of(row->model != NULL ? row->model : "");
	s->field[SHOT_SERIAL] = slice_of(row->serial != NULL ? row->serial : "");
	s->field[SHOT_MAKE] = slice_of("");
	s->content_id = slice_of(row->id != NULL ? row->id : "");
}

/* The leads of the files in the order of the case, though they are given turned by `turn`. */
static const char *
leads(const struct row *row, size_t n, size_t turn)
{
	struct cluster_file v[FILES_MAX];
	static char text[256];

	for (size_t i = 0; i < n; i++)
		read_row(&row[i], &v[(i + turn) % n]);
	cluster_files(v, n);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t lead = v[(i + turn) % n].lead;

		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? " " : "",
		    lead == CLUSTER_NONE ? "-" : v[lead].name.p);
	}
	return text;
}

int
main(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t n = 0;

		while (n < FILES_MAX && cases[i].file[n].name != NULL)
			n++;
		for (size_t turn = 0; turn < n; turn++) {
			const char *have = leads(cases[i].file, n, turn);

			tap_ok(strcmp(have, cases[i].want) == 0, "%s: %s", cases[i].what, have);
		}
	}
	return tap_done();
}
