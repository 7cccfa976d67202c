#include "hashdb/albums.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/json.h"
#include "base/span.h"

struct names {
	struct slice *v; /* as JSON */
	size_t n, cap;
};

static int
add_names(struct names *names, struct slice array)
{
	struct slice name, *v;

	while (span_element(&array, &name)) {
		if ((v = array_room(names->v, &names->cap, names->n, sizeof(*v))) == NULL)
			return -1;
		names->v = v;
		names->v[names->n++] = name;
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static void
put_names(const struct names *names, struct buf *out)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < names->n; i++) {
		if (i > 0 && slice_same(names->v[i - 1], names->v[i]))
			continue;
		json_comma(out);
		buf_add(out, names->v[i].p, names->v[i].len);
	}
	buf_addc(out, ']');
}

int
albums_unite(struct slice first, struct slice second, struct buf *out, struct fail *why)
{
	struct names names = {0};
	bool failed = false;

	if (slice_same(first, second))
		return buf_add(out, first.p, first.len) == -1 ? fail_nomem(why) : 0;
	failed = add_names(&names, first) == -1 || add_names(&names, second) == -1;
	if (!failed && names.n > 0)
		qsort(names.v, names.n, sizeof(*names.v), compare);
	put_names(&names, out);
	free(names.v);
	return failed || out->failed ? fail_nomem(why) : 0;
}
