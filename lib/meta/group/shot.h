/*
 * shot -- what a group asks of one of its files: when, by which camera, and what decides where the group is placed.
 */
#ifndef META_GROUP_SHOT_H
#define META_GROUP_SHOT_H

#include <stdbool.h>

#include "base/buf.h"
#include "media/media.h"
#include "media/record.h"

/* The members of a record that follow the lead, but for the date.  group-fields.def */
enum shot_field {
#define GROUP_FIELD(name) SHOT_##name,
#include "meta/group/group-fields.def"
#undef GROUP_FIELD
	SHOT_TYPE,
	SHOT_MIME,
	SHOT_FIELDS
};

/* How good a date is. */
enum shot_date { SHOT_UNDATED, SHOT_NAMED /* by a name, or when the file was written */, SHOT_CAPTURED };

/* {0} is one of which nothing is known. */
struct shot {
	bool is_media; /* a type that is known, or damage */
	enum shot_date date;
	struct media_date taken;
	struct media_date recorded;      /* by the file itself, where a sidecar says otherwise; else the same */
	const char *from;                /* as taken_from; static */
	struct slice field[SHOT_FIELDS]; /* as JSON, in text; empty: absent */
	struct slice content_id;         /* as JSON, in text; empty: absent */
	struct buf text;
};

/* shot_read() -- of what was read of a file.  Returns 0 or -1 (ENOMEM). */
int shot_read(struct shot *shot, const struct facts *facts);

int shot_copy(struct shot *to, const struct shot *from); /* 0 or -1 (ENOMEM), then *to is {0} */
void shot_fini(struct shot *shot);

const char *shot_field_name(enum shot_field f); /* of the record */

/*
 * shot_precedes() -- whether one leads a group before the other, as far as their dates tell: captured before named
 * before none, with a time of day before without, zoned before UTC before local.  Returns 1, -1 where the other one
 * does, 0 where neither.
 */
int shot_precedes(const struct shot *a, const struct shot *b);

/*
 * shot_fits() -- whether two may be of one moment and one camera: no more than SHOT_APART apart, one model, one
 * content_id, as far as both tell.
 *
 *   serial  compare serial numbers too: both are pictures, not films
 */
#define SHOT_APART (15 * 3600) /* seconds; clocks in UTC and on the wall are up to 14 hours apart */
bool shot_fits(const struct shot *a, const struct shot *b, bool serial);

#endif
