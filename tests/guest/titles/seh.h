/* Functions with scopes, for titles about structured exceptions: what they ask and run is told,
 * letter by letter, and said by a title's filter and block. */
#ifndef XE_TITLE_SEH_H
#define XE_TITLE_SEH_H

#include "check.h"
#include "letters.h"
#include <xe360/except.h>

typedef u32 body(u32 argument);

/* body(argument) in a scope whose filter is ask(); what that returns, or the code of the exception
 * that its __except block gets. */
u32 guarded(body *body, u32 argument);
/* The same in a scope whose block is at_end(). */
u32 finally(body *body, u32 argument);
/* Both, the __finally inside. */
u32 both(body *body, u32 argument);

asm("xe_begin guarded, __C_specific_handler, guarded_scopes\n"
    "li 30, 77\nmtctr 3\nmr 3, 4\n"
    "1: bctrl\n2: b 4f\n"
    "3: cmpwi 30, 77\nbeq 4f\nli 3, 0\n" /* r30 is as it was at the call */
    "4: xe_return\n"
    "xe_end guarded, 3\n"
    "xe_funclet guarded_filter, ask\nxe_end guarded_filter, 1\n"
    "xe_scopes guarded_scopes, 1\nxe_scope 1b, 2b, guarded_filter, 3b\n"

    "xe_begin finally, __C_specific_handler, finally_scopes\n"
    "mtctr 3\nmr 3, 4\n"
    "1: bctrl\n2: mr 30, 3\naddi 12, 31, 0x80\nbl finally_block\nmr 3, 30\nxe_return\n"
    "xe_end finally, 3\n"
    "xe_funclet finally_block, at_end\nxe_end finally_block, 1\n"
    "xe_scopes finally_scopes, 1\nxe_scope 1b, 2b, finally_block\n"

    "xe_begin both, __C_specific_handler, both_scopes\n"
    "mtctr 3\nmr 3, 4\n"
    "1: bctrl\n2: mr 30, 3\naddi 12, 31, 0x80\nbl finally_block\nmr 3, 30\n3: b 5f\n"
    "4: nop\n5: xe_return\n"
    "xe_end both, 3\n"
    "xe_scopes both_scopes, 2\nxe_scope 1b, 2b, finally_block\n"
    "xe_scope 1b, 3b, guarded_filter, 4b\n");

static s32 (*filter)(struct exception_pointers *pointers);
static void (*block)(void);
static struct exception_record last;

static void forget(void)
{
    tell_anew();
    block = NULL;
}

/* Called by funclets. */
s32 ask(struct exception_pointers *pointers, u32 frame);
s32 ask(struct exception_pointers *pointers, u32 frame)
{
    tell('f');
    last = *pointers->record;
    return filter(pointers);
}

void at_end(u32 abnormal, u32 frame);
void at_end(u32 abnormal, u32 frame)
{
    tell('e');
    if (block)
        block();
}

#endif
