/*
 * picture -- the file that a record is about, as it lies there now, for the small picture in it.
 *
 * What was placed is looked for in its library, and nowhere outside it, whatever a record says and whatever links lie
 * there; what was only planned, where it was read.
 */
#ifndef REPORT_PAGE_PICTURE_H
#define REPORT_PAGE_PICTURE_H

#include "base/buf.h"
#include "base/fail.h"
#include "format/preview.h"
#include "report/report-parts.h"

struct pictures {
	int dirfd;           /* where relative paths start */
	const char *library; /* NULL: the one that the log lies in, else the one that the record names */
	struct src *src;
	struct reader_worker *worker;
	struct preview preview;
	int rootfd; /* of `root`; -1: it is not there */
	struct buf root, text;
};

/* pictures_init() -- returns 0 or -1 (ENOMEM); then, too, pictures_fini() is to be called. */
int pictures_init(struct pictures *p, int dirfd, const char *library, struct fail *why);
void pictures_fini(struct pictures *p);

/*
 * picture_of() -- the small picture of a record's file: p->preview, of which jpeg.len is 0 where there is none, or the
 * file cannot be opened or read.
 *
 *   log  that the record came from; NULL: standard input
 *
 * Returns 0 or -1: ENOMEM.
 */
int picture_of(struct pictures *p, const struct rec *rec, const char *log, struct fail *why);

#endif
