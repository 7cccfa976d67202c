/*
 * exif -- the tags that the Exif standard defines, as fields of a record.
 *
 * It looks on while a block is walked (ifd.h) and sets at once what one tag says; what needs several tags (a date
 * with its fraction and offset, a position with its hemisphere) is put together at the end.
 *
 * Source: CIPA DC-008 (Exif 3.0), 4.6; TIFF 6.0; Windows' own tags in IFD0 (XPTitle, Rating).
 */
#ifndef META_EXIF_EXIF_H
#define META_EXIF_EXIF_H

#include "meta/exif/ifd.h"

/* A short text kept until the end; len 0: absent. */
struct exif_text {
	char p[48];
	size_t len;
};

struct exif_stamp {
	struct exif_text date, fraction, offset;
};

enum exif_shot { EXIF_EXPOSURE, EXIF_F_NUMBER, EXIF_ISO, EXIF_FOCAL, EXIF_FOCAL35, EXIF_SHOTS };

enum exif_where { EXIF_OWN, EXIF_IN_IFD0, EXIF_WHERES }; /* where a tag of the Exif directory was found */

/* What was seen so far.  {0} is empty. */
struct exif {
	struct media_info *info;
	double shot[EXIF_WHERES]
		   [EXIF_SHOTS]; /* from the Exif directory, and as some raw files have it, from IFD0; 0: absent */
	int flash[EXIF_WHERES];  /* 1 + bit 0 of Flash */
	double iso_long[3];      /* RecommendedExposureIndex, StandardOutputSensitivity, ISOSpeed */
	struct exif_stamp original, digitized, modified;
	struct exif_text original0, digitized0; /* the same in IFD0 */
	struct {
		double lat, lon, alt;
		char lat_ref, lon_ref;
		bool has_lat, has_lon, has_alt, below, has_time;
		uint32_t time[3][2];
		struct exif_text date;
	} gps;
	uint64_t note_at, note_len;       /* the maker note; len 0: none */
	uint64_t private_at, private_len; /* DNGPrivateData */
	double lens[4];                   /* LensSpecification, or DNG's LensInfo */
	struct exif_text serial0;         /* DNG's CameraSerialNumber */
	size_t row[EXIF_WHERES];          /* of the tables of tags: where the last search ended */
	bool has_keywords;                /* of Windows' own tag, which counts once */
};

/* exif_entry() -- look at one entry.  Directories that are not Exif's are ignored. */
void exif_entry(struct exif *x, struct ifd *ifd, const struct ifd_entry *e);

/* exif_end() -- set what is left, after a walk over `ifd` that did not fail; asks the maker note for what is missing,
 * and with --all for its tags. */
void exif_end(struct exif *x, struct ifd *ifd);

#endif
