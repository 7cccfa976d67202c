/* A WebP: the three ways to say its size, and metadata wherever writers put it. */
#include "chunks.h"
#include "tap.h"

static const struct made_tag entries[] = {ASCII(DIR0, 0x10f, "Acme")};
static struct made block, file;
static struct reader_worker *worker;
static struct media_info info;

/* 1200 by 800. */
static const uint8_t lossy[] = {0, 0, 0, 0x9d, 1, 0x2a, 0xb0, 0x44, 0x20, 3, 0};
static const uint8_t lossless[] = {0x2f, 0xaf, 0xc4, 0xc7, 0x10, 0};
static const char packet[] =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Make='Acme'/></rdf:RDF></x:xmpmeta>";
static const uint8_t extended[] = {0x0c, 0, 0, 0, 0xaf, 4, 0, 0x1f, 3, 0};

static bool
is(enum media_field f, const char *value)
{
	return strcmp(made_field(&info, f), value) == 0;
}

static void
begin(void)
{
	file.len = 0;
	chunks_open(&file, "RIFF", "WEBP");
}

static int
end(void)
{
	chunks_close(&file, 4);
	return made_read(file.p, file.len, worker, &info);
}

static bool
has_size(void)
{
	return is(MEDIA_WIDTH, "1200") && is(MEDIA_HEIGHT, "800");
}

static void
test_sizes(void)
{
	begin();
	chunks_riff(&file, "VP8 ", lossy, sizeof lossy);
	tap_ok(end() == 0 && has_size() && info.nwarnings == 0, "lossy");
	tap_ok(strcmp(info.type, "webp") == 0 && strcmp(info.mime, "image/webp") == 0, "its type");
	begin();
	chunks_riff(&file, "VP8L", lossless, sizeof lossless);
	tap_ok(end() == 0 && has_size() && info.nwarnings == 0, "lossless (%s by %s)", made_field(&info, MEDIA_WIDTH),
	    "800");
	begin();
	chunks_riff(&file, "VP8X", extended, sizeof extended);
	chunks_riff(&file, "VP8 ", "\0\0\0\x9d\1\x2a\1\0\1\0", 10);
	tap_ok(end() == 0 && has_size() && info.nwarnings == 0, "extended, before the frame's own");
	begin();
	chunks_riff(&file, "VP8 ", "\0\0\0\x9d\1\x2a\0\0\1\0", 10);
	tap_ok(end() == 0 && is(MEDIA_WIDTH, "") && info.nwarnings == 1, "no width");
}

static void
test_metadata(void)
{
	static uint8_t marked[4096] = "Exif";

	memcpy(marked + 6, block.p, block.len);
	begin();
	chunks_riff(&file, "VP8X", extended, sizeof extended);
	chunks_riff(&file, "ICCP", "odd", 3);
	chunks_riff(&file, "VP8 ", lossy, sizeof lossy);
	chunks_riff(&file, "EXIF", block.p, block.len);
	chunks_riff(&file, "XMP ", CHUNKS_XMP, strlen(CHUNKS_XMP));
	tap_ok(end() == 0 && is(MEDIA_MAKE, "Acme") && is(MEDIA_RATING, "4") && info.nwarnings == 0, "Exif and XMP");
	begin();
	chunks_riff(&file, "VP8 ", lossy, sizeof lossy);
	chunks_riff(&file, "EXIF", marked, block.len + 6);
	tap_ok(end() == 0 && is(MEDIA_MAKE, "Acme") && info.nwarnings == 0, "Exif as a JPEG has it");
	begin();
	chunks_riff(&file, "VP8 ", lossy, sizeof lossy);
	chunks_close(&file, 4);
	chunks_riff(&file, "EXIF", block.p, block.len);
	made_read(file.p, file.len, worker, &info);
	tap_ok(is(MEDIA_MAKE, "Acme") && info.nwarnings == 0, "Exif behind the length of the file");
	made_add(&file, "\1\2\3\4\5\6\7\10\11", 9);
	made_read(file.p, file.len, worker, &info);
	tap_ok(is(MEDIA_MAKE, "Acme") && info.nwarnings == 0, "what is no chunk behind it is none of ours");
	begin();
	chunks_riff(&file, "VP8 ", lossy, sizeof lossy);
	made_add(&file, "\1\2\3\4\5\6\7\10\11", 9);
	tap_ok(
	    end() == 0 && has_size() && made_warned(&info, FAIL_FORMAT, "not a RIFF chunk"), "within it, it is told");
}

static void
test_frames(void)
{
	static uint8_t frame[24] = {[12] = 250};

	begin();
	chunks_riff(&file, "VP8X", extended, sizeof extended);
	for (int i = 0; i < 4; i++)
		chunks_riff(&file, "ANMF", frame, sizeof frame);
	tap_ok(end() == 0 && is(MEDIA_DURATION, "1") && info.nwarnings == 0, "an animation");
	begin();
	chunks_riff(&file, "VP8X", extended, sizeof extended);
	for (int i = 0; i < 1000; i++)
		chunks_riff(&file, "ANMF", frame, sizeof frame);
	chunks_riff(&file, "XMP ", (const uint8_t *)packet, sizeof packet - 1);
	tap_ok(end() == 0 && is(MEDIA_DURATION, "250") && is(MEDIA_MAKE, "Acme") && info.nwarnings == 0,
	    "what is behind a thousand frames is read, where it is announced");
	begin();
	chunks_riff(&file, "VP8X", extended, sizeof extended);
	for (int i = 0; i < 4000; i++)
		chunks_riff(&file, "ANMF", frame, sizeof frame);
	tap_ok(end() == 0 && is(MEDIA_DURATION, "") && made_warned(&info, FAIL_LIMIT, "frames"), "a long one");
}

static void
test_cuts(void)
{
	bool good = true, told = true;

	begin();
	chunks_riff(&file, "VP8X", extended, sizeof extended);
	chunks_riff(&file, "EXIF", block.p, block.len);
	chunks_riff(&file, "XMP ", CHUNKS_XMP, strlen(CHUNKS_XMP));
	end();
	for (size_t len = 12; len + 1 < file.len; len++) {
		good = good && made_read(file.p, len, worker, &info) == 0;
		told = told && info.nwarnings > 0;
	}
	tap_ok(good, "each of %zu cuts is read", file.len);
	tap_ok(told, "and told");
}

int
main(void)
{
	worker = reader_worker_new();
	made_tiff(&block, entries, 1);
	test_sizes();
	test_metadata();
	test_frames();
	test_cuts();
	media_fini(&info);
	reader_worker_free(worker);
	return tap_done();
}
