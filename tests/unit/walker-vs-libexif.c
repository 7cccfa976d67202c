/*
 * Our walker and libexif read the same blocks: every tag, with its type, count and bytes, and the numbers made of
 * them.  The blocks are those of the corpus's JPEGs, where it lies beside the checkout, and generated ones.
 */
#include <dirent.h>
#include <libexif/exif-data.h>
#include <math.h>

#include "made.h"
#include "meta/exif/exif.h"
#include "tap.h"

#define TAGS_MAX 1000

struct tag {
	ExifIfd ifd;
	uint16_t tag, type;
	uint64_t count;
	const uint8_t *bytes; /* in the file */
	size_t len;
};

struct table {
	struct tag tag[TAGS_MAX];
	size_t n;
	const uint8_t *file;
	struct exif exif;
	bool bad_thumbnail; /* its place or length is beyond the block: libexif then gives up the whole directory */
	bool no_pointer;    /* a pointer of 0 or of no values, which libexif follows */
};

static const struct tag *
find(const struct table *t, ExifIfd ifd, uint16_t tag)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->tag[i].ifd == ifd && t->tag[i].tag == tag)
			return &t->tag[i];
	}
	return NULL;
}

static bool
libexif_ifd(const struct ifd_entry *e, ExifIfd *ifd)
{
	static const ExifIfd of[] = {
	    [IFD_IMAGE] = EXIF_IFD_0,
	    [IFD_EXIF] = EXIF_IFD_EXIF,
	    [IFD_GPS] = EXIF_IFD_GPS,
	    [IFD_INTEROP] = EXIF_IFD_INTEROPERABILITY,
	};

	if (e->kind == IFD_SUB || e->kind == IFD_OTHER || e->nth > (e->kind == IFD_IMAGE))
		return false;
	*ifd = e->kind == IFD_IMAGE && e->nth == 1 ? EXIF_IFD_1 : of[e->kind];
	return true;
}

/* Pointers and the thumbnail's place are no entries to libexif. */
static bool
is_structure(uint16_t tag)
{
	return tag == 0x8769 || tag == 0x8825 || tag == 0xa005 || tag == 0x0201 || tag == 0x0202;
}

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct table *t = arg;
	const uint8_t *p;
	ExifIfd where;
	size_t len;

	exif_entry(&t->exif, ifd, e);
	if (e->tag == 0x0201 || e->tag == 0x0202)
		t->bad_thumbnail |= ifd_number(ifd, e) >= (double)(ifd->end - ifd->base);
	if (e->tag == 0x8769 || e->tag == 0x8825 || e->tag == 0xa005)
		t->no_pointer |= !(ifd_number(ifd, e) > 0);
	if (!libexif_ifd(e, &where) || is_structure(e->tag) || e->bytes == 0 || find(t, where, e->tag) != NULL ||
	    t->n == TAGS_MAX || (p = ifd_value(ifd, e, SIZE_MAX, &len)) == NULL)
		return;
	t->tag[t->n++] = (struct tag){where, e->tag, e->type, e->count, t->file + e->at, len};
}

static bool
chain(void *arg, unsigned nth)
{
	(void)arg;
	return nth == 0;
}

static void
walk(struct table *t, const uint8_t *file, size_t len, size_t base, size_t end, struct media_info *info)
{
	struct ifd_visitor v = {.entry = entry, .chain = chain, .arg = t};
	struct src *src = src_new();
	struct fail why = {0};
	struct reader r = {.src = src, .info = info, .why = &why};
	static struct ifd ifd;

	media_clear(info);
	memset(t, 0, sizeof *t);
	t->exif.info = info;
	t->file = file;
	src_open_memory(src, file, len);
	if (ifd_open(&ifd, &r, base, end)) {
		ifd_walk(&ifd, &v);
		exif_end(&t->exif, &ifd);
	}
	src_free(src);
}

struct comparison {
	const struct table *ours;
	const char *name;
	size_t seen;
	bool good;
};

static void
compare_entry(ExifEntry *theirs, void *arg)
{
	struct comparison *c = arg;
	const struct tag *ours = find(c->ours, exif_entry_get_ifd(theirs), (uint16_t)theirs->tag);

	c->seen++;
	if (ours != NULL && ours->type == theirs->format && ours->count == theirs->components &&
	    ours->len == theirs->size && memcmp(ours->bytes, theirs->data, ours->len) == 0)
		return;
	c->good = false;
	printf("# %s: %s tag 0x%04x %s\n", c->name, exif_ifd_get_name(exif_entry_get_ifd(theirs)), theirs->tag,
	    ours != NULL ? "differs" : "is missing");
}

static void
compare_content(ExifContent *content, void *arg)
{
	exif_content_foreach_entry(content, compare_entry, arg);
}

static double
number_of(ExifData *data, const ExifEntry *e)
{
	ExifByteOrder order = exif_data_get_byte_order(data);

	if (e->format == EXIF_FORMAT_SHORT && e->size >= 2)
		return exif_get_short(e->data, order);
	if (e->format == EXIF_FORMAT_LONG && e->size >= 4)
		return exif_get_long(e->data, order);
	if (e->format == EXIF_FORMAT_RATIONAL && e->size >= 8) {
		ExifRational r = exif_get_rational(e->data, order);

		return r.denominator != 0 ? (double)r.numerator / r.denominator : NAN;
	}
	return NAN;
}

