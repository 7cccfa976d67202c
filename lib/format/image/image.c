#include "format/image/image.h"

#include <string.h>

#include "meta/exif/block.h"

bool
image_number(struct image *m, uint64_t *out)
{
	size_t got, i;
	const uint8_t *p = reader_some(m->r, m->at, 5, &got);

	if (p == NULL)
		return false;
	*out = 0;
	for (i = 0; i < got; i++) {
		*out = *out << 7 | (p[i] & 0x7f);
		if ((p[i] & 0x80) == 0) {
			m->at += i + 1;
			return true;
		}
	}
	media_warn(m->r->info, got < 5 ? FAIL_TRUNCATED : FAIL_FORMAT, "%s: an invalid number at byte %llu", m->r->what,
	    (unsigned long long)m->at);
	return false;
}

bool
image_size(struct image *m, unsigned less)
{
	uint64_t width, height;

	if (!image_number(m, &width) || !image_number(m, &height))
		return false;
	reader_set_size(m->r, (double)(width + less), (double)(height + less));
	return true;
}

void
image_exif(struct image *m, uint64_t at, uint64_t end)
{
	const uint8_t *p;
	size_t got;

	if (m->has_exif || (p = reader_some(m->r, at, 8, &got)) == NULL)
		return;
	m->has_exif = true;
	if (got == 8 && memcmp(p, "Exif\0\0", 6) == 0)
		at += 6;
	else if (got == 8 && (memcmp(p + 1, "II*\0", 4) == 0 || memcmp(p + 1, "MM\0*", 4) == 0))
		at++;
	block_read(m->r, at, end);
}
