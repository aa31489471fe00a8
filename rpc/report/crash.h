/* Where a title crashed, as the end of a sentence. */
#ifndef XE_RPC_REPORT_CRASH_H
#define XE_RPC_REPORT_CRASH_H

#include "xe/instance.h"

#define XE_RPC_CRASH_CALLERS 4u
#define XE_RPC_CRASH_PLACE   640u

/* ", in allocate at cxx.h:264, called by load at game.c:20, game.dll+0x10"; "" if it did not
 * crash, or nothing is known of the place. */
void xe__rpc_crash_place(struct xe_instance *instance, char text[XE_RPC_CRASH_PLACE]);

#endif
