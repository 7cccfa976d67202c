/*
 * witness -- a library for LD_PRELOAD: the order in which programs write, flush, name and tell.
 *
 * WITNESS=FILE gets a line for each such call: the program, a tab, what it does, a tab, the path; of a rename or link
 * the old and the new one.  What makes durable (sync, syncfs) is noted when it is done, and mkdir; what relies on
 * that (rename, unlink, tell: a write to standard output) before it is begun, and so are write and truncate.
 * witness.awk judges the order.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name, type) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

static void
note(const char *what, const char *a, const char *b)
{
	static int log = -1;
	const char *file = getenv("WITNESS");
	char line[2 * PATH_MAX + 64];
	int n, saved = errno;

	if (file == NULL || (log == -1 && (log = REAL("open", int (*)(const char *, int, ...))(
					       file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) == -1))
		return;
	n = snprintf(line, sizeof line, "%s\t%s\t%s\t%s\n", program_invocation_short_name, what, a, b);
	if (REAL("write", ssize_t(*)(int, const void *, size_t))(log, line, (size_t)n) != n)
		_exit(126);
	errno = saved;
}

static const char *
path_of(int fd, char *path)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	path[n > 0 ? n : 0] = '\0';
	return path;
}

/* The whole path of a name below the folder `fd`. */
static const char *
path_at(int fd, const char *name, char *path)
{
	size_t n;

	if (name[0] == '/') {
		snprintf(path, PATH_MAX, "%s", name);
		return path;
	}
	if (fd == AT_FDCWD)
		path[0] = '\0', n = getcwd(path, PATH_MAX - 1) != NULL ? strlen(path) : 0;
	else
		n = strlen(path_of(fd, path));
	snprintf(path + n, PATH_MAX - n, "/%s", strncmp(name, "./", 2) == 0 ? name + 2 : name);
	return path;
}

static void
note_fd(const char *what, int fd)
{
	char path[PATH_MAX];

	note(what, path_of(fd, path), "");
}

static void
note_at(const char *what, int fd, const char *name)
{
	char path[PATH_MAX];

	note(what, path_at(fd, name, path), "");
}

static void
note_two(int f, const char *a, int g, const char *b)
{
	char from[PATH_MAX], to[PATH_MAX];

	note("rename", path_at(f, a, from), path_at(g, b, to));
}

/* Standard output is where the records go, whatever it is; of the rest only files change. */
static void
note_write(int fd)
{
	struct stat st;

	if (fd == STDOUT_FILENO)
		note("tell", "", "");
	else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		note_fd("write", fd);
}

#define CALLS(type, name, before, after, kind, params, ...)  \
	type name params;                                    \
	type name params                                     \
	{                                                    \
		type rc;                                     \
                                                             \
		before;                                      \
		rc = REAL(#name, type(*) kind)(__VA_ARGS__); \
		if (rc != -1)                                \
			after;                               \
		return rc;                                   \
	}

/* clang-format off */
CALLS(ssize_t, write, note_write(fd), (void)0, (int, const void *, size_t), (int fd, const void *p, size_t n), fd, p, n)
CALLS(ssize_t, pwrite64, note_write(fd), (void)0, (int, const void *, size_t, off64_t), (int fd, const void *p, size_t n, off64_t at), fd, p, n, at)
CALLS(int, ftruncate64, note_fd("truncate", fd), (void)0, (int, off64_t), (int fd, off64_t n), fd, n)
CALLS(int, fsync, (void)0, note_fd("sync", fd), (int), (int fd), fd)
CALLS(int, fdatasync, (void)0, note_fd("sync", fd), (int), (int fd), fd)
CALLS(int, syncfs, (void)0, note_fd("syncfs", fd), (int), (int fd), fd)
CALLS(int, mkdirat, (void)0, note_at("mkdir", fd, p), (int, const char *, mode_t), (int fd, const char *p, mode_t mode), fd, p, mode)
CALLS(int, unlink, note_at("unlink", AT_FDCWD, p), (void)0, (const char *), (const char *p), p)
CALLS(int, unlinkat, note_at("unlink", fd, p), (void)0, (int, const char *, int), (int fd, const char *p, int way), fd, p, way)
CALLS(int, rename, note_two(AT_FDCWD, a, AT_FDCWD, b), (void)0, (const char *, const char *), (const char *a, const char *b), a, b)
CALLS(int, renameat, note_two(f, a, g, b), (void)0, (int, const char *, int, const char *), (int f, const char *a, int g, const char *b), f, a, g, b)
CALLS(int, linkat, note_two(f, a, g, b), (void)0, (int, const char *, int, const char *, int), (int f, const char *a, int g, const char *b, int way), f, a, g, b, way)
/* clang-format on */

/* renameat2(2) goes through here. */
long
syscall(long nr, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, nr);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (nr == SYS_renameat2)
		note_two((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3]);
	return REAL("syscall", long (*)(long, ...))(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}
