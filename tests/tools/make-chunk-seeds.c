/*
 * make-chunk-seeds -- small PNG, WebP, AVI, GIF and other pictures with every kind of chunk, as a beginning for the
 * fuzzers.
 *
 * usage: make-chunk-seeds FOLDER   (tests/fuzz/corpus: writes FOLDER/png/made-* and so on)
 */
#include "../unit/chunks.h"

static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "Acme"), ASCII(DIR_EXIF, 0x9003, "2024:05:01 12:00:00"),
    LONG(DIR0, 0xbc80, 640), LONG(DIR0, 0xbc81, 480)};
static struct made block, file;
static const char *folder;
static int failed;

static void
save(const char *kind, const char *name)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s/made-%s", folder, kind, name);
	if ((out = fopen(path, "wb")) == NULL || fwrite(file.p, 1, file.len, out) != file.len || fclose(out) != 0) {
		perror(path);
		failed = 1;
	}
}

static void
end_png(const char *name)
{
	chunks_png(&file, "IDAT", "data", 4);
	chunks_png(&file, "IDAT", "data", 4);
	chunks_png(&file, "IDAT", "da", 2);
	chunks_png(&file, "IEND", "", 0);
	save("png", name);
}

static void
make_png(void)
{
	static const uint8_t iptc[] = "8BIM\4\4\0\0\0\0\0\x0a\x1c\2\x05\0\5Title";
	static char text[8192];

	chunks_png_begin(&file, 64, 48);
	chunks_png_text(&file, "tEXt", "Title", false, "A title", 7);
	chunks_png_text(&file, "zTXt", "Comment", true, "A comment", 9);
	chunks_png_text(&file, "iTXt", "Creation Time", true, "Mon, 1 Jan 2018 12:10:22 EST", 28);
	chunks_png(&file, "tIME", "\x07\xe2\1\2\3\4\5", 7);
	end_png("texts");
	chunks_png_begin(&file, 64, 48);
	chunks_png(&file, "eXIf", block.p, block.len);
	chunks_png_text(&file, "iTXt", "XML:com.adobe.xmp", false, CHUNKS_XMP, strlen(CHUNKS_XMP));
	end_png("blocks");
	chunks_png_begin(&file, 64, 48);
	chunks_png_text(
	    &file, "zTXt", "Raw profile type exif", true, text, chunks_profile(text, "exif", block.p, block.len));
	chunks_png_text(
	    &file, "tEXt", "Raw profile type iptc", false, text, chunks_profile(text, "iptc", iptc, sizeof iptc - 1));
	chunks_png_text(&file, "iTXt", "XML:com.adobe.xmp", true, CHUNKS_XMP, strlen(CHUNKS_XMP));
	end_png("profiles");
}

static void
make_webp(void)
{
	static const uint8_t extended[] = {0x0c, 0, 0, 0, 63, 0, 0, 47, 0, 0};
	static uint8_t frame[24] = {[12] = 250};

	file.len = 0;
	chunks_open(&file, "RIFF", "WEBP");
	chunks_riff(&file, "VP8X", extended, sizeof extended);
	chunks_riff(&file, "ANMF", frame, sizeof frame);
	chunks_riff(&file, "EXIF", block.p, block.len);
	chunks_riff(&file, "XMP ", CHUNKS_XMP, strlen(CHUNKS_XMP));
	chunks_close(&file, 4);
	save("webp", "extended");
	file.len = 0;
	chunks_open(&file, "RIFF", "WEBP");
	chunks_riff(&file, "VP8 ", "\0\0\0\x9d\1\x2a\x40\0\x30\0", 10);
	chunks_close(&file, 4);
	save("webp", "lossy");
	file.len = 0;
	chunks_open(&file, "RIFF", "WEBP");
	chunks_riff(&file, "VP8L", "\x2f\x3f\xc0\x0b\0", 5);
	chunks_close(&file, 4);
	save("webp", "lossless");
}

