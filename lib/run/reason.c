#include "run/reason.h"

const char *
reason_code(enum reason reason)
{
	static const char *const codes[] = {
	    "",
#define REASON(name, code, text) code,
#include "run/reason-codes.def"
#undef REASON
	};

	return codes[reason];
}

const char *
reason_text(enum reason reason)
{
	static const char *const texts[] = {
	    "",
#define REASON(name, code, text) text,
#include "run/reason-codes.def"
#undef REASON
	};

	return texts[reason];
}
