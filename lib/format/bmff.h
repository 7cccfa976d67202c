/* bmff -- what bmff.c and the recognition of brands in bmff-brand.c share; readers' users see format_bmff alone. */
#ifndef FORMAT_BMFF_H
#define FORMAT_BMFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"

#define BMFF_TYPE(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/*
 * bmff_bid() -- recognise ISO base media (ISO/IEC 14496-12), QuickTime and the HEIF family by the first box and its
 * brands.
 *
 *   head, len   the first bytes of the file
 *   type, mime  filled with static strings when it is one
 */
bool bmff_bid(const uint8_t *head, size_t len, const char **type, const char **mime);

#endif
