/* io -- system calls that finish what they began, on files that cannot block. */
#ifndef FILE_IO_H
#define FILE_IO_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/fail.h"

/* Flags of open(2): to read what has the name itself, whatever it is, following no link there and without blocking. */
#define IO_OPEN_ITSELF (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/*
 * io_open() -- open a regular file for reading, following links, without ever blocking.
 *
 *   dirfd  where a relative path starts (AT_FDCWD)
 *   st     filled from the open descriptor
 *
 * Returns a descriptor that the caller closes, or -1: EISDIR, FAIL_INPUT for what is neither file nor folder, or the
 * system's errno.
 */
int io_open(int dirfd, const char *path, struct stat *st, struct fail *why);

/* io_open_itself() -- the same, but that a link is no regular file: FAIL_INPUT. */
int io_open_itself(int dirfd, const char *path, struct stat *st, struct fail *why);

/* io_stat() -- the state of a regular file, following links; fails as io_open() does, without opening it.  0 or -1. */
int io_stat(int dirfd, const char *path, struct stat *st, struct fail *why);

/* io_read() -- read up to len bytes at `offset`, fewer only at end of file.  Returns the count or -1. */
ssize_t io_read(int fd, void *dst, size_t len, uint64_t offset, struct fail *why);

/* io_write() -- write all of it at the descriptor's position, waiting where it would block.  Returns 0 or -1. */
int io_write(int fd, const void *src, size_t len, struct fail *why);

/* io_truncate() -- make a file so long, the bytes that it lacks a hole.  Returns 0 or -1. */
int io_truncate(int fd, uint64_t len, struct fail *why);

/* io_sync_folder() -- fsync a folder; 0 also where its file system has no such thing.  Returns 0 or -1 with errno. */
int io_sync_folder(int fd);

/* io_sync_folder_of() -- the folder that a file lies in, unless it may not be listed.  Returns 0 or -1 with errno. */
int io_sync_folder_of(const char *file);

/* io_close() -- close unless -1, and make it -1; errno survives. */
void io_close(int *fd);

/* io_same_time() -- to the nanosecond; state_same_time() of file/state.h has what is the same where file systems round.
 */
bool io_same_time(const struct timespec *a, const struct timespec *b);

/* io_same_file() -- one device and inode number: one file, as far as one mount of it goes. */
bool io_same_file(const struct stat *a, const struct stat *b);

/* io_is_stream() -- whether standard input or output is the same file. */
bool io_is_stream(const struct stat *st);

/* io_same_version() -- whether two states of one file agree in size, mtime and identity. */
bool io_same_version(const struct stat *a, const struct stat *b);

/*
 * io_same_again() -- the same of what a name leads to when it is looked up once more: FAT, what stands on FUSE and some
 * unions may give a file another number then, and its ctime has to do.
 */
bool io_same_again(const struct stat *a, const struct stat *b);

#endif
