/* Datasets of IPTC-IIM: what they set, their encodings and dates, and every way to break the block. */
#include "meta/iptc.h"

#include "made.h"
#include "tap.h"

#define IN(bytes) bytes, sizeof(bytes) - 1

static struct reader_worker *worker;

/* Reads a block in a malloc of its exact size. */
static void
read_block(const void *bytes, size_t len, bool newer, struct media_info *info)
{
	uint8_t *exact = tap_exact(bytes, len);
	struct src *src = src_new();
	struct fail why = {0};
	struct reader r = {.src = src, .worker = worker, .info = info, .why = &why};

	src_open_memory(src, exact, len);
	media_clear(info);
	iptc_read(&r, 0, len, newer ? IPTC_NEWER : IPTC_UNDATED);
	if (r.failed)
		abort();
	src_free(src);
	free(exact);
}

static const struct {
	const char *what, *bytes;
	size_t len;
	enum media_field field;
	const char *want;
} fields[] = {
    {"ObjectName", IN("\x1c\2\5\0\3Sea"), MEDIA_TITLE, "Sea"},
    {"Caption-Abstract", IN("\x1c\2\x78\0\3Sea"), MEDIA_DESCRIPTION, "Sea"},
    {"By-line", IN("\x1c\2\x50\0\2Jo"), MEDIA_ARTIST, "Jo"},
    {"several By-lines", IN("\x1c\2\x50\0\2Jo\x1c\2\x50\0\0\x1c\2\x50\0\2Al"), MEDIA_ARTIST, "Jo; Al"},
    {"CopyrightNotice", IN("\x1c\2\x74\0\2Jo"), MEDIA_COPYRIGHT, "Jo"},
    {"OriginatingProgram", IN("\x1c\2\x41\0\4Edit"), MEDIA_SOFTWARE, "Edit"},
    {"Headline is no title", IN("\x1c\2\x69\0\3Sea"), MEDIA_TITLE, ""},
    {"a dataset of another record", IN("\x1c\3\5\0\3Sea"), MEDIA_TITLE, ""},
    {"the first of two", IN("\x1c\2\5\0\1A\x1c\2\5\0\1B"), MEDIA_TITLE, "A"},
    {"an empty one before it", IN("\x1c\2\5\0\0\x1c\2\5\0\1B"), MEDIA_TITLE, "B"},
    {"UTF-8 that is not declared", IN("\x1c\2\5\0\2\xc3\xa9"), MEDIA_TITLE, "\xc3\xa9"},
    {"UTF-8 that is declared", IN("\x1c\1\x5a\0\3\x1b%G\x1c\2\5\0\2\xc3\xa9"), MEDIA_TITLE, "\xc3\xa9"},
    {"Latin-1", IN("\x1c\2\5\0\2\xe9t"), MEDIA_TITLE, "\xc3\xa9t"},
    {"Latin-1 that is declared UTF-8", IN("\x1c\1\x5a\0\3\x1b%G\x1c\2\5\0\2\xe9t"), MEDIA_TITLE, "\xc3\xa9t"},
    {"UTF-8 that is cut", IN("\x1c\1\x5a\0\3\x1b%G\x1c\2\5\0\3a\xe2\x82"), MEDIA_TITLE, "a"},
    {"Latin-1 that looks like cut UTF-8",
	IN("\x1c\2\5\0\3caf"
	   "\x1c\2\x78\0\4caf\xe9"),
	MEDIA_DESCRIPTION, "caf\xc3\xa9"},
    {"an extended length", IN("\x1c\2\5\x80\4\0\0\0\3Sea"), MEDIA_TITLE, "Sea"},
    {"an extended length of two bytes", IN("\x1c\2\5\x80\2\0\3Sea"), MEDIA_TITLE, "Sea"},
    {"padding behind", IN("\x1c\2\5\0\3Sea\0\0\0"), MEDIA_TITLE, "Sea"},
};

