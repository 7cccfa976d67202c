/* Which JSON of a Google Takeout is a file's, told by names, and which never is. */
#include "meta/takeout/takeoutname.h"

#include "tap.h"

/* A folder with a file of each name, a bar between them. */
struct folder {
	const char *names[2];
	const char *title; /* of every JSON; NULL: the name that it speaks of */
};

static bool
has(void *arg, const char *name)
{
	const struct folder *f = arg;
	size_t len = strlen(name), n;

	for (size_t i = 0; i < 2; i++) {
		for (const char *p = f->names[i]; *p != '\0'; p += n + (p[n] != '\0')) {
			n = strcspn(p, "|");
			if (n == len && memcmp(p, name, n) == 0)
				return true;
		}
	}
	return false;
}

static bool
take(void *arg, const struct takeoutname *found)
{
	const struct folder *f = arg;

	return takeoutname_fits(found, slice_of(f->title != NULL ? f->title : found->base));
}

/* The name in a malloc of its exact size. */
static bool
find(const char *name, struct folder *f, struct takeoutname *out)
{
	const struct takeoutname_folder folder = {has, take, f};
	char *exact = tap_exact(name, strlen(name));
	bool found = takeoutname_find((struct slice){exact, strlen(name)}, &folder, out);

	free(exact);
	return found;
}

