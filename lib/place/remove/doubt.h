/* doubt -- saying why a source stays.  Each sets the removal's message and returns the reason.  Private to lib/place.
 */
#ifndef PLACE_REMOVE_DOUBT_H
#define PLACE_REMOVE_DOUBT_H

#include "place/remove/removal.h"

enum reason doubt_say(struct removal *r, enum reason reason, const char *detail); /* "": the reason alone */
enum reason doubt_errno(struct removal *r, enum reason reason);                   /* in the system's words */

/* doubt_name() -- the source's name cannot be changed, for errno `error`; doubt_copy() -- the copy cannot be opened. */
enum reason doubt_name(struct removal *r, int error);
enum reason doubt_copy(struct removal *r);

enum reason doubt_folder(struct removal *r); /* the source's folder cannot be opened, for errno */

#endif
