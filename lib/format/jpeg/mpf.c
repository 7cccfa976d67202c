/* The index is a directory like those of TIFF, with tags of its own. */
#include "format/jpeg/mpf.h"

#include <stdio.h>
#include <string.h>

#include "meta/exif/ifd.h"
#include "meta/exif/tags.h"

static const struct {
	uint16_t tag;
	const char *name;
} names[] = {
    {0xb000, "MPFVersion"},
    {0xb001, "NumberOfImages"},
    {0xb004, "TotalFrames"},
    {0xb101, "MPIndividualNum"},
    {0xb201, "PanOrientation"},
    {0xb202, "PanOverlapH"},
    {0xb203, "PanOverlapV"},
    {0xb204, "BaseViewpointNum"},
    {0xb205, "ConvergenceAngle"},
    {0xb206, "BaselineLength"},
    {0xb207, "VerticalDivergence"},
    {0xb208, "AxisDistanceX"},
    {0xb209, "AxisDistanceY"},
    {0xb20a, "AxisDistanceZ"},
    {0xb20b, "YawAngle"},
    {0xb20c, "PitchAngle"},
    {0xb20d, "RollAngle"},
};

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct reader *r = arg;
	struct slice name;
	char group[16];
	const char *text;
	size_t i, len;

	for (i = 0; i < sizeof names / sizeof names[0] && names[i].tag != e->tag; i++)
		;
	if (i == sizeof names / sizeof names[0] || e->kind != IFD_IMAGE)
		return;
	name = (struct slice){names[i].name, strlen(names[i].name)};
	snprintf(group, sizeof group, "MPF%u", e->nth);
	if (e->type != IFD_UNDEFINED)
		tags_number(r, group, name, ifd_number(ifd, e));
	else if ((text = ifd_text(ifd, e, &len)) != NULL)
		tags_text(r, group, name, text, len);
}

/* Behind the index stands what is told of this picture alone. */
static bool
chain(void *arg, unsigned nth)
{
	(void)arg;
	return nth == 0;
}

void
mpf_read(struct reader *r, uint64_t at, uint64_t end)
{
	struct ifd_visitor v = {.entry = entry, .chain = chain, .arg = r};
	struct ifd ifd;

	if (ifd_open(&ifd, r, at, end))
		ifd_walk(&ifd, &v);
}