static void
make_avi(void)
{
	static uint8_t header[56], stream[56] = "vidsmjpg", format[40] = {40, 0, 0, 0, 64, 0, 0, 0, 48}, own[160];
	size_t hdrl, list;

	memcpy(header, "\x40\x9c", 2);
	header[16] = 25;
	memcpy(stream + 20, "\1\0\0\0\x19\0\0\0\0\0\0\0\x19", 13);
	memcpy(own, "AVIF\0\0\0\0\1\0\x0f\1\2\0\4\0\0\0Box\0\0\0\0\0", 26);
	file.len = 0;
	chunks_open(&file, "RIFF", "AVI ");
	hdrl = chunks_open(&file, "LIST", "hdrl");
	chunks_riff(&file, "avih", header, sizeof header);
	list = chunks_open(&file, "LIST", "strl");
	chunks_riff(&file, "strh", stream, sizeof stream);
	chunks_riff(&file, "strf", format, sizeof format);
	chunks_riff(&file, "strd", own, 26);
	chunks_close(&file, list);
	list = chunks_open(&file, "LIST", "odml");
	chunks_riff(&file, "dmlh", "\x32\0\0\0", 4);
	chunks_close(&file, list);
	chunks_riff(&file, "IDIT", "Mon Mar 10 15:04:43 2003\n", 26);
	chunks_close(&file, hdrl);
	list = chunks_open(&file, "LIST", "movi");
	chunks_riff(&file, "00dc", "frame", 5);
	chunks_close(&file, list);
	list = chunks_open(&file, "LIST", "INFO");
	chunks_riff(&file, "ISFT", "Box", 4);
	chunks_riff(&file, "IKEY", "one;two", 7);
	chunks_riff(&file, "DTIM", "30131740 3577643008", 19);
	chunks_close(&file, list);
	list = chunks_open(&file, "LIST", "exif");
	chunks_riff(&file, "ecor", "Acme", 4);
	chunks_riff(&file, "etim", "10:11:12", 9);
	chunks_riff(&file, "eucm", "ASCII\0\0\0Words", 13);
	chunks_close(&file, list);
	chunks_riff(&file, "ICRD", "2003-03-10", 11);
	chunks_riff(&file, "_PMX", CHUNKS_XMP, strlen(CHUNKS_XMP));
	chunks_close(&file, 4);
	save("avi", "whole");
	file.len = 0;
	chunks_open(&file, "RIFF", "AVI ");
	memcpy(own, "OLYMDigital Camera", 18);
	chunks_riff(&file, "JUNK", own, sizeof own);
	memcpy(own, "QVMI\0\0\0\0\0\0\0\1\1\x0f\0\2\0\0\0\4Box\0\0\0\0\0", 28);
	chunks_riff(&file, "JUNK", own, 28);
	list = chunks_open(&file, "LIST", "ncdt");
	chunks_riff(&file, "nctg", "\3\0\6\0NIKON\0\x08\0\x08\0\1\0\0\0\x7d\0\0\0\x07\0\2\0\6\0", 28);
	chunks_close(&file, list);
	chunks_close(&file, 4);
	save("avi", "makers");
}

static void
make_gif(void)
{
	file.len = 0;
	made_add(&file, "GIF89a\x40\0\x30\0\x80\0\0\0\0\0\xff\xff\xff", 19);
	made_add(&file, "\x21\xfe\3one\0", 7);
	made_add(&file, "\x2c\0\0\0\0\x40\0\x30\0\0\2\3abc\0", 16);
	made_add(&file, "\x21\xff\x0bXMP DataXMP" CHUNKS_XMP "\1", 15 + strlen(CHUNKS_XMP));
	for (int i = 255; i >= 0; i--)
		file.p[file.len++] = (uint8_t)i;
	made_add(&file, "\0;", 2);
	save("gif", "whole");
	file.len = 0;
	made_add(&file, "GIF87a\x40\0\x30\0\0\0\0;", 14);
	save("gif", "empty");
}

static void
make_images(void)
{
	static uint8_t packed[4096];
	z_stream z = {.next_in = (Bytef *)CHUNKS_XMP,
	    .avail_in = sizeof CHUNKS_XMP - 1,
	    .next_out = packed,
	    .avail_out = sizeof packed};

	file.len = 0;
	made_add(&file, "BM\0\0\0\0\0\0\0\0\66\0\0\0\x28\0\0\0\x40\0\0\0\xd0\xff\xff\xff", 26);
	save("images", "bmp");
	file.len = 0;
	made_add(&file, "BPG\xfb\0\x08\x40\x30\0", 9);
	made_add(&file, (uint8_t[]){0x81, (uint8_t)(block.len + 3), 1, 0x80, (uint8_t)block.len}, 5);
	made_add(&file, block.p, block.len);
	save("images", "bpg");
	deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	file.len = 0;
	made_add(&file,
	    "FLIF\x31\x31\x3f\x2f"
	    "eXmp",
	    12);
	made_add(&file, (uint8_t[]){(uint8_t)(0x80 | z.total_out >> 7), (uint8_t)(z.total_out & 0x7f)}, 2);
	made_add(&file, packed, z.total_out + 1);
	deflateEnd(&z);
	save("images", "flif");
	file = block;
	made_put(&file, 2, 0x01bc, 2);
	save("images", "jxr");
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make-chunk-seeds FOLDER\n");
		return 2;
	}
	folder = argv[1];
	made_tiff(&block, tags, sizeof tags / sizeof tags[0]);
	make_png();
	make_webp();
	make_avi();
	make_gif();
	make_images();
	return failed;
}
