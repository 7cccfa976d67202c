/*
 * A directory's entries are copied to the stack some at a time: fetching a value may move the source's window, and
 * the entries must outlive that.  In the usual block everything lies in the head, so a fetch is two comparisons.
 */
#include "meta/exif/ifd.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/num.h"

#define CHUNK 48    /* entries copied at a time */
#define BAD_MAX 8   /* entries of unknown type after which a directory is taken for garbage */
#define SUBS_MAX 64 /* SubIFDs of one directory */

size_t
ifd_type_size(uint16_t type)
{
	static const uint8_t size[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

	return type < sizeof size ? size[type] : type == IFD_UTF8;
}

uint16_t
ifd_get16(const struct ifd *ifd, const uint8_t *p)
{
	return ifd->big_endian ? src_be16(p) : src_le16(p);
}

uint32_t
ifd_get32(const struct ifd *ifd, const uint8_t *p)
{
	return ifd->big_endian ? src_be32(p) : src_le32(p);
}

static uint64_t
get64(const struct ifd *ifd, const uint8_t *p)
{
	return ifd->big_endian ? src_be64(p) : src_le64(p);
}

static const char *
excuse(enum fail_code code)
{
	return code == FAIL_LIMIT ? "are over the limit for one file" : "lie beyond the end";
}

/* len bytes for an entry's value, or for a directory or header where e is NULL.  Damage leaves a warning. */
static const uint8_t *
fetch(struct ifd *ifd, uint64_t at, size_t len, const struct ifd_entry *e)
{
	/* What a tag points to beyond its block, in a file that goes on, costs the tag; else it is the file that is
	 * cut. */
	enum fail_code code = e != NULL && ifd->end < reader_size(ifd->r) ? FAIL_VALUE : FAIL_TRUNCATED;
	const uint8_t *p;

	if (at <= ifd->end && len <= ifd->end - at) {
		if ((p = reader_try(ifd->r, at, len)) != NULL || ifd->r->failed)
			return p;
		code = ifd->r->why->code;
	}
	if (e != NULL)
		media_warn(
		    ifd->r->info, code, "tag 0x%04x: its %zu bytes at %" PRIu64 " %s", e->tag, len, at, excuse(code));
	else
		media_warn(ifd->r->info, code, "%zu bytes of a directory at %" PRIu64 " %s", len, at, excuse(code));
	return NULL;
}

void
ifd_push(struct ifd *ifd, enum ifd_kind kind, uint64_t at)
{
	size_t max = kind == IFD_IMAGE || kind == IFD_SUB ? IFD_PICTURES_MAX : IFD_DIRS_MAX, i;

	for (i = 0; i < ifd->ndirs; i++) {
		if (ifd->dir[i].at == at) {
			media_warn(ifd->r->info, FAIL_FORMAT,
			    "two pointers lead to the directory at %" PRIu64 "; it is read once", at);
			return;
		}
	}
	if (ifd->ndirs >= max) {
		media_warn(ifd->r->info, FAIL_LIMIT, "more than %zu directories; the rest was not read", max);
		return;
	}
	ifd->dir[ifd->ndirs++] = (struct ifd_dir){.kind = kind, .nth = ifd->nkind[kind]++, .at = at};
}

/* Queues the directory at an offset of the block; 0 is none. */
static void
push_offset(struct ifd *ifd, enum ifd_kind kind, uint64_t offset)
{
	uint64_t at;

	if (offset == 0)
		return;
	if (!num_add(ifd->base, offset, &at) || at >= ifd->end)
		media_warn(
		    ifd->r->info, FAIL_TRUNCATED, "a directory at offset %" PRIu64 " lies beyond the end", offset);
	else
		ifd_push(ifd, kind, at);
}

void
ifd_begin(struct ifd *ifd, struct reader *r, uint64_t base, uint64_t end)
{
	ifd->r = r;
	ifd->base = base;
	ifd->end = end < reader_size(r) ? end : reader_size(r);
	ifd->big_endian = ifd->wide = false;
	ifd->magic = 0;
	ifd->ndirs = 0;
	memset(ifd->nkind, 0, sizeof ifd->nkind);
}

bool
ifd_open(struct ifd *ifd, struct reader *r, uint64_t base, uint64_t end)
{
	const uint8_t *p;

	ifd_begin(ifd, r, base, end);
	if ((p = fetch(ifd, base, 8, NULL)) == NULL)
		return false;
	ifd->big_endian = p[0] == 'M';
	if (p[0] != p[1] || (p[0] != 'M' && p[0] != 'I')) {
		media_warn(ifd->r->info, FAIL_FORMAT, "there is no TIFF header where one should be");
		return false;
	}
	/* Any other number (Panasonic, Olympus and others have their own) is read as classic TIFF. */
	if ((ifd->magic = ifd_get16(ifd, p + 2)) != 43) {
		push_offset(ifd, IFD_IMAGE, ifd_get32(ifd, p + 4));
		return true;
	}
	ifd->wide = true;
	if ((p = fetch(ifd, base, 16, NULL)) == NULL)
		return false;
	if (ifd_get16(ifd, p + 4) != 8 || ifd_get16(ifd, p + 6) != 0) {
		media_warn(ifd->r->info, FAIL_FORMAT, "the offsets of a BigTIFF are not 8 bytes long");
		return false;
	}
	push_offset(ifd, IFD_IMAGE, get64(ifd, p + 8));
	return true;
}

/* Fills an entry from its bytes.  Returns whether it makes sense. */
static bool
parse_entry(const struct ifd *ifd, const uint8_t *p, uint64_t at, struct ifd_entry *e)
{
	size_t room = ifd->wide ? 8 : 4;
	const uint8_t *value = p + 4 + room;
	uint64_t offset;

	e->tag = ifd_get16(ifd, p);
	e->type = ifd_get16(ifd, p + 2);
	e->count = ifd->wide ? get64(ifd, p + 4) : ifd_get32(ifd, p + 4);
	if (ifd_type_size(e->type) == 0 || !num_mul(e->count, ifd_type_size(e->type), &e->bytes))
		return false;
	e->near = e->bytes <= room ? value : NULL;
	if (e->near != NULL) {
		e->at = at + 4 + room;
		return true;
	}
	offset = ifd->wide ? get64(ifd, value) : ifd_get32(ifd, value);
	return num_add(ifd->base, offset, &e->at);
}

/* The pointers that the standards define; the walk follows them by itself. */
static bool
pointed_kind(const struct ifd_entry *e, enum ifd_kind *kind)
{
	if (e->kind == IFD_IMAGE && e->tag == 0x8769)
		*kind = IFD_EXIF;
	else if (e->kind == IFD_IMAGE && e->tag == 0x8825)
		*kind = IFD_GPS;
	else if (e->kind == IFD_EXIF && e->tag == 0xa005)
		*kind = IFD_INTEROP;
	else if ((e->kind == IFD_IMAGE || e->kind == IFD_SUB) && e->tag == 0x014a)
		*kind = IFD_SUB;
	else
		return false;
	return true;
}

void
ifd_push_pointed(struct ifd *ifd, enum ifd_kind kind, const struct ifd_entry *e)
{
	double offset[SUBS_MAX];
	size_t n = ifd_numbers(ifd, e, offset, kind == IFD_SUB ? SUBS_MAX : 1), i;

	if (kind == IFD_SUB && e->count > SUBS_MAX)
		media_warn(ifd->r->info, FAIL_LIMIT,
		    "only the first %d of %" PRIu64 " directories of one tag were read", SUBS_MAX, e->count);

	for (i = 0; i < n; i++) {
		if (offset[i] >= 0 && offset[i] <= 0x1p53)
			push_offset(ifd, kind, (uint64_t)offset[i]);
	}
}

/* An entry that makes no sense.  Returns whether there have been so many that the directory is garbage. */
static bool
is_garbage(struct ifd *ifd, const struct ifd_entry *e, unsigned *bad)
{
	if (e->tag == 0 && e->type == 0)
		return false; /* padding that some writers leave */
	media_warn(ifd->r->info, FAIL_VALUE, "tag 0x%04x has no valid type or count", e->tag);
	if (++*bad < BAD_MAX)
		return false;
	media_warn(ifd->r->info, FAIL_FORMAT, "a directory of tags is garbage and was not read to its end");
	return true;
}

static void
visit(struct ifd *ifd, const struct ifd_entry *e, const struct ifd_visitor *v)
{
	enum ifd_kind kind;

	if (pointed_kind(e, &kind) && (kind != IFD_SUB || v->subs))
		ifd_push_pointed(ifd, kind, e);
	v->entry(v->arg, ifd, e);
}

/* Reads a directory's count of entries, cut to what the limits and the block allow; *first is where they begin. */
static size_t
count_entries(struct ifd *ifd, uint64_t at, uint64_t *first, bool *whole)
{
	size_t head = ifd->wide ? 8 : 2, size = ifd->wide ? 20 : 12;
	const uint8_t *p = fetch(ifd, at, head, NULL);
	uint64_t n;

	*whole = false;
	if (p == NULL)
		return 0;
	n = ifd->wide ? get64(ifd, p) : ifd_get16(ifd, p);
	*first = at + head;
	if (n > IFD_ENTRIES_MAX) {
		media_warn(ifd->r->info, FAIL_LIMIT, "only the first %d of a directory's %" PRIu64 " entries were read",
		    IFD_ENTRIES_MAX, n);
		n = IFD_ENTRIES_MAX;
	} else {
		*whole = true;
	}
	if (n * size > ifd->end - *first) {
		media_warn(
		    ifd->r->info, FAIL_TRUNCATED, "a directory of %" PRIu64 " entries reaches beyond the end", n);
		n = (ifd->end - *first) / size;
		*whole = false;
	}
	return (size_t)n;
}

/* Queues the directory whose offset stands behind the last entry. */
static void
follow_chain(struct ifd *ifd, uint64_t at)
{
	size_t len = ifd->wide ? 8 : 4;
	const uint8_t *p;

	if (at > ifd->end || ifd->end - at < len) /* often left out after the only directory */
		return;
	if ((p = fetch(ifd, at, len, NULL)) != NULL)
		push_offset(ifd, IFD_IMAGE, ifd->wide ? get64(ifd, p) : ifd_get32(ifd, p));
}

/* Shows `left` entries from *at on, and moves behind them.  Returns false where the directory ended before. */
static bool
walk_entries(struct ifd *ifd, struct ifd_entry *e, uint64_t *at, size_t left, const struct ifd_visitor *v)
{
	size_t size = ifd->wide ? 20 : 12, n, i;
	uint8_t chunk[CHUNK * 20];
	const uint8_t *p;
	unsigned bad = 0;

	for (; left > 0; left -= n) {
		n = left < CHUNK ? left : CHUNK;
		if ((p = fetch(ifd, *at, n * size, NULL)) == NULL)
			return false;
		memcpy(chunk, p, n * size);
		for (i = 0, p = chunk; i < n && !ifd->r->failed; i++, p += size, *at += size) {
			if (parse_entry(ifd, p, *at, e))
				visit(ifd, e, v);
			else if (is_garbage(ifd, e, &bad))
				return false;
		}
	}
	return !ifd->r->failed;
}

static void
walk_dir(struct ifd *ifd, struct ifd_dir dir, const struct ifd_visitor *v)
{
	struct ifd_entry e = {.kind = dir.kind, .nth = dir.nth};
	uint64_t at = 0;
	bool whole;
	size_t n = count_entries(ifd, dir.at, &at, &whole);

	if (walk_entries(ifd, &e, &at, n, v) && whole && dir.kind == IFD_IMAGE && v->chain != NULL &&
	    v->chain(v->arg, dir.nth))
		follow_chain(ifd, at);
}

void
ifd_walk(struct ifd *ifd, const struct ifd_visitor *v)
{
	size_t i;

	for (i = 0; i < ifd->ndirs && !ifd->r->failed; i++)
		walk_dir(ifd, ifd->dir[i], v);
}

const uint8_t *
ifd_value(struct ifd *ifd, const struct ifd_entry *e, size_t max, size_t *len)
{
	*len = e->bytes < max ? (size_t)e->bytes : max;
	return e->near != NULL ? e->near : fetch(ifd, e->at, *len, e);
}

const char *
ifd_text(struct ifd *ifd, const struct ifd_entry *e, size_t *len)
{
	const char *text;

	if (e->type != IFD_ASCII && e->type != IFD_UTF8 && e->type != IFD_BYTE && e->type != IFD_UNDEFINED)
		return NULL;
	if ((text = (const char *)ifd_value(ifd, e, IFD_TEXT_MAX, len)) != NULL)
		*len = strnlen(text, *len);
	return text;
}

static double
quotient(double num, double den)
{
	return den != 0 ? num / den : NAN;
}

static double
float32(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

static double
float64(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof d);
	return d;
}

double
ifd_decode(const struct ifd *ifd, uint16_t type, const uint8_t *p)
{
	switch (type) {
	case IFD_BYTE:
		return *p;
	case IFD_SBYTE:
		return (int8_t)*p;
	case IFD_SHORT:
		return ifd_get16(ifd, p);
	case IFD_SSHORT:
		return (int16_t)ifd_get16(ifd, p);
	case IFD_LONG:
	case IFD_IFD:
		return ifd_get32(ifd, p);
	case IFD_SLONG:
		return (int32_t)ifd_get32(ifd, p);
	case IFD_RATIONAL:
		return quotient(ifd_get32(ifd, p), ifd_get32(ifd, p + 4));
	case IFD_SRATIONAL:
		return quotient((int32_t)ifd_get32(ifd, p), (int32_t)ifd_get32(ifd, p + 4));
	case IFD_FLOAT:
		return float32(ifd_get32(ifd, p));
	case IFD_DOUBLE:
		return float64(get64(ifd, p));
	case IFD_LONG8:
	case IFD_IFD8:
		return (double)get64(ifd, p);
	case IFD_SLONG8:
		return (double)(int64_t)get64(ifd, p);
	default:
		return NAN;
	}
}

size_t
ifd_numbers(struct ifd *ifd, const struct ifd_entry *e, double *out, size_t n)
{
	size_t size = ifd_type_size(e->type), len, i;
	const uint8_t *p;

	if (e->type == IFD_ASCII || e->type == IFD_UTF8 || e->type == IFD_UNDEFINED)
		return 0;
	if (n > e->count)
		n = (size_t)e->count;
	if (n == 0 || (p = ifd_value(ifd, e, n * size, &len)) == NULL)
		return 0;
	for (i = 0; i < n; i++)
		out[i] = ifd_decode(ifd, e->type, p + i * size);
	return n;
}

double
ifd_number(struct ifd *ifd, const struct ifd_entry *e)
{
	double v;

	return ifd_numbers(ifd, e, &v, 1) == 1 ? v : NAN;
}

bool
ifd_ratio(struct ifd *ifd, const struct ifd_entry *e, size_t index, uint32_t *num, uint32_t *den)
{
	const uint8_t *p;
	size_t len;

	if (e->type != IFD_RATIONAL || index >= e->count || index >= IFD_TEXT_MAX / 8)
		return false;
	if ((p = ifd_value(ifd, e, (index + 1) * 8, &len)) == NULL)
		return false;
	*num = ifd_get32(ifd, p + index * 8);
	*den = ifd_get32(ifd, p + index * 8 + 4);
	return true;
}
