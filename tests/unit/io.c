/* Unit test of file/io: only regular files are opened, nothing blocks, what began is finished. */
#include "file/io.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tap.h"

static int folder = -1; /* a temporary folder; all names are relative to it */

static void
must(int rc)
{
	if (rc == -1)
		abort();
}

static void
put_file(const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

static void
make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&address, sizeof address) == -1)
		abort();
	close(fd);
}

static void
refuses(const char *path, enum fail_code code, int errnum, const char *message, const char *what)
{
	struct fail why = {0};
	struct stat st;
	int fd = io_open(folder, path, &st, &why);

	if (!tap_ok(fd == -1 && why.code == code && why.errnum == errnum && strstr(why.message, message) != NULL,
		"%s is refused: %s", what, message))
		printf("# %s\n", why.message);
	io_close(&fd);
}

static void
test_open(void)
{
	char long_name[201];
	struct fail why = {0};
	struct stat st;
	int fd;

	put_file("file", "content");
	must(symlinkat("file", folder, "link"));
	fd = io_open(folder, "link", &st, &why);
	tap_ok(fd != -1 && st.st_size == 7 && S_ISREG(st.st_mode), "a file through a link is opened");
	tap_ok((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "… and not inherited");
	io_close(&fd);
	tap_ok(fd == -1, "a closed descriptor is -1");

	memset(long_name, 'd', 200);
	long_name[200] = '\0';
	must(mkdirat(folder, "sub", 0700));
	must(mkdirat(folder, "my 'sub", 0700));
	must(mkdirat(folder, "my sub", 0700));
	must(mkdirat(folder, long_name, 0700));
	must(mkfifoat(folder, "fifo", 0600));
	make_socket("socket");
	must(symlinkat("loop", folder, "loop"));
	refuses("sub", FAIL_SYSTEM, EISDIR, "use: find sub -type f -print0", "a folder");
	refuses("my sub", FAIL_SYSTEM, EISDIR, "use: find 'my sub' -type f -print0", "a folder with a blank");
	refuses("my 'sub", FAIL_SYSTEM, EISDIR, "use: find FOLDER -type f -print0", "a folder with a quote");
	refuses(long_name, FAIL_SYSTEM, EISDIR, "use: find FOLDER -type f -print0", "a folder with a long name");
	refuses("fifo", FAIL_INPUT, 0, "not a regular file", "a FIFO without a writer");
	refuses("socket", FAIL_INPUT, 0, "not a regular file", "a socket");
	refuses("/dev/null", FAIL_INPUT, 0, "not a regular file", "a device");
	refuses("absent", FAIL_SYSTEM, ENOENT, strerror(ENOENT), "what is not there");
	refuses("loop", FAIL_SYSTEM, ELOOP, strerror(ELOOP), "a circle of links");
	refuses("file/x", FAIL_SYSTEM, ENOTDIR, strerror(ENOTDIR), "a file taken for a folder");
}

static void
test_read(void)
{
	char bytes[16] = "";
	struct fail why = {0};
	struct stat st;
	int fd;

	put_file("ten", "0123456789");
	fd = io_open(folder, "ten", &st, &why);
	tap_ok(io_read(fd, bytes, 4, 3, &why) == 4 && memcmp(bytes, "3456", 4) == 0, "read in the middle");
	tap_ok(io_read(fd, bytes, 16, 8, &why) == 2 && memcmp(bytes, "89", 2) == 0, "read over the end");
	tap_ok(
	    io_read(fd, bytes, 16, 10, &why) == 0 && io_read(fd, bytes, 16, 1 << 20, &why) == 0, "read behind the end");
	tap_ok(io_read(fd, bytes, 1, UINT64_MAX, &why) == -1 && why.errnum == EINVAL, "an offset that is none");
	tap_ok(io_read(fd, bytes, 0, 0, &why) == 0, "read nothing");
	io_close(&fd);
	tap_ok(io_read(-1, bytes, 1, 0, &why) == -1 && why.errnum == EBADF && strcmp(why.op, "read") == 0,
	    "a bad descriptor");
}

/* Reads a pipe slowly and to its end. */
static void *
drain(void *arg)
{
	int fd = *(int *)arg;
	size_t *total = malloc(sizeof *total);
	char bytes[5000];
	ssize_t n;

	if (total == NULL)
		abort();
	*total = 0;
	while ((n = read(fd, bytes, sizeof bytes)) > 0) {
		*total += (size_t)n;
		usleep(200);
	}
	return total;
}

static void
test_write(void)
{
	enum { MUCH = 1 << 20 };
	char *bytes = calloc(1, MUCH);
	struct fail why = {0};
	pthread_t reader;
	void *total;
	int pipe_fds[2], full, rc;

	if (bytes == NULL || pipe(pipe_fds) == -1)
		abort();
	fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK);
	if (pthread_create(&reader, NULL, drain, &pipe_fds[0]) != 0)
		abort();
	rc = io_write(pipe_fds[1], bytes, MUCH, &why);
	close(pipe_fds[1]);
	pthread_join(reader, &total);
	tap_ok(rc == 0 && *(size_t *)total == MUCH, "all is written to a slow pipe that does not block");
	free(total);
	close(pipe_fds[0]);
	full = open("/dev/full", O_WRONLY);
	if (full != -1)
		tap_ok(io_write(full, bytes, 10, &why) == -1 && why.errnum == ENOSPC && strcmp(why.op, "write") == 0,
		    "no space");
	io_close(&full);
	tap_ok(io_write(-1, bytes, 0, &why) == 0, "write nothing");
	free(bytes);
}

static void
test_version(void)
{
	const struct stat was = {.st_dev = 1, .st_ino = 2, .st_size = 3, .st_mtim = {4, 5}};
	struct stat is = was;

	tap_ok(io_same_version(&was, &is), "the same version");
	is.st_mtim.tv_nsec++;
	tap_ok(!io_same_version(&was, &is), "a nanosecond later");
	is = was;
	is.st_mtim.tv_sec--;
	tap_ok(!io_same_version(&was, &is), "a second earlier");
	is = was;
	is.st_size++;
	tap_ok(!io_same_version(&was, &is), "another size");
	is = was;
	is.st_ino++;
	tap_ok(!io_same_version(&was, &is), "another file");
	tap_ok(io_same_again(&was, &is), "which may have another number, its ctime being the same");
	is.st_ctim.tv_nsec++;
	tap_ok(!io_same_again(&was, &is), "and not where its ctime is another one");
	is.st_ino = was.st_ino;
	tap_ok(io_same_again(&was, &is), "which is the same version under the same number");
	is = was;
	is.st_dev++;
	tap_ok(!io_same_version(&was, &is), "another device");
	tap_ok(!io_same_again(&was, &is), "and not the same again");
	errno = EIO;
	io_close(&(int){-1});
	io_close(&(int){99});
	tap_ok(errno == EIO, "closing leaves errno alone");
}

int
main(void)
{
	char path[] = "/tmp/unit-io.XXXXXX", command[64];

	if (mkdtemp(path) == NULL || chdir(path) == -1 || (folder = open(".", O_RDONLY | O_DIRECTORY)) == -1)
		abort();
	test_open();
	test_read();
	test_write();
	test_version();
	close(folder);
	snprintf(command, sizeof command, "rm -rf %s", path);
	if (chdir("/") == -1 || system(command) != 0)
		abort();
	return tap_done();
}