static const struct {
	const char *what, *date, *time, *want;
	enum media_basis basis;
} dates[] = {
    {"date and time with an offset", "20240501", "121314+0200", "2024-05-01T12:13:14+02:00", MEDIA_BASIS_ZONED},
    {"west of Greenwich", "20240501", "121314-0330", "2024-05-01T12:13:14-03:30", MEDIA_BASIS_ZONED},
    {"a time without an offset", "20240501", "121314", "2024-05-01T12:13:14", MEDIA_BASIS_LOCAL},
    {"a date alone", "20240501", NULL, "2024-05-01", MEDIA_BASIS_LOCAL},
    {"a month", "19740700", NULL, "1974-07", MEDIA_BASIS_LOCAL},
    {"a year", "19740000", NULL, "1974", MEDIA_BASIS_LOCAL},
    {"a year and a time", "19740000", "121314+0200", "1974", MEDIA_BASIS_LOCAL},
    {"a time that is none", "20240501", "afternoon", "2024-05-01", MEDIA_BASIS_LOCAL},
    {"separators", "2024:05:01", "12:13:14+02:00", "2024-05-01T12:13:14+02:00", MEDIA_BASIS_ZONED},
    {"zeros", "00000000", "000000+0000", NULL, 0},
    {"blanks", "        ", NULL, NULL, 0},
    {"a time alone", NULL, "121314", NULL, 0},
    {"no date", "tomorrow", NULL, NULL, 0},
};

static size_t
add_dataset(uint8_t *to, uint8_t number, const char *text)
{
	size_t len = strlen(text);
	uint8_t head[] = {0x1c, 2, number, 0, (uint8_t)len};

	memcpy(to, head, sizeof head);
	memcpy(to + sizeof head, text, len);
	return sizeof head + len;
}

static void
test_dates(struct media_info *info)
{
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		const struct media_date *d = &info->date[MEDIA_DATE_IPTC_CREATED];
		uint8_t block[256];
		size_t n = 0;
		bool good;

		if (dates[i].time != NULL)
			n += add_dataset(block + n, 60, dates[i].time);
		if (dates[i].date != NULL)
			n += add_dataset(block + n, 55, dates[i].date);
		read_block(block, n, false, info);
		good = dates[i].want == NULL
			   ? d->when.precision == WHEN_NONE
			   : strcmp(made_date(&d->when), dates[i].want) == 0 && d->basis == dates[i].basis;
		tap_ok(good, "%s", dates[i].what);
	}
	tap_ok(made_warned(info, FAIL_DATE, "tomorrow"), "what is no date is told");
}

static const struct {
	const char *what, *bytes;
	size_t len;
	enum fail_code code;
} damage[] = {
    {"a dataset that is cut", IN("\x1c\2\5\0\1A\x1c\2\x78\0\4Sea"), FAIL_TRUNCATED},
    {"a header that is cut", IN("\x1c\2\5\0\1A\x1c\2\x78"), FAIL_TRUNCATED},
    {"an extended length that is cut", IN("\x1c\2\5\0\1A\x1c\2\x78\x80\4\0\0"), FAIL_TRUNCATED},
    {"an extended length of too many bytes", IN("\x1c\2\5\0\1A\x1c\2\x78\x80\x09\0\0\0\0\0\0\0\0\1x"), FAIL_TRUNCATED},
    {"an extended length without end", IN("\x1c\2\5\0\1A\x1c\2\x78\x80\x08\xff\xff\xff\xff\xff\xff\xff\xffx"),
	FAIL_TRUNCATED},
    {"garbage", IN("\x1c\2\5\0\1Agarbage"), FAIL_FORMAT},
};

