/* Unit test of base/fail: names of codes, and messages cut at a character. */
#include "base/fail.h"

#include <errno.h>

#include "base/json.h"
#include "tap.h"

static void
test_names(void)
{
	static const struct {
		int errnum;
		const char *name;
	} rows[] = {{ENOENT, "ENOENT"}, {EAGAIN, "EAGAIN"}, {EDEADLK, "EDEADLK"}, {EOPNOTSUPP, "ENOTSUP"},
	    {ESTALE, "ESTALE"}, {EIO, "EIO"}, {4000, "E4000"}, {0, "E0"}};
	char scratch[16];
	struct fail why;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		errno = rows[i].errnum;
		tap_ok(fail_errno(&why, "open", "%s", "") == -1 &&
			   strcmp(fail_name(&why, scratch), rows[i].name) == 0 && why.code == FAIL_SYSTEM &&
			   errno == rows[i].errnum,
		    "errno %d is %s", rows[i].errnum, rows[i].name);
	}
#define FAIL(name, text, rank, meaning)         \
	fail_set(&why, FAIL_##name, "op", "x"); \
	tap_ok(strcmp(fail_name(&why, scratch), text) == 0 && strcmp(fail_code_name(FAIL_##name), text) == 0, text);
#include "base/fail-codes.def"
#undef FAIL
	tap_ok(fail_nomem(&why) == -1 && strcmp(fail_name(&why, scratch), "ENOMEM") == 0, "no memory");
}

static void
test_ranks(void)
{
	static const struct {
		const char *code;
		enum fail_rank rank;
	} rows[] = {{"EFORMAT", FAIL_RANK_DAMAGED}, {"ETRUNCATED", FAIL_RANK_DAMAGED}, {"ELIMIT", FAIL_RANK_ODD},
	    {"EVALUE", FAIL_RANK_ODD}, {"ESIDECAR", FAIL_RANK_ODD}, {"EEXTENSION", FAIL_RANK_ODD},
	    {"EDATE", FAIL_RANK_ODD}, {"EVERIFY", FAIL_RANK_ERROR}, {"EFILTER", FAIL_RANK_ODD}, {"", FAIL_RANK_ODD}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_ok(fail_rank(rows[i].code) == rows[i].rank, "the rank of '%s'", rows[i].code);
}

static void
test_passing(void)
{
	static const struct {
		int errnum;
		bool passes;
	} rows[] = {{EIO, true}, {ESTALE, true}, {EBUSY, true}, {ENOMEM, true}, {EMFILE, true}, {ENOENT, false},
	    {EACCES, false}, {ENOSPC, false}, {EROFS, false}};
	struct fail why;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		errno = rows[i].errnum;
		fail_errno(&why, "read", "%s", "");
		tap_ok(fail_may_pass(&why) == rows[i].passes, "whether errno %d may pass", rows[i].errnum);
	}
	fail_set(&why, FAIL_CHANGED, "read", "x");
	tap_ok(!fail_may_pass(&why), "what is no errno does not");
}

static void
test_messages(void)
{
	char text[400];
	struct fail why;
	size_t at, i, wrong = 0, reason;

	tap_ok(fail_set(&why, FAIL_DATE, "read", "month %d", 13) == -1 && strcmp(why.message, "month 13") == 0 &&
		   strcmp(why.op, "read") == 0 && why.errnum == 0,
	    "a message");
	errno = ENOENT;
	fail_errno(&why, "open", "db %s", "x");
	tap_ok(strncmp(why.message, "db x: ", 6) == 0 && strcmp(why.message + 6, strerror(ENOENT)) == 0, "with errno");
	errno = ENOENT;
	fail_errno(&why, "open", "%s", "");
	tap_ok(strcmp(why.message, strerror(ENOENT)) == 0, "errno alone");

	/* Characters of two to four bytes across the end, at every distance from it. */
	for (at = 200; at < 240; at++) {
		for (i = 0; i < 3; i++) {
			static const char *const characters[] = {"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
			size_t len = strlen(characters[i]);

			memset(text, 'a', sizeof text);
			memcpy(text + at, characters[i], len);
			text[sizeof text - 1] = '\0';
			fail_set(&why, FAIL_INPUT, "x", "%s", text);
			wrong += !json_is_utf8(why.message, strlen(why.message)) ||
				 strlen(why.message) + 5 < sizeof why.message;
			text[at + len] = '\0';
			fail_set(&why, FAIL_INPUT, "x", "%s", text);
			wrong += !json_is_utf8(why.message, strlen(why.message));
			wrong += at + len < sizeof why.message && strcmp(why.message, text) != 0;
		}
	}
	tap_ok(wrong == 0, "a long message is cut between characters");
	memset(text, 'a', sizeof text - 1);
	errno = ENOENT;
	fail_errno(&why, "x", "%s", text);
	reason = strlen(strerror(ENOENT));
	tap_ok(strlen(why.message) < sizeof why.message &&
		   strcmp(why.message + strlen(why.message) - reason, strerror(ENOENT)) == 0,
	    "a long text leaves room for errno's");
}

int
main(void)
{
	test_names();
	test_ranks();
	test_passing();
	test_messages();
	return tap_done();
}
