/*
 * Fuzz meta/takeout: whatever a JSON says is fit for a record; and its bytes as the name of a picture lead to a name
 * that a file can have, without a number that is not there.
 */
#include "meta/takeout/takeoutjson.h"
#include "meta/takeout/takeoutname.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every file is there. */
static bool
has(void *arg, const char *name)
{
	(void)arg;
	return strlen(name) <= TAKEOUTNAME_MAX && *name != '\0';
}

/* No JSON is taken, so that all rules have their turn. */
static bool
take(void *arg, const struct takeoutname *found)
{
	struct slice json = slice_of(found->json), stem;

	require(takeoutname_is_json(json) && found->rule < TAKEOUT_RULES && found->of < TAKEOUT_OFS, "no JSON's name");
	stem = takeoutname_stem(json);
	require(stem.p == found->json && stem.len + 5 <= json.len, "no stem");
	takeoutname_fits(found, slice_of(arg));
	return false;
}

static void
check_name(const char *text, size_t len)
{
	char title[64] = "";
	const struct takeoutname_folder folder = {has, take, title};
	struct takeoutname found;

	memcpy(title, text, len < sizeof title ? len : sizeof title - 1);
	if (memchr(text, 0, len) == NULL && memchr(text, '/', len) == NULL)
		takeoutname_find((struct slice){text, len}, &folder, &found);
}

static void
check_json(struct slice text)
{
	static struct media_info info;
	struct buf title = {0};
	struct fail why;

	media_clear(&info);
	if (takeoutjson_title(text, &title, &why) == TAKEOUTJSON_FILE)
		require(takeoutjson_tell(text, &info, &why) == 0, "bytes in memory cannot fail to be read");
	require(!title.failed && json_is_utf8(buf_cstr(&title), title.len), "a title that is no text");
	check_fields(&info);
	check_taken(&info);
	buf_fini(&title);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = malloc(size + (size == 0));

	require(exact != NULL, "out of memory");
	if (size > 0)
		memcpy(exact, data, size);
	check_json((struct slice){exact, size});
	check_name(exact, size);
	free(exact);
	return 0;
}
