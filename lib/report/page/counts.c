#include "report/page/counts.h"

#include <stdlib.h>
#include <string.h>

int
counts_add(struct counts *c, const char *word, struct fail *why)
{
	size_t i = 0;

	while (i < c->n && strcmp(c->row[i].name, word) != 0)
		i++;
	if (i == COUNTS_ROWS) {
		c->others++;
		return 0;
	}
	if (i == c->n) {
		char *copy = strdup(word);

		if (copy == NULL)
			return fail_nomem(why);
		c->row[c->n++] = (struct tally_row){copy, 0};
	}
	c->row[i].n++;
	return 0;
}

void
counts_fini(struct counts *c)
{
	while (c->n > 0)
		free(c->row[--c->n].name);
	c->others = 0;
}