static void
test_damage(struct media_info *info)
{
	static uint8_t many[6 * (IPTC_DATASETS_MAX + 1)];
	size_t n = 0;

	for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
		read_block(damage[i].bytes, damage[i].len, false, info);
		tap_ok(made_warned(info, damage[i].code, "IPTC") && strcmp(made_field(info, MEDIA_TITLE), "A") == 0,
		    "%s is told, and what stood before it stays", damage[i].what);
	}
	while (n < sizeof many)
		n += add_dataset(many + n, 25, "k");
	read_block(many, n, false, info);
	tap_ok(made_warned(info, FAIL_LIMIT, "datasets"), "too many datasets");
	read_block(IN("\0\5\2\x1c"
		      "aeS\3"),
	    false, info);
	tap_ok(strcmp(made_field(info, MEDIA_TITLE), "Sea") == 0 && made_warned(info, FAIL_VALUE, "swapped"),
	    "a block whose bytes are swapped");
	read_block("", 0, false, info);
	tap_ok(info->nwarnings == 0, "an empty block");
}

static const struct {
	const char *what, *bytes;
	size_t len;
	const char *title;
} encodings[] = {
    {"Mac Roman that the block names", IN("\x1c\1\x5a\0\x0bMac OSRoman\x1c\2\5\0\4Sch\x9a"), "Sch\xc3\xb6"},
    {"Mac Roman by a byte that is nothing else", IN("\x1c\2\5\0\4gar\x8d\x1c\2\x78\0\1x"), "gar\xc3\xa7"},
    {"Mac Roman by another text of the block", IN("\x1c\2\5\0\4Sch\x9a\x1c\2\x78\0\4Caf\x8e"), "Sch\xc3\xb6"},
    {"Windows-1252", IN("\x1c\2\5\0\4Sch\xf6\x1c\2\x78\0\4Ale\x9a"), "Sch\xc3\xb6"},
    {"Windows-1252 with quotes", IN("\x1c\2\5\0\6\x93Sch\xf6\x94"), "\xe2\x80\x9cSch\xc3\xb6\xe2\x80\x9d"},
    {"UTF-8 whatever the block names", IN("\x1c\1\x5a\0\3Mac\x1c\2\5\0\5Sch\xc3\xb6"), "Sch\xc3\xb6"},
    {"UTF-8 in the block's words, and other bytes",
	IN("\x1c\1\x5a\0\3\x1b%G\x1c\2\5\0\x8"
	   "Caf\x8e and"),
	"Caf\xc5\xbd and"},
};

static void
test_encodings(struct media_info *info)
{
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
		read_block(encodings[i].bytes, encodings[i].len, false, info);
		tap_ok(strcmp(made_field(info, MEDIA_TITLE), encodings[i].title) == 0, "%s: %s", encodings[i].what,
		    made_field(info, MEDIA_TITLE));
	}
}

/* Keywords that XMP has said, and those of a block beside it. */
static void
test_union(struct media_info *info)
{
#define WHOLE "a keyword of sixty-one bytes, which is as long as one in IPTC"
	static const struct {
		const char *what, *block;
		size_t len;
		enum iptc_age age;
		const char *want;
	} rows[] = {
	    {"one more", IN("\x1c\2\x19\0\3sea\x1c\2\x19\0\4moon"), IPTC_UNDATED, "sea sand moon "},
	    {"in step", IN("\x1c\2\x19\0\3sea\x1c\2\x19\0\4moon"), IPTC_IN_STEP, "sea sand "},
	    {"newer", IN("\x1c\2\x19\0\3sea\x1c\2\x19\0\4moon"), IPTC_NEWER, "sea moon "},
	    {"the same", IN("\x1c\2\x19\0\4sand\x1c\2\x19\0\3sea"), IPTC_UNDATED, "sea sand "},
	    {"the beginning of one", IN("\x1c\2\x19\0\2se"), IPTC_UNDATED, "sea sand se "},
	    {"one that was cut", IN("\x1c\2\x19\0\x3d" WHOLE), IPTC_UNDATED, "sea sand " WHOLE " can be "},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct src *src = src_new();
		struct fail why = {0};
		struct reader r = {.src = src, .worker = worker, .info = info, .why = &why};
		char text[256] = "";

		src_open_memory(src, (const uint8_t *)rows[i].block, rows[i].len);
		media_clear(info);
		media_from(info, MEDIA_FROM_XMP);
		media_add_item(info, MEDIA_KEYWORDS, "sea", 3);
		media_add_item(info, MEDIA_KEYWORDS, "sand", 4);
		if (i == 5)
			media_add_item(info, MEDIA_KEYWORDS, WHOLE " can be", sizeof WHOLE + 6);
		media_from(info, MEDIA_FROM_CONTAINER);
		iptc_read(&r, 0, rows[i].len, rows[i].age);
		if (r.failed)
			abort();
		for (size_t k = 0; k < info->nitems; k++) {
			size_t n = strlen(text);

			snprintf(text + n, sizeof text - n, "%.*s ", (int)info->item[k].len,
			    info->text.p + info->item[k].at);
		}
		tap_ok(strcmp(text, rows[i].want) == 0, "keywords of both: %s: %s", rows[i].what, text);
		src_free(src);
	}
#undef WHOLE
}

