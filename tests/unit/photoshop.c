/* Photoshop's image resources: what stands in them, whom to believe, and every way to break the chain. */
#include "meta/photoshop.h"

#include <openssl/evp.h>

#include "made.h"
#include "tap.h"

#define IN(bytes) bytes, sizeof(bytes) - 1
#define XMP_TITLE                                                                                               \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt>"                      \
	"<rdf:li xml:lang='x-default'>Xmp</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
#define IPTC_TITLE "\x1c\2\5\0\4Iptc"

enum { IPTC = 0x0404, EXIF = 0x0422, XMP = 0x0424, DIGEST = 0x0425 };

static struct reader_worker *worker;
static struct made block;

static void
add(const char *signature, uint16_t id, const char *name, const void *data, size_t len)
{
	uint8_t n = (uint8_t)strlen(name);

	made_add(&block, signature, 4);
	made_put(&block, block.len, id, 2);
	made_put(&block, block.len, n, 1);
	made_add(&block, name, (size_t)n | 1); /* with its NUL where that makes it even */
	made_put(&block, block.len, len, 4);
	made_add(&block, data, len);
	if (len & 1)
		made_add(&block, "", 1);
}

static void
read_block(struct media_info *info, struct photoshop_range iptc)
{
	uint8_t *exact = tap_exact(block.p, block.len);
	struct src *src = src_new();
	struct fail why = {0};
	struct reader r = {.src = src, .worker = worker, .info = info, .why = &why};
	struct photoshop_range resources = {iptc.end, block.len};

	src_open_memory(src, exact, block.len);
	media_clear(info);
	photoshop_read_beside(&r, resources, iptc);
	if (r.failed)
		abort();
	src_free(src);
	free(exact);
}

static bool
has_title(struct media_info *info, const char *title)
{
	read_block(info, (struct photoshop_range){0, 0});
	return strcmp(made_field(info, MEDIA_TITLE), title) == 0;
}

static void
begin(void)
{
	block.len = 0;
	block.big_endian = true;
}

static void
test_resources(struct media_info *info)
{
	static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "Acme")};
	static struct made exif;

	begin();
	add("8BIM", 0x03e8, "", "odd", 3);
	add("8BIM", 0x03e9, "even", "", 0);
	add("8BIM", 0x03ea, "odd", "x", 1);
	add("AgHg", 0x03eb, "", "xy", 2);
	add("8BIM", IPTC, "", IN(IPTC_TITLE));
	tap_ok(has_title(info, "Iptc") && info->nwarnings == 0, "IPTC behind resources of any name and length");
	add("8BIM", IPTC, "", IN("\x1c\2\x78\0\3Sea\x1c\2\5\0\1B"));
	tap_ok(has_title(info, "Iptc") && strcmp(made_field(info, MEDIA_DESCRIPTION), "Sea") == 0,
	    "a second IPTC resource adds what is missing");
	begin();
	add("8BIM", XMP, "", IN(XMP_TITLE));
	tap_ok(has_title(info, "Xmp"), "XMP");
	made_tiff(&exif, tags, 1);
	begin();
	add("8BIM", EXIF, "", exif.p, exif.len);
	read_block(info, (struct photoshop_range){0, 0});
	tap_ok(strcmp(made_field(info, MEDIA_MAKE), "Acme") == 0, "Exif");
	begin();
	add("8BIM", 0x03ea, "", "odd", 3);
	block.len--;
	add("8BIM", IPTC, "", IN(IPTC_TITLE));
	tap_ok(has_title(info, "Iptc") && info->nwarnings == 0, "padding that was left out");
}

static void
digest_of(const char *bytes, size_t len, uint8_t digest[EVP_MAX_MD_SIZE])
{
	unsigned n;

	EVP_Digest(bytes, len, digest, &n, EVP_md5(), NULL);
}

