/* Which names belong together: every row of group-names.def with the names that it is about, and names that are not. */
#include "media/group/groupname.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <strings.h>

#include "media/group/companion.h"
#include "tap.h"

#define WHOLE ""
#define ANY '\0'

enum needs { NOTHING, PICTURE, FILM, ITS_PICTURE };

/* What a folder holds, by its names. */
struct names {
	const char *const *v;
	size_t n;
};

static bool
has(void *arg, struct slice key, const struct groupname_need *need)
{
	const struct names *names = arg;
	struct groupname name;

	for (size_t i = 0; i < names->n; i++) {
		if (groupname_alone(slice_of(names->v[i]), &name) && !group_is_companion(name.role) &&
		    name.key_len == key.len && memcmp(name.key, key.p, key.len) == 0 &&
		    groupname_meets(slice_of(names->v[i]), need))
			return true;
	}
	return false;
}

static bool
one_key(const char *a, const char *b)
{
	const char *const v[] = {a, b};
	struct names names = {v, 2};
	struct groupname x, y;

	return groupname_read(slice_of(a), has, &names, &x) && groupname_read(slice_of(b), has, &names, &y) &&
	       x.key_len == y.key_len && memcmp(x.key, y.key, x.key_len) == 0;
}

static bool
has_any(void *arg, struct slice key, const struct groupname_need *need)
{
	(void)arg;
	(void)need;
	return key.len > 0;
}

/* How many bytes of a pattern are left without what ends it and stands for digits. */
static size_t
without_digits(const char *pattern)
{
	size_t n = strlen(pattern);

	while (n > 0 && strchr("#|()0123456789", pattern[n - 1]) != NULL)
		n--;
	if (n > 2 && pattern[n - 1] == ']' && isdigit((unsigned char)pattern[n - 2]))
		while (pattern[--n] != '[')
			continue;
	while (n > 0 && isdigit((unsigned char)pattern[n - 1]))
		n--;
	return n;
}

/* The last byte of a pattern but for digits and a number, '\0' where it may be several. */
static char
mark_of(const char *pattern)
{
	size_t n = without_digits(pattern);

	n -= n > 0 && pattern[n - 1] == '-' && pattern[n] != '0'; /* that was a number: those of place-file begin so */
	return n > 0 && strchr("*]", pattern[n - 1]) == NULL ? pattern[n - 1] : ANY;
}

/* A name with the number that place-file gives to it. */
static void
number(const char *name, size_t stem, char out[GROUPNAME_MAX + 8])
{
	snprintf(out, GROUPNAME_MAX + 8, "%.*s-12%s", (int)stem, name, name + stem);
}

/* The example as it lies beside its picture, with a number and without, and in the other case. */
static void
test_row(const char *word, const char *example, const char *picture)
{
	char numbered[2][GROUPNAME_MAX + 8], other[GROUPNAME_MAX + 8];
	const char *const v[] = {example, picture}, *const w[] = {numbered[0], numbered[1]};
	struct names names = {v, 2}, numbers = {w, 2};
	struct groupname name, its, alone;

	if (!tap_ok(groupname_read(slice_of(example), has, &names, &name) && groupname_alone(slice_of(picture), &its) &&
			strcmp(group_rule_word(name.rule), word) == 0,
		"%s reads by its row", example))
		return;
	tap_ok(one_key(example, picture), "%s belongs to %s", example, picture);
	tap_ok(groupname_alone(slice_of(example), &alone) && (alone.beside || alone.rule == name.rule),
	    "alone it reads so, or says that what is beside it decides");
	number(example, name.stem, numbered[0]);
	number(picture, its.stem, numbered[1]);
	tap_ok(!one_key(numbered[0], picture), "%s does not", numbered[0]);
	tap_ok(one_key(numbered[0], numbered[1]), "it belongs to %s", numbered[1]);
	tap_ok(groupname_read(slice_of(numbered[0]), has, &numbers, &its) && its.rule == name.rule &&
		   its.stem == name.stem + 3,
	    "by the same rule");
	snprintf(other, sizeof other, "%s", example);
	for (char *p = strrchr(other, '.'); *p != '\0'; p++)
		*p = (char)(islower((unsigned char)*p) ? toupper((unsigned char)*p) : tolower((unsigned char)*p));
	tap_ok(one_key(other, picture), "%s belongs to %s", other, picture);
}

