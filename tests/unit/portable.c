/* portable -- names that exFAT, NTFS and SMB take. */
#include <string.h>

#include "place/name/portable.h"
#include "tap.h"

static void
test_portable(void)
{
	static const struct {
		const char *path, *want;
		bool last;
	} rows[] = {
	    {"2024/IMG_1.JPG", "2024/IMG_1.JPG", false},
	    {"a", "a", false},
	    {"12:30/x?.jpg", "12_30/x_.jpg", true},
	    {"12:30/x.jpg", "12_30/x.jpg", false},
	    {"a*\"<>|\\b\tc\177.jpg", "a______b_c_.jpg", true},
	    {"end./end ", "end_/end_", true},
	    {"end. . /x", "end____/x", false},
	    {" lead/.hidden", " lead/.hidden", false},
	    {"CON", "CON_", true},
	    {"con.tar.gz", "con_.tar.gz", true},
	    {"nul /lpt9.jpg", "nul__/lpt9_.jpg", true},
	    {"COM0/COM\302\271.x", "COM0_/COM\302\271_.x", true},
	    {"CONX/COM10/COM/LPT.jpg", "CONX/COM10/COM/LPT.jpg", false},
	    {"conin$.a", "conin$_.a", true},
	    {"a\377\376b\303.jpg", "a__b_.jpg", true},
	    {"\303\251\360\237\230\200", "\303\251\360\237\230\200", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf path = {0};
		struct fail why = {0};
		bool last = false;

		buf_adds(&path, rows[i].path);
		tap_ok(
		    portable_path(&path, &last, &why) == 0 && strcmp(path.p, rows[i].want) == 0 && last == rows[i].last,
		    "row %zu: a portable name", i);
		last = true;
		tap_ok(portable_path(&path, &last, &why) == 0 && strcmp(path.p, rows[i].want) == 0 && !last,
		    "row %zu: it is one", i);
		buf_fini(&path);
	}
}

int
main(void)
{
	test_portable();
	return tap_done();
}
