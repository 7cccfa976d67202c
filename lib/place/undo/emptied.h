/* emptied -- folders of the library that are empty once files have been taken back.  Private to lib/place. */
#ifndef PLACE_UNDO_EMPTIED_H
#define PLACE_UNDO_EMPTIED_H

/*
 * emptied_remove() -- remove the folder that a file was in, and those above it, up to the first that holds anything;
 * and make durable that the file, and they, have gone.
 *
 *   root  of the library, which stays
 *   to    the file's path below it
 *
 * Returns 0, or -1 with errno: what was done may not be on the disk.
 */
int emptied_remove(int root, const char *to);

#endif
