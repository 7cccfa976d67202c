/* Words in Exif that stand in several tags, or in two parts. */
#include "made.h"
#include "tap.h"

#define WIDE(dir, tag, text) BYTES(dir, tag, T_BYTE, text)

static struct made block, file;

static void
read_tags(const struct made_tag *tags, size_t n, struct media_info *info)
{
	made_tiff(&block, tags, n);
	made_jpeg(&file, &block, 40, 30);
	made_read(file.p, file.len, NULL, info);
}

static bool
has(const struct media_info *info, enum media_field f, const char *want)
{
	return strcmp(made_field(info, f), want) == 0;
}

static bool
has_item(const struct media_info *info, size_t i, const char *want)
{
	return i < info->nitems && info->item[i].field == MEDIA_KEYWORDS && info->item[i].len == strlen(want) &&
	       memcmp(info->text.p + info->item[i].at, want, strlen(want)) == 0;
}

static void
test_windows(struct media_info *info)
{
	static const struct made_tag all[] = {WIDE(DIR0, 0x9c9b, "T\0\xe9\0\0\0"), WIDE(DIR0, 0x9c9c, "C\0"),
	    WIDE(DIR0, 0x9c9d, "A\0\0\0"), WIDE(DIR0, 0x9c9e, "k\0;\0 \0m\0 \0n\0;\0;\0k\0\0\0")};
	static const struct made_tag again[] = {WIDE(DIR0, 0x9c9e, "k\0"), WIDE(DIR0, 0x9c9e, "m\0")};
	static const struct made_tag both[] = {WIDE(DIR0, 0x9c9c, "C\0"), WIDE(DIR0, 0x9c9d, "A\0"),
	    ASCII(DIR0, 0x13b, "Jo"), BYTES(DIR_EXIF, 0x9286, T_UNDEF, "ASCII\0\0\0comment")};

	read_tags(all, 4, info);
	tap_ok(has(info, MEDIA_TITLE, "T\xc3\xa9") && has(info, MEDIA_DESCRIPTION, "C") && has(info, MEDIA_ARTIST, "A"),
	    "title, comment and author as Windows writes them");
	tap_ok(info->nitems == 2 && has_item(info, 0, "k") && has_item(info, 1, "m n"),
	    "its keywords, none empty, none twice");
	read_tags(again, 2, info);
	tap_ok(info->nitems == 1 && has_item(info, 0, "k"), "the tag of its keywords counts once");
	read_tags(both, 4, info);
	tap_ok(has(info, MEDIA_DESCRIPTION, "comment") && has(info, MEDIA_ARTIST, "Jo"),
	    "they give way to the standard's tags");
}

static void
test_copyright(struct media_info *info)
{
	static char parts[1400], want[1400];
	const struct made_tag two[] = {{DIR0, 0x8298, T_ASCII, sizeof parts, parts, {0}}};
	const struct made_tag editor[] = {BYTES(DIR0, 0x8298, T_ASCII, " \0Ed\0")};

	memset(parts, 'p', 600);
	memset(parts + 601, 'e', sizeof parts - 602);
	memcpy(want, parts, sizeof want);
	want[600] = '\n';
	read_tags(two, 1, info);
	tap_ok(has(info, MEDIA_COPYRIGHT, want), "a long copyright of photographer and editor");
	read_tags(editor, 1, info);
	tap_ok(has(info, MEDIA_COPYRIGHT, "Ed"), "the editor's alone");
}

int
main(void)
{
	struct media_info info = {0};

	test_windows(&info);
	test_copyright(&info);
	media_fini(&info);
	return tap_done();
}
