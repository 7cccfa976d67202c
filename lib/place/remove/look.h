/* look -- whether the library's file went with the name of a source that was hidden.  Private to lib/place/remove. */
#ifndef PLACE_REMOVE_LOOK_H
#define PLACE_REMOVE_LOOK_H

#include "place/remove/proof.h"

/*
 * look_again() -- open p->copy: the library's file is still there, and the rename was of another one.  Returns why the
 * source stays, or REASON_NONE.
 */
enum reason look_again(struct proof *p);

#endif
