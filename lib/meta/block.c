/* A block is walked once; fields and, with --all, tags are taken from the same entries. */
#include "meta/block.h"

#include "meta/exif.h"
#include "meta/tags.h"

struct block {
	struct exif exif;
	struct tags *tags; /* NULL: not wanted */
};

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct block *b = arg;

	exif_entry(&b->exif, ifd, e);
	if (b->tags != NULL)
		tags_entry(b->tags, ifd, e);
}

/* The directory behind IFD0 describes the thumbnail, of which only --all tells. */
static bool
chain(void *arg, unsigned nth)
{
	const struct block *b = arg;

	return b->tags != NULL && nth == 0;
}

int
block_read(struct src *src, uint64_t base, uint64_t end, struct work *work, struct media_info *info, struct fail *why)
{
	struct block b = {.exif.info = info};
	struct ifd_visitor v = {.entry = entry, .chain = chain, .arg = &b};
	struct ifd ifd;

	if (info->tags != NULL && (b.tags = tags_begin(work, info)) == NULL)
		return fail_nomem(why);
	if (ifd_open(&ifd, src, base, end, info, why) && ifd_walk(&ifd, &v) == 0) {
		exif_end(&b.exif, &ifd);
		if (b.tags != NULL)
			tags_end(b.tags, &ifd);
	}
	return ifd.failed ? -1 : 0;
}
