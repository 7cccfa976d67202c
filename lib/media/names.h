/*
 * names -- the capture date that a file's name, or its folders' names, remember.
 *
 * Phones and messengers write the date into the name; people write it into the folder's.  Digits count only between
 * borders that are no digits, and only as a date that can have been: numeric IDs look like dates.
 */
#ifndef MEDIA_NAMES_H
#define MEDIA_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "media/media.h"
#include "media/when.h"

/*
 * names_date() -- the date in the last part of a path (what follows its last slash).
 *
 *   path   len bytes, any encoding, not NUL-terminated
 *   now    a date over 24 h later is none
 *   out    filled on success, untouched on failure: a date alone, local time, or an instant in UTC
 *   basis  filled with it: ZONED where the name gives an offset, UTC for Pixel names and epoch seconds, else LOCAL
 *
 * Returns whether there is one.  Threads: keeps no state.
 */
bool names_date(const char *path, size_t len, time_t now, struct when *out, enum media_basis *basis);

/*
 * names_folder_date() -- the date in the folders before the last slash: the deepest folder that shows one, together
 * with those above it where they spell one date (2022/11/09).  A day, a month or a year; never a time.
 *
 * Parameters and result as for names_date(); the basis is always LOCAL.
 */
bool names_folder_date(const char *path, size_t len, time_t now, struct when *out);

#endif
