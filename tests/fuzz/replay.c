/*
 * replay -- run a fuzz harness over a folder of inputs without libFuzzer: each as it is, cut short, and with bytes
 * changed, the same ones every time.  An input lies in a malloc of its exact size.  A harness that is not content
 * aborts; one test is reported for each input.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (1u << 20)
#define VARIANTS 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_one(const uint8_t *bytes, size_t len, uint32_t seed)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, len);
	for (int i = 0; seed != 0 && len > 0 && i < 3; i++) {
		seed = seed * 1664525u + 1013904223u;
		copy[(seed >> 8) % len] = (uint8_t)(seed >> 24);
	}
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static int
replay(const char *folder, const char *name)
{
	static uint8_t bytes[INPUT_MAX];
	char path[4096];
	FILE *in;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((in = fopen(path, "rb")) == NULL)
		return -1;
	len = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	try_one(bytes, len, 0);
	for (uint32_t i = 1; i <= VARIANTS; i++) {
		try_one(bytes, len, i * 2654435761u);
		try_one(bytes, (size_t)((uint64_t)len * i / (VARIANTS + 1)), 0);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct dirent **entries;
	int n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;
	int failed = 0, tests = 0;

	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			int rc = replay(argv[1], entries[i]->d_name);

			printf("%sok %d - %s\n", rc == 0 ? "" : "not ", ++tests, entries[i]->d_name);
			fflush(stdout);
			failed += rc != 0;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	printf("1..%d\n", tests);
	return n < 0 || tests == 0 || failed > 0;
}