static void
test_keywords(struct media_info *info)
{
	read_block(IN("\x1c\2\x19\0\1a\x1c\2\x19\0\1b\x1c\2\x19\0\1a\x1c\2\x19\0\0"), false, info);
	tap_ok(info->nitems == 2 && info->item[0].field == MEDIA_KEYWORDS && info->text.p[info->item[1].at] == 'b',
	    "keywords are a list, none of them twice");
	tap_ok(info->field[MEDIA_KEYWORDS].origin == MEDIA_FROM_IPTC, "they come from IPTC");
	read_block(IN("\x1c\2\x19\0\1a"), true, info);
	tap_ok(info->field[MEDIA_KEYWORDS].origin == MEDIA_FROM_NEWER_IPTC && info->origin == MEDIA_FROM_CONTAINER,
	    "or from newer IPTC");
}

/* Through an Exiv2 file, because it is format_read() that begins the tags. */
static void
test_tags(struct media_info *info)
{
	static const char datasets[] = "\x1c\1\x5a\0\3\x1b%G\x1c\2\0\0\2\0\4\x1c\2\x19\0\1a\x1c\2\5\0\1T\x1c\2\x19\0\1b"
				       "\x1c\2\x2e\0\1x\x1c\2\x5a\0\0\x1c\2\x50\0\2Jo\x1c\2\x05\0\1U";
	static struct made file;
	struct buf tags = {0};
	uint8_t app13[256];
	size_t n = sizeof datasets - 1;

	memcpy(app13,
	    "Photoshop 3.0\0"
	    "8BIM\4\4\0\0\0\0\0",
	    25);
	app13[25] = (uint8_t)n;
	memcpy(app13 + 26, datasets, n);
	made_add(&file, "\xff\1Exiv2", 7);
	made_segment(&file, 0xed, app13, 26 + n);
	made_add(&file, "\xff\xd9", 2);
	info->tags = &tags;
	made_read(file.p, file.len, worker, info);
	tap_ok(strcmp(buf_cstr(&tags), "\"IPTC:CodedCharacterSet\":\"UTF8\",\"IPTC:ApplicationRecordVersion\":4,"
				       "\"IPTC:Keywords\":[\"a\",\"b\"],\"IPTC:ObjectName\":[\"T\",\"U\"],"
				       "\"IPTC:By-line\":\"Jo\"") == 0,
	    "tags: %s", buf_cstr(&tags));
	buf_fini(&tags);
	info->tags = NULL;
}

int
main(void)
{
	struct media_info info = {0};

	worker = reader_worker_new();
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		read_block(fields[i].bytes, fields[i].len, false, &info);
		tap_ok(strcmp(made_field(&info, fields[i].field), fields[i].want) == 0 && info.nwarnings == 0, "%s",
		    fields[i].what);
	}
	test_dates(&info);
	test_damage(&info);
	test_encodings(&info);
	test_union(&info);
	test_keywords(&info);
	test_tags(&info);
	media_fini(&info);
	reader_worker_free(worker);
	return tap_done();
}
