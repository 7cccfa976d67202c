/*
 * What lies in one segment is read where it lies.  A block that goes on in further segments is gathered in memory, but
 * for extended XMP, whose pieces can stand in any order and are fed to the parser one by one.
 */
#include "format/jpeg/jpeg-app.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "format/jpeg/jpeg-maker.h"
#include "format/jpeg/marker.h"
#include "format/jpeg/mpf.h"
#include "meta/exif/tags.h"
#include "meta/photoshop.h"
#include "meta/reader.h"
#include "meta/xmp/xmp.h"

enum {
	EXIF_HEADER = 6,
	EXIF_LEAD_MAX = 4, /* bytes in front of one */
	FULL = 65400,      /* bytes of an Exif segment that may go on in the next one */
	HEADER_SEEN = 40,  /* bytes within which one that is nearly Adobe's stands */
	PEEK = 80          /* the longest header of a segment */
};

#define XMP_HEADER "http://ns.adobe.com/xap/1.0/"
#define XMP_DOMAIN "http://ns.adobe.com/xap/"
#define EXTENDED_HEADER "http://ns.adobe.com/xmp/extension/"
#define PHOTOSHOP_HEADER "Photoshop 3.0"
#define OLD_PHOTOSHOP_HEADER "Adobe_Photoshop2.5:"
#define NAME(text) ((struct slice){text, sizeof(text) - 1})

/* Its bytes, of which only the first `got`, where the file goes on so far, can be looked at. */
struct segment {
	uint64_t at;
	size_t len;
	const uint8_t *p;
	size_t got;
};

void
jpeg_app_begin(struct jpeg_app *a, struct reader *r)
{
	a->r = r;
	a->exif_open = false;
	a->xmp.len = 0;
	a->size = (struct block_size){0, 0};
	a->flir.n = a->extended.n = a->exif.n = a->before.n = a->photoshop.n = 0;
	a->exif.len = a->photoshop.len = 0;
}

static void
add_piece(struct jpeg_app *a, struct jpeg_pieces *p, uint64_t at, size_t len)
{
	if (p->n == JPEG_PIECES_MAX || p->len + len > JPEG_GATHER_MAX) {
		media_warn(a->r->info, FAIL_LIMIT,
		    "only the first %u KiB of metadata in several JPEG segments are read", JPEG_GATHER_MAX >> 10);
		return;
	}
	p->piece[p->n++] = (struct jpeg_piece){at, len};
	p->len += len;
}

/* Copies the pieces to one block of at most p->len bytes, without what is cut; returns how many it has. */
static size_t
gather(struct reader *r, const struct jpeg_pieces *p, uint8_t *block)
{
	const uint8_t *bytes;
	size_t i, got, len = 0;

	for (i = 0; i < p->n && (bytes = reader_some(r, p->piece[i].at, p->piece[i].len, &got)) != NULL; i++) {
		memcpy(block + len, bytes, got);
		len += got;
	}
	return len;
}

typedef void read_block(struct jpeg_app *, uint64_t at, uint64_t end);

static void
read_exif(struct jpeg_app *a, uint64_t at, uint64_t end)
{
	block_read_size(a->r, at, end, &a->size);
}

static void
read_photoshop(struct jpeg_app *a, uint64_t at, uint64_t end)
{
	photoshop_read(a->r, at, end);
}

static void
read_gathered(struct jpeg_app *a, const struct jpeg_pieces *p, read_block *read)
{
	uint8_t *block = malloc((size_t)p->len);
	struct src *outer;
	size_t len;

	if (block == NULL) {
		reader_nomem(a->r);
		return;
	}
	len = gather(a->r, p, block);
	if ((outer = reader_enter(a->r, block, len)) != NULL) {
		read(a, 0, len);
		reader_leave(a->r, outer);
	}
	free(block);
}

/* Reads a block in one piece or in several, which are none then. */
static void
read_pieces(struct jpeg_app *a, struct jpeg_pieces *p, read_block *read)
{
	const struct jpeg_piece *first = &p->piece[0];

	if (p->n == 1)
		read(a, first->at, first->at + first->len);
	else if (p->n > 1)
		read_gathered(a, p, read);
	p->n = 0;
	p->len = 0;
}

