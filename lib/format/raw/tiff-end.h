/* tiff-end -- whether the pictures that a TIFF's directories point to are all in the file. */
#ifndef FORMAT_RAW_TIFF_END_H
#define FORMAT_RAW_TIFF_END_H

#include "meta/exif/ifd.h"

/* Where the picture of one directory lies.  {0} is empty. */
struct tiff_data {
	double at, len;           /* the last strip or tile; 0: not told */
	double jpeg_at, jpeg_len; /* a JPEG that is no strip */
	uint64_t pieces;
	double compression, bits, samples;
};

/* Panasonic's own tags.  {0} is empty. */
struct tiff_panasonic {
	double at, width, height, version;
};

/* tiff_end_tag() -- look at one entry of a directory that describes a picture. */
void tiff_end_tag(struct tiff_data *d, struct ifd *ifd, const struct ifd_entry *e);
void tiff_end_panasonic_tag(struct tiff_panasonic *p, struct ifd *ifd, const struct ifd_entry *e);

/*
 * tiff_end_reach() -- the length that the file must have for the picture, 0 where nothing tells it.
 *
 * The last strip or tile stands for all.  Of a single strip the length is believed only as far as width and height
 * allow: some cameras give that of the pixels for compressed ones.
 */
double tiff_end_reach(const struct tiff_data *d, double width, double height);

/* tiff_end_panasonic() -- the same for Panasonic's, whose length of the strip says nothing; 0 where it may be any. */
double tiff_end_panasonic(const struct tiff_panasonic *p);

/* tiff_end_preview() -- note the JPEGs that the directory points to, where they are short. */
void tiff_end_preview(const struct tiff_data *d, struct reader *r);

/* tiff_end_is_coded() -- whether the picture is compressed so that many zeros in a row cannot be. */
bool tiff_end_is_coded(const struct tiff_data *d);

/* tiff_end_is_told() -- whether the offsets of a raw format are what TIFF says; Kodak's and Sony's first are not. */
bool tiff_end_is_told(const char *type);

#endif
