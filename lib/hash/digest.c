/*
 * digest -- several content digests from one pass over the bytes.
 *
 * xxHash keeps its state in the object itself; the others are libcrypto's, made when first asked for, so that a
 * libcrypto without MD5 (FIPS) only fails those who want MD5.
 */
#include "hash/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <xxhash.h>

#include "file/io.h"

struct digest {
	digest_mask mask;   /* of the running computation */
	digest_mask broken; /* algorithms whose update failed */
	XXH3_state_t *xxh128;
	XXH3_state_t *xxh3;
	XXH64_state_t *xxh64;
	EVP_MD *md[DIGEST_COUNT];
	EVP_MD_CTX *ctx[DIGEST_COUNT];
};

static const struct {
	enum digest_algorithm algorithm;
	const char *name; /* as libcrypto calls it */
} crypto[] = {
    {DIGEST_SHA256, "SHA256"},
    {DIGEST_SHA1, "SHA1"},
    {DIGEST_MD5, "MD5"},
    {DIGEST_SHA512, "SHA512"},
};
#define NCRYPTO (sizeof crypto / sizeof crypto[0])

static bool
wanted(digest_mask mask, enum digest_algorithm a)
{
	return mask & 1u << a;
}

static int
refused(struct fail *why, enum digest_algorithm a)
{
	errno = ENOTSUP;
	return fail_errno(why, "digest", "libcrypto refuses %s (FIPS mode?)", digest_name(a));
}

static int
make_crypto(struct digest *d, digest_mask mask, struct fail *why)
{
	for (size_t i = 0; i < NCRYPTO; i++) {
		enum digest_algorithm a = crypto[i].algorithm;

		if (!wanted(mask, a) || d->ctx[a] != NULL)
			continue;
		if (d->md[a] == NULL && (d->md[a] = EVP_MD_fetch(NULL, crypto[i].name, NULL)) == NULL)
			return refused(why, a);
		if ((d->ctx[a] = EVP_MD_CTX_new()) == NULL)
			return fail_nomem(why);
	}
	return 0;
}

/* Make what the mask needs and is not there yet. */
static int
make_states(struct digest *d, digest_mask mask, struct fail *why)
{
	if (wanted(mask, DIGEST_XXH128) && d->xxh128 == NULL && (d->xxh128 = XXH3_createState()) == NULL)
		return fail_nomem(why);
	if (wanted(mask, DIGEST_XXH3) && d->xxh3 == NULL && (d->xxh3 = XXH3_createState()) == NULL)
		return fail_nomem(why);
	if (wanted(mask, DIGEST_XXH64) && d->xxh64 == NULL && (d->xxh64 = XXH64_createState()) == NULL)
		return fail_nomem(why);
	return make_crypto(d, mask, why);
}

struct digest *
digest_new(digest_mask mask, struct fail *why)
{
	struct digest *d = calloc(1, sizeof *d);

	if (d == NULL) {
		fail_nomem(why);
		return NULL;
	}
	if (digest_start(d, mask, why) == -1) {
		digest_free(d);
		return NULL;
	}
	return d;
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	XXH3_freeState(d->xxh128);
	XXH3_freeState(d->xxh3);
	XXH64_freeState(d->xxh64);
	for (int a = 0; a < DIGEST_COUNT; a++) {
		EVP_MD_CTX_free(d->ctx[a]);
		EVP_MD_free(d->md[a]);
	}
	free(d);
}

int
digest_usable(digest_mask mask, struct fail *why)
{
	struct digest *probe = digest_new(mask, why);

	digest_free(probe);
	return probe != NULL ? 0 : -1;
}

int
digest_start(struct digest *d, digest_mask mask, struct fail *why)
{
	if (make_states(d, mask, why) == -1)
		return -1;
	d->mask = mask;
	d->broken = 0;
	if (wanted(mask, DIGEST_XXH128))
		XXH3_128bits_reset(d->xxh128);
	if (wanted(mask, DIGEST_XXH3))
		XXH3_64bits_reset(d->xxh3);
	if (wanted(mask, DIGEST_XXH64))
		XXH64_reset(d->xxh64, 0);
	for (size_t i = 0; i < NCRYPTO; i++) {
		enum digest_algorithm a = crypto[i].algorithm;

		if (wanted(mask, a) && EVP_DigestInit_ex(d->ctx[a], d->md[a], NULL) != 1)
			return refused(why, a);
	}
	return 0;
}

void
digest_update(struct digest *d, const void *bytes, size_t len)
{
	if (wanted(d->mask, DIGEST_XXH128))
		XXH3_128bits_update(d->xxh128, bytes, len);
	if (wanted(d->mask, DIGEST_XXH3))
		XXH3_64bits_update(d->xxh3, bytes, len);
	if (wanted(d->mask, DIGEST_XXH64))
		XXH64_update(d->xxh64, bytes, len);
	for (size_t i = 0; i < NCRYPTO; i++) {
		enum digest_algorithm a = crypto[i].algorithm;

		if (wanted(d->mask, a) && EVP_DigestUpdate(d->ctx[a], bytes, len) != 1)
			d->broken |= 1u << a;
	}
}

int
digest_final(struct digest *d, struct digests *out, struct fail *why)
{
	if (wanted(d->mask, DIGEST_XXH128))
		XXH128_canonicalFromHash(
		    (XXH128_canonical_t *)out->bytes[DIGEST_XXH128], XXH3_128bits_digest(d->xxh128));
	if (wanted(d->mask, DIGEST_XXH3))
		XXH64_canonicalFromHash((XXH64_canonical_t *)out->bytes[DIGEST_XXH3], XXH3_64bits_digest(d->xxh3));
	if (wanted(d->mask, DIGEST_XXH64))
		XXH64_canonicalFromHash((XXH64_canonical_t *)out->bytes[DIGEST_XXH64], XXH64_digest(d->xxh64));
	for (size_t i = 0; i < NCRYPTO; i++) {
		enum digest_algorithm a = crypto[i].algorithm;

		if (!wanted(d->mask, a))
			continue;
		if (wanted(d->broken, a) || EVP_DigestFinal_ex(d->ctx[a], out->bytes[a], NULL) != 1)
			return refused(why, a);
	}
	out->mask = d->mask;
	return 0;
}

int
digest_file(
    struct digest *d, digest_mask mask, const struct digest_source *from, struct digested *out, struct fail *why)
{
	ssize_t n;

	if (digest_start(d, mask, why) == -1)
		return -1;
	out->bytes = 0;
	do {
		if ((n = io_read(from->fd, from->scratch, from->scratch_len, out->bytes, why)) == -1)
			return -1;
		digest_update(d, from->scratch, (size_t)n);
		meter_add(from->meter, (uint64_t)n);
		out->bytes += (uint64_t)n;
	} while ((size_t)n == from->scratch_len);
	return digest_final(d, &out->digests, why);
}
