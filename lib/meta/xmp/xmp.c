/*
 * From the bytes of a packet to fields: made UTF-8 (xmp-decode), parsed by expat, read as RDF (xmp-rdf), kept as values
 * (xmp-values), set as fields (xmp-fields) and, with --all, appended as tags (xmp-tags).  Nothing of a packet is kept
 * but the values that are asked for.
 *
 * The usual packet, which is in one piece and plain, is parsed by xmlscan in place of expat, which alone would take
 * more time than all else that is done with a picture.
 */
#include "meta/xmp/xmp.h"

#include <errno.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "meta/reader.h"
#include "meta/xmp/xmlscan.h"
#include "meta/xmp/xmp-decode.h"
#include "meta/xmp/xmp-expat.h"
#include "meta/xmp/xmp-fields.h"
#include "meta/xmp/xmp-rdf.h"
#include "meta/xmp/xmp-tags.h"
#include "meta/xmp/xmp-values.h"

#define CHUNK (32u << 10)
#define PLAIN_MAX (256u << 10)   /* of a packet that is tried in one piece */
#define TOKEN_MAX (512u << 10)   /* of what expat must see as a whole, such as a tag with its attributes */
#define PACKET_KEEP (256u << 10) /* a parser that saw a longer packet is not kept: it may have grown */

enum state { READING, DONE, TOO_DEEP, TOO_LONG, DOCTYPE, DAMAGED, NO_MEMORY };

struct xmp {
	XML_Parser parser; /* NULL until first needed */
	unsigned long salt;
	struct xmp_expat expat;
	struct xmlscan *scan;
	struct media_info *info;
	struct xmp_sidecar *sidecar; /* NULL: it is no sidecar, or no other file's */
	size_t tags_at;              /* where those of the packet begin */
	struct xmp_decode decode;
	enum state state;
	bool parsing;                      /* by expat */
	bool mended;                       /* bytes that expat was to see */
	uint64_t fed_bytes, waiting_bytes; /* that expat has been fed; … since it last told of something */
	bool names;
	struct xmp_rdf rdf;
	struct xmp_values values;
	struct xmp_tags tags;
};

void
xmp_free(struct xmp *x)
{
	if (x == NULL)
		return;
	XML_ParserFree(x->parser);
	xmp_expat_fini(&x->expat);
	xmlscan_free(x->scan);
	xmp_rdf_fini(&x->rdf);
	xmp_values_fini(&x->values);
	xmp_tags_fini(&x->tags);
	free(x);
}

static const char *
label(const struct media_info *info)
{
	return info->origin == MEDIA_FROM_SIDECAR ? "the sidecar" : "XMP";
}

static void
stop(struct xmp *x, enum state state)
{
	x->state = state;
	if (x->parsing)
		XML_StopParser(x->parser, XML_FALSE);
}

static void
note_limit(struct xmp *x, enum xmp_rdf_limit limit)
{
	if (limit >= XMP_RDF_TOO_DEEP)
		stop(x, limit == XMP_RDF_ENDED ? DONE : TOO_DEEP);
}

static enum xmlscan_next
start_element(void *arg, const struct xmlscan_name *name, const struct xmlscan_attribute *attribute, size_t n)
{
	enum xmp_rdf_limit limit = XMP_RDF_FINE;
	struct xmp *x = arg;

	if (x->state == READING)
		note_limit(x, limit = xmp_rdf_start(&x->rdf, name, attribute, n));
	return x->state != READING ? XMLSCAN_STOP : limit == XMP_RDF_USELESS ? XMLSCAN_SKIP : XMLSCAN_GO;
}

static enum xmlscan_next
end_element(void *arg)
{
	struct xmp *x = arg;

	if (x->state == READING)
		note_limit(x, xmp_rdf_end(&x->rdf));
	return x->state == READING ? XMLSCAN_GO : XMLSCAN_STOP;
}

static void
text(void *arg, const char *bytes, size_t len)
{
	struct xmp *x = arg;

	if (x->state == READING)
		xmp_rdf_text(&x->rdf, bytes, len);
}

static unsigned
uri(void *arg, struct slice s)
{
	(void)arg;
	return xmp_rdf_uri(s);
}

static void
expat_start(void *arg, const char *name, const char **list)
{
	struct xmlscan_name n = xmp_expat_name(name);
	struct xmp *x = arg;

	x->waiting_bytes = 0;
	if (xmp_expat_attributes(&x->expat, list))
		start_element(x, &n, x->expat.attribute, x->expat.n);
	else
		stop(x, NO_MEMORY);
}

static void
expat_end(void *arg, const char *name)
{
	struct xmp *x = arg;

	(void)name;
	x->waiting_bytes = 0;
	end_element(x);
}

static void
expat_text(void *arg, const char *bytes, int len)
{
	struct xmp *x = arg;

	x->waiting_bytes = 0;
	text(x, bytes, (size_t)len);
}

