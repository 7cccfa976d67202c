/*
 * fault -- a library for LD_PRELOAD: one call of a program fails.
 *
 * FAULT=PROGRAM:CALL:N:HOW names the program (of a pipeline, say; "all" is each of them, but for pipes), the kind of
 * call (malloc, open, mkdir, read, write, truncate, sync, fsync, syncfs, rename, link, unlink, close, mmap, stat; any
 * is all but malloc), which of its calls (N, or N+ for that one and all later ones), and how:
 *
 *   EIO ...       the call is not made, and answers with that errno
 *   late-EIO ...  it is made, and then answers so
 *   short         half of what a read or write was to move is moved
 *   flip          all of it is moved, but for one bit; of regular files only
 *   KILL ...      the signal comes in front of the call, to this process; group-KILL to its group, script-KILL to the
 *                 first process of that
 *
 * FAULT_MET=FILE gets the name of the program whose call came, so that a test can raise N until a run meets none.
 * FAULT_COUNT=FILE keeps the count, so that all processes with that name share it.  Only what the program itself and
 * its libraries ask of the C library is seen, which is what can fail them.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name, type) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

enum call {
	CALL_NONE = 0,
	CALL_MALLOC = 1 << 0,
	CALL_OPEN = 1 << 1,
	CALL_MKDIR = 1 << 2,
	CALL_READ = 1 << 3,
	CALL_WRITE = 1 << 4,
	CALL_TRUNCATE = 1 << 5,
	CALL_FSYNC = 1 << 6,
	CALL_SYNCFS = 1 << 7,
	CALL_RENAME = 1 << 8,
	CALL_LINK = 1 << 9,
	CALL_UNLINK = 1 << 10,
	CALL_CLOSE = 1 << 11,
	CALL_MMAP = 1 << 12,
	CALL_STAT = 1 << 13,
};

enum how { HOW_NOT, HOW_LATE, HOW_SHORT, HOW_FLIP, HOW_SIGNAL };
enum whose { WHOSE_PROCESS, WHOSE_GROUP, WHOSE_SCRIPT };

struct word {
	const char *name;
	int number;
};

static unsigned wanted;
static enum how how;
static enum whose whose;
static long nth;
static int number; /* errno, or the signal's */
static bool onwards, everyone;
static atomic_long own_count, *count = &own_count;
static long (*raw)(long, ...); /* syscall(2), which is one of ours here */

static int
find(const struct word *words, const char *name)
{
	for (; words->name != NULL; words++)
		if (strcmp(words->name, name) == 0)
			return words->number;
	return 0;
}

static const struct word errnos[] = {{"ENOMEM", ENOMEM}, {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT},
    {"EINTR", EINTR}, {"EAGAIN", EAGAIN}, {"EMFILE", EMFILE}, {"ENODEV", ENODEV}, {"EACCES", EACCES}, {NULL, 0}};
static const struct word signals[] = {{"KILL", SIGKILL}, {"INT", SIGINT}, {"TERM", SIGTERM}, {NULL, 0}};
static const struct word calls[] = {{"malloc", CALL_MALLOC}, {"open", CALL_OPEN}, {"mkdir", CALL_MKDIR},
    {"read", CALL_READ}, {"write", CALL_WRITE}, {"truncate", CALL_TRUNCATE}, {"sync", CALL_FSYNC | CALL_SYNCFS},
    {"fsync", CALL_FSYNC}, {"syncfs", CALL_SYNCFS}, {"rename", CALL_RENAME}, {"link", CALL_LINK},
    {"unlink", CALL_UNLINK}, {"close", CALL_CLOSE}, {"mmap", CALL_MMAP}, {"stat", CALL_STAT},
    {"any", ~(unsigned)CALL_MALLOC}, {NULL, 0}};

/* What stands behind the prefix, or NULL. */
static const char *
behind(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
}

