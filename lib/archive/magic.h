/*
 * magic -- whether a file is to be asked for members, by its first bytes alone: a picture with an archive behind its
 * end is a picture.
 */
#ifndef ARCHIVE_MAGIC_H
#define ARCHIVE_MAGIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAGIC_HEAD 512             /* bytes of a file's beginning that are looked at … */
#define MAGIC_DISC_AT (16u * 2048) /* … and where the image of a disc has its mark … */
#define MAGIC_DISC_LEN 6           /* … of so many bytes */

/* magic_is_archive() -- of a file's first bytes; *hungry: what unpacks it may take tens of megabytes. */
bool magic_is_archive(const uint8_t *head, size_t len, bool *hungry);

/* magic_is_disc() -- of the bytes that stand there. */
bool magic_is_disc(const uint8_t *bytes, size_t len);

#endif
