/* Fuzz meta/takeout/icloud and base/csv: whatever a table says, of whichever picture, is fit for a record. */
#include "meta/takeout/icloud.h"

#include "base/csv.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_file(const struct icloud *c, const char *name)
{
	static struct media_info info;

	media_clear(&info);
	icloud_tell(c, name, &info);
	check_fields(&info);
	check_taken(&info);
}

static void
check(struct slice text)
{
	struct icloud c = {0};

	icloud_add_table(&c, text, "Photo Details.csv");
	icloud_add_album(&c, text, "Album");
	require(!c.text.failed && c.nrows <= text.len && c.nmembers <= text.len, "rows out of nothing");
	icloud_seal(&c);
	for (size_t i = 0; i < c.nrows; i++)
		check_file(&c, c.text.p + c.row[i].name);
	for (size_t i = 0; i < c.nmembers; i++)
		check_file(&c, c.text.p + c.member[i].name);
	icloud_fini(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = malloc(size + (size == 0));

	require(exact != NULL, "out of memory");
	if (size > 0)
		memcpy(exact, data, size);
	check((struct slice){exact, size});
	free(exact);
	return 0;
}
