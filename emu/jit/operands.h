/* The fields of the word at hand, short, for emitters: they have `e`. What they mean: fields.h;
 * what a register number becomes on the host: xe__jit_g and xe__jit_f and the like in emit.h. */
#ifndef XE_JIT_OPERANDS_H
#define XE_JIT_OPERANDS_H

#include "cpu/isa/fields.h"

/* Where code goes. */
#define A (&e->a)

#define RT     xe_ppc_rt(e->word)
#define RS     RT
#define RA     xe_ppc_ra(e->word)
#define RB     xe_ppc_rb(e->word)
#define RC_REG xe_ppc_rc_reg(e->word) /* FRC */
#define RC     xe_ppc_rc(e->word)     /* the record bit */
#define LK     xe_ppc_lk(e->word)
#define BF     xe_ppc_bf(e->word)
#define BFA    xe_ppc_bfa(e->word)
#define BO     xe_ppc_bo(e->word)
#define BI     xe_ppc_bi(e->word)
#define SI     ((int32_t)xe_ppc_si(e->word))
#define UI     ((int32_t)xe_ppc_ui(e->word))
#define DS     ((int32_t)xe_ppc_ds(e->word))
#define SH     RB
#define MB     RC_REG
#define ME     xe_ppc_me(e->word)
#define SH6    xe_ppc_sh6(e->word)
#define MB6    xe_ppc_mb6(e->word)
#define SPR    xe_ppc_spr(e->word)

/* Vector registers as xe__jit_f and its like number them, of AltiVec or VMX128 as the row is. */
#define VD   xe__vd(e)
#define VA   xe__va(e)
#define VB   xe__vb(e)
#define VC   xe__vc(e)
#define UIM5 RA

#endif
