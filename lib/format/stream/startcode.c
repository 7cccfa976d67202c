/* Zeros before a start code belong to it and not to the unit; they are counted, since it may lie across two parts. */
#include "format/stream/startcode.h"

void
startcode_end(struct startcode *s)
{
	if (s->state == STARTCODE_KEEP)
		s->unit(s->arg, s->bytes, s->len);
	s->state = STARTCODE_OUTSIDE;
	s->zeros = s->len = 0;
}

static void
feed(struct startcode *s, uint8_t c)
{
	if (c == 1 && s->zeros >= 2) {
		if (s->state == STARTCODE_KEEP && s->len < STARTCODE_UNIT_MAX)
			s->len -= s->zeros;
		startcode_end(s);
		s->state = STARTCODE_BEGIN;
		return;
	}
	s->zeros = c == 0 ? s->zeros + 1 : 0;
	if (s->state == STARTCODE_BEGIN)
		s->state = s->wants(c) ? STARTCODE_KEEP : STARTCODE_OUTSIDE;
	if (s->state == STARTCODE_KEEP && s->len < STARTCODE_UNIT_MAX)
		s->bytes[s->len++] = c;
}

void
startcode_feed(struct startcode *s, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		feed(s, bytes[i]);
}