static const struct {
	const char *name, *others, *json, *rule, *of, *title;
} pairs[] = {
    {"DSC_4711.JPG", "", "DSC_4711.JPG.json", "old", NULL, NULL},
    {"DSC_4711(1).JPG", "", "DSC_4711.JPG(1).json", "old", NULL, NULL},
    {"DSC_4711(12).JPG", "", "DSC_4711.JPG(12).json", "old", NULL, NULL},
    {"Harbour at dawn.png", "", "Harbour at dawn.png.json", "old", NULL, NULL},
    {".jpg", "", ".jpg.json", "old", NULL, NULL},
    {"VID_20200202_020202.mp4", "", "VID_20200202_020202.mp4.json", "old", NULL, NULL},
    {"a.b.c.heic", "", "a.b.c.heic.json", "old", NULL, NULL},
    {"IMG_5005~2.jpg", "", "IMG_5005~2.jpg.json", "old", NULL, NULL},
    {"TRIP(3)-COLLAGE.jpg", "", "TRIP(3)-COLLAGE.jpg.json", "old", NULL, NULL},
    {"scan", "", "scan.json", "old", NULL, NULL},
    {"scan(1)", "", "scan(1).json", "old", NULL, NULL},
    {"5-COLLAGE.jpg", "5.jpg|5.jpg.json", "5-COLLAGE.jpg.json", "old", NULL, NULL},
    {"Spring-ANIMATION.gif", "", "Spring-ANIMATION.gif.json", "old", NULL, NULL},
    {"Sunday-MOVIE.mp4", "", "Sunday-MOVIE.mp4.json", "old", NULL, NULL},
    {"Summer-EFFECTS.jpg", "Summer.jpg|Summer.jpg.json", "Summer-EFFECTS.jpg.supplemental-metadata.json", "new", NULL,
	NULL},
    {"A walk along the long river to the old mil.jpg", "", "A walk along the long river to the old mil.jpg.json", "old",
	NULL, NULL},
    {"A walk along the long river to the old mill.jpg", "", "A walk along the long river to the old mill.jp.json",
	"old-cut", NULL, NULL},
    {"A walk along the long river to the old mill 2.jpg", "", "A walk along the long river to the old mill 2..json",
	"old-cut", NULL, NULL},
    {"A walk along the long river to the old mill in.jpg", "", "A walk along the long river to the old mill in.json",
	"old-cut", NULL, NULL},
    {"A walk along the long river to the old mill inn.jpg", "", "A walk along the long river to the old mill in.json",
	"old-cut", NULL, "A walk along the long river to the old mill inn and back.jpg"},
    {"A walk along the long river to the old mill inn(1).jpg", "",
	"A walk along the long river to the old mill in(1).json", "old-cut", NULL,
	"A walk along the long river to the old mill inn and back.jpg"},
    {"0099_8765432109876543210_98765432109876543_n.jpg", "", "0099_8765432109876543210_98765432109876543_n.j.json",
	"old-cut", NULL, NULL},
    {"0099_8765432109876543210_98765432109876543_n(1).jpg", "",
	"0099_8765432109876543210_98765432109876543_n.j(1).json", "old-cut", NULL, NULL},
    {"Everybody who came to the garden on the first day.jpg", "",
	"Everybody who came to the garden on the first day.jpg.json", "old", NULL, NULL},
    {"DSC_4711.JPG", "", "DSC_4711.JPG.supplemental-metadata.json", "new", NULL, NULL},
    {"DSC_4711(2).JPG", "", "DSC_4711.JPG.supplemental-metadata(2).json", "new", NULL, NULL},
    {"IMG_20210304_050607890.jpg", "", "IMG_20210304_050607890.jpg.supplemental-metada.json", "new", NULL, NULL},
    {"IMG_20210304_050607890(1).jpg", "", "IMG_20210304_050607890.jpg.supplemental-metada(1).json", "new", NULL, NULL},
    {"PXL_20210304_050607890.PORTRAIT.jpg", "", "PXL_20210304_050607890.PORTRAIT.jpg.supplement.json", "new", NULL,
	NULL},
    {"PXL_20210304_050607890.PORTRAIT(1).jpg", "", "PXL_20210304_050607890.PORTRAIT.jpg.supplement(1).json", "new",
	NULL, NULL},
    {"PXL_20210304_050607890.RAW-01.COVER.jpg", "", "PXL_20210304_050607890.RAW-01.COVER.jpg.supple.json", "new", NULL,
	NULL},
    {"PXL_20210304_050607890.RAW-01.COVER(1).jpg", "", "PXL_20210304_050607890.RAW-01.COVER.jpg.supple(1).json", "new",
	NULL, NULL},
    {"Screenshot_20210304-050607_Some Browser.jpg", "", "Screenshot_20210304-050607_Some Browser.jpg.su.json", "new",
	NULL, NULL},
    {"Screenshot_20210304-050607_Some Browser(1).jpg", "", "Screenshot_20210304-050607_Some Browser.jpg.su(1).json",
	"new", NULL, NULL},
    {"Screenshot_20210304-050607_Some Browsers1.jpg", "", "Screenshot_20210304-050607_Some Browsers1.jpg..json", "new",
	NULL, NULL},
    {"Screenshot_20210304-050607_Some Browsers1(1).jpg", "", "Screenshot_20210304-050607_Some Browsers1.jpg.(1).json",
	"new", NULL, NULL},
    {"Screenshot_20210304-050607_Some Browser12.jpg", "", "Screenshot_20210304-050607_Some Browser12.jpg..json", "new",
	NULL, NULL},
    {"Screenshot_20210304-050607_Some Browser123.jpg", "", "Screenshot_20210304-050607_Some Browser123.jpg.json", "old",
	NULL, NULL},
    {"Screenshot_20210304-050607_Some Browser1.jpg", "", "Screenshot_20210304-050607_Some Browser1.jpg.s.json", "new",
	NULL, NULL},
    {"Screenshot_20210304-050607_Some Browser1(3).jpg", "", "Screenshot_20210304-050607_Some Browser1.jpg.s(3).json",
	"new", NULL, NULL},
    {"PXL_20210304_050607890.NIGHT.COVER1.jpg", "", "PXL_20210304_050607890.NIGHT.COVER1.jpg.supple.json", "new", NULL,
	NULL},
    {"PXL_20210304_050607890.NIGHT.COVER1(1).jpg", "", "PXL_20210304_050607890.NIGHT.COVER1.jpg.supple(1).json", "new",
	NULL, NULL},
    {"A walk along the long river to the old mill inn.jpg", "", "A walk along the long river to the old mill in.json",
	"old-cut", NULL, NULL},
    {"A walk along the long river to the old mill.jpg", "",
	"A walk along the long river to the old mill.jpg.supplemental-metadata.json", "new-whole", NULL, NULL},
    {"IMG_20210304_050607890_BURST.jpg", "", "IMG_20210304_050607890_BURST.jpg.supplemental-metadata.json", "new-whole",
	NULL, NULL},
    {"CLIP0001.MP4", "", "CLIP0001.MP4.metadata.json", "metadata", NULL, NULL},
    {"🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻.jpg", "", "🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻.json", "old-cut", NULL, NULL},
    {"🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻.jpg", "", "🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻.j.json", "old-cut", NULL, NULL},
    {"x🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻.jpg", "", "x🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻🌻.json", "old-cut", NULL, NULL},
    {"🌻 day.jpg", "", "🌻 day.jpg.supplemental-metadata.json", "new", NULL, NULL},
    {"Äpfel im Garten.jpg", "", "Äpfel im Garten.jpg.json", "old", NULL, NULL},
    {"A\u0308pfel im Garten.jpg", "", "A\u0308pfel im Garten.jpg.json", "old", NULL, NULL},
    {"Fru\u0308hstu\u0308ck auf der Terrasse u\u0308ber dem Fluß am.jpg", "",
	"Fru\u0308hstu\u0308ck auf der Terrasse u\u0308ber dem Fluß am.json", "old-cut", NULL,
	"Frühstück auf der Terrasse über dem Fluß am.jpg"},
    {"運動会の写真.jpg", "", "運動会の写真.jpg.supplemental-metadata.json", "new", NULL, NULL},
    {"運動会の写真(1).jpg", "", "運動会の写真.jpg.supplemental-metadata(1).json", "new", NULL, NULL},
    {"postcard(2).png", "", "postcard(2).png.supplemental-metadata.json", "title-number", NULL, NULL},
    {"postcard(2).png", "", "postcard(2).png.json", "title-number", NULL, NULL},
    {"Reunion (2019).jpg", "", "Reunion (2019).jpg.json", "title-number", NULL, NULL},
    {"20040721.jpg", "", "20040721.json", "stem", NULL, "20040721"},
    {"20040721.jpg", "", "20040721.supplemental-metadata.json", "stem", NULL, "20040721"},
    {"20040721(1).jpg", "", "20040721.supplemental-metadata(1).json", "stem", NULL, "20040721"},
    {"copy (4).jpg", "", "copy (4).supplemental-metadata.json", "stem", NULL, "copy (4)"},
    {"22.10(1).09 - 3", "", "22.10.09 - 3.supplemental-metadata(1).json", "new", NULL, "22.10.09 - 3"},
    {"22.10(1).09 - 3.jpg", "", "22.10.09 - 3.supplemental-metadata(1).json", "inner-number", NULL, "22.10.09 - 3"},
    {"22.10.09 - 3", "", "22.10.09 - 3.json", "old", NULL, NULL},
    {"DSC_4711-edited.JPG", "", "DSC_4711.JPG.json", "old", "original", NULL},
    {"DSC_4711-edited(1).JPG", "", "DSC_4711.JPG(1).json", "old", "original", NULL},
    {"DSC_4711(1)-edited.JPG", "", "DSC_4711.JPG(1).json", "old", "original", NULL},
    {"DSC_4711-bearbeitet.JPG", "", "DSC_4711.JPG.supplemental-metadata.json", "new", "original", NULL},
    {"DSC_4711-bearbeitet(4).JPG", "", "DSC_4711.JPG.supplemental-metadata(4).json", "new", "original", NULL},
    {"DSC_4711-modifi\u00e9.JPG", "", "DSC_4711.JPG.json", "old", "original", NULL},
    {"Fe\u0302te a\u0300 Gene\u0300ve, juillet e\u0301te\u0301.jpg", "",
	"Fe\u0302te a\u0300 Gene\u0300ve, juillet e\u0301te\u0301.jpg.supplemental-me.json", "new", NULL, NULL},
    {"DSC_4711-modifie\u0301.JPG", "", "DSC_4711.JPG.json", "old", "original", NULL},
    {"DSC_4711-編集済み.JPG", "", "DSC_4711.JPG.json", "old", "original", NULL},
    {"DSC_4711-编辑.JPG", "", "DSC_4711.JPG.json", "old", "original", NULL},
    {"DSC_4711-ha editado.JPG", "", "DSC_4711.JPG.json", "old", "original", NULL},
    {"DSC_4711-EFFECTS.JPG", "", "DSC_4711.JPG.json", "old", "original", NULL},
    {"DSC_4711-edi.JPG", "DSC_4711.JPG", "DSC_4711.JPG.json", "old", "original", NULL},
    {"DSC_4711-bea(2).JPG", "DSC_4711(2).JPG", "DSC_4711.JPG(2).json", "old", "original", NULL},
    {"DSC_4711-edited.jpg", "DSC_4711.HEIC", "DSC_4711.HEIC.json", "old", "original", NULL},
    {"20040721-edited.jpg", "", "20040721.json", "stem", "original", "20040721"},
    {"IMG_0815.MOV", "IMG_0815.HEIC", "IMG_0815.HEIC.json", "old", "still", NULL},
    {"IMG_0815.mp4", "IMG_0815.JPG", "IMG_0815.JPG.json", "old", "still", NULL},
    {"IMG_0815(1).mp4", "IMG_0815(1).HEIC|IMG_0815.HEIC|IMG_0815.HEIC.supplemental-metadata.json",
	"IMG_0815.HEIC.supplemental-metadata(1).json", "new", "still", NULL},
    {"PXL_20210304_050607890.MP", "PXL_20210304_050607890.MP.jpg", "PXL_20210304_050607890.MP.jpg.json", "old", "still",
	NULL},
    {"PXL_20210304_050607890.MP~2", "PXL_20210304_050607890.MP.jpg", "PXL_20210304_050607890.MP.jpg.json", "old",
	"still", NULL},
    {"PXL_20210304_050607890.MP~2",
	"PXL_20210304_050607890.MP~2.jpg|PXL_20210304_050607890.MP.jpg|PXL_20210304_050607890.MP.jpg.json",
	"PXL_20210304_050607890.MP~2.jpg.json", "old", "still", NULL},
    {"PXL_20210304_050607890_MP.mp4", "PXL_20210304_050607890.MP.jpg",
	"PXL_20210304_050607890.MP.jpg.supplemental-met.json", "new", "still", NULL},
    {"PXL_20210304_050607890(1).MP", "PXL_20210304_050607890.MP(1).jpg", "PXL_20210304_050607890.MP.jpg(1).json", "old",
	"still", NULL},
    {"PXL_20210304_050607890.MP.mp4", "PXL_20210304_050607890.MP.jpg", "PXL_20210304_050607890.MP.jpg.json", "old",
	"still", NULL},
    {"Where are they_ Behind the house by the water.jpg", "", "Where are they_ Behind the house by the water..json",
	"old-cut", NULL, "Where are they? Behind the house by the water.jpg"},
    {"Salt _ pepper, and what else there is on it.jpg", "", "Salt _ pepper, and what else there is on it.jp.json",
	"old-cut", NULL, "Salt &amp; pepper, and what else there is on it.jpg"},
    {"PXL_20210304_050607890.LS.mp4", "", "PXL_20210304_050607890.LS.mp4.json", "old", NULL,
	"TST_20210304_050607890.LS.mp4"},
    {"both.jpg", "both.jpg.supplemental-metadata.json", "both.jpg.json", "old", NULL, NULL},
};

