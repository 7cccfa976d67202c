/* A block is walked once; fields and, with --all, tags are taken from the same entries. */
#include "meta/exif/block.h"

#include "meta/exif/exif.h"
#include "meta/exif/tags.h"
#include "meta/reader.h"

struct block {
	struct exif exif;
	struct block_size size, size0; /* of the Exif directory, and of IFD0 */
	double small_at, small_len;    /* the JPEG that IFD1 tells of */
	bool wants_small;
};

static void
size_tag(struct block *b, struct ifd *ifd, const struct ifd_entry *e)
{
	if (e->kind == IFD_EXIF && e->tag == 0xa002)
		b->size.width = ifd_number(ifd, e);
	else if (e->kind == IFD_EXIF && e->tag == 0xa003)
		b->size.height = ifd_number(ifd, e);
	else if (e->kind == IFD_IMAGE && e->nth == 0 && e->tag == 0x0100)
		b->size0.width = ifd_number(ifd, e);
	else if (e->kind == IFD_IMAGE && e->nth == 0 && e->tag == 0x0101)
		b->size0.height = ifd_number(ifd, e);
}

static void
small_tag(struct block *b, struct ifd *ifd, const struct ifd_entry *e)
{
	if (e->kind == IFD_IMAGE && e->nth == 1 && e->tag == 0x0201)
		b->small_at = ifd_number(ifd, e);
	else if (e->kind == IFD_IMAGE && e->nth == 1 && e->tag == 0x0202)
		b->small_len = ifd_number(ifd, e);
}

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct block *b = arg;

	exif_entry(&b->exif, ifd, e);
	size_tag(b, ifd, e);
	small_tag(b, ifd, e);
	if (b->exif.info->tags != NULL)
		tags_entry(ifd, e);
}

/* The directory behind IFD0 describes the thumbnail, of which only --all tells. */
static bool
chain(void *arg, unsigned nth)
{
	const struct block *b = arg;

	return (b->exif.info->tags != NULL || b->wants_small) && nth == 0;
}

static bool
is_size(const struct block_size *s)
{
	return s->width > 0 && s->height > 0;
}

static void
count(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	unsigned *n = arg;

	(void)ifd;
	*n += (e->kind == IFD_IMAGE && e->nth == 0) || e->kind == IFD_EXIF || e->kind == IFD_GPS;
}

unsigned
block_count_tags(struct reader *r, uint64_t base, uint64_t end)
{
	unsigned n = 0;
	struct ifd_visitor v = {.entry = count, .arg = &n};
	struct reader quiet = *r;
	struct ifd ifd;

	quiet.info = NULL;
	if (ifd_open(&ifd, &quiet, base, end))
		ifd_walk(&ifd, &v);
	r->failed |= quiet.failed;
	return n;
}

/* Returns what media_from() said before. */
static enum media_origin
begin(struct block *b, struct reader *r)
{
	*b = (struct block){.exif.info = r->info, .wants_small = reader_wants_previews(r)};
	return media_from(r->info, MEDIA_FROM_EXIF);
}

void
block_read_size(struct reader *r, uint64_t base, uint64_t end, struct block_size *size)
{
	struct block b;
	struct ifd_visitor v = {.entry = entry, .chain = chain, .arg = &b};
	enum media_origin before = begin(&b, r);
	struct ifd ifd;

	if (ifd_open(&ifd, r, base, end)) {
		ifd_walk(&ifd, &v);
		reader_preview(r, base, b.small_at, b.small_len);
		exif_end(&b.exif, &ifd);
	}
	*size = is_size(&b.size) ? b.size : is_size(&b.size0) ? b.size0 : (struct block_size){0};
	media_from(r->info, before);
}

void
block_read(struct reader *r, uint64_t base, uint64_t end)
{
	struct block_size size;

	block_read_size(r, base, end, &size);
}

void
block_read_bare(struct reader *r, const struct block_bare *where)
{
	struct block b;
	struct ifd_visitor v = {.entry = entry, .arg = &b};
	enum media_origin before = begin(&b, r);
	struct ifd ifd;

	ifd_begin(&ifd, r, where->base, where->end);
	ifd.big_endian = where->big_endian;
	ifd_push(&ifd, IFD_IMAGE, where->first);
	ifd_walk(&ifd, &v);
	exif_end(&b.exif, &ifd);
	media_from(r->info, before);
}

/* A part of a block that stands by itself: its first directory is of the kind that the container says. */
static void
read_part(struct block *b, struct ifd *ifd, const struct block_part *part, const struct ifd_visitor *v)
{
	if (ifd->ndirs == 0)
		return;
	if (part->kind == IFD_OTHER) {
		b->exif.note_at = ifd->dir[0].at;
		b->exif.note_len = ifd->end - ifd->dir[0].at;
		return;
	}
	ifd->dir[0].kind = part->kind;
	ifd_walk(ifd, v);
}

void
block_read_parts(struct reader *r, const struct block_part *part, size_t n)
{
	struct block b;
	struct ifd_visitor v = {.entry = entry, .arg = &b};
	enum media_origin before = begin(&b, r);
	struct ifd ifd = {.r = r};
	size_t i;

	for (i = 0; i < n && !r->failed; i++) {
		if (ifd_open(&ifd, r, part[i].base, part[i].end))
			read_part(&b, &ifd, &part[i], &v);
	}
	exif_end(&b.exif, &ifd);
	media_from(r->info, before);
}