/* Entities are where the bombs are; XMP has none. */
static void
doctype(void *arg, const char *name, const char *system, const char *public, int has_internal)
{
	(void)name, (void)system, (void)public, (void)has_internal;
	stop(arg, DOCTYPE);
}

static void
leaf(void *arg, const struct xmp_leaf *l)
{
	struct xmp *x = arg;

	xmp_values_leaf(&x->values, l);
	if (x->names)
		xmp_tags_leaf(&x->tags, l);
}

static void
structure(void *arg, enum xmp_property property)
{
	struct xmp *x = arg;

	xmp_values_structure(&x->values, property);
}

static void
property(void *arg)
{
	struct xmp *x = arg;

	xmp_tags_property(&x->tags);
}

/* The salt keeps hostile names from meeting in expat's tables; expat itself would ask the system for one each time. */
static struct xmp *
xmp_new(void)
{
	struct xmp *x = calloc(1, sizeof *x);

	if (x != NULL && (getrandom(&x->salt, sizeof x->salt, GRND_NONBLOCK) != sizeof x->salt || x->salt == 0))
		x->salt = (unsigned long)(uintptr_t)x | 1;
	return x;
}

static bool
ready_parser(struct xmp *x)
{
	if (x->fed_bytes > PACKET_KEEP) {
		XML_ParserFree(x->parser);
		x->parser = NULL;
	}
	if (x->parser != NULL)
		XML_ParserReset(x->parser, "UTF-8");
	else if ((x->parser = XML_ParserCreateNS("UTF-8", XMP_SEPARATOR)) == NULL)
		return false;
	XML_SetHashSalt(x->parser, x->salt);
	XML_SetReturnNSTriplet(x->parser, x->names);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, expat_start, expat_end);
	XML_SetCharacterDataHandler(x->parser, expat_text);
	XML_SetStartDoctypeDeclHandler(x->parser, doctype);
	return true;
}

/* Makes everything but a parser ready for a packet. */
static struct xmp *
begin(struct reader *r)
{
	struct xmp_sink sink = {.leaf = leaf, .structure = structure, .property = property};
	struct xmp *x = r->worker->xmp;

	if (x == NULL && (x = r->worker->xmp = xmp_new()) == NULL)
		return NULL;
	x->info = r->info;
	x->names = x->info->tags != NULL;
	x->sidecar = r->worker->sidecar;
	x->tags_at = x->names ? x->info->tags->len : 0;
	x->state = READING;
	x->parsing = x->mended = false;
	sink.arg = x;
	xmp_rdf_begin(&x->rdf, &sink, x->names);
	xmp_values_begin(&x->values);
	if (x->names)
		xmp_tags_begin(&x->tags, r);
	return x;
}

int
xmp_begin(struct reader *r)
{
	struct xmp *x = begin(r);

	if (x == NULL || !ready_parser(x)) {
		reader_nomem(r);
		return -1;
	}
	x->parsing = true;
	x->fed_bytes = x->waiting_bytes = 0;
	x->decode = (struct xmp_decode){0};
	return 0;
}

static bool
is_cut(enum XML_Error code)
{
	return code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN || code == XML_ERROR_PARTIAL_CHAR ||
	       code == XML_ERROR_UNCLOSED_CDATA_SECTION;
}

/* Where expat's own table of prefixes cannot grow it speaks of an unbound prefix: errno knows better. */
static void
parse_part(struct xmp *x, const char *bytes, int len, int is_last)
{
	enum XML_Error code;

	errno = 0;
	if (XML_Parse(x->parser, bytes, len, is_last) != XML_STATUS_ERROR)
		return;
	code = XML_GetErrorCode(x->parser);
	if (x->state != READING || code == XML_ERROR_ABORTED)
		return;
	x->state = code == XML_ERROR_NO_MEMORY || errno == ENOMEM ? NO_MEMORY : DAMAGED;
	if (x->state != DAMAGED)
		return;
	if (is_cut(code))
		media_warn(x->info, FAIL_TRUNCATED, "%s is cut off within its RDF", label(x->info));
	else
		media_warn(x->info, FAIL_FORMAT, "%s is not well-formed: %s", label(x->info), XML_ErrorString(code));
}

static void
parse(void *arg, const char *bytes, size_t len)
{
	struct xmp *x = arg;

	if (x->state == READING && x->rdf.depth > 0) /* the packet's wrapper and padding are not judged */
		x->mended |= x->decode.mended;
	x->decode.mended = false;
	x->fed_bytes += len;
	while (x->state == READING && len > 0) {
		size_t n = len < CHUNK ? len : CHUNK;

		if ((x->waiting_bytes += n) > TOKEN_MAX)
			x->state = TOO_LONG;
		else
			parse_part(x, bytes, (int)n, 0);
		bytes += n;
		len -= n;
	}
}

void
xmp_add(struct reader_worker *worker, const char *bytes, size_t len)
{
	struct xmp *x = worker->xmp;

	if (x->state == READING)
		xmp_decode(&x->decode, bytes, len, parse, x);
}

