#include "place/remove/doubt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum reason
doubt_say(struct removal *r, enum reason reason, const char *detail)
{
	snprintf(
	    r->message, sizeof(r->message), "%.100s%s%.100s", reason_text(reason), *detail != '\0' ? ": " : "", detail);
	return reason;
}

enum reason
doubt_errno(struct removal *r, enum reason reason)
{
	r->errnum = errno;
	return doubt_say(r, reason, strerror(errno));
}

enum reason
doubt_folder(struct removal *r)
{
	if (errno == ENOENT)
		return doubt_say(r, REASON_GONE, "");
	r->errnum = errno;
	snprintf(r->message, sizeof(r->message), "its folder cannot be read: %.100s", strerror(errno));
	return REASON_UNREADABLE;
}

enum reason
doubt_name(struct removal *r, int error)
{
	errno = error;
	if (error == EROFS)
		return doubt_say(r, REASON_READ_ONLY, "");
	return error == ENOENT ? doubt_say(r, REASON_GONE, "") : doubt_errno(r, REASON_NO_PERMISSION);
}

enum reason
doubt_copy(struct removal *r)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return doubt_say(r, REASON_COPY_MISSING, "");
	case ELOOP:
	case EXDEV:
		return doubt_say(r, REASON_COPY_UNREADABLE, "its path leads through a symbolic link");
	default:
		return doubt_errno(r, REASON_COPY_UNREADABLE);
	}
}
