/*
 * sheet -- the contact sheet: a tile for each picture and film that came, with the small picture that its file holds,
 * or else its type.
 *
 * Tiles wait on disk until the page has come to them.  Both their number and the bytes of the pictures in them have a
 * limit, so that a page of a large import can be opened.
 */
#ifndef REPORT_PAGE_SHEET_H
#define REPORT_PAGE_SHEET_H

#include "file/spool.h"
#include "report/page/picture.h"
#include "run/filter.h"

#define SHEET_TILES_MAX 20000
#define SHEET_BYTES_MAX (32u << 20) /* of JPEG; a third more in the page */

struct sheet {
	struct pictures pictures;
	struct spool tiles;
	uint64_t files, shown, small; /* all, those with a tile, those with a picture in it */
	uint64_t bytes;               /* of these */
	bool full;                    /* of pictures */
	struct rec_group group;
	struct buf tile, text;
};

/* sheet_init() -- as pictures_init(); then, too, sheet_fini() is to be called. */
int sheet_init(struct sheet *s, int dirfd, const char *library, struct fail *why);
void sheet_fini(struct sheet *s);

struct sheet_file {
	const struct rec *rec;
	const char *day; /* as of report_day(); NULL: it has none */
	const char *log; /* that it came from; NULL: standard input */
};

/*
 * sheet_add() -- a record that has come; others than pictures and films are passed over.  Returns 0 or -1: ENOMEM, or
 * there is no room for the tiles on disk.
 */
int sheet_add(struct sheet *s, const struct sheet_file *file, struct fail *why);

/* sheet_put() -- append it, with run_flush() in between.  Returns 0 or -1. */
int sheet_put(struct sheet *s, struct run *run, struct buf *out, struct fail *why);

#endif