static void
test_rows(void)
{
	static const struct {
		const char *word, *pattern;
		char mark;
		enum needs needs;
		const char *example, *picture;
	} rows[] = {
#define GROUP_NAME(name, word, pattern, mark, key, extensions, role, needs, example, picture, meaning) \
	{word, pattern, mark, needs, example, picture},
#include "media/group/group-names.def"
#undef GROUP_NAME
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		test_row(rows[i].word, rows[i].example, rows[i].picture);
		tap_ok(rows[i].mark == (rows[i].needs == ITS_PICTURE ? ANY : mark_of(rows[i].pattern)),
		    "the mark of %s", rows[i].pattern);
	}
}

/* A name, what lies beside it, and how it is read. */
static void
test_names(void)
{
	static const struct {
		const char *name, *beside;
		const char *key, *rule, *role;
		size_t stem;
	} cases[] = {
	    {"IMG_1.jpg", "", "IMG_1", "stem", "still", 5},
	    {"IMG_1.Cr2", "", "IMG_1", "stem", "raw", 5},
	    {"IMG_1.xmp", "", "IMG_1", "stem", "sidecar", 5},
	    {"IMG_1.CR2.XMP", "IMG_1.CR2", "IMG_1", "name", "sidecar", 5},
	    {"IMG_1.CR2.xmp", "IMG_1.JPG", "IMG_1", "name", "sidecar", 5},
	    {"IMG_1.CR2.xmp", "IMG_2.CR2", "IMG_1.CR2", "stem", "sidecar", 9},
	    {"IMG_1_01.CR2.xmp", "IMG_1.CR2", "IMG_1", "darktable", "sidecar", 5},
	    {"IMG_1_01.CR2.xmp", "IMG_1.JPG", "IMG_1_01.CR2", "stem", "sidecar", 12},
	    {"IMG_1_01.CR2.xmp", "IMG_1_01.CR2", "IMG_1_01", "name", "sidecar", 8},
	    {"IMG_E1234.HEIC", "IMG_1234.HEIC", "IMG_1234", "apple-edit", "edit", 9},
	    {"IMG_E1234-2.JPG", "IMG_1234-2.HEIC", "IMG_1234-2", "apple-edit", "edit", 11},
	    {"IMG_E1234.HEIC", "IMG_1235.HEIC", "IMG_E1234", "stem", "still", 9},
	    {"IMG_O1234.AAE", "IMG_1234.HEIC", "IMG_1234", "apple-original", "sidecar", 9},
	    {"IMG_E1234.AAE", "IMG_1234.HEIC", "IMG_1234", "apple-edit", "sidecar", 9},
	    {"GX010123.MP4", "", "G0123", "gopro", "film", 8},
	    {"GH020123-1.MP4", "", "G0123-1", "gopro", "film", 10},
	    {"GL020123.LRV", "GX020123.MP4", "G0123", "gopro", "proxy", 8},
	    {"GX010123.MP4.xmp", "GX010123.MP4", "G0123", "name", "sidecar", 8},
	    {"GP010123.MP4", "", "GOPR0123", "gopro-next", "film", 8},
	    {"C0001M01.XML", "C0001.MP4", "C0001", "sony-clip", "sidecar", 5},
	    {"C0001-1M01.XML", "C0001-1.MP4", "C0001-1", "sony-clip", "sidecar", 7},
	    {"C0001T01.JPG", "C0001.MP4", "C0001", "sony-thumbnail", "thumbnail", 5},
	    {"C0001T01.JPG", "C0002.MP4", "C0001T01", "stem", "still", 8},
	    {"C0001S03.MP4", "C0001.MP4", "C0001", "sony-proxy", "proxy", 5},
	    {"SND_0001.WAV", "IMG_0001.JPG", "IMG_0001", "canon-sound", "voice", 8},
	    {"VID_20190101_120000_10_001.insv", "", "INSTA_20190101_120000001", "insta360", "film", 26},
	    {"LRV_20190101_120000_11_001.insv", "", "INSTA_20190101_120000001", "insta360-proxy", "proxy", 26},
	    {"PXL_20230101_120000000.RAW-02.ORIGINAL.dng", "", "PXL_20230101_120000000", "pixel", "raw", 22},
	    {"PXL_20230101_120000000-1.RAW-02.ORIGINAL.dng", "", "PXL_20230101_120000000-1", "pixel", "raw", 24},
	    {"00000IMG_00000_BURST20200101120000000_COVER.jpg", "", "BURST20200101120000000", "burst-cover", "still",
		37},
	    {"00001IMG_00001_BURST20200101120000000.jpg", "", "BURST20200101120000000", "burst", "still", 37},
	    {"IMG_1.THM", "", "IMG_1", "stem", "thumbnail", 5},
	    {"IMG_1.m4a", "", "IMG_1", "stem", "voice", 5},
	    {"IMG_1.gpx", "", "IMG_1", "stem", "track", 5},
	    {"IMG_E1234.HEIC.xmp", "IMG_1234.HEIC", "IMG_1234", "name", "sidecar", 9},
	    {"IMG_1-Edit.tif.xmp", "IMG_1.CR2", "IMG_1", "name", "sidecar", 5},
	    {"IMG_1-3-Edit.tif", "IMG_1-3.CR2", "IMG_1-3", "lightroom", "edit", 7},
	    {"IMG_1-Enhanced-SR.dng", "IMG_1.CR2", "IMG_1", "lightroom", "edit", 5},
	    {"IMG_1.tif.out.pp3", "IMG_1.CR2", "IMG_1", "rawtherapee", "sidecar", 5},
	    {"IMG_1.png.out.pp3", "IMG_1.CR2", "IMG_1", "rawtherapee", "sidecar", 5},
	    {"IMG_1234_edited.mov", "IMG_1234.HEIC", "IMG_1234", "osxphotos", "edit", 8},
	    {"IMG_1234 (1)_HEVC.MOV", "IMG_1234 (1).HEIC", "IMG_1234 (1)", "icloud", "film", 12},
	    {"20230101_120000~3.jpg", "20230101_120000.jpg", "20230101_120000", "android-edit", "edit", 15},
	    {"GX010123.JPG", "GX010123.MP4", "G0123", "gopro", "still", 8},
	    {"GL020123.LRV", "", "GL020123", "stem", "proxy", 8},
	    {"GP020123.THM", "GP020123.MP4", "GOPR0123", "gopro-next", "thumbnail", 8},
	    {"GB020123.LRV", "GF010123.MP4", "GPFR0123", "gopro-fusion", "proxy", 8},
	    {"GS010135.360", "", "G0135", "gopro", "film", 8},
	    {"GG020059.MP4", "", "G0059", "gopro", "film", 8},
	    {"GX010123.THM", "GX010123.MP4", "G0123", "gopro", "thumbnail", 8},
	    {"GOPR0123.GPR", "", "GOPR0123", "stem", "raw", 8},
	    {"GPFR0123.MP4", "", "GPFR0123", "gopro-fusion", "film", 8},
	    {"LRV_20240101_120000_01_001.lrv", "", "INSTA_20240101_120000001", "insta360-proxy", "proxy", 26},
	    {"PXL_20230101_120000000.PORTRAIT-01.COVER.jpg", "", "PXL_20230101_120000000", "pixel", "still", 22},
	    {"PXL_20230101_120000000.TS.mp4", "", "PXL_20230101_120000000", "pixel", "film", 22},
	    {"PXL_20230101_120000000.MP~2.jpg", "", "PXL_20230101_120000000", "pixel", "still", 22},
	    {"PXL_20230101_120000000.dng", "", "PXL_20230101_120000000", "stem", "raw", 22},
	    {"DJI_20230101120000_0001_V.JPG", "", "DJI_20230101120000_0001", "dji", "still", 25},
	    {"DJI_20230101120000_0001_T.SRT", "", "DJI_20230101120000_0001", "dji", "track", 25},
	    {"DJI_0001.SRT", "", "DJI_0001", "stem", "track", 8},
	    {"DSCPDC_0003_BURST20180619163426901_COVER.JPG", "", "BURST20180619163426901", "burst-cover", "still", 34},
	    {"IMAG0001_BURST001-1_COVER.jpg", "", "IMAG0001-1", "burst-cover", "still", 19},
	    {"IMG_20200101_120000123_BURST000.jpg", "", "IMG_20200101_120000123", "burst", "still", 31},
	    {"C0001S01.MXF", "C0001.MXF", "C0001", "sony-proxy", "proxy", 5},
	    {"DSC_0001.NEF.nksc", "DSC_0001.NEF", "DSC_0001", "name", "sidecar", 8},
	    {"DSC_0001.DR4", "", "DSC_0001", "stem", "sidecar", 8},
	    {"VIRB0001.GLV", "", "VIRB0001", "stem", "proxy", 8},
	    {"-1.jpg", "", "-1", "stem", "still", 2},
	    {"_Burst01.MP4", "", "_Burst01", "stem", "film", 8},
	    {"caf\xe9\xff.JPG", "", "caf\xe9\xff", "stem", "still", 5},
	    {"caf\xe9\xff-Edit.JPG", "caf\xe9\xff.CR2", "caf\xe9\xff", "lightroom", "edit", 5},
	    {"IMG_1_DxO.jpg", "IMG_1.CR2", "IMG_1", "dxo", "edit", 5},
	    {"A_0001C001X240101_120000XX_CANON_001_Proxy.MP4", "A_0001C001X240101_120000XX_CANON_001.MXF",
		"A_0001C001X240101_120000XX_CANON_001", "canon-proxy", "proxy", 36},
	    {"WP_20140101_12_00_00_Pro__highres.jpg", "WP_20140101_12_00_00_Pro.jpg", "WP_20140101_12_00_00_Pro",
		"lumia", "still", 24},
	    {"GF010123.MP4", "", "GPFR0123", "gopro-fusion", "film", 8},
	    {"3D_L0123.JPG", "", "3D_0123", "gopro-3d", "still", 8},
	    {"20231207_101605_039.jpg", "", "20231207_101605", "burst", "still", 19},
	    {"IMG_20200101_120000_BURST12.jpg", "", "IMG_20200101_120000", "burst", "still", 27},
	    {"20151231_235959_Burst10.jpg", "", "20151231_235959", "burst", "still", 23},
	    {"IMG_1.jpg.jpg.jpg", "IMG_1.jpg.jpg", "IMG_1.jpg", "name", "still", 9},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *const v[] = {cases[i].name, cases[i].beside};
		struct names names = {v, 2};
		struct groupname name = {.rule = GROUP_RULES};
		char key[GROUPNAME_MAX + 17];

		if (!tap_ok(groupname_read(slice_of(cases[i].name), has, &names, &name), "%s is read", cases[i].name))
			continue;
		memcpy(key, name.key, name.key_len);
		key[name.key_len] = '\0';
		tap_ok(strcmp(key, cases[i].key) == 0 && strcmp(group_rule_word(name.rule), cases[i].rule) == 0 &&
			   strcmp(group_role_word(name.role), cases[i].role) == 0 && name.stem == cases[i].stem,
		    "%s beside %s: %s by %s, a %s, stem %zu", cases[i].name, cases[i].beside, key,
		    group_rule_word(name.rule), group_role_word(name.role), name.stem);
	}
}

