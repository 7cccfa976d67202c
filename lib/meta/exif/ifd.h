/*
 * ifd -- a bounded walk over the directories of a TIFF structure, which Exif blocks and most raw files are.
 *
 * Directories wait in a queue that is also the list of those already seen, so that neither a cycle nor depth can
 * hold the walk.  Entries are shown one by one; a value is fetched only when the visitor asks for it, from wherever
 * in the source it lies.  What is damaged costs that entry, or that directory, and leaves a warning.
 *
 * Source: TIFF 6.0, section 2; BigTIFF (libtiff's description); CIPA DC-008 (Exif 3.0), 4.6.
 */
#ifndef META_EXIF_IFD_H
#define META_EXIF_IFD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

#define IFD_PICTURES_MAX 128                 /* directories of pictures … */
#define IFD_DIRS_MAX (IFD_PICTURES_MAX + 16) /* … and of all kinds: those of metadata have room behind any pictures */
#define IFD_ENTRIES_MAX 4096
#define IFD_TEXT_MAX (64u << 10) /* longest text that is fetched */
#define IFD_MAGIC_PANASONIC 0x55 /* whose first directory has tags of its own below 0x00fe */

enum ifd_kind {
	IFD_IMAGE, /* IFD0 and those chained to it */
	IFD_SUB,   /* what SubIFDs (0x014a) points to */
	IFD_EXIF,
	IFD_GPS,
	IFD_INTEROP,
	IFD_OTHER /* pushed by a visitor */
};

enum ifd_type {
	IFD_BYTE = 1,
	IFD_ASCII,
	IFD_SHORT,
	IFD_LONG,
	IFD_RATIONAL,
	IFD_SBYTE,
	IFD_UNDEFINED,
	IFD_SSHORT,
	IFD_SLONG,
	IFD_SRATIONAL,
	IFD_FLOAT,
	IFD_DOUBLE,
	IFD_IFD,
	IFD_LONG8 = 16,
	IFD_SLONG8,
	IFD_IFD8,
	IFD_UTF8 = 129
};

/* One entry; valid while its visitor runs. */
struct ifd_entry {
	enum ifd_kind kind;
	unsigned nth; /* ordinal of the directory among those of its kind, from 0 */
	uint16_t tag, type;
	uint64_t count, bytes; /* bytes: count times the type's size */
	uint64_t at;           /* where the value lies in the source */
	const uint8_t *near;   /* the value's bytes where they are part of the entry, else NULL */
};

struct ifd_dir {
	enum ifd_kind kind;
	unsigned nth;
	uint64_t at;
};

/* A walk over one block.  Fill with ifd_open(). */
struct ifd {
	struct reader *r;      /* borrowed */
	uint64_t base;         /* where the block begins in the source; offsets count from here */
	uint64_t end;          /* what lies at or beyond it in the source is no part of the block */
	bool big_endian, wide; /* wide: BigTIFF */
	uint16_t magic;        /* 42, 43 for BigTIFF, or a maker's own; 0 without a header */
	struct ifd_dir dir[IFD_DIRS_MAX];
	size_t ndirs;
	unsigned nkind[IFD_OTHER + 1];
};

/*
 * ifd_open() -- read the header of the block at `base`, which ends before `end`, and note its first directory.  Returns
 * false, with a warning, where no TIFF header is, or where the read failed.
 */
bool ifd_open(struct ifd *ifd, struct reader *r, uint64_t base, uint64_t end);

/* ifd_begin() -- prepare a walk without a header, as maker notes have it: ifd_push() notes where to begin. */
void ifd_begin(struct ifd *ifd, struct reader *r, uint64_t base, uint64_t end);

/*
 * struct ifd_visitor -- who looks at the entries.
 *
 *   entry  every entry, in the order of the file
 *   chain  after a directory of the chain: whether the next one is wanted.  NULL: no
 *   subs   follow SubIFDs
 */
struct ifd_visitor {
	void (*entry)(void *arg, struct ifd *ifd, const struct ifd_entry *e);
	bool (*chain)(void *arg, unsigned nth);
	bool subs;
	void *arg;
};

/* ifd_walk() -- visit all directories, unless the source can no longer be read: r->failed. */
void ifd_walk(struct ifd *ifd, const struct ifd_visitor *v);

/* ifd_push() -- queue the directory at `at` in the source, once; full queues and bad places leave a warning. */
void ifd_push(struct ifd *ifd, enum ifd_kind kind, uint64_t at);

/* ifd_push_pointed() -- queue the directory, or for IFD_SUB the directories, that an entry holds the offset of. */
void ifd_push_pointed(struct ifd *ifd, enum ifd_kind kind, const struct ifd_entry *e);

/* ifd_value() -- the value's first `max` bytes at most, *len of them, until the next call; NULL with a warning. */
const uint8_t *ifd_value(struct ifd *ifd, const struct ifd_entry *e, size_t max, size_t *len);

/* ifd_text() -- a text value up to its first NUL; NULL, perhaps with a warning, for other types. */
const char *ifd_text(struct ifd *ifd, const struct ifd_entry *e, size_t *len);

/*
 * ifd_numbers() -- the first n values as numbers; a rational without a denominator is NaN.  Returns how many there
 * are, 0 for a type that holds no numbers.
 */
size_t ifd_numbers(struct ifd *ifd, const struct ifd_entry *e, double *out, size_t n);

/* ifd_number() -- the first value; NaN where there is none. */
double ifd_number(struct ifd *ifd, const struct ifd_entry *e);

/* ifd_ratio() -- the index-th value of an unsigned rational as it stands. */
bool ifd_ratio(struct ifd *ifd, const struct ifd_entry *e, size_t index, uint32_t *num, uint32_t *den);

/* ifd_decode() -- one number of a type; NaN for a type that holds none. */
double ifd_decode(const struct ifd *ifd, uint16_t type, const uint8_t *p);

size_t ifd_type_size(uint16_t type); /* 0: unknown */
uint16_t ifd_get16(const struct ifd *ifd, const uint8_t *p);
uint32_t ifd_get32(const struct ifd *ifd, const uint8_t *p);

#endif
