/* spelled -- dates as programs write them for people: "Mon Mar 10 15:04:43 2003", "1 Jan 2018 12:10 EST". */
#ifndef MEDIA_SPELLED_H
#define MEDIA_SPELLED_H

#include "media/media.h"

/*
 * spelled_parse() -- read a date whose month is a word, in any order of its parts, or one of numbers with blanks
 * where none belong and with AM or PM; all else as when_parse() does.  Returns false, leaving *out, for what is no
 * date.
 */
bool spelled_parse(const char *text, size_t len, struct when *out);

/* spelled_set_date() -- set a date from text: a blank one sets nothing, one that is none is a warning. */
void spelled_set_date(struct media_info *info, enum media_date_source source, const char *text, size_t len);

/* spelled_basis() -- how far a date can be trusted that has the zone it was written with, or none. */
enum media_basis spelled_basis(const struct when *w);

#endif
