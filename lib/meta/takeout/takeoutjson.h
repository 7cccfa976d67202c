/*
 * takeoutjson -- what a JSON of a Google Takeout says: of one picture or film, or of the album that a folder is.
 *
 * Which of the two it is, or neither, is told by its content: the names of albums' JSONs are in the language of the
 * account.
 */
#ifndef META_TAKEOUT_TAKEOUTJSON_H
#define META_TAKEOUT_TAKEOUTJSON_H

#include "base/buf.h"
#include "base/fail.h"
#include "media/media.h"

#define TAKEOUTJSON_MAX (1u << 20) /* bytes; theirs have a few thousand */

enum takeoutjson_kind {
	TAKEOUTJSON_OTHER, /* another program's, or no JSON at all */
	TAKEOUTJSON_FILE,
	TAKEOUTJSON_ALBUM
};

/*
 * takeoutjson_open() -- read a file whole.
 *
 *   text  replaced; empty where it cannot be read; of a file that is longer than TAKEOUTJSON_MAX its beginning
 *
 * Returns 0, or -1 where it cannot be opened or read, is that long (FAIL_LIMIT), or ENOMEM.
 */
int takeoutjson_open(int dirfd, const char *path, struct buf *text, struct fail *why);

/*
 * takeoutjson_title() -- of which kind it is, and its title, which may be empty.
 *
 *   title  replaced
 *   why    says what is wrong where it is no JSON, for the kind OTHER; else FAIL_NONE; ENOMEM
 */
enum takeoutjson_kind takeoutjson_title(struct slice text, struct buf *title, struct fail *why);

/*
 * takeoutjson_tell() -- add to info what a text of the kind FILE says, as of MEDIA_FROM_TAKEOUT.  A position that is
 * not the one that Google read in the file was set by its owner, and stands for it; else the file's stays. Returns 0,
 * or -1: ENOMEM.
 */
int takeoutjson_tell(struct slice text, struct media_info *info, struct fail *why);

#endif
