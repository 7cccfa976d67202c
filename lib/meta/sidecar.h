/*
 * sidecar -- the XMP files that lie beside a file and speak of it: "name.ext.xmp" and "name.xmp".
 *
 * The first is of one file, the second of all that share the name, so what the first says is believed before the
 * second.  But where the second says for which extension it is, it is of that file alone, and where it does not and
 * one of those files is a raw picture, it is the raw picture's.
 */
#ifndef META_SIDECAR_H
#define META_SIDECAR_H

#include "base/buf.h"
#include "media/media.h"
#include "media/src.h"
#include "meta/folder.h"
#include "meta/reader.h"

/* The file whose sidecars are looked for. */
struct sidecar_file {
	int dirfd; /* where relative paths start */
	const char *path;
	const struct folder *folder; /* that it lies in */
};

/*
 * sidecar_read() -- add to what was read of a file what its sidecars say, as of MEDIA_FROM_SIDECAR.  One that cannot be
 * read is a warning, an empty one is nothing.  A file that is a sidecar itself has none.
 *
 *   r      has the state and the record of format_read(); its source is used for the sidecars, one after the other
 *   found  takes the paths of those that were read, each with its NUL
 *
 * Returns 0, or -1: memory or descriptors were short.
 */
int sidecar_read(const struct sidecar_file *file, struct reader *r, struct buf *found);

#endif