static void
set_how(const char *name)
{
	const char *rest = name;

	if ((rest = behind(name, "late-")) != NULL)
		how = HOW_LATE;
	else if (strcmp(name, "short") == 0)
		how = HOW_SHORT;
	else if (strcmp(name, "flip") == 0)
		how = HOW_FLIP;
	else if ((rest = behind(name, "group-")) != NULL)
		whose = WHOSE_GROUP;
	else if ((rest = behind(name, "script-")) != NULL)
		whose = WHOSE_SCRIPT;
	if (rest == NULL)
		rest = name;
	if ((number = find(signals, rest)) != 0)
		how = HOW_SIGNAL;
	else
		number = find(errnos, rest);
}

static void
share_count(void)
{
	const char *file = getenv("FAULT_COUNT");
	long fd = file == NULL ? -1 : raw(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *p;

	if (fd < 0)
		return;
	raw(SYS_ftruncate, fd, sizeof(*count));
	p = (void *)raw(SYS_mmap, NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED)
		count = p;
	raw(SYS_close, fd);
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
	everyone = strcmp(field[0], "all") == 0;
	if (strcmp(field[0], program_invocation_short_name) != 0 && !everyone)
		return;
	nth = strtol(field[2], &end, 10);
	onwards = *end == '+';
	set_how(field[3]);
	raw = REAL("syscall", long (*)(long, ...));
	share_count();
	wanted = (unsigned)find(calls, field[1]);
}

/* With the system's own calls: this runs inside malloc. */
static void
tell(void)
{
	const char *file = getenv("FAULT_MET"), *name = program_invocation_short_name;
	long fd = file == NULL ? -1 : raw(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT, 0600);

	if (fd >= 0 && raw(SYS_write, fd, name, strlen(name)) >= 0)
		raw(SYS_close, fd);
}

static void
send_signal(void)
{
	long group = raw(SYS_getpgid, 0);

	if (whose == WHOSE_PROCESS)
		raw(SYS_kill, raw(SYS_getpid), number);
	else
		raw(SYS_kill, whose == WHOSE_GROUP ? -group : group, number);
}

/* Whether this call is to be spoiled.  A signal spoils none. */
static bool
comes(unsigned call)
{
	int saved = errno;
	long now;

	if ((call & wanted) == 0)
		return false;
	now = atomic_fetch_add(count, 1) + 1;
	if (now == nth)
		tell();
	if (now != nth && !(onwards && now > nth))
		return false;
	if (how == HOW_SIGNAL)
		send_signal();
	errno = saved;
	return how != HOW_SIGNAL;
}

static int
refuse(void)
{
	errno = number;
	return -1;
}

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static bool
no_memory(void)
{
	return comes(CALL_MALLOC) && refuse() == -1;
}

void *
malloc(size_t n)
{
	return no_memory() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return no_memory() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return no_memory() ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t alignment, size_t n)
{
	return no_memory() ? NULL : __libc_memalign(alignment, n);
}

/* Disks fail; pipes do not.  A program by itself has to bear it all the same. */
static bool
is_pipe(int fd)
{
	struct stat64 st;

	return everyone && raw(SYS_fstat, fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* ---- calls that move bytes: the whole of them, half of them, or none ---- */

/* What a spoiled read has moved; `rc` is what the call answered. */
static ssize_t
spoil_read(int fd, void *p, ssize_t rc)
{
	struct stat64 st;

	if (how == HOW_FLIP && rc > 0 && raw(SYS_fstat, fd, &st) == 0 && S_ISREG(st.st_mode))
		((unsigned char *)p)[rc / 2] ^= 1;
	return how == HOW_LATE ? refuse() : rc;
}

#define READS(name, kind, params, ...)                                   \
	ssize_t name params;                                             \
	ssize_t name params                                              \
	{                                                                \
		bool met = !is_pipe(fd) && comes(CALL_READ);             \
		ssize_t rc;                                              \
                                                                         \
		if (met && how == HOW_NOT)                               \
			return refuse();                                 \
		if (met && how == HOW_SHORT)                             \
			n = (n + 1) / 2;                                 \
		rc = REAL(#name, ssize_t(*) kind)(fd, p, n __VA_ARGS__); \
		return met ? spoil_read(fd, p, rc) : rc;                 \
	}

/* A copy of what is to be written, with another bit, or NULL where that is not for this file. */
static void *
flipped(int fd, const void *p, size_t n)
{
	struct stat64 st;
	unsigned char *copy;

	if (how != HOW_FLIP || n == 0 || raw(SYS_fstat, fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (copy = __libc_malloc(n)) == NULL)
		return NULL;
	memcpy(copy, p, n);
	copy[n / 2] ^= 1;
	return copy;
}

#define WRITES(name, kind, params, ...)                                                \
	ssize_t name params;                                                           \
	ssize_t name params                                                            \
	{                                                                              \
		bool met = !is_pipe(fd) && comes(CALL_WRITE);                          \
		void *copy = met ? flipped(fd, p, n) : NULL;                           \
		ssize_t rc;                                                            \
                                                                                       \
		if (met && how == HOW_NOT)                                             \
			return refuse();                                               \
		if (met && how == HOW_SHORT)                                           \
			n = (n + 1) / 2;                                               \
		rc = REAL(#name, ssize_t(*) kind)(fd, copy ? copy : p, n __VA_ARGS__); \
		free(copy);                                                            \
		return met && how == HOW_LATE ? refuse() : rc;                         \
	}

/* ---- calls that answer 0 or -1 ---- */

#define ANSWERS(call, name, kind, params, ...)              \
	int name params;                                    \
	int name params                                     \
	{                                                   \
		bool met = comes(call);                     \
		int rc;                                     \
                                                            \
		if (met && how != HOW_LATE)                 \
			return refuse();                    \
		rc = REAL(#name, int(*) kind)(__VA_ARGS__); \
		return met ? refuse() : rc;                 \
	}

/* ---- calls that answer a descriptor ---- */

static int
spoil_open(int fd)
{
	if (fd != -1)
		raw(SYS_close, fd);
	return refuse();
}

#define OPENS(name, kind, params, last, ...)                       \
	int name params;                                           \
	int name params                                            \
	{                                                          \
		bool met = comes(CALL_OPEN);                       \
		mode_t mode = 0;                                   \
		va_list ap;                                        \
		int got;                                           \
                                                                   \
		va_start(ap, last);                                \
		if (flags & (O_CREAT | O_TMPFILE))                 \
			mode = va_arg(ap, mode_t);                 \
		va_end(ap);                                        \
		if (met && how != HOW_LATE)                        \
			return refuse();                           \
		got = REAL(#name, int(*) kind)(__VA_ARGS__, mode); \
		return met ? spoil_open(got) : got;                \
	}

/* clang-format off */
READS(read, (int, void *, size_t), (int fd, void *p, size_t n))
READS(pread, (int, void *, size_t, off_t), (int fd, void *p, size_t n, off_t at), , at)
READS(pread64, (int, void *, size_t, off_t), (int fd, void *p, size_t n, off_t at), , at)
WRITES(write, (int, const void *, size_t), (int fd, const void *p, size_t n))
WRITES(pwrite, (int, const void *, size_t, off_t), (int fd, const void *p, size_t n, off_t at), , at)
WRITES(pwrite64, (int, const void *, size_t, off_t), (int fd, const void *p, size_t n, off_t at), , at)
ANSWERS(CALL_MKDIR, mkdir, (const char *, mode_t), (const char *p, mode_t mode), p, mode)
ANSWERS(CALL_MKDIR, mkdirat, (int, const char *, mode_t), (int fd, const char *p, mode_t mode), fd, p, mode)
ANSWERS(CALL_TRUNCATE, ftruncate, (int, off_t), (int fd, off_t n), fd, n)
ANSWERS(CALL_TRUNCATE, ftruncate64, (int, off_t), (int fd, off_t n), fd, n)
ANSWERS(CALL_TRUNCATE, fallocate64, (int, int, off_t, off_t), (int fd, int mode, off_t at, off_t n), fd, mode, at, n)
ANSWERS(CALL_FSYNC, fsync, (int), (int fd), fd)
ANSWERS(CALL_FSYNC, fdatasync, (int), (int fd), fd)
ANSWERS(CALL_SYNCFS, syncfs, (int), (int fd), fd)
ANSWERS(CALL_FSYNC, sync_file_range, (int, off_t, off_t, unsigned), (int fd, off_t at, off_t n, unsigned way), fd, at, n, way)
ANSWERS(CALL_RENAME, rename, (const char *, const char *), (const char *a, const char *b), a, b)
ANSWERS(CALL_RENAME, renameat, (int, const char *, int, const char *), (int f, const char *a, int g, const char *b), f, a, g, b)
ANSWERS(CALL_RENAME, renameat2, (int, const char *, int, const char *, unsigned), (int f, const char *a, int g, const char *b, unsigned way), f, a, g, b, way)
ANSWERS(CALL_LINK, link, (const char *, const char *), (const char *a, const char *b), a, b)
ANSWERS(CALL_LINK, linkat, (int, const char *, int, const char *, int), (int f, const char *a, int g, const char *b, int way), f, a, g, b, way)
ANSWERS(CALL_LINK, symlinkat, (const char *, int, const char *), (const char *a, int g, const char *b), a, g, b)
ANSWERS(CALL_UNLINK, unlink, (const char *), (const char *p), p)
ANSWERS(CALL_UNLINK, unlinkat, (int, const char *, int), (int fd, const char *p, int way), fd, p, way)
ANSWERS(CALL_UNLINK, rmdir, (const char *), (const char *p), p)
ANSWERS(CALL_STAT, fstat64, (int, struct stat64 *), (int fd, struct stat64 *st), fd, st)
ANSWERS(CALL_STAT, fstatat64, (int, const char *, struct stat64 *, int), (int fd, const char *p, struct stat64 *st, int way), fd, p, st, way)
ANSWERS(CALL_STAT, stat64, (const char *, struct stat64 *), (const char *p, struct stat64 *st), p, st)
ANSWERS(CALL_STAT, lstat64, (const char *, struct stat64 *), (const char *p, struct stat64 *st), p, st)
ANSWERS(CALL_STAT, statx, (int, const char *, int, unsigned, struct statx *), (int fd, const char *p, int way, unsigned mask, struct statx *st), fd, p, way, mask, st)
OPENS(open, (const char *, int, ...), (const char *p, int flags, ...), flags, p, flags)
OPENS(open64, (const char *, int, ...), (const char *p, int flags, ...), flags, p, flags)
OPENS(openat, (int, const char *, int, ...), (int fd, const char *p, int flags, ...), flags, fd, p, flags)
OPENS(openat64, (int, const char *, int, ...), (int fd, const char *p, int flags, ...), flags, fd, p, flags)
/* clang-format on */

/* ---- calls of other kinds ---- */

/* A close that fails has closed. */
int
close(int fd)
{
	int rc = REAL("close", int (*)(int))(fd);

	return comes(CALL_CLOSE) ? refuse() : rc;
}

#define MAPS(name)                                                                                                 \
	void *name(void *at, size_t n, int prot, int flags, int fd, off_t from)                                    \
	{                                                                                                          \
		if (comes(CALL_MMAP) && refuse() == -1)                                                            \
			return MAP_FAILED;                                                                         \
		return REAL(#name, void *(*)(void *, size_t, int, int, int, off_t))(at, n, prot, flags, fd, from); \
	}
MAPS(mmap)
MAPS(mmap64)

/* What lists a folder reads it, but is never interrupted. */
#define LISTS(name, entry)                                                   \
	struct entry *name(DIR *d)                                           \
	{                                                                    \
		if (number != EINTR && comes(CALL_READ) && how == HOW_NOT) { \
			refuse();                                            \
			return NULL;                                         \
		}                                                            \
		return REAL(#name, struct entry * (*)(DIR *))(d);            \
	}
LISTS(readdir, dirent)
LISTS(readdir64, dirent64)

static unsigned
kind_of(long nr)
{
	return nr == SYS_openat2 ? CALL_OPEN : nr == SYS_renameat2 ? CALL_RENAME : CALL_NONE;
}

/* Those that the C library has no function for. */
long
syscall(long nr, ...)
{
	bool met = kind_of(nr) != CALL_NONE && comes(kind_of(nr));
	long a[6], rc;
	va_list ap;

	va_start(ap, nr);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (met && how != HOW_LATE)
		return refuse();
	rc = REAL("syscall", long (*)(long, ...))(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (!met)
		return rc;
	return nr == SYS_openat2 ? spoil_open((int)rc) : refuse();
}
