/* num -- numbers that came from outside: parsed whole or not at all, added and multiplied with a check. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The checked helpers return false on overflow and leave *out alone. */
static inline bool
num_add(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}

static inline bool
num_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*out = product;
	return true;
}

/* num_be32() -- four bytes, the highest first. */
static inline uint32_t
num_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* num_parse_u64() -- len bytes that are a decimal number and nothing else. */
bool num_parse_u64(const char *s, size_t len, uint64_t *out);

/* num_parse_size() -- the same, and K, M, G or T behind it: times 1024, 1024², 1024³ or 1024⁴. */
bool num_parse_size(const char *s, size_t len, uint64_t *out);

/* num_json_length() -- bytes of the JSON number (RFC 8259, 6) that `s` begins with; 0 where it begins with none. */
size_t num_json_length(const char *s, size_t len);

/* num_parse_double() -- len bytes (at most 63) that are a JSON number; finite. */
bool num_parse_double(const char *s, size_t len, double *out);

#endif