/* What every extension of a companion is, and whose; and one that no import of media brings is of no group. */
static void
test_companions(void)
{
	static const struct {
		const char *extensions, *role, *first;
	} cases[] = {
	    {"acr arp cos dop dr4 nksc on1 pp3 vrd xmp", "sidecar", "raw"},
	    {"aae", "sidecar", "still"},
	    {"xml", "sidecar", "film"},
	    {"gpx kml srt", "track", "film"},
	    {"glv lrf lrv", "proxy", "film"},
	    {"thm", "thumbnail", "film"},
	    {"m4a wav", "voice", "still"},
	    {"json mp3 pto txt", NULL, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (const char *p = cases[i].extensions; *p != '\0'; p += strcspn(p, " "), p += strspn(p, " ")) {
			struct groupname name = {.role = GROUP_NO_ROLE};
			char file[32];
			bool known;

			snprintf(file, sizeof file, "a.%.*s", (int)strcspn(p, " "), p);
			known = groupname_alone(slice_of(file), &name);
			tap_ok(known == (cases[i].role != NULL) &&
				   companion_find((struct slice){p, strcspn(p, " ")}) != NULL &&
				   (!known || (name.role == group_role_parse(slice_of(cases[i].role)) &&
						  name.first == group_role_parse(slice_of(cases[i].first)))),
			    "what %s is", file);
		}
	}
}

/* The folder of a path, which has one; and the path below it of another one. */
static void
folder_of(const char *path, const char *other, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%.*s", (int)(strrchr(path, '/') - path), path);
	for (; strncmp(other, "..", 2) == 0; other += 2 + (other[2] == '/')) {
		char *slash = strrchr(out, '/');

		*(slash != NULL ? slash : out) = '\0';
	}
	if (*other != '\0')
		snprintf(out + strlen(out), PATH_MAX - strlen(out), "%s%s", *out != '\0' ? "/" : "", other);
}

static void
test_folders(void)
{
	static const struct {
		const char *folder, *other, *example, *picture;
	} rows[] = {
#define GROUP_FOLDER(folder, other, example, picture, meaning) {folder, other, example, picture},
#include "media/group/group-folders.def"
#undef GROUP_FOLDER
	};
	static const char *const known[] = {"NKSC_PARAM", "SUB", "Sub", "THMBNL"};
	char folder[PATH_MAX];

	tap_ok(sizeof rows / sizeof rows[0] == sizeof known / sizeof known[0], "no other folders");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *name = strrchr(rows[i].picture, '/');

		tap_ok(strcmp(rows[i].folder, known[i]) == 0, "%s is in its place", rows[i].folder);
		folder_of(rows[i].example, "", folder);
		tap_ok(strcmp(strrchr(folder, '/') != NULL ? strrchr(folder, '/') + 1 : folder, rows[i].folder) == 0,
		    "%s lies in its folder", rows[i].example);
		folder_of(rows[i].example, rows[i].other, folder);
		tap_ok(strlen(folder) == (name != NULL ? (size_t)(name - rows[i].picture) : 0) &&
			   strncmp(folder, rows[i].picture, strlen(folder)) == 0,
		    "and %s in the other one", rows[i].picture);
		tap_ok(one_key(strrchr(rows[i].example, '/') + 1, name != NULL ? name + 1 : rows[i].picture),
		    "they belong together by their names");
	}
}

