/*
 * xmp -- XMP packets, as fields of a record.
 *
 * Source: ISO 16684-1 (XMP, part 1); Adobe's XMP specification, part 2; Exif 2.3x metadata for XMP (CIPA DC-010).
 */
#ifndef META_XMP_XMP_H
#define META_XMP_XMP_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

struct reader_worker;
struct xmp; /* reusable: one for each worker, in worker->xmp, made when first needed */
void xmp_free(struct xmp *x);

/*
 * xmp_read() -- read the packet of len bytes at `at`.
 *
 *   info  fields, lists and dates are set as of MEDIA_FROM_XMP, or of MEDIA_FROM_SIDECAR where that is info->origin;
 *         tags are appended.  A packet that is not well-formed is a warning; what stood before the fault stays.
 *         Bytes before the first element and after the last are passed over, of which the latter are not read
 */
void xmp_read(struct reader *r, uint64_t at, uint64_t len);

/*
 * Whose a sidecar is, as worker->sidecar while it is read.  One that is another file's sets nothing: it names another
 * extension (photoshop:SidecarForExtension), or it names none and the file shares it with a raw one.
 */
struct xmp_sidecar {
	const char *extension; /* the file's, without its dot */
	size_t len;
	const char *other; /* another spelling of it, by which the file may be named too; or NULL */
	bool shared;
	bool foreign; /* the answer */
};

/*
 * A packet in pieces: xmp_begin(), xmp_add() for each piece in order, xmp_end().  Between begin and end no other
 * packet is read.  xmp_begin() returns 0, or -1 (ENOMEM).
 */
int xmp_begin(struct reader *r);
void xmp_add(struct reader_worker *worker, const char *bytes, size_t len);
void xmp_end(struct reader_worker *worker);

/* What the packets of a file say of a film that stands behind its picture. */
struct xmp_motion {
	bool present;
	uint64_t length_bytes; /* from its beginning to the end of the file; 0: unknown */
};

/* xmp_motion() -- of all packets since xmp_file_begin(), which format_read() calls.  Returns motion->present. */
bool xmp_motion(const struct reader_worker *worker, struct xmp_motion *motion);
void xmp_file_begin(struct reader_worker *worker);

#endif