/* What stands at the end of the text is only now looked at. */
static void
finish(struct xmp *x)
{
	if (x->fed_bytes == 0) {
		if (x->decode.junk)
			media_warn(x->info, FAIL_FORMAT, "%s has no XML element", label(x->info));
	} else {
		parse_part(x, "", 0, 1);
	}
}

static bool
is_extension(struct slice named, const char *extension, size_t len)
{
	return named.len == len && strncasecmp(named.p, extension, len) == 0;
}

/* Whether a sidecar is another file's; then nothing of it stays. */
static bool
is_foreign(struct xmp *x)
{
	struct xmp_sidecar *s = x->sidecar;
	struct slice named;

	if (s == NULL || x->values.text.failed)
		return false;
	named = xmp_values_first(&x->values, XMP_SIDECAR_FOR);
	if (named.len > 0 && *named.p == '.')
		named = (struct slice){named.p + 1, named.len - 1};
	s->foreign = s->shared;
	if (named.len > 0)
		s->foreign = !is_extension(named, s->extension, s->len) &&
			     (s->other == NULL || !is_extension(named, s->other, strlen(s->other)));
	if (s->foreign && x->names) {
		x->info->tags->len = x->tags_at;
		buf_cstr(x->info->tags);
	}
	return s->foreign;
}

static void
warn_of_state(const struct xmp *x)
{
	if (x->state == TOO_DEEP)
		media_warn(x->info, FAIL_LIMIT, "%s nests elements more than %d deep", label(x->info), XMP_DEPTH_MAX);
	else if (x->state == TOO_LONG)
		media_warn(x->info, FAIL_LIMIT, "%s has an XML tag of over %u KiB; the rest was not read",
		    label(x->info), TOKEN_MAX >> 10);
	else if (x->state == DOCTYPE)
		media_warn(x->info, FAIL_FORMAT, "%s declares a document type; the rest was not read", label(x->info));
	if (x->mended)
		media_warn(x->info, FAIL_VALUE, "%s has characters that XML does not allow", label(x->info));
	if (x->rdf.cut)
		media_warn(x->info, FAIL_VALUE, "%s has a value of over %u KiB, which was shortened", label(x->info),
		    XMP_VALUE_MAX >> 10);
}

/* Sets what has been read of a packet. */
static void
set_fields(struct xmp *x)
{
	enum media_origin before = x->info->origin;

	if (is_foreign(x))
		return;
	warn_of_state(x);
	if (before != MEDIA_FROM_SIDECAR)
		media_from(x->info, MEDIA_FROM_XMP);
	xmp_fields_set(&x->values, x->info);
	media_from(x->info, before);
	xmp_fields_motion(&x->values, &x->values.motion);
	x->info->text.failed |= x->state == NO_MEMORY || x->rdf.text.failed || x->rdf.name.failed;
}

void
xmp_end(struct reader_worker *worker)
{
	struct xmp *x = worker->xmp;

	if (x->state == READING)
		finish(x);
	set_fields(x);
}

/* Reads a packet in one piece, as xmlscan can.  Returns whether it was read; nothing is set where it was not. */
static bool
read_plain(struct reader *r, uint64_t at, uint64_t len)
{
	static const struct xmlscan_handlers handlers = {uri, start_element, end_element, text};
	struct xmp *x;
	const uint8_t *p;
	size_t got;

	if (r->info->tags != NULL || len > PLAIN_MAX ||
	    (p = src_some(r->src, at, (size_t)len, &got, &(struct fail){0})) == NULL)
		return false;
	if ((x = begin(r)) == NULL || (x->scan == NULL && (x->scan = xmlscan_new()) == NULL))
		return false;
	if (!xmlscan_run(x->scan, (const char *)p, got, &handlers, x))
		return false;
	set_fields(x);
	return true;
}

static void
read_pieces(struct reader *r, uint64_t at, uint64_t len)
{
	const uint8_t *p;
	size_t got;

	if (xmp_begin(r) == -1)
		return;
	for (; len > 0 && r->worker->xmp->state == READING; at += got, len -= got) {
		p = reader_some(r, at, len < CHUNK ? (size_t)len : CHUNK, &got);
		if (p == NULL || got == 0)
			break;
		xmp_add(r->worker, (const char *)p, got);
	}
	xmp_end(r->worker);
}

void
xmp_read(struct reader *r, uint64_t at, uint64_t len)
{
	const char *what = r->what;

	r->what = label(r->info);
	if (!r->failed && !read_plain(r, at, len))
		read_pieces(r, at, len);
	r->what = what;
}

bool
xmp_motion(const struct reader_worker *worker, struct xmp_motion *motion)
{
	*motion = worker->xmp != NULL ? worker->xmp->values.motion : (struct xmp_motion){0};
	return motion->present;
}

void
xmp_file_begin(struct reader_worker *worker)
{
	if (worker->xmp != NULL)
		worker->xmp->values.motion = (struct xmp_motion){0};
}