/* What all rules hold: whatever a row does to one of two files of one stem, it does to the other. */
static void
test_stems(void)
{
	static const char *const stems[] = {"IMG_E1234", "IMG_1234_edited", "IMG_1234-edited", "IMG_1-Edit",
	    "IMG_1-Edit-2", "IMG_1-Enhanced-NR", "IMG_1-Enhanced-NR-Edit", "IMG_1_DxO", "IMG_1~2", "WP_1__highres",
	    "GX010123", "GP010123", "GF010123", "GPFR0123", "3D_L0123", "VID_20190101_120000_00_001",
	    "LRV_20190101_120000_11_001", "DJI_20230101120000_0001_T", "PXL_20230101_120000000.MP",
	    "20230101_120000_001", "DSC_0001_BURST20200101120000000", "00015IMG_00015_BURST20171111030039_COVER",
	    "IMG_20200101_120000_BURST001_COVER", "IMG_20200101_120000_BURST1", "IMG_20200101_120000_BURST10",
	    "IMG_20200101_120000_Burst01", "IMG_1"};
	static const char *const extensions[] = {"JPG", "CR2", "MP4", "xmp", "wav", "srt", "pp3", "THM"};
	static const char *const beside[] = {"", "IMG_1.HEIC", "IMG_1234.HEIC", "WP_1.jpg", "GX020123.MP4"};
	char name[2][64];

	for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
		size_t k = 0;

		for (; k < 8 * 8 * 5; k++) {
			const char *const v[] = {name[0], name[1], beside[k / 64]};
			struct names names = {v, 3};
			struct groupname x, y;

			snprintf(name[0], sizeof name[0], "%s.%s", stems[i], extensions[k % 8]);
			snprintf(name[1], sizeof name[1], "%s.%s", stems[i], extensions[k / 8 % 8]);
			if (!groupname_read(slice_of(v[0]), has, &names, &x) ||
			    !groupname_read(slice_of(v[1]), has, &names, &y) || x.key_len != y.key_len ||
			    memcmp(x.key, y.key, x.key_len) != 0)
				break;
		}
		tap_ok(k == 8 * 8 * 5, "%s and %s belong together, whatever is beside them", name[0], name[1]);
	}
}

