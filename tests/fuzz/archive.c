/* Fuzz the way to the members of an archive: whatever it holds, each is told of, and read twice it is the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "members.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct archives *of;
	struct buf first = {0}, second = {0};
	struct fail why = {0};
	char path[64];
	int fd = members_file(data, size, path);

	if (of == NULL)
		of = archives_new(AT_FDCWD, 1u << 20);
	if (of == NULL || members_describe(of, path, &first, &why) == -1 ||
	    members_describe(of, path, &second, &why) == -1) {
		fprintf(stderr, "cannot be described: %s\n", why.message);
		abort();
	}
	if (strcmp(buf_cstr(&first), buf_cstr(&second)) != 0) {
		fprintf(stderr, "%s-- and then\n%s", buf_cstr(&first), buf_cstr(&second));
		abort();
	}
	buf_fini(&first);
	buf_fini(&second);
	close(fd);
	return 0;
}
