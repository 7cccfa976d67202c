/*
 * sniff -- what the content is, for formats without a reader of their own: an importer must know what is media, and
 * a folder is piped in with its sidecars.
 */
#ifndef FORMAT_SNIFF_H
#define FORMAT_SNIFF_H

#include <stddef.h>
#include <stdint.h>

/*
 * sniff_type() -- the type of a file from its first bytes, as in types.def; NULL where it is not recognised.
 *
 *   head  up to SRC_HEAD_SIZE bytes of it
 */
const char *sniff_type(const uint8_t *head, size_t len);

#endif
