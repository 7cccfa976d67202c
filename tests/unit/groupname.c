/* Which names belong together: every row of group-names.def with the names that it is about, and names that are not. */
#include "media/group/groupname.h"

#include <strings.h>

#include "tap.h"

/* What a folder holds, by its names. */
struct names {
	const char *const *v;
	size_t n;
};

static bool
has(void *arg, struct slice key, struct slice extension)
{
	const struct names *names = arg;
	struct groupname name;

	for (size_t i = 0; i < names->n; i++) {
		const char *dot = strrchr(names->v[i], '.');

		if (groupname_alone(slice_of(names->v[i]), &name) && !group_is_companion(name.role) &&
		    name.key_len == key.len && memcmp(name.key, key.p, key.len) == 0 &&
		    (extension.len == 0 || strncasecmp(dot + 1, extension.p, extension.len) == 0))
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

static void
test_rows(void)
{
	static const struct {
		const char *word, *example, *picture;
	} rows[] = {
#define GROUP_NAME(name, word, pattern, key, extensions, role, needs, example, picture, meaning) \
	{word, example, picture},
#include "media/group/group-names.def"
#undef GROUP_NAME
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *const v[] = {rows[i].example, rows[i].picture};
		struct names names = {v, 2};
		struct groupname name;
		bool good = groupname_read(slice_of(v[0]), has, &names, &name);

		tap_ok(good && strcmp(group_rule_word(name.rule), rows[i].word) == 0, "%s reads by its row", v[0]);
		tap_ok(one_key(v[0], v[1]), "%s belongs to %s", v[0], v[1]);
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
	    {"GL020123.LRV", "", "G0123", "gopro", "proxy", 8},
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

static void
test_none(void)
{
	static const char *const none[] = {
	    "", ".", "..", "IMG_1", ".jpg", "a.", "notes.txt", "a.json", "a.c", "a.jpg.zip"};
	char longest[GROUPNAME_MAX + 5];
	struct groupname name;

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		tap_ok(!groupname_alone(slice_of(none[i]), &name), "%s is of no group", none[i]);
	memset(longest, 'a', sizeof longest);
	memcpy(longest + sizeof longest - 5, ".jpg", sizeof ".jpg");
	tap_ok(!groupname_alone((struct slice){longest, sizeof longest - 1}, &name), "a name that no file can have");
	tap_ok(groupname_alone((struct slice){longest + 4, GROUPNAME_MAX}, &name) && name.key_len == GROUPNAME_MAX - 4,
	    "the longest name");
}

int
main(void)
{
	test_rows();
	test_names();
	test_none();
	return tap_done();
}