/* The numbers that a record shows, from libexif's reading of the same tags. */
static bool
compare_numbers(ExifData *data, const struct media_info *info, const char *name)
{
	static const struct {
		ExifTag tag;
		enum media_field field;
	} numbers[] = {
	    {EXIF_TAG_EXPOSURE_TIME, MEDIA_EXPOSURE},
	    {EXIF_TAG_FNUMBER, MEDIA_F_NUMBER},
	    {EXIF_TAG_ISO_SPEED_RATINGS, MEDIA_ISO},
	    {EXIF_TAG_FOCAL_LENGTH, MEDIA_FOCAL},
	    {EXIF_TAG_FOCAL_LENGTH_IN_35MM_FILM, MEDIA_FOCAL35},
	};
	bool good = true;

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const ExifEntry *e = exif_content_get_entry(data->ifd[EXIF_IFD_EXIF], numbers[i].tag);
		const struct media_value *v = &info->field[numbers[i].field];
		double theirs = e != NULL ? number_of(data, e) : NAN;

		if (theirs > 0 && theirs != 65535 && media_round(theirs) != v->number) {
			printf("# %s: %s is %g, to libexif %g\n", name, media_field_name(numbers[i].field), v->number,
			    theirs);
			good = false;
		}
	}
	return good;
}

/* Every tag of each in the other. */
static void
compare(const char *name, const uint8_t *file, size_t len, size_t base, size_t end)
{
	ExifData *data = exif_data_new();
	static struct media_info info;
	static struct table ours;
	struct comparison c = {&ours, name, 0, true};

	walk(&ours, file, len, base, end, &info);
	if (ours.no_pointer || made_warned(&info, FAIL_FORMAT, "two pointers")) {
		tap_ok(true, "%s # skip to libexif a directory is where none is, or one directory is two", name);
		goto done;
	}
	exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
	exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
	exif_data_load_data(data, file + base - 6, (unsigned)(end - base + 6));
	exif_data_foreach_content(data, compare_content, &c);
	for (size_t i = 0; i < ours.n && !ours.bad_thumbnail; i++) {
		if (exif_content_get_entry(data->ifd[ours.tag[i].ifd], (ExifTag)ours.tag[i].tag) == NULL) {
			printf("# %s: tag 0x%04x is unknown to libexif\n", name, ours.tag[i].tag);
			c.good = false;
		}
	}
	c.good = compare_numbers(data, &info, name) && c.good;
	tap_ok(c.good && (c.seen == ours.n || ours.bad_thumbnail), "%s: %zu tags", name, ours.n);
done:
	exif_data_unref(data);
	media_fini(&info);
	info = (struct media_info){0};
}

/* The first Exif block of a JPEG. */
static bool
find_block(const uint8_t *p, size_t len, size_t *base, size_t *end)
{
	size_t at = 2, size;

	while (at + 10 < len && p[at] == 0xff) {
		size = src_be16(p + at + 2);
		if (p[at + 1] == 0xe1 && memcmp(p + at + 4, "Exif\0", 5) == 0) {
			*base = at + 10;
			*end = at + 2 + size < len ? at + 2 + size : len;
			return *end > *base + 8;
		}
		if (p[at + 1] == 0xda)
			return false;
		at += 2 + size;
	}
	return false;
}

static void
compare_file(const char *folder, const char *name)
{
	static uint8_t bytes[1 << 20];
	size_t len, base, end;
	char path[4096];
	FILE *in;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	if ((in = fopen(path, "rb")) == NULL)
		return;
	len = fread(bytes, 1, sizeof bytes, in);
	fclose(in);
	if (find_block(bytes, len, &base, &end))
		compare(name, bytes, len, base, end);
}

static void
compare_corpus(void)
{
	const char *corpus = getenv("CORPUS");
	struct dirent **entries;
	char folder[2048];
	int n;

	snprintf(folder, sizeof folder, "%s/jpeg", corpus != NULL ? corpus : "../shared/corpus");
	if ((n = scandir(folder, &entries, NULL, alphasort)) == -1) {
		tap_ok(true, "the corpus # skip no corpus beside the checkout");
		return;
	}
	for (int i = 0; i < n; i++) {
		compare_file(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/* Every standard tag that libexif knows, with a value of each type, in both orders. */
static void
compare_generated(void)
{
	static const uint16_t types[] = {T_BYTE, T_ASCII, T_SHORT, T_LONG, T_RATIONAL, T_UNDEF, T_SLONG, T_SRATIONAL};
	static struct made block, file;
	static struct made_tag tags[400];
	size_t n = 0, base, end;

	for (uint32_t tag = 1; tag < 0xffff && n < 400; tag += 163) {
		struct made_tag t = {(int)(n % 3), (uint16_t)tag, types[n % 8], 1 + n % 3, NULL, {1, 2, 3, 4, 5, 6}};

		if (t.type == T_BYTE || t.type == T_ASCII || t.type == T_UNDEF)
			t.text = "ab\0d";
		if (!is_structure(t.tag) && t.tag != 0x014a && t.tag != 0x927c)
			tags[n++] = t;
	}
	for (int big = 0; big < 2; big++) {
		block.big_endian = big;
		made_tiff(&block, tags, n);
		made_jpeg(&file, &block, 8, 6);
		if (find_block(file.p, file.len, &base, &end))
			compare(
			    big ? "generated, big endian" : "generated, little endian", file.p, file.len, base, end);
	}
}

int
main(void)
{
	compare_generated();
	compare_corpus();
	return tap_done();
}
