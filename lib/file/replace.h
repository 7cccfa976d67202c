/* replace -- a small file that others read at any time: they find it whole, as it was or as it is. */
#ifndef FILE_REPLACE_H
#define FILE_REPLACE_H

#include "base/buf.h"
#include "base/fail.h"

/*
 * replace_file() -- give a file this content, by way of a new one beside it, FILE.PID.N, that takes its name; what a
 * link leads to is replaced, or made.  What is no regular file (a terminal, /dev/null) is written into.
 * Returns 0, or -1: the file is as it was, and nothing is left beside it.
 */
int replace_file(const char *path, struct slice content, struct fail *why);

/*
 * replace_suits() -- whether what has the name now, if anything, may be replaced by what has this beginning: it is
 * empty, or begins so too, or is no regular file; it is no picture that was named by mistake.  Returns 0 or -1.
 */
int replace_suits(const char *path, const char *beginning, struct fail *why);

/*
 * replace_check() -- whether it may, and replace_file() would work now, as far as can be told without doing it.
 * Returns 0 or -1.
 */
int replace_check(const char *path, const char *beginning, struct fail *why);

#endif
