/*
 * datetext -- dates as cameras and programs write them: "Mon Mar 10 15:04:43 2003", "1 Jan 2018 12:10 EST",
 * "2019:07:14 03:20:07pm", "2019-07-14T14:38:09.526GMT+02:00".
 *
 * What cannot be read never costs what can: of a date whose time or zone is none, the day and as much of the time as
 * stands are kept.
 */
#ifndef MEDIA_DATETEXT_H
#define MEDIA_DATETEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "media/when.h"

/*
 * datetext_parse() -- read a date whose month is a word, in any order of its parts, or one of numbers with blanks
 * where none belong, with AM or PM, with any spelling of a zone; all else as when_parse() does.
 *
 *   odd  a sentence's end, static, that says what was passed over or read in another way than it is written: hour 24
 *        (as 0 of the same day), second 60 or 61 (as 59), a zone that is none, rubbish behind; NULL where nothing was
 *
 * Returns false, leaving *out, for what is no date.
 */
bool datetext_parse(const char *text, size_t len, struct when *out, const char **odd);

/*
 * datetext_zone() -- give a local time the zone that has a text of its own: Z, UTC, +02:00, -5:00, +0545, GMT+02:00,
 * and the names of RFC 822.  A zone that is blank or none, or a date without a time, changes nothing; *odd as above.
 */
void datetext_zone(struct when *w, const char *text, size_t len, const char **odd);

/* datetext_is_blank() -- whether nothing was written where a date belongs: blanks, zeros, separators, NULs. */
bool datetext_is_blank(const char *text, size_t len);

#endif