static void
test_digest(struct media_info *info)
{
	static const struct {
		const char *what, *of, *want;
	} rows[] = {
	    {"no digest: XMP is believed", NULL, "Xmp"},
	    {"a digest that fits: XMP", IPTC_TITLE, "Xmp"},
	    {"a digest that does not: IPTC was changed since", "other", "Iptc"},
	    {"a digest of zeros stands for none: XMP", "", "Xmp"},
	};
	struct photoshop_range beside = {0, sizeof IPTC_TITLE - 1 + 3};
	uint8_t digest[EVP_MAX_MD_SIZE];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin();
		add("8BIM", IPTC, "", IN(IPTC_TITLE));
		add("8BIM", XMP, "", IN(XMP_TITLE));
		memset(digest, 0, sizeof digest);
		if (rows[i].of != NULL && *rows[i].of != '\0')
			digest_of(rows[i].of, strlen(rows[i].of) + (*rows[i].of == 0x1c ? 6 : 0), digest);
		if (rows[i].of != NULL)
			add("8BIM", DIGEST, "", digest, 16);
		tap_ok(has_title(info, rows[i].want), "%s", rows[i].what);
	}
	for (int changed = 0; changed < 2; changed++) {
		begin();
		made_add(&block, IPTC_TITLE "\0\0\0", beside.end);
		digest_of(IN(IPTC_TITLE), digest);
		digest[0] ^= (uint8_t)changed;
		add("8BIM", DIGEST, "", digest, 16);
		add("8BIM", XMP, "", IN(XMP_TITLE));
		read_block(info, beside);
		tap_ok(strcmp(made_field(info, MEDIA_TITLE), changed ? "Iptc" : "Xmp") == 0,
		    "IPTC beside the resources, padded, its digest %s", changed ? "another" : "of what is before that");
	}
}

static void
test_damage(struct media_info *info)
{
	size_t whole;
	bool good = true;

	begin();
	add("8BIM", IPTC, "", IN(IPTC_TITLE));
	whole = block.len;
	made_add(&block, "8BAM\4\4\0\0\0\0\0\4abcd", 16);
	tap_ok(has_title(info, "Iptc") && made_warned(info, FAIL_FORMAT, "damaged"), "garbage behind a resource");
	block.len = whole;
	add("8BIM", XMP, "", IN(XMP_TITLE));
	made_put(&block, whole + 8, 0xffffffff, 4);
	tap_ok(has_title(info, "Xmp") && made_warned(info, FAIL_TRUNCATED, "0x0424"), "a length beyond the end");
	block.len = whole;
	made_add(&block, "8BIM\4\4\xffname", 12);
	tap_ok(has_title(info, "Iptc") && made_warned(info, FAIL_TRUNCATED, "damaged"), "a name beyond the end");
	for (begin(), add("8BIM", IPTC, "", IN(IPTC_TITLE)); block.len > 0; block.len--) {
		has_title(info, "Iptc");
		good = good && (block.len < 12 || block.len >= whole - 1 || info->nwarnings > 0); /* but padding */
	}
	tap_ok(good, "every cut is told");
	begin();
	while (block.len < 13 * (PHOTOSHOP_RESOURCES_MAX + 2))
		add("8BIM", 1, "", "", 0);
	has_title(info, "");
	tap_ok(made_warned(info, FAIL_LIMIT, "resources"), "resources without end");
}

/* In a Photoshop file, because it is format_read() that begins the tags. */
static void
test_tags(struct media_info *info)
{
	static struct made file;
	struct buf tags = {0};

	begin();
	add("8BIM", 0x03ed, "", "\0\x48\x80\0\0\1\0\1\0\x48\0\0\0\1\0\1", 16);
	add("8BIM", 0x040a, "", "\1", 1);
	add("8BIM", 0x040b, "", "http://example.org/", 19);
	add("8BIM", 0x040d, "", "\xff\xff\xff\xfe", 4);
	add("8BIM", 0x0419, "", "\0\0", 2);
	file.big_endian = true;
	made_add(&file, "8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\2\0\0\0\1\0\x08\0\3\0\0\0\0", 30);
	made_put(&file, file.len, block.len, 4);
	made_add(&file, block.p, block.len);
	info->tags = &tags;
	made_read(file.p, file.len, worker, info);
	tap_ok(strcmp(buf_cstr(&tags), "\"Photoshop:XResolution\":72.5,\"Photoshop:YResolution\":72,"
				       "\"Photoshop:CopyrightFlag\":1,\"Photoshop:URL\":\"http://example.org/\","
				       "\"Photoshop:GlobalAngle\":-2") == 0,
	    "tags: %s", buf_cstr(&tags));
	buf_fini(&tags);
	info->tags = NULL;
}

int
main(void)
{
	struct media_info info = {0};

	worker = reader_worker_new();
	test_resources(&info);
	test_digest(&info);
	test_damage(&info);
	test_tags(&info);
	media_fini(&info);
	reader_worker_free(worker);
	return tap_done();
}
