/* opt -- a program's options as one table, from which parsing and --help come. */
#ifndef RUN_OPT_H
#define RUN_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"

enum opt_kind {
	OPT_KIND_END,
	OPT_KIND_FLAG,    /* bool: set */
	OPT_KIND_STRING,  /* const char *: the argument, borrowed from argv */
	OPT_KIND_WORD,    /* int: which of the words of `arg` was given, the first is 1 */
	OPT_KIND_MAYBE,   /* the same, after '='; the first without one */
	OPT_KIND_COUNT,   /* size_t: a whole number */
	OPT_KIND_SECONDS, /* double: not negative */
	OPT_KIND_SIZE,    /* uint64_t: bytes, as num_parse_size() */
	OPT_KIND_LIST,    /* struct opt_list: every argument in order */
	OPT_KIND_CHOICE   /* int: `value` is stored; several rows may share one target */
};

/* Arguments of a repeatable option; strings borrowed from argv, the array owned. */
struct opt_list {
	const char **v;
	size_t n, cap;
};

struct opt {
	enum opt_kind kind;
	int letter;       /* 0: none */
	const char *name; /* long name without dashes, NULL: none */
	const char *arg;  /* the argument in --help, NULL for none: "batch|file", its words, or "DIR", its kind */
	size_t offset;    /* of the target in the conf struct */
	int value;        /* OPT_KIND_CHOICE */
	const char *help; /* one line, no full stop */
};

#define OPT_FLAG(letter, name, type, field, help)                                 \
	{                                                                         \
		OPT_KIND_FLAG, letter, name, NULL, offsetof(type, field), 0, help \
	}
#define OPT_STRING(letter, name, arg, type, field, help)                           \
	{                                                                          \
		OPT_KIND_STRING, letter, name, arg, offsetof(type, field), 0, help \
	}
#define OPT_WORD(letter, name, words, type, field, help)                           \
	{                                                                          \
		OPT_KIND_WORD, letter, name, words, offsetof(type, field), 0, help \
	}
#define OPT_MAYBE(letter, name, words, type, field, help)                           \
	{                                                                           \
		OPT_KIND_MAYBE, letter, name, words, offsetof(type, field), 0, help \
	}
#define OPT_COUNT(letter, name, arg, type, field, help)                           \
	{                                                                         \
		OPT_KIND_COUNT, letter, name, arg, offsetof(type, field), 0, help \
	}
#define OPT_SECONDS(letter, name, arg, type, field, help)                           \
	{                                                                           \
		OPT_KIND_SECONDS, letter, name, arg, offsetof(type, field), 0, help \
	}
#define OPT_SIZE(letter, name, arg, type, field, help)                           \
	{                                                                        \
		OPT_KIND_SIZE, letter, name, arg, offsetof(type, field), 0, help \
	}
#define OPT_LIST(letter, name, arg, type, field, help)                           \
	{                                                                        \
		OPT_KIND_LIST, letter, name, arg, offsetof(type, field), 0, help \
	}
#define OPT_CHOICE(letter, name, type, field, value, help)                              \
	{                                                                               \
		OPT_KIND_CHOICE, letter, name, NULL, offsetof(type, field), value, help \
	}
#define OPT_END                                         \
	{                                               \
		OPT_KIND_END, 0, NULL, NULL, 0, 0, NULL \
	}

/* A table and the struct that its offsets point into. */
struct opt_table {
	const struct opt *opts;
	void *conf;
};

/*
 * opt_parse() -- read argv against the tables with getopt_long(3); the first table that knows an option wins.  The
 * target of an option that is not given stays as it was.
 * What kinds of arguments there are, completions/generate says: what a shell offers for them is there.
 * Operands may stand between options and are moved behind them, unless POSIXLY_CORRECT is set; "--" ends options.
 * Threads: from main, before there are others (getopt's state is global).
 *
 *   first_operand  index in argv of the first operand
 *   why            FAIL_INPUT with a message for the user
 *
 * Returns 0 or -1.  Lists that were filled are released by opt_free().
 */
int opt_parse(
    const struct opt_table *tables, size_t ntables, int argc, char **argv, int *first_operand, struct fail *why);

/* opt_help() -- append what --help says of tables[which], in its order, without what a table before it has already. */
void opt_help(const struct opt_table *tables, size_t which, struct buf *out);

void opt_free(const struct opt_table *tables, size_t ntables);

#endif
