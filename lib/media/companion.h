/* companion -- files that belong to the picture beside which they lie, by their extension. */
#ifndef MEDIA_COMPANION_H
#define MEDIA_COMPANION_H

#include <stdbool.h>

/* companion_is() -- whether a path's extension, in whatever case, is one of companions.def. */
bool companion_is(const char *path);

/* companion_comes() -- whether it is one of those that come with an import of media alone. */
bool companion_comes(const char *path);

#endif