/* Near misses: none of these belongs to what it is beside. */
static void
test_strangers(void)
{
	static const char *const pairs[][2] = {
	    {"IMG_1_1.CR2.xmp", "IMG_1.CR2"}, /* a version has two digits */
	    {"IMG_1_01.CR2.xmp", "IMG_1.NEF"},
	    {"IMG_1.txt.xmp", "IMG_1.CR2"},
	    {"IMG_1.CR2.jpg", "IMG_1.NEF"}, /* a picture that names one */
	    {"IMG_1.gif.out.pp3", "IMG_1.CR2"},
	    {"IMG_1.jpg.out.xmp", "IMG_1.CR2"},
	    {"IMG_E123.HEIC", "IMG_123.HEIC"},
	    {"img_e1234.HEIC", "IMG_1234.HEIC"},
	    {"IMG_O1234.HEIC", "IMG_1234.HEIC"}, /* only edits have it */
	    {"IMG_1234_HEVC.HEIC", "IMG_1234.HEIC"},
	    {"IMG_1234_hevc.MOV", "IMG_1234.HEIC"},
	    {"IMG_1234-Edited.jpg", "IMG_1234.jpg"},
	    {"IMG_1234edited.jpg", "IMG_1234.jpg"},
	    {"IMG_1-edit.tif", "IMG_1.CR2"},
	    {"IMG_1-Edit-1.tif", "IMG_1.CR2"},
	    {"IMG_1-Edit-2.tif", "IMG_2.CR2"},
	    {"IMG_1-enhanced.dng", "IMG_1.CR2"},
	    {"IMG_1-HDR.dng", "IMG_1.CR2"}, /* made of several */
	    {"IMG_1_dxo.jpg", "IMG_1.CR2"},
	    {"IMG_20~1.JPG", "IMG_20.JPG"}, /* a short name of DOS */
	    {"IMG_1~10.jpg", "IMG_1.jpg"},
	    {"IMG_1(1).jpg", "IMG_1.jpg"},
	    {"IMG_1 (1).jpg", "IMG_1.jpg"},
	    {"IMG_1-1.jpg", "IMG_1.jpg"},
	    {"IMG_1-01.jpg", "IMG_1.jpg"},
	    {"C0001M1.XML", "C0001.MP4"},
	    {"C0001M01.JPG", "C0001.MP4"},
	    {"C0001T01.PNG", "C0001.MP4"},
	    {"C0001S03.JPG", "C0001.MP4"},
	    {"C0002S03.MP4", "C0001.MP4"},
	    {"A001_Proxy.JPG", "A001.MP4"},
	    {"A001_proxy.MP4", "A001.MP4"},
	    {"SND_0001.MP4", "IMG_0001.JPG"},
	    {"SND_0002.WAV", "IMG_0001.JPG"},
	    {"WP_1_highres.dng", "WP_1.jpg"},
	    {"G0010123.JPG", "G0010124.JPG"}, /* a series is no shot */
	    {"G0010123.JPG", "GX010123.MP4"},
	    {"GX010123.MP4", "GX010124.MP4"},
	    {"GXAA0123.MP4", "GX010123.MP4"}, /* a loop's are of other numbers */
	    {"GX01012.MP4", "GX02012.MP4"},
	    {"GX0101234.MP4", "GX0201234.MP4"},
	    {"GX010123.JPG", "GX020123.JPG"}, /* without their film */
	    {"GP010123.JPG", "GP020123.JPG"},
	    {"GF010123.JPG", "GB010123.JPG"},
	    {"GPFR0123.JPG", "GOPR0123.JPG"},
	    {"3D_L0123.MP4", "3D_R0124.MP4"},
	    {"3D_X0123.MP4", "3D_L0123.MP4"},
	    {"VID_20190101_120000.mp4", "LRV_20190101_120000_11_001.mp4"},
	    {"VID_20190101_120000_00_001.insv", "VID_20190101_120000_00_002.insv"},
	    {"DJI_20230101120000_0001_D.JPG", "DJI_20230101120000_0001_T.JPG"},
	    {"DJI_20230101120000_0002_T.JPG", "DJI_20230101120000_0001_W.JPG"},
	    {"DJI_0001_T.JPG", "DJI_0001_W.JPG"},
	    {"PXL_20230101_120000001.jpg", "PXL_20230101_120000000.jpg"},
	    {"PXL_20230101_120000000 (1).jpg", "PXL_20230101_120000000.jpg"},
	    {"PXL_20230101_120000000-COLLAGE.jpg", "PXL_20230101_120000000.jpg"},
	    {"20230101_120001_001.jpg", "20230101_120000_001.jpg"},
	    {"20230101_120000_01.jpg", "20230101_120000_001.jpg"},
	    {"00001IMG_00001_BURST20200101120000001.jpg", "00000IMG_00000_BURST20200101120000000_COVER.jpg"},
	    {"IMG_20200101_120000_BURST1000.jpg", "IMG_20200101_120000_BURST1.jpg"},
	    {"SUN_BURST1.jpg", "SUN_BURST2.jpg"},
	    {"IMG_20200101_120001_Burst01.jpg", "IMG_20200101_120000_Burst02.jpg"},
	    {"IMG_20200101_120000_burst01.jpg", "IMG_20200101_120000_burst02.jpg"},
	    {"_HEVC.MOV", ".HEIC"},
	    {"_BURST001.jpg", "_BURST002.jpg"}, /* of nothing */
	    {"_Burst01-1.jpg", "_Burst02-1.jpg"},
	    {"-Edit.tif", "x.tif"},
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		tap_ok(!one_key(pairs[i][0], pairs[i][1]), "%s is not of %s", pairs[i][0], pairs[i][1]);
}

static void
test_beside(void)
{
	static const char *const never[] = {"IMG_1234.JPG", "IMG_1234.xmp", "GX010123.MP4", "a.dng"},
				 *const may[] = {"IMG_E1234.JPG", "IMG_1.CR2.xmp", "C0001M01.XML", "GX010123.LRV"};
	struct groupname name;

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		tap_ok(groupname_alone(slice_of(never[i]), &name) && !name.beside,
		    "nothing beside %s makes it read otherwise", never[i]);
	for (size_t i = 0; i < sizeof may / sizeof may[0]; i++)
		tap_ok(groupname_alone(slice_of(may[i]), &name) && name.beside, "what is beside %s may", may[i]);
}

/* What stands behind a stem: by its rule, in whatever case. */
static void
test_behind(void)
{
	static const char *const known[] = {"-Edit.tif", "-Edit-2.tif", "-edit.tif", "_DxO.jpg", "_01.CR2.xmp",
	    "M01.XML", "T01.JPG", "-Edit.tif.xmp", "_HEVC.MOV", "~2.jpg", "_COVER.jpg"};
	static const char *const unknown[] = {".jpg", "", "-Edit", "-Edit.txt", "-Editor.tif", "0-Edit.tif",
	    "-1-Edit.tif", "M01.JPG", "_1.CR2.xmp", "~1.jpg"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		char name[64];

		snprintf(name, sizeof(name), "IMG_1%s", known[i]);
		tap_ok(groupname_behind(slice_of(name), 5, false), "%s is behind a stem", known[i]);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
		char name[64];

		snprintf(name, sizeof(name), "IMG_1%s", unknown[i]);
		tap_ok(!groupname_behind(slice_of(name), 5, false), "%s is not", unknown[i]);
	}
	tap_ok(groupname_behind(slice_of("IMG_1-Edit.tif"), 5, true), "by its letters");
	tap_ok(!groupname_behind(slice_of("IMG_1-edit.tif"), 5, true), "not by others");
}

static void
test_none(void)
{
	static const char *const none[] = {"", ".", "..", "IMG_1", ".jpg", "a.", "notes.txt", "a.json", "a.c",
	    "a.jpg.zip", "M0100.CTG", "AUTPRINT.MRK", "00000.CPI", "C0001R01.BIM", "C0001M02.KLV", "C0001.RSV",
	    "a.xmp ", "a.jpg\n"};
	char longest[GROUPNAME_MAX + 5];
	struct groupname name;

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		tap_ok(!groupname_alone(slice_of(none[i]), &name), "%s is of no group", none[i]);
	memset(longest, 'a', sizeof longest);
	memcpy(longest + sizeof longest - 5, ".jpg", sizeof ".jpg");
	tap_ok(!groupname_alone((struct slice){longest, sizeof longest - 1}, &name), "a name that no file can have");
	tap_ok(groupname_alone((struct slice){longest + 4, GROUPNAME_MAX}, &name) && name.key_len == GROUPNAME_MAX - 4,
	    "the longest name");
	memcpy(longest + 4 + GROUPNAME_MAX - 9, "-Edit.tif", sizeof "-Edit.tif");
	tap_ok(groupname_read((struct slice){longest + 4, GROUPNAME_MAX}, has_any, NULL, &name) &&
		   name.stem == GROUPNAME_MAX - 9 && name.role == GROUP_EDIT,
	    "the longest name of an edit");
}

int
main(void)
{
	test_rows();
	test_names();
	test_companions();
	test_folders();
	test_stems();
	test_strangers();
	test_beside();
	test_behind();
	test_none();
	return tap_done();
}
