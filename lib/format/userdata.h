/*
 * userdata -- the texts of a film: QuickTime user data, 3GPP assets, iTunes items, metadata with keys.
 *
 * Sources: QuickTime File Format Specification (Apple 2012), "User Data Atoms", "Metadata"; 3GPP TS 26.244, 8;
 * ISO 6709:2008, annex H.
 */
#ifndef FORMAT_USERDATA_H
#define FORMAT_USERDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/movie.h"

#define USERDATA_TEXT_MAX (64u << 10)
#define USERDATA_KEYS_MAX 256u

/* What the keys of one meta box mean, by index; {0} is none. */
struct userdata_keys {
	size_t n;
	uint8_t key[USERDATA_KEYS_MAX];
};

/* userdata_known() -- whether a box of user data or of an item list has anything for us: ask before reading it. */
bool userdata_known(uint32_t type);

/* userdata_box() -- a child of udta: note what it says. */
void userdata_box(struct movie *m, uint32_t type, const uint8_t *body, size_t len);

/* userdata_keys() -- the keys box of a meta box.  Keys beyond USERDATA_KEYS_MAX are not known: false. */
bool userdata_keys(struct userdata_keys *keys, const uint8_t *body, size_t len);

/* userdata_has_key() -- whether `type`, an item's, is the index of a key that has anything for us. */
bool userdata_has_key(const struct userdata_keys *keys, uint32_t type);

/* userdata_item() -- a child of ilst, whose type is a name or the index of a key. */
void userdata_item(
    struct movie *m, const struct userdata_keys *keys, bool in_track, uint32_t type, const uint8_t *body, size_t len);

/* userdata_place() -- "+48.8577+002.295+35/" as ISO 6709 writes it, in degrees, minutes or seconds; false if it is
 * not that. */
bool userdata_place(const uint8_t *text, size_t len, struct movie_place *out);

#endif
