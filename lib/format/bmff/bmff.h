/* bmff -- what the files share that read ISO base media, bmff*.c, heif.c and cr3.c; others see format_bmff alone. */
#ifndef FORMAT_BMFF_BMFF_H
#define FORMAT_BMFF_BMFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/bmff/box.h"
#include "format/bmff/movie.h"
#include "format/format.h"
#include "meta/reader.h"

/* bmff_bid() -- ISO base media (ISO/IEC 14496-12), QuickTime and the HEIF family, by the first box and its brands. */
const char *bmff_bid(const uint8_t *head, size_t len);

#define BMFF_TEXT_MAX (64u << 10)
#define BMFF_KEYS_MAX 256u
#define BMFF_CHUNKS_MAX 90 /* seconds until which a GoPro may have found its satellites */

/* The keys of one meta box, by index; {0} is none. */
struct bmff_keys {
	size_t n;
	struct bmff_key {
		uint32_t index; /* from 1 */
		uint8_t known;  /* what it means */
		size_t name;    /* in names */
	} key[BMFF_KEYS_MAX];
	struct buf names; /* one after the other, each ended by a NUL; only with --all */
};

struct bmff_track {
	unsigned nth;  /* from 1 */
	char name[24]; /* of its tags' group */
	uint32_t handler;
	unsigned width, height;             /* of the coded picture */
	unsigned shown_width, shown_height; /* as the track header has it */
	int orientation;
	bool gopro;                      /* what a GoPro's sensors measured */
	uint64_t chunk[BMFF_CHUNKS_MAX]; /* where the first of them begin */
	size_t nchunks;
};

#define CR3_PARTS 4

/* One file being read. */
struct bmff {
	struct reader *r;
	struct boxes boxes;
	struct movie movie;
	struct bmff_keys keys;
	struct bmff_track track;    /* the one being read */
	struct bmff_track shown;    /* the first with pictures; nth 0: none yet */
	struct box part[CR3_PARTS]; /* Canon's blocks; type 0: absent */
	unsigned tracks;
	unsigned behind; /* boxes met behind the index */
	uint32_t timescale;
	uint64_t fragments; /* what a segment index says they last, in units of fragment_scale */
	uint32_t fragment_scale;
	bool is_movie; /* not a picture */
	bool quicktime;
	bool seen_moov, seen_meta, seen_cmvd;
	bool decompressed; /* the index was compressed, and was read */
};

/* bmff_text() -- a whole body of at most BMFF_TEXT_MAX bytes, a longer one is a warning; its length in *len. */
const uint8_t *bmff_text(struct bmff *f, const struct box *b, size_t *len);

/* Headers of a movie and its tracks, bmff-track.c. */
void bmff_mvhd(struct bmff *f, const struct box *b);
void bmff_mehd(struct bmff *f, const struct box *b);
void bmff_sidx(struct bmff *f, const struct box *b);
void bmff_tkhd(struct bmff *f, const struct box *b);
void bmff_mdhd(struct bmff *f, const struct box *b);
void bmff_hdlr(struct bmff *f, const struct box *b);
void bmff_stsd(struct bmff *f, const struct box *b);
void bmff_chunks(struct bmff *f, const struct box *b);
void bmff_track_ended(struct bmff *f);
void bmff_end(struct bmff *f); /* what could be told only at the end: size, which way up, duration of fragments */

/* bmff_orientation() -- a transformation's a, b, c, d as an Exif orientation; 0 for none, and for those that Exif does
 * not know. */
int bmff_orientation(const int matrix[4]);

/* Texts: a child of udta, bmff-userdata.c; keys and the items of ilst, bmff-keys.c. */
void bmff_userdata(struct bmff *f, const struct box *b);
void bmff_keys(struct bmff *f, const struct box *b);
void bmff_no_keys(struct bmff *f); /* a meta box begins */
void bmff_item(struct bmff *f, const struct box *b);

/* bmff_userdata_item() -- fill in name and meaning of an item that has the name of a child of udta.  False: it has
 * nothing for us, or, unless tags are wanted, no more than a tag. */
bool bmff_userdata_item(const struct bmff *f, uint32_t type, struct movie_text *t);

/* What makers write in places of their own, bmff-maker.c, bmff-camera.c, bmff-xtra.c,
 * bmff-sony.c, bmff-insta360.c, bmff-gopro.c. */
bool bmff_maker(struct bmff *f, const struct box *b); /* a child of udta: whether it was one of these */
void bmff_tags(struct bmff *f, const struct box *b);
void bmff_panasonic(struct bmff *f, const struct box *b);
void bmff_xtra(struct bmff *f, const struct box *b);
void bmff_insta360(struct bmff *f); /* behind the movie */
void bmff_gopro(struct bmff *f, const struct box *b);
void bmff_gopro_clock(struct bmff *f);               /* of the track that has ended: what the position's clock showed */
void bmff_sony(struct bmff *f, const struct box *b); /* the xml box of a meta box */

/* bmff_maker_text() -- note the text of len bytes, or up to its first NUL, that a maker writes under a key, where that
 * is one of those that say something. */
struct bmff_maker {
	const char *group; /* of the tags */
	struct {
		uint32_t key;
		int what;
		const char *name;
	} text[8]; /* up to the first without a name */
};
void bmff_maker_text(struct bmff *f, const struct bmff_maker *maker, uint32_t key, const uint8_t *p, size_t len);

/* bmff_maker_exposure() -- set MEDIA_EXPOSURE, MEDIA_F_NUMBER or MEDIA_FOCAL, and its tag, to a quotient, unless it is
 * none above 0. */
void bmff_maker_exposure(struct bmff *f, const char *group, enum media_field field, double num, double den);

/* heif_meta() -- the items of a picture: the size of the first image, Exif, XMP. */
void heif_meta(struct boxes *w, const struct box *b, uint64_t skip);

/* cr3_part() -- note a child of Canon's box, where it is one of the four, or a small picture.  cr3_end() -- read what
 * was noted. */
void cr3_part(struct bmff *f, const struct box *b);
void cr3_end(struct bmff *f);

#endif
