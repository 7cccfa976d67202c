/* block -- an Exif block, wherever a container keeps it. */
#ifndef META_EXIF_BLOCK_H
#define META_EXIF_BLOCK_H

#include "media/media.h"
#include "media/src.h"
#include "meta/exif/ifd.h"
#include "meta/reader.h"

/*
 * block_read() -- read the block whose TIFF header is at `base` and which ends before `end`: fields and dates that are
 * missing are set, tags are appended where they are wanted.
 */
void block_read(struct reader *r, uint64_t base, uint64_t end);

/* block_read_bare() -- the same for a directory without a TIFF header: IFD0 is at `first`, offsets count from `base`.
 */
struct block_bare {
	uint64_t base, first, end;
	bool big_endian;
};
void block_read_bare(struct reader *r, const struct block_bare *where);

/*
 * block_count_tags() -- how many tags a block has in its first, its Exif and its GPS directory: how much it knows,
 * where a file has two.  0 where it cannot be read, which block_read() will tell.
 */
unsigned block_count_tags(struct reader *r, uint64_t base, uint64_t end);

/* What the block says of the picture's size in pixels; 0: nothing.  Programs that scale a picture often leave it. */
struct block_size {
	double width, height;
};

/* block_read_size() -- the same, and fill *size, for a container that turns out to tell no size of its own. */
void block_read_size(struct reader *r, uint64_t base, uint64_t end, struct block_size *size);

/*
 * block_read_parts() -- the same for a block whose directories stand apart, each behind a TIFF header of its own:
 * IFD_IMAGE, IFD_EXIF, IFD_GPS, or IFD_OTHER for the maker note, which stands last.
 */
struct block_part {
	enum ifd_kind kind;
	uint64_t base, end;
};
void block_read_parts(struct reader *r, const struct block_part *part, size_t n);

#endif
