/* fail -- why something failed: a code for programs, a message for people. */
#ifndef BASE_FAIL_H
#define BASE_FAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fail_code {
	FAIL_NONE,
	FAIL_SYSTEM, /* errnum says which */
#define FAIL(name, code, rank, text) FAIL_##name,
#include "base/fail-codes.def"
#undef FAIL
	FAIL_COUNT
};

/* How a record's warning with a code is to be taken. */
enum fail_rank {
	FAIL_RANK_ERROR,   /* a code of errors, which no warning has */
	FAIL_RANK_DAMAGED, /* the file is not whole: a person should see to it */
	FAIL_RANK_ODD,     /* worth a note, and no more; so is a code that is not in the catalogue */
};

/*
 * struct fail -- filled by the function that failed, acted on by its caller; {0} is "no failure".
 *
 *   op       static string: the operation, as shown in a record's error.op ("open", "read", "parse" …)
 *   message  complete, without the program's and the file's name, without a newline
 */
struct fail {
	enum fail_code code;
	int errnum;
	const char *op;
	char message[224];
};

/* fail_set() -- note a failure from the catalogue.  Returns -1, so that `return fail_set(…)` reads well. */
int fail_set(struct fail *why, enum fail_code code, const char *op, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * fail_errno() -- note a failed system call from errno; the message is the formatted text, ": " and
 * strerror(errno), or strerror(errno) alone where fmt is "".  Returns -1.
 */
int fail_errno(struct fail *why, const char *op, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* fail_nomem() -- note ENOMEM.  Returns -1. */
int fail_nomem(struct fail *why);

/*
 * fail_is_short() -- whether memory or descriptors were short: that says nothing of the file, and may pass.
 * fail_short_errno() -- the same of an errno.
 */
bool fail_is_short(const struct fail *why);
bool fail_short_errno(int errnum);

/* fail_may_pass() -- whether it may be gone when the same is done again: a bad contact, a server that was away. */
bool fail_may_pass(const struct fail *why);

/* fail_name() -- the code as records show it: "ENOENT", "ECHANGED" …; "E123" for an errno without a name. */
const char *fail_name(const struct fail *why, char scratch[16]);

/* fail_code_name() -- the name of a catalogue code (never of FAIL_SYSTEM). */
const char *fail_code_name(enum fail_code code);

/* fail_rank() -- the rank of a code as records show it, "EVALUE". */
enum fail_rank fail_rank(const char *code);

#endif
