#include "media/group/groupfolder.h"

static const struct groupfolder rows[] = {
#define GROUP_FOLDER(folder, other, example, picture, meaning) {folder, other},
#include "media/group/group-folders.def"
#undef GROUP_FOLDER
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct groupfolder *
groupfolder_at(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

const struct groupfolder *
groupfolder_find(struct slice name)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (slice_eq(name, rows[i].folder))
			return &rows[i];
	}
	return NULL;
}

size_t
groupfolder_index(const struct groupfolder *row)
{
	return (size_t)(row - rows);
}
