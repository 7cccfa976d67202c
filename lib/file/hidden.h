/*
 * hidden -- names of the form `.NAME.dcim-XXXXXXXX`, which a file has while it is about to be removed
 * (place/remove/aside.h), and keeps where the run was killed.  What its name tells is told by NAME.
 */
#ifndef FILE_HIDDEN_H
#define FILE_HIDDEN_H

#include "base/buf.h"

#define HIDDEN_MARK ".dcim-"
#define HIDDEN_DIGITS 8

/* hidden_own_length() -- the length of the NAME of a name, which begins behind its dot; 0 where it is no hidden one. */
size_t hidden_own_length(const char *name, size_t len);

/* hidden_own() -- the last name of a path, or what it stands for, were it hidden more than once. */
struct slice hidden_own(const char *path);

/* hidden_own_path() -- a path with that name; the path itself where the name is none.  NULL: ENOMEM. */
const char *hidden_own_path(const char *path, struct buf *out);

#endif
