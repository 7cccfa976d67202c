/* xml-events -- what expat and xmlscan say of a packet, as text that can be compared. */
#ifndef UNIT_XML_EVENTS_H
#define UNIT_XML_EVENTS_H

#include <expat.h>
#include <string.h>

#include "base/buf.h"
#include "meta/xmp/xmlscan.h"

struct xml_events {
	struct buf text;
	struct buf uris; /* each with a NUL behind it; a namespace's number is its place + 1 */
};

static inline void
xml_events_fini(struct xml_events *e)
{
	buf_fini(&e->text);
	buf_fini(&e->uris);
}

/* expat: names are "uri\nlocal". */
static inline void
xml_events_expat_start(void *arg, const char *name, const char **attributes)
{
	struct xml_events *e = arg;

	buf_addf(&e->text, "<%s", name);
	for (; *attributes != NULL; attributes += 2)
		buf_addf(&e->text, " %s=\"%s\"", attributes[0], attributes[1]);
	buf_addc(&e->text, '>');
}

static inline void
xml_events_expat_end(void *arg, const char *name)
{
	struct xml_events *e = arg;

	(void)name;
	buf_adds(&e->text, "</>");
}

static inline void
xml_events_expat_text(void *arg, const char *bytes, int len)
{
	struct xml_events *e = arg;

	buf_add(&e->text, bytes, (size_t)len);
}

/* Returns whether expat finds the packet well-formed. */
static inline bool
xml_events_expat(struct xml_events *e, const char *p, size_t len)
{
	XML_Parser parser = XML_ParserCreateNS(NULL, '\n');
	bool good;

	XML_SetUserData(parser, e);
	XML_SetElementHandler(parser, xml_events_expat_start, xml_events_expat_end);
	XML_SetCharacterDataHandler(parser, xml_events_expat_text);
	good = XML_Parse(parser, p, (int)len, 1) == XML_STATUS_OK;
	XML_ParserFree(parser);
	return good;
}

static inline unsigned
xml_events_uri(void *arg, struct slice uri)
{
	struct xml_events *e = arg;
	size_t at, len;

	for (at = 0; at < e->uris.len; at += len + 1) {
		len = strlen(e->uris.p + at);
		if (slice_eq(uri, e->uris.p + at))
			return (unsigned)at + 1;
	}
	buf_add(&e->uris, uri.p, uri.len);
	buf_addc(&e->uris, '\0');
	return (unsigned)at + 1;
}

static inline void
xml_events_name(struct xml_events *e, const struct xmlscan_name *name)
{
	if (name->ns != XMLSCAN_NO_NAMESPACE)
		buf_addf(&e->text, "%s\n", e->uris.p + name->ns - 1);
	buf_add(&e->text, name->local.p, name->local.len);
}

static inline enum xmlscan_next
xml_events_start(void *arg, const struct xmlscan_name *name, const struct xmlscan_attribute *attribute, size_t n)
{
	struct xml_events *e = arg;

	buf_addc(&e->text, '<');
	xml_events_name(e, name);
	for (size_t i = 0; i < n; i++) {
		buf_addc(&e->text, ' ');
		xml_events_name(e, &attribute[i].name);
		buf_adds(&e->text, "=\"");
		buf_add(&e->text, attribute[i].value.p, attribute[i].value.len);
		buf_addc(&e->text, '"');
	}
	buf_addc(&e->text, '>');
	return XMLSCAN_GO;
}

static inline enum xmlscan_next
xml_events_end(void *arg)
{
	xml_events_expat_end(arg, NULL);
	return XMLSCAN_GO;
}

static inline void
xml_events_text(void *arg, const char *bytes, size_t len)
{
	struct xml_events *e = arg;

	buf_add(&e->text, bytes, len);
}

static inline bool
xml_events_scan(struct xml_events *e, const char *p, size_t len)
{
	static const struct xmlscan_handlers handlers = {
	    xml_events_uri, xml_events_start, xml_events_end, xml_events_text};
	struct xmlscan *s = xmlscan_new();
	bool whole = xmlscan_run(s, p, len, &handlers, e);

	xmlscan_free(s);
	return whole;
}

#endif
