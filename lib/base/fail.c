/*
 * Names for errno values come from a table here: records promise them, and the C library's own table is neither
 * portable nor old enough.  strerror() is safe in threads for every errno that has a name.
 */
#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* clang-format off */
/* Errno names that share a number with another (EWOULDBLOCK, EDEADLOCK, EOPNOTSUPP) appear once. */
#define ERRNO_NAMES(X) \
	X(EPERM) X(ENOENT) X(ESRCH) X(EINTR) X(EIO) X(ENXIO) X(E2BIG) X(ENOEXEC) X(EBADF) X(ECHILD) X(EAGAIN) \
	X(ENOMEM) X(EACCES) X(EFAULT) X(EBUSY) X(EEXIST) X(EXDEV) X(ENODEV) X(ENOTDIR) X(EISDIR) X(EINVAL) X(ENFILE) \
	X(EMFILE) X(ENOTTY) X(ETXTBSY) X(EFBIG) X(ENOSPC) X(ESPIPE) X(EROFS) X(EMLINK) X(EPIPE) X(EDOM) X(ERANGE) \
	X(EDEADLK) X(ENAMETOOLONG) X(ENOLCK) X(ENOSYS) X(ENOTEMPTY) X(ELOOP) X(ENOMSG) X(EIDRM) X(ENOLINK) X(EPROTO) \
	X(EMULTIHOP) X(EBADMSG) X(EOVERFLOW) X(EILSEQ) X(ENOTSOCK) X(EDESTADDRREQ) X(EMSGSIZE) X(EPROTOTYPE) \
	X(ENOPROTOOPT) X(EPROTONOSUPPORT) X(ENOTSUP) X(EAFNOSUPPORT) X(EADDRINUSE) X(EADDRNOTAVAIL) X(ENETDOWN) \
	X(ENETUNREACH) X(ENETRESET) X(ECONNABORTED) X(ECONNRESET) X(ENOBUFS) X(EISCONN) X(ENOTCONN) X(ETIMEDOUT) \
	X(ECONNREFUSED) X(EHOSTUNREACH) X(EALREADY) X(EINPROGRESS) X(ESTALE) X(EDQUOT) X(ECANCELED) X(EOWNERDEAD) \
	X(ENOTRECOVERABLE)

/* Linux has more, of which file systems and drivers use these. */
#ifdef __linux__
#define ERRNO_NAMES_LINUX(X) \
	X(ENOTBLK) X(ENODATA) X(ETIME) X(ENONET) X(EREMOTE) X(ECOMM) X(EUCLEAN) X(EREMOTEIO) X(ENOMEDIUM) \
	X(EMEDIUMTYPE) X(ENOKEY) X(EKEYEXPIRED) X(EKEYREVOKED) X(EKEYREJECTED) X(EHOSTDOWN) X(EUSERS) X(EHWPOISON) \
	X(ENOSR) X(ENOSTR) X(EBADFD) X(ESHUTDOWN)
#else
#define ERRNO_NAMES_LINUX(X)
#endif
/* clang-format on */

static const char *
errno_name(int errnum)
{
	switch (errnum) {
#define NAME(code) \
	case code: \
		return #code;
		ERRNO_NAMES(NAME)
		ERRNO_NAMES_LINUX(NAME)
#undef NAME
	default:
		return NULL;
	}
}

/* A message that filled the buffer may end inside a character: take back to its beginning. */
static void
cut_to_character(char *message, size_t size)
{
	size_t len = strlen(message), from = len, ill;

	if (len + 1 < size)
		return;
	while (from > 0 && len - from < 3 && ((unsigned char)message[from - 1] & 0xc0) == 0x80)
		from--;
	if (from > 0 && (unsigned char)message[from - 1] >= 0xc0)
		from--;
	if (from < len && utf8_length((unsigned char *)message + from, (unsigned char *)message + len, &ill) == 0)
		message[from] = '\0';
}

int
fail_set(struct fail *why, enum fail_code code, const char *op, const char *fmt, ...)
{
	va_list ap;

	why->code = code;
	why->errnum = 0;
	why->op = op;
	va_start(ap, fmt);
	vsnprintf(why->message, sizeof why->message, fmt, ap);
	va_end(ap);
	cut_to_character(why->message, sizeof why->message);
	return -1;
}

int
fail_errno(struct fail *why, const char *op, const char *fmt, ...)
{
	int errnum = errno;
	const char *reason = strerror(errnum);
	size_t room = sizeof why->message - strlen(reason) - strlen(": "), len;
	va_list ap;

	why->code = FAIL_SYSTEM;
	why->errnum = errnum;
	why->op = op;
	va_start(ap, fmt);
	vsnprintf(why->message, room, fmt, ap);
	va_end(ap);
	cut_to_character(why->message, room);
	len = strlen(why->message);
	snprintf(why->message + len, sizeof why->message - len, "%s%s", len > 0 ? ": " : "", reason);
	errno = errnum;
	return -1;
}

int
fail_nomem(struct fail *why)
{
	errno = ENOMEM;
	return fail_errno(why, "malloc", "%s", "");
}

bool
fail_short_errno(int errnum)
{
	return errnum == ENOMEM || errnum == EMFILE || errnum == ENFILE;
}

bool
fail_is_short(const struct fail *why)
{
	return why->code == FAIL_SYSTEM && fail_short_errno(why->errnum);
}

bool
fail_may_pass(const struct fail *why)
{
	if (why->code != FAIL_SYSTEM)
		return false;
	switch (why->errnum) {
	case EIO:
	case EAGAIN:
	case EBUSY:
	case ESTALE:
	case ETIMEDOUT:
	case ENOBUFS:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ECONNRESET:
#ifdef __linux__
	case EHOSTDOWN:
	case EREMOTEIO:
#endif
		return true;
	default:
		return fail_short_errno(why->errnum);
	}
}

const char *
fail_name(const struct fail *why, char scratch[16])
{
	const char *name;

	if (why->code != FAIL_SYSTEM)
		return fail_code_name(why->code);
	if ((name = errno_name(why->errnum)) != NULL)
		return name;
	snprintf(scratch, 16, "E%d", why->errnum);
	return scratch;
}

const char *
fail_code_name(enum fail_code code)
{
	static const char *const names[FAIL_COUNT] = {
		[FAIL_NONE] = "",
		[FAIL_SYSTEM] = "",
#define FAIL(name, text, rank, meaning) [FAIL_##name] = text,
#include "base/fail-codes.def"
#undef FAIL
	};

	return names[code];
}

enum fail_rank
fail_rank(const char *code)
{
	static const struct {
		const char *code;
		enum fail_rank rank;
	} ranks[] = {
#define FAIL(name, text, rank, meaning) {text, FAIL_RANK_##rank},
#include "base/fail-codes.def"
#undef FAIL
	};

	for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
		if (strcmp(ranks[i].code, code) == 0)
			return ranks[i].rank;
	}
	return FAIL_RANK_ODD;
}