static void
test_pairs(void)
{
	struct takeoutname found;

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct folder f = {{pairs[i].others, pairs[i].json}, pairs[i].title};
		bool good = find(pairs[i].name, &f, &found);
		const char *of = good ? takeout_of_word(found.of) : NULL;

		tap_ok(good && strcmp(found.json, pairs[i].json) == 0 &&
			   strcmp(takeout_rule_word(found.rule), pairs[i].rule) == 0 &&
			   (of == NULL) == (pairs[i].of == NULL) && (of == NULL || strcmp(of, pairs[i].of) == 0),
		    "%s has %s, by %s (%s)", pairs[i].name, pairs[i].json, pairs[i].rule,
		    good ? takeout_rule_word(found.rule) : "none");
	}
}

/* A JSON's stem is the beginning of each picture's name that leads to it. */
static void
test_stems(void)
{
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct slice stem = takeoutname_stem(slice_of(pairs[i].json));

		tap_ok((pairs[i].of != NULL && strcmp(pairs[i].of, "still") == 0) ||
			   strncmp(pairs[i].name, stem.p, stem.len) == 0,
		    "%s may lead to %s", pairs[i].name, pairs[i].json);
	}
}

static const struct {
	const char *name, *others, *title;
} strangers[] = {
    {"DSC_4711(1).JPG", "DSC_4711.JPG.json|DSC_4711.JPG", NULL},
    {"DSC_4711.JPG", "DSC_4711.JPG(1).json", NULL},
    {"DSC_4711(1).JPG", "DSC_4711.JPG(2).json", NULL},
    {"DSC_4711(1).JPG", "DSC_4711.JPG.supplemental-metadata.json", NULL},
    {"DSC_4711.JPG", "DSC_4711.jpg.json", NULL},
    {"DSC_4711.JPG", "dsc_4711.JPG.json", NULL},
    {"DSC_4711.JPG", "DSC_47112.JPG.json|DSC_471.JPG.json|DSC_4711.JPG_.json", NULL},
    {"DSC_4711.JPG", "DSC_4711.PNG.json|DSC_4711.PNG", NULL},
    {"DSC_4711.JPG", "DSC_4711.JPG.supplemental.json", NULL},
    {"DSC_4711-edi.JPG", "DSC_4711.JPG.json", NULL},
    {"DSC_4711-small.JPG", "DSC_4711.JPG.json|DSC_4711.JPG", NULL},
    {"DSC_4711-edited2.JPG", "DSC_4711.JPG.json|DSC_4711.JPG", NULL},
    {"DSC_4711-.JPG", "DSC_4711.JPG.json|DSC_4711.JPG", NULL},
    {"-edited.JPG", ".JPG.json|.JPG", NULL},
    {"DSC_4711-edited(1).JPG", "DSC_4711.JPG.json|DSC_4711.JPG", NULL},
    {"DSC_4711_edited.JPG", "DSC_4711.JPG.json|DSC_4711.JPG", NULL},
    {"IMG_0815(1).mp4", "IMG_0815.HEIC.json|IMG_0815.HEIC", NULL},
    {"IMG_0815.mp4", "IMG_0815.HEIC(1).json|IMG_0815(1).HEIC", NULL},
    {"IMG_0815.mp4", "IMG_0815.HEIC.json", NULL},
    {"IMG_0815.jpg", "IMG_0815.HEIC.json|IMG_0815.HEIC", NULL},
    {"PXL_20210304_050607890.MP", "PXL_20210304_050607890.jpg.json|PXL_20210304_050607890.jpg", NULL},
    {"PXL_20210304_050607890_MP.jpg", "PXL_20210304_050607890.MP.jpg.json|PXL_20210304_050607890.MP.jpg", NULL},
    {"20040721.jpg", "20040721.json", "20040721.png"},
    {"20040721(1).jpg", "20040721.json", "20040721"},
    {"postcard(2).png", "postcard.png.json", NULL},
    {"postcard(2).png", "postcard(2).png.json", "another(2).png"},
    {"A walk along the long river to the old mill.jpg", "A walk along the long river to the old mill.jp.json",
	"A ride along the long river to the old mil.jpg"},
    {"A walk along the long river to the old mill inn(1).jpg", "A walk along the long river to the old mill in.json",
	"A walk along the long river to the old mill inn.jpg"},
    {"A walk along the long river to the old mill inn(1).jpg", "A walk along the long river to the old mill in.json",
	"A walk along the long river to the old mill inn and back.jpg"},
    {"metadata.json", "metadata.json|metadata.json.json", NULL},
    {"DSC_4711.JPG.json", "DSC_4711.JPG.json|DSC_4711.JPG.json.json", NULL},
    {"(1).jpg", ".jpg(1).json|.jpg", NULL},
    {"22.10.09 - 3", "22.10.09 - 3.supplemental-metadata(1).json", NULL},
};

static void
test_strangers(void)
{
	struct takeoutname found;

	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		struct folder f = {{strangers[i].others, ""}, strangers[i].title};

		tap_ok(
		    !find(strangers[i].name, &f, &found), "%s has none of %s", strangers[i].name, strangers[i].others);
	}
}

/* Names that are as long as names can be, and longer. */
static void
test_long(void)
{
	struct folder f = {{"", ""}, NULL};
	struct takeoutname found;
	char name[TAKEOUTNAME_MAX + 2];

	for (size_t len = TAKEOUTNAME_MAX - 30; len <= TAKEOUTNAME_MAX + 1; len++) {
		memset(name, 'x', len);
		memcpy(name + len - 14, "-edited(1).MP4", 14);
		name[len] = '\0';
		tap_ok(!find(name, &f, &found), "a name of %zu bytes", len);
	}
	tap_ok(!find("\xff\xfe(1).jpg", &f, &found), "a name that is not UTF-8");
}

int
main(void)
{
	test_pairs();
	test_stems();
	test_strangers();
	test_long();
	return tap_done();
}