static bool
has(const struct segment *s, size_t from, const char *bytes, size_t n)
{
	return s->got >= from && s->got - from >= n && memcmp(s->p + from, bytes, n) == 0;
}

/* Exif, then without the few bytes too many that some writers have in front; others have other letters. */
static bool
find_exif(struct segment *s)
{
	for (size_t skip = 0; skip <= EXIF_LEAD_MAX && s->got >= skip + EXIF_HEADER; skip++) {
		if (strncasecmp((const char *)s->p + skip, "Exif", 5) != 0)
			continue;
		*s = (struct segment){s->at + skip, s->len - skip, s->p + skip, s->got - skip};
		return true;
	}
	return false;
}

static bool
is_block(const struct segment *s)
{
	return has(s, EXIF_HEADER, "II", 2) || has(s, EXIF_HEADER, "MM", 2);
}

static unsigned
count_tags(struct reader *r, const struct jpeg_pieces *p)
{
	return block_count_tags(r, p->piece[0].at, p->piece[0].at + p->piece[0].len);
}

/* Of the last block and the best one before it one is left, the last. */
static void
choose_exif(struct jpeg_app *a)
{
	if (a->before.n > 0 && count_tags(a->r, &a->exif) < count_tags(a->r, &a->before))
		a->exif = a->before;
	a->before.n = 0;
}

/*
 * A block over 64 KiB goes on in the segment behind, which begins like one of its own but for a TIFF header.  A segment
 * that has none and continues nothing is a block only where there is no other.
 */
static void
exif_segment(struct jpeg_app *a, const struct segment *s)
{
	bool goes_on = a->exif_open && !is_block(s);

	if (s->len < EXIF_HEADER + 8 && !goes_on)
		return;
	if (!goes_on && a->exif.n > 0) {
		if (!is_block(s))
			return;
		choose_exif(a);
		a->before = a->exif;
		a->exif.n = 0;
		a->exif.len = 0;
	}
	add_piece(a, &a->exif, s->at + EXIF_HEADER, s->len - EXIF_HEADER);
	a->exif_open = s->len >= FULL || goes_on;
}

static void
xmp_segment(struct jpeg_app *a, uint64_t at, size_t len)
{
	if (a->xmp.len == 0)
		a->xmp = (struct jpeg_piece){at, len};
	xmp_read(a->r, at, len);
}

/*
 * Whether there is a packet, and where it begins.  Writers have put blanks, NULs or "XMP" before Adobe's header or
 * behind it, another version into it, or left it out.
 */
static bool
find_packet(const struct segment *s, size_t *begin)
{
	static const char *const begins[] = {"<?xpacket", "<x:xmpmeta", "<x:xapmeta", "<rdf:RDF"};
	const uint8_t *at, *end = s->p + s->got;

	*begin = sizeof XMP_HEADER;
	if (has(s, 0, XMP_HEADER, sizeof XMP_HEADER))
		return s->len > sizeof XMP_HEADER;
	at = memmem(s->p, s->got < HEADER_SEEN ? s->got : HEADER_SEEN, XMP_DOMAIN, sizeof XMP_DOMAIN - 1);
	if (at != NULL) {
		*begin = (size_t)(at - s->p) + sizeof XMP_DOMAIN - 1;
		return true;
	}
	for (at = s->p; at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL; at++) {
		*begin = (size_t)(at - s->p);
		for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
			if (has(s, *begin, begins[i], strlen(begins[i])))
				return true;
		}
	}
	return false;
}

static void
maker_segment(
    struct reader *r, const struct segment *s, void (*take)(const uint8_t *p, size_t len, struct media_info *info))
{
	size_t got;
	const uint8_t *p = reader_some(r, s->at, s->len, &got);

	if (p != NULL)
		take(p, got, r->info);
}

static void
app1(struct jpeg_app *a, struct segment *s)
{
	size_t packet;

	if (find_exif(s))
		exif_segment(a, s);
	else if (has(s, 0, "QVCI\0", 5))
		maker_segment(a->r, s, jpeg_maker_qvci);
	else if (has(s, 0, "FLIR\0", 5) && s->got >= FLIR_HEAD)
		flir_add(&a->flir, s->p, s->at, s->len, a->r->info);
	else if (find_packet(s, &packet))
		xmp_segment(a, s->at + packet, s->len - packet);
	else if (has(s, 0, EXTENDED_HEADER, sizeof EXTENDED_HEADER) &&
		 s->got >= sizeof EXTENDED_HEADER + JPEG_EXTENDED_HEAD)
		jpeg_extended_add(&a->extended, s->p + sizeof EXTENDED_HEADER, s->at + sizeof EXTENDED_HEADER,
		    s->len - sizeof EXTENDED_HEADER, a->r->info);
}

