/* GS: translated code reaches guest memory through it, so it has to point there while that runs.
 *
 * Two ways to set it: the instruction (FSGSBASE), or a call of the kernel (arch_prctl) where the
 * kernel keeps the instruction to itself, as many virtual machines have it. The call costs a
 * hundred times as much; so it is made only when this thread's GS is not this instance's already. A
 * banner in the page below guest address 0 says whose it is, with nothing global: it is found
 * through GS.
 *
 * GS may point nowhere (a new thread) or where an instance used to be. Looking then faults, and the
 * handler of faults (fault.c) has the look come out empty: see xe__jit_gs_mend. An instance that
 * ends leaves no GS and no banner behind. */
#include <asm/prctl.h>
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jit/emit.h"

#define HWCAP2_FSGSBASE 2u /* Source: Linux, x86's elf_hwcap2 */
#define MAGIC           UINT64_C(0x7865333630646A69)

/* In the page below guest address 0. */
struct xe__gs_banner {
    uint64_t magic;
    struct xe_jit *jit;
};
#define AT(member) ((int64_t)offsetof(struct xe__gs_banner, member) - XE_MEM_PAGE)

/* The doubleword that far from where GS points; 0 if nothing is there. */
uint64_t xe__gs_look(int64_t at);
extern const uint8_t xe__gs_looked[];
__asm__(".pushsection .text\n"
        ".type xe__gs_look, @function\n"
        "xe__gs_look:\n"
        "    movq %gs:(%rdi), %rax\n"
        "xe__gs_looked:\n"
        "    ret\n"
        ".size xe__gs_look, . - xe__gs_look\n"
        ".popsection\n");

bool xe__jit_gs_mend(ucontext_t *context)
{
    greg_t *reg = context->uc_mcontext.gregs;

    if ((uint64_t)reg[REG_RIP] != (uint64_t)(uintptr_t)xe__gs_look)
        return false;
    reg[REG_RAX] = 0;
    reg[REG_RIP] = (greg_t)(uintptr_t)xe__gs_looked;
    return true;
}

struct xe_jit *xe__jit_gs_owner(void)
{
    if (xe__gs_look(AT(magic)) != MAGIC)
        return NULL;
    return (struct xe_jit *)(uintptr_t)xe__gs_look(AT(jit));
}

static bool has_instruction(void)
{
    return getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE;
}

static bool set_by_call(uint64_t value)
{
    return syscall(SYS_arch_prctl, ARCH_SET_GS, value) == 0;
}

static bool set(const struct xe_jit *jit, uint64_t value)
{
    if (jit->gs_by_call)
        return set_by_call(value);
    __asm__ volatile("wrgsbase %0" : : "r"(value) : "memory");
    return true;
}

static bool refused(int error, struct xe_error *err)
{
    return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                        "this host's kernel does not let programs set GS: no FSGSBASE, and "
                        "arch_prctl: %s",
                        strerror(error));
}

bool xe__jit_gs_can(struct xe_error *err)
{
    return has_instruction() || set_by_call(0) || refused(errno, err);
}

bool xe__jit_gs_create(struct xe_jit *jit, enum xe_jit_gs way, struct xe_error *err)
{
    uint8_t *page = jit->engine->env.mem->guarded - XE_MEM_PAGE;

    if (mprotect(page, XE_MEM_PAGE, PROT_READ | PROT_WRITE) != 0)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "jit: open the page below guest memory: %s",
                            strerror(errno));
    jit->banner = (struct xe__gs_banner *)(void *)page;
    *jit->banner = (struct xe__gs_banner){MAGIC, jit};
    jit->gs_by_call = way != XE_JIT_GS_ANY || !has_instruction();
    if (way == XE_JIT_GS_NONE)
        return refused(EPERM, err);
    return xe__jit_gs_point(jit) || refused(errno, err);
}

void xe__jit_gs_destroy(struct xe_jit *jit)
{
    if (!jit->banner)
        return;
    if (xe__jit_gs_owner() == jit)
        set(jit, 0);
    *jit->banner = (struct xe__gs_banner){0};
}

bool xe__jit_gs_point(const struct xe_jit *jit)
{
    if (jit->gs_by_call && xe__jit_gs_owner() == jit)
        return true;
    return set(jit, (uint64_t)(uintptr_t)jit->engine->env.mem->guarded);
}
