/* screen -- what standard error is, for who shows progress there. */
#ifndef RUN_CONTROL_SCREEN_H
#define RUN_CONTROL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* screen_draws() -- a terminal on which a line can be drawn again and again; never where NO_COLOR asks for plain text.
 */
bool screen_draws(void);

/* screen_columns() -- what one line of it holds, less the last column, after which some go on to the next line. */
size_t screen_columns(void);

#define SCREEN_CLEAR "\r\033[K" /* the line that is drawn goes */

#endif
