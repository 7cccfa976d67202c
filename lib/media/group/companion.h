/* companion -- files that belong to the picture beside which they lie, by their extension. */
#ifndef MEDIA_GROUP_COMPANION_H
#define MEDIA_GROUP_COMPANION_H

#include <stdbool.h>

#include "base/buf.h"
#include "media/group/groupname.h"

/* Whether an import of media alone brings it. */
enum companion_comes { COMPANION_NEVER, COMPANION_BESIDE /* its picture */, COMPANION_ALWAYS };

struct companion {
	const char *extension;
	enum companion_comes comes;
	enum group_role role;  /* what it is to its group */
	enum group_role first; /* whose it is before all others */
};

/* companion_find() -- the row of companions.def for an extension without its dot, in whatever case, or NULL. */
const struct companion *companion_find(struct slice extension);

/* companion_of() -- the same for a path's extension. */
const struct companion *companion_of(const char *path);

#endif
