/* options -- what the options of programs that write to a library stand for. */
#ifndef PLACE_OPTIONS_H
#define PLACE_OPTIONS_H

#include "base/fail.h"

/* options_library() -- the library's root: `to`, or where that is NULL, $DCIM_LIBRARY, else the current folder. */
const char *options_library(const char *to);

/* options_mode() -- permissions in octal, -1 where text is NULL.  Returns 0, or -1: FAIL_INPUT. */
int options_mode(const char *text, long *mode, struct fail *why);

#endif
