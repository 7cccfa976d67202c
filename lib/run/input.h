/*
 * input -- NUL-separated paths, NDJSON, or operands, one record at a time.
 *
 * Bytes are read as they come; a reader that is ahead of its input waits, one that is behind takes what is there.
 */
#ifndef RUN_INPUT_H
#define RUN_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"
#include "run/rec.h"

enum input_form { INPUT_AUTO, INPUT_NULL, INPUT_NDJSON };

struct input_conf {
	const char *tool; /* named in the errors of bad lines */
	int fd;           /* standard input; not read where there are operands */
	int dirfd;        /* where relative paths start, or AT_FDCWD */
	int wake;         /* readable when the reading is to end; -1: none */
	enum input_form form;
	char **operands; /* paths */
	size_t noperands;
};

struct input;

struct input *input_new(const struct input_conf *conf, struct fail *why); /* NULL: ENOMEM */
void input_free(struct input *in);

/*
 * input_next() -- fill an empty record.  A line that is no record gives one that has failed.
 * Returns 1; 0 at the end or when woken; -1 when reading failed or memory ran out.
 */
int input_next(struct input *in, struct rec *rec, struct fail *why);

/* input_ready() -- whether input_next() has what it needs without reading. */
bool input_ready(const struct input *in);

#endif
