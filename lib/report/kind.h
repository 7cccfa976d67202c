/* kind -- what a record's file is to a person: a picture, a film, or what came with one. */
#ifndef REPORT_KIND_H
#define REPORT_KIND_H

#include <stdbool.h>

#include "media/group/recgroup.h"
#include "run/rec.h"

enum kind { PICTURE, FILM, COMPANION, OTHER, KINDS };

/*
 * kind_of() -- by the role that exif-read has found, else by the type of the content, unless the name is that of a
 * companion, such as MVI_0001.THM; by the name alone where nobody has read the file.
 *
 *   group  the record's, of rec_get_group()
 */
enum kind kind_of(const struct rec *rec, const struct rec_group *group);

/*
 * kind_is_orphan() -- whether exif-read has looked, and no picture or film belongs to this companion, which is nothing
 * without one.
 */
bool kind_is_orphan(const struct rec *rec, const struct rec_group *group);

#endif
