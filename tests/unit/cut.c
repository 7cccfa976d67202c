/* What a card that is pulled leaves: a file that ends before its picture does, or that goes on in zeros. */
#include "boxes.h"

enum { PICTURE = 20000 };

static void
le(struct buf *b, uint64_t v, size_t size)
{
	film_put(b, v, size, false);
}

static void
fill(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_addc(b, 0x55);
}

static void
make_bmp(struct buf *b, uint32_t compression, uint32_t told)
{
	buf_add(b, "BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", 18);
	le(b, 50, 4);
	le(b, (uint32_t)-100, 4);
	le(b, 1, 2);
	le(b, 24, 2);
	le(b, compression, 4);
	le(b, told, 4);
	film_zeros(b, 16);
}

static void
bmp(struct buf *b)
{
	make_bmp(b, 0, 1000000); /* what is told is not asked */
	fill(b, 152 * 100);
}

static void
bmp_coded(struct buf *b)
{
	make_bmp(b, 1, 3000);
	fill(b, 3000);
}

static void
pnm(struct buf *b)
{
	buf_adds(b, "P6 50 100 255\n");
	fill(b, 50 * 100 * 3);
}

#define SIZ "\xff\x4f\xff\x51\0\57\0\0\0\0\2\3\0\0\1\2\0\0\0\3\0\0\0\2"

static void
j2c(struct buf *b)
{
	buf_add(b, SIZ, sizeof SIZ - 1);
	fill(b, PICTURE);
	buf_adds(b, "\xff\xd9");
}

static void
jp2(struct buf *b)
{
	LEAF(b, "jP  ", "\r\n\x87\n");
	LEAF(b, "ftyp", "jp2 \0\0\0\0jp2 ");
	begin(b, "jp2c"); /* to the end */
	j2c(b);
}

static void
raf(struct buf *b)
{
	buf_adds(b, "FUJIFILMCCD-RAW 0201FF392201FinePix");
	film_zeros(b, 0x64 - b->len);
	u32(b, 0x94);
	u32(b, PICTURE);
	film_zeros(b, 0x94 - b->len);
	fill(b, PICTURE);
}

static void
mrw(struct buf *b)
{
	buf_add(b,
	    "\0MRM\0\0\0\x20\0PRD\0\0\0\x18"
	    "27200001",
	    24);
	u16(b, 30);
	u16(b, 40);
	u16(b, 28);
	u16(b, 38);
	film_zeros(b, 8);
	fill(b, 30 * 40 * 12 / 8);
}

static void
mxf(struct buf *b)
{
	buf_add(b, "\x06\x0e\x2b\x34\2\5\1\1\x0d\1\2\1\1\2\1\0\x20", 17);
	film_zeros(b, 24);
	u64(b, 17 + 32 + 20 + 200);
	buf_add(b, "\x06\x0e\x2b\x34\1\2\1\1\x0d\1\3\1\x15\1\5\1\x83\0\0\xc8", 20);
	fill(b, 201);
}

static void
webp(struct buf *b)
{
	buf_adds(b, "RIFF");
	le(b, PICTURE + 22, 4);
	buf_adds(b, "WEBPVP8 ");
	le(b, PICTURE + 10, 4);
	buf_add(b, "\0\0\0\x9d\1\x2a\xb0\x44\x20\3", 10);
	fill(b, PICTURE);
}

static void
heic(struct buf *b)
{
	size_t at;

	LEAF(b, "ftyp", "heic\0\0\0\0mif1");
	at = begin(b, "meta");
	u32(b, 0);
	LEAF(b, "hdlr", "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
	end(b, at);
	at = begin(b, "mdat");
	fill(b, PICTURE);
	end(b, at);
}

static void
psd(struct buf *b)
{
	buf_add(b, "8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\x1e\0\0\0\x28\0\x08\0\3", 26);
	film_zeros(b, 14); /* no colours, resources and layers; not coded */
	fill(b, 30 * 40 * 3);
}

/* Canon's preview stands behind the index. */
static void
cr3(struct buf *b)
{
	size_t at;

	LEAF(b, "ftyp", "crx \0\0\0\1crx isom");
	LEAF(b, "moov", "");
	at = begin(b, "uuid");
	fill(b, PICTURE);
	end(b, at);
}

static void
make_tiff(struct buf *b, unsigned compression)
{
	struct made_tag tags[] = {LONG(DIR0, 0x100, 200), LONG(DIR0, 0x101, 100), SHORT(DIR0, 0x102, 16),
	    SHORT(DIR0, 0x103, compression), LONG(DIR0, 0x111, 500), LONG(DIR0, 0x117, PICTURE)};
	static struct made m;

	made_tiff(&m, tags, sizeof tags / sizeof tags[0]);
	buf_add(b, m.p, m.len);
	film_zeros(b, 500 - b->len);
	fill(b, PICTURE);
}

static void
tiff(struct buf *b)
{
	make_tiff(b, 1);
}

static void
tiff_coded(struct buf *b)
{
	make_tiff(b, 7);
}

static const struct {
	const char *what;
	void (*make)(struct buf *b);
	size_t zeros; /* so many at its end are damage; 0: they may be the picture's */
} files[] = {
    {"BMP", bmp, 0},
    {"BMP, compressed", bmp_coded, 0},
    {"PNM", pnm, 0},
    {"JPEG 2000", jp2, 2},
    {"JPEG 2000's codestream", j2c, 2},
    {"RAF", raf, 0},
    {"MRW", mrw, 0},
    {"MXF", mxf, 0},
    {"WebP", webp, 16384},
    {"HEIC", heic, 16384},
    {"CR3", cr3, 0},
    {"PSD", psd, 0},
    {"TIFF", tiff, 0},
    {"TIFF, compressed", tiff_coded, 16384},
};

static bool
is_cut(const struct buf *b, size_t len, struct media_info *info)
{
	made_read((const uint8_t *)b->p, len, NULL, info);
	return made_warned(info, FAIL_TRUNCATED, "");
}

/* The last n bytes, and all others at the end that were so before, become zeros. */
static bool
is_empty(struct buf *b, size_t n, struct media_info *info)
{
	memset(b->p + b->len - n, 0, n);
	return is_cut(b, b->len, info);
}

int
main(void)
{
	struct media_info info = {0};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		size_t zeros = files[i].zeros;

		buf_clear(&b, 0);
		files[i].make(&b);
		tap_ok(!is_cut(&b, b.len, &info), "%s that is whole", files[i].what);
		tap_ok(is_cut(&b, b.len - 1, &info) && is_cut(&b, b.len / 2, &info), "%s that is cut", files[i].what);
		tap_ok(zeros < 3 || !is_empty(&b, zeros - 1, &info), "%s that ends in some zeros", files[i].what);
		tap_ok(is_empty(&b, zeros > 0 ? zeros : b.len / 4, &info) == (zeros > 0), "%s that goes on in zeros",
		    files[i].what);
	}
	media_fini(&info);
	buf_fini(&b);
	return tap_done();
}
