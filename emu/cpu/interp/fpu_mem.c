/* Floating-point loads and stores: bits move, nothing is rounded and no NaN is quieted.
 * Source: Power ISA book I, sections 4.6.2 and 4.6.3 (conversion of single format by bits). */
#include "cpu/interp/fpu.h"
#include "cpu/interp/mem.h"

#define REGISTERS cpu->fpr

#define WIDEN(v)  xe_fpu_single_to_double((uint32_t)(v))
#define NARROW(v) xe_fpu_double_to_single(v)

LOAD(lfs, EA_D, 4, WIDEN)
LOAD(lfsx, EA_X, 4, WIDEN)
LOAD_UPDATE(lfsu, SUM_D, 4, WIDEN)
LOAD_UPDATE(lfsux, SUM_X, 4, WIDEN)
LOAD(lfd, EA_D, 8, SAME)
LOAD(lfdx, EA_X, 8, SAME)
LOAD_UPDATE(lfdu, SUM_D, 8, SAME)
LOAD_UPDATE(lfdux, SUM_X, 8, SAME)
STORE(stfs, EA_D, 4, NARROW)
STORE(stfsx, EA_X, 4, NARROW)
STORE_UPDATE(stfsu, SUM_D, 4, NARROW)
STORE_UPDATE(stfsux, SUM_X, 4, NARROW)
STORE(stfd, EA_D, 8, SAME)
STORE(stfdx, EA_X, 8, SAME)
STORE_UPDATE(stfdu, SUM_D, 8, SAME)
STORE_UPDATE(stfdux, SUM_X, 8, SAME)
STORE(stfiwx, EA_X, 4, SAME)
