/* Which rows are translated. */
#include "jit/emit_rows.h"

const struct xe_jit_row xe_jit_rows[XE_PPC_INSNS] = {
#define ROW(name, function, arg) [XE_PPC_##name] = {xe__jit_emit_##function, arg},
#include "jit/jit_rows.def"
#undef ROW
};
