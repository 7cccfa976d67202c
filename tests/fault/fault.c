/*
 * fault -- a library for LD_PRELOAD: one call of a program fails.
 *
 * FAULT=PROGRAM:CALL:N:HOW names the program (of a pipeline, say), the kind of call (malloc, open, read, write, sync,
 * close, stat), which of its calls (N, or N+ for that one and all later ones), and how: the name of an errno, or
 * "short" for half of what a read or write was to move.  FAULT_MET=FILE is created when the call came, so that a test
 * can raise N until a run meets none.  Only what the program itself and its libraries ask of the C library is seen,
 * which is what can fail them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call { CALL_NONE, CALL_MALLOC, CALL_OPEN, CALL_READ, CALL_WRITE, CALL_SYNC, CALL_CLOSE, CALL_STAT };

static enum call wanted;
static long nth, number;
static bool onwards, halved;
static atomic_long count;

static int
errno_of(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} names[] = {{"ENOMEM", ENOMEM}, {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"EAGAIN", EAGAIN},
	    {"EMFILE", EMFILE}, {"ENODEV", ENODEV}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].number;
	return 0;
}

static enum call
call_of(const char *name)
{
	static const char *const names[] = {"", "malloc", "open", "read", "write", "sync", "close", "stat"};

	for (size_t i = 1; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum call)i;
	return CALL_NONE;
}

__attribute__((constructor)) static void
begin(void)
{
	char text[128], *field[4], *rest = text, *end;
	const char *fault = getenv("FAULT");

	if (fault == NULL || strlen(fault) >= sizeof text)
		return;
	strcpy(text, fault);
	for (size_t i = 0; i < 4; i++)
		if ((field[i] = strsep(&rest, ":")) == NULL)
			return;
	if (strcmp(field[0], program_invocation_short_name) != 0)
		return;
	nth = strtol(field[2], &end, 10);
	onwards = *end == '+';
	halved = strcmp(field[3], "short") == 0;
	number = errno_of(field[3]);
	wanted = call_of(field[1]);
}

/* With the system's own calls: this runs inside malloc. */
static void
tell(void)
{
	const char *file = getenv("FAULT_MET");

	if (file != NULL)
		syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT, 0600));
}

static bool
comes(enum call call)
{
	long now;

	if (call != wanted)
		return false;
	now = atomic_fetch_add(&count, 1) + 1;
	if (now == nth)
		tell();
	return now == nth || (onwards && now > nth);
}

static bool
fails(enum call call)
{
	if (!comes(call))
		return false;
	errno = (int)number;
	return true;
}

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

void *
malloc(size_t n)
{
	return fails(CALL_MALLOC) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails(CALL_MALLOC) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails(CALL_MALLOC) ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t alignment, size_t n)
{
	return fails(CALL_MALLOC) ? NULL : __libc_memalign(alignment, n);
}

#define REAL(name, type) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

/* A call that moves bytes: the whole of them, half of them, or none. */
#define MOVES(call, name, kind, params, size, ...)                \
	ssize_t name params;                                      \
	ssize_t name params                                       \
	{                                                         \
		if (comes(call)) {                                \
			if (!halved) {                            \
				errno = (int)number;              \
				return -1;                        \
			}                                         \
			size = (size + 1) / 2;                    \
		}                                                 \
		return REAL(#name, ssize_t(*) kind)(__VA_ARGS__); \
	}

/* A call that answers 0 or -1. */
#define ANSWERS(call, name, kind, params, ...)                                   \
	int name params;                                                         \
	int name params                                                          \
	{                                                                        \
		return fails(call) ? -1 : REAL(#name, int(*) kind)(__VA_ARGS__); \
	}

#define OPENS(name, kind, params, last, ...)                                                \
	int name params;                                                                    \
	int name params                                                                     \
	{                                                                                   \
		mode_t mode = 0;                                                            \
		va_list ap;                                                                 \
                                                                                            \
		va_start(ap, last);                                                         \
		if (flags & (O_CREAT | O_TMPFILE))                                          \
			mode = va_arg(ap, mode_t);                                          \
		va_end(ap);                                                                 \
		return fails(CALL_OPEN) ? -1 : REAL(#name, int(*) kind)(__VA_ARGS__, mode); \
	}

/* clang-format off */
MOVES(CALL_READ, read, (int, void *, size_t), (int fd, void *p, size_t n), n, fd, p, n)
MOVES(CALL_READ, pread, (int, void *, size_t, off_t), (int fd, void *p, size_t n, off_t at), n, fd, p, n, at)
MOVES(CALL_READ, pread64, (int, void *, size_t, off_t), (int fd, void *p, size_t n, off_t at), n, fd, p, n, at)
MOVES(CALL_WRITE, write, (int, const void *, size_t), (int fd, const void *p, size_t n), n, fd, p, n)
MOVES(CALL_WRITE, pwrite, (int, const void *, size_t, off_t), (int fd, const void *p, size_t n, off_t at), n, fd, p, n, at)
MOVES(CALL_WRITE, pwrite64, (int, const void *, size_t, off_t), (int fd, const void *p, size_t n, off_t at), n, fd, p, n, at)
ANSWERS(CALL_SYNC, fsync, (int), (int fd), fd)
ANSWERS(CALL_SYNC, fdatasync, (int), (int fd), fd)
ANSWERS(CALL_SYNC, syncfs, (int), (int fd), fd)
ANSWERS(CALL_SYNC, sync_file_range, (int, off_t, off_t, unsigned), (int fd, off_t at, off_t n, unsigned how), fd, at, n, how)
ANSWERS(CALL_STAT, fstat64, (int, struct stat64 *), (int fd, struct stat64 *st), fd, st)
ANSWERS(CALL_STAT, fstatat64, (int, const char *, struct stat64 *, int), (int fd, const char *p, struct stat64 *st, int how), fd, p, st, how)
ANSWERS(CALL_STAT, stat64, (const char *, struct stat64 *), (const char *p, struct stat64 *st), p, st)
ANSWERS(CALL_STAT, lstat64, (const char *, struct stat64 *), (const char *p, struct stat64 *st), p, st)
OPENS(open, (const char *, int, ...), (const char *p, int flags, ...), flags, p, flags)
OPENS(open64, (const char *, int, ...), (const char *p, int flags, ...), flags, p, flags)
OPENS(openat, (int, const char *, int, ...), (int fd, const char *p, int flags, ...), flags, fd, p, flags)
OPENS(openat64, (int, const char *, int, ...), (int fd, const char *p, int flags, ...), flags, fd, p, flags)
/* clang-format on */

/* A close that fails has closed. */
int
close(int fd)
{
	int rc = REAL("close", int (*)(int))(fd);

	return fails(CALL_CLOSE) ? -1 : rc;
}