/* Several segments are one block that was cut wherever a segment was full. */
static void
app13(struct jpeg_app *a, const struct segment *s)
{
	size_t header = has(s, 0, PHOTOSHOP_HEADER, sizeof PHOTOSHOP_HEADER) ? sizeof PHOTOSHOP_HEADER
			: has(s, 0, OLD_PHOTOSHOP_HEADER, sizeof OLD_PHOTOSHOP_HEADER - 1)
			    ? sizeof OLD_PHOTOSHOP_HEADER - 1
			    : 0;

	if (header > 0 && s->len > header)
		add_piece(a, &a->photoshop, s->at + header, s->len - header);
}

static void
jfif_tags(struct reader *r, const uint8_t *p)
{
	char version[] = {(char)('0' + p[5] % 10), '.', (char)('0' + p[6] / 10 % 10), (char)('0' + p[6] % 10)};

	tags_text(r, "JFIF", NAME("JFIFVersion"), version, sizeof version);
	tags_number(r, "JFIF", NAME("ResolutionUnit"), p[7]);
	tags_number(r, "JFIF", NAME("XResolution"), src_be16(p + 8));
	tags_number(r, "JFIF", NAME("YResolution"), src_be16(p + 10));
}

static void
adobe_tags(struct reader *r, const uint8_t *p)
{
	tags_number(r, "Adobe", NAME("DCTEncodeVersion"), src_be16(p + 5));
	tags_number(r, "Adobe", NAME("APP14Flags0"), src_be16(p + 7));
	tags_number(r, "Adobe", NAME("APP14Flags1"), src_be16(p + 9));
	tags_number(r, "Adobe", NAME("ColorTransform"), p[11]);
}

/* What only --all tells. */
static void
other(struct reader *r, uint8_t marker, const struct segment *s)
{
	const uint8_t *p;
	size_t got;

	if (r->info->tags == NULL)
		return;
	if (marker == MARKER_APP0 && has(s, 0, "JFIF\0", 5) && s->got >= 12)
		jfif_tags(r, s->p);
	else if (marker == MARKER_APP14 && has(s, 0, "Adobe", 5) && s->got >= 12)
		adobe_tags(r, s->p);
	else if (marker == MARKER_APP2 && has(s, 0, "MPF\0", 4))
		mpf_read(r, s->at + 4, s->at + s->len);
	else if (marker == MARKER_COM && (p = reader_some(r, s->at, s->len, &got)) != NULL)
		tags_text(r, "File", NAME("Comment"), (const char *)p, got);
}

void
jpeg_app_segment(struct jpeg_app *a, uint8_t marker, uint64_t at, size_t len)
{
	struct segment s = {.at = at, .len = len};

	if (marker != MARKER_APP1) /* a block goes on without a gap */
		a->exif_open = false;
	if (marker != MARKER_APP1 && marker != MARKER_APP12 && marker != MARKER_APP13 && a->r->info->tags == NULL)
		return;
	if ((s.p = reader_some(a->r, at, len < PEEK ? len : PEEK, &s.got)) == NULL)
		return;
	a->exif_open &= marker == MARKER_APP1 && find_exif(&s);
	if (marker == MARKER_APP1)
		app1(a, &s);
	else if (marker == MARKER_APP12)
		maker_segment(a->r, &s, jpeg_maker_picture_info);
	else if (marker == MARKER_APP13)
		app13(a, &s);
	else
		other(a->r, marker, &s);
}

void
jpeg_app_end(struct jpeg_app *a)
{
	choose_exif(a);
	read_pieces(a, &a->exif, read_exif);
	flir_read(a->r, &a->flir);
	jpeg_extended_read(a->r, &a->extended, &a->xmp);
	read_pieces(a, &a->photoshop, read_photoshop);
}
