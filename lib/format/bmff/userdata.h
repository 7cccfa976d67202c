/*
 * userdata -- the texts of a film: QuickTime user data, 3GPP assets, iTunes items, metadata with keys.
 *
 * Sources: QuickTime File Format Specification (Apple 2012), "User Data Atoms", "Metadata"; 3GPP TS 26.244, 8;
 * ISO 6709:2008, annex H; exiftool's documentation of tag names (QuickTime) for what makers have added.
 */
#ifndef FORMAT_BMFF_USERDATA_H
#define FORMAT_BMFF_USERDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/bmff/movie.h"

#define USERDATA_TEXT_MAX (64u << 10)
#define USERDATA_KEYS_MAX 256u

/* What a box or key says: a field of the record, or one of these. */
enum {
	USERDATA_PLACE = MEDIA_FIELDS,
	USERDATA_CREATIONDATE,
	USERDATA_DATE,
	USERDATA_KEEPS_UTC,
	USERDATA_AUTHOR,      /* an artist, unless one is called so */
	USERDATA_DISPLAYNAME, /* a title, likewise */
	USERDATA_NOTHING      /* for us; it is a tag all the same */
};

/* The keys of one meta box, by index; {0} is none. */
struct userdata_keys {
	size_t n;
	struct userdata_key {
		uint32_t index; /* from 1 */
		uint8_t known;  /* what it means */
		size_t name;    /* in names */
	} key[USERDATA_KEYS_MAX];
	struct buf names; /* one after the other, each ended by a NUL; only with --all */
};

void userdata_no_keys(struct userdata_keys *keys);
void userdata_fini(struct userdata_keys *keys);

/* userdata_known() -- whether a box of user data or of an item list has anything for us: ask before reading it.
 * tags: whether those count that are tags only. */
bool userdata_known(uint32_t type, bool tags);

/* userdata_box() -- a child of udta: note what it says. */
void userdata_box(struct movie *m, uint32_t type, const uint8_t *body, size_t len);

/* userdata_keys() -- the keys box of a meta box.  Half of USERDATA_KEYS_MAX is for those alone
 * that mean anything to us; false where some were left out.
 * tags: keep the names of all. */
bool userdata_keys(struct userdata_keys *keys, const uint8_t *body, size_t len, bool tags);

/* userdata_has_key() -- whether `type`, an item's, is the index of a key that has anything for us. */
bool userdata_has_key(const struct userdata_keys *keys, uint32_t type);

/*
 * userdata_item() -- a child of ilst, whose type is a name or the index of a key.
 *
 *   group  of the tags, where it has a key; NULL: the film's, not a track's
 */
void userdata_item(struct movie *m, const struct userdata_keys *keys, const char *group, uint32_t type,
    const uint8_t *body, size_t len);

/* userdata_note() -- note one text: what it says, and the tag. */
struct userdata_text {
	int what;
	enum movie_rank rank;
	enum movie_encoding encoding;
	const char *group, *name; /* of the tag; name NULL: none */
	const uint8_t *p;
	size_t len;
};
void userdata_note(struct movie *m, const struct userdata_text *t);

/* userdata_box_name(), userdata_box_what() -- of a type that userdata_known() knows with tags. */
const char *userdata_box_name(uint32_t type);
int userdata_box_what(uint32_t type);

/* userdata_place() -- a position as ISO 6709 writes it.  Returns whether it is one; *out keeps its rank. */
bool userdata_place(const uint8_t *text, size_t len, struct movie_place *out);

/* userdata_set_place() -- set such a position; a warning where it is none on Earth. */
void userdata_set_place(struct media_info *info, const uint8_t *text, size_t len);

#endif
