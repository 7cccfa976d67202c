/* Dates among what a file says: what could not be read of one is a warning. */
#include <string.h>

#include "media/datetext.h"
#include "media/media.h"

static const char *const date_names[] = {
#define DATE(name, from, family) from,
#include "media/date-sources.def"
#undef DATE
};

const char *
media_date_name(enum media_date_source s)
{
	return date_names[s];
}

void
media_set_date(struct media_info *info, enum media_date_source s, const struct when *w, enum media_basis basis)
{
	if (info->date[s].when.precision == WHEN_NONE)
		info->date[s] = (struct media_date){.when = *w, .basis = basis};
}

enum media_basis
media_basis_of(const struct when *w)
{
	return w->zone == WHEN_UTC ? MEDIA_BASIS_UTC : w->zone == WHEN_OFFSET ? MEDIA_BASIS_ZONED : MEDIA_BASIS_LOCAL;
}

void
media_warn_date(struct media_info *info, const char *what, const char *odd, const char *text, size_t len)
{
	if (odd != NULL)
		media_warn(
		    info, FAIL_DATE, "%s \"%.*s\": %s", what, (int)strnlen(text, len < 40 ? len : 40), text, odd);
}

bool
media_read_date(struct media_info *info, const char *what, const char *text, size_t len, struct when *out)
{
	const char *odd;
	bool good;

	if (datetext_is_blank(text, len))
		return false;
	good = datetext_parse(text, len, out, &odd);
	if (!good)
		media_warn(
		    info, FAIL_DATE, "%s is not a date: \"%.*s\"", what, (int)strnlen(text, len < 32 ? len : 32), text);
	else
		media_warn_date(info, what, odd, text, len);
	return good;
}

void
media_set_date_text(struct media_info *info, enum media_date_source source, const char *text, size_t len)
{
	struct when w;

	if (media_read_date(info, media_date_name(source), text, len, &w))
		media_set_date(info, source, &w, media_basis_of(&w));
}

void
media_warn_no_date(struct media_info *info)
{
	media_warn(info, FAIL_DATE, "a date that is not in the calendar was ignored");
}
