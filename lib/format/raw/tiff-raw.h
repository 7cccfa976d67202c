/* tiff-raw -- which maker's raw format a TIFF file is. */
#ifndef FORMAT_RAW_TIFF_RAW_H
#define FORMAT_RAW_TIFF_RAW_H

#include "meta/exif/ifd.h"

#define TIFF_HEAD 32 /* bytes of the file that tiff_raw_type() looks at */

/* What the directories of pictures told.  {0} is empty. */
struct tiff_signs {
	bool raw;           /* samples of a sensor, or a maker's own compression */
	bool dng;           /* DNGVersion */
	bool leaf;          /* Leaf's own block */
	bool kodak;         /* Kodak's own directory */
	bool maker_private; /* DNGPrivateData, which Sony's raw files have without being DNG */
};

/* tiff_raw_sign() -- look at one entry of a directory that describes a picture. */
void tiff_raw_sign(struct tiff_signs *s, struct ifd *ifd, const struct ifd_entry *e);

/*
 * tiff_raw_type() -- the raw format of a file whose bid said "tiff" or "rw2", or NULL where it is what the bid said.
 *
 *   head  len first bytes of the file
 *   info  MEDIA_MAKE and MEDIA_MODEL are looked at
 */
const char *tiff_raw_type(const struct tiff_signs *s, const struct media_info *info, const uint8_t *head, size_t len);

/* tiff_raw_is_cr2() -- whether the head is that of Canon's second raw format. */
bool tiff_raw_is_cr2(const uint8_t *head, size_t len);

/* tiff_raw_is_canon_1d() -- whether the head is that of Canon's first raw format, a TIFF file with a mark. */
bool tiff_raw_is_canon_1d(const uint8_t *head, size_t len);

#endif
