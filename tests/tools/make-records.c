/*
 * make-records -- N records as file-hash writes them, for measuring hashdb-merge: paths as a library has them, digests
 * that look random and are the same on every run.
 *
 *   make-records N ROOT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* splitmix64: every input gives another output. */
static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

int
main(int argc, char **argv)
{
	uint64_t n = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;

	if (n == 0) {
		fprintf(stderr, "usage: make-records N ROOT\n");
		return 2;
	}
	for (uint64_t i = 0; i < n; i++) {
		unsigned day = (unsigned)(i / 400 % 28) + 1, month = (unsigned)(i / 11200 % 12) + 1;
		unsigned year = 2000 + (unsigned)(i / 134400 % 26);

		printf("{\"path\":\"%s/%u/%u-%02u-%02u/IMG_%07" PRIu64 ".JPG\",\"size\":%" PRIu64
		       ",\"mtime\":\"%u-%02u-%02uT10:11:12.000000000Z\",\"type\":\"jpeg\",\"mime\":\"image/jpeg\","
		       "\"taken\":\"%u-%02u-%02uT12:11:12+02:00\",\"taken_from\":\"exif:DateTimeOriginal\",\"taken_"
		       "basis\":\"zoned\","
		       "\"make\":\"Canon\",\"model\":\"Canon EOS R6\",\"width\":5472,\"height\":3648,\"orientation\":1,"
		       "\"exposure_s\":0.004,\"f_number\":5.6,\"iso\":200,\"focal_mm\":70,"
		       "\"hash\":{\"xxh128\":\"%016" PRIx64 "%016" PRIx64 "\"}}\n",
		    argv[2], year, year, month, day, i, 5000000 + mix(i) % 5000000, year, month, day, year, month, day,
		    mix(i), mix(~i));
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
