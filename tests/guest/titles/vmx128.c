/* The console's own vector instructions, with registers that AltiVec does not have. No assembler
 * knows them, so the function is an array of words, and macros put the words together.
 * Source: the public decodings of VMX128; fields as in emu/cpu/isa/ppc_insns.def. */
#define TITLE "vmx128"
#include "check.h"

/* VD is split in two, VA in three, VB in two; ra and rb are general registers. */
#define VD(d)              (((d)&31u) << 21 | ((d) >> 5 & 3u) << 2)
#define VA(a)              (((a)&31u) << 16 | ((a) >> 5 & 1u) << 5 | ((a) >> 6) << 10)
#define VB(b)              (((b)&31u) << 11 | (b) >> 5)
#define VX128(w, d, a, b)  ((w) | VD(d) | VA(a) | VB(b))
#define LVX128(d, ra, rb)  (0x100000C3u | VD(d) | (ra) << 16 | (rb) << 11)
#define LVLX128(d, a, rb)  (0x10000403u | VD(d) | (a) << 16 | (rb) << 11)
#define LVRX128(d, a, rb)  (0x10000443u | VD(d) | (a) << 16 | (rb) << 11)
#define STORE(d)           0x100001C3u | VD(d) | 4u << 11, 0x38840010u /* stvx128 vD, 0, r4; r4 += 16 */
#define VADDFP(d, a, b)    VX128(0x14000010u, d, a, b)
#define VMULFP(d, a, b)    VX128(0x14000090u, d, a, b)
#define VMADDFP(d, a, b)   VX128(0x140000D0u, d, a, b)
#define VMSUM3FP(d, a, b)  VX128(0x14000190u, d, a, b)
#define VMSUM4FP(d, a, b)  VX128(0x140001D0u, d, a, b)
#define VOR(d, a, b)       VX128(0x140002D0u, d, a, b)
#define VCMPGTFP_(d, a, b) VX128(0x18000140u, d, a, b)
#define VPERMWI(d, b, p)   (0x18000210u | VD(d) | VB(b) | ((p)&31u) << 16 | ((p) >> 5) << 6)
#define VRLIMI(d, b, m, z) (0x18000710u | VD(d) | VB(b) | (m) << 16 | (z) << 6)
#define VSLDOI(d, a, b, n) (VX128(0x10000010u, d, a, b) | (n) << 6)
#define VSPLTW(d, b, n)    (0x18000730u | VD(d) | VB(b) | (n) << 16)

#define F1 0x3F800000u
#define F2 0x40000000u
#define F3 0x40400000u
#define F4 0x40800000u
#define F5 0x40A00000u
#define F6 0x40C00000u
#define F7 0x40E00000u
#define F8 0x41000000u

/* r3: vectors a and b; r4: results; r5: unaligned bytes. Returns CR. */
static const u32 code[] __attribute__((section(".xe.code"), aligned(4))) = {
    0x38C00010u, /* li r6, 16 */
    LVX128(100u, 0, 3u),
    LVX128(45u, 6u, 3u),
    VADDFP(127u, 100u, 45u),
    STORE(127u),
    VMULFP(64u, 100u, 45u),
    STORE(64u),
    VMSUM4FP(70u, 100u, 45u),
    STORE(70u),
    VMSUM3FP(33u, 100u, 45u),
    STORE(33u),
    VOR(72u, 45u, 45u),
    VMADDFP(72u, 100u, 45u),
    STORE(72u),
    VPERMWI(73u, 100u, 0xE4u),
    STORE(73u),
    VPERMWI(73u, 100u, 0x1Bu),
    STORE(73u),
    VOR(74u, 45u, 45u),
    VRLIMI(74u, 100u, 8u, 2u),
    STORE(74u),
    VSLDOI(98u, 100u, 45u, 4u),
    STORE(98u),
    VSPLTW(31u, 100u, 2u),
    STORE(31u),
    LVLX128(80u, 0, 5u),
    LVRX128(81u, 6u, 5u),
    VOR(82u, 80u, 81u),
    STORE(82u),
    VCMPGTFP_(90u, 45u, 100u),
    STORE(90u),
    0x7C600026u, /* mfcr r3 */
    0x4E800020u, /* blr     */
};

static const u32 input[2][4] __attribute__((aligned(16))) = {{F1, F2, F3, F4}, {F5, F6, F7, F8}};

static const struct {
    const char *name;
    u32 word[4];
} expected[] = {
    {"vaddfp128", {F6, F8, 0x41200000, 0x41400000}},
    {"vmulfp128", {F5, 0x41400000, 0x41A80000, 0x42000000}},
    {"vmsum4fp128", {0x428C0000, 0x428C0000, 0x428C0000, 0x428C0000}},
    {"vmsum3fp128", {0x42180000, 0x42180000, 0x42180000, 0x42180000}},
    {"vmaddfp128", {0x41200000, 0x41900000, 0x41E00000, 0x42200000}},
    {"vpermwi128 e4", {F4, F3, F2, F1}},
    {"vpermwi128 1b", {F1, F2, F3, F4}},
    {"vrlimi128", {F3, F6, F7, F8}},
    {"vsldoi128", {F2, F3, F4, F5}},
    {"vspltw128", {F3, F3, F3, F3}},
    {"lvlx128, lvrx128", {0x25262728, 0x292A2B2C, 0x2D2E2F30, 0x31323334}},
    {"vcmpgtfp128.", {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}},
};

#define RESULTS (sizeof(expected) / sizeof(expected[0]))

int main(void)
{
    static u32 result[RESULTS][4] __attribute__((aligned(16)));
    static u8 bytes[64] __attribute__((aligned(16)));
    u32 (*run)(const void *in, void *out, const void *unaligned) =
        (u32(*)(const void *, void *, const void *))(void *)code;
    u32 cr;

    for (u32 i = 0; i < sizeof(bytes); i++)
        bytes[i] = (u8)(0x20 + i);
    cr = run(input, result, bytes + 5);
    for (u32 i = 0; i < RESULTS; i++)
        for (u32 lane = 0; lane < 4; lane++)
            if (result[i][lane] != expected[i].word[lane]) {
                DbgPrint("%s: lane %u is %08x, expected %08x\n", expected[i].name, lane,
                         result[i][lane], expected[i].word[lane]);
                failures++;
            }
    CHECK((cr >> 4 & 15) == 8); /* CR6: all true */
    return verdict();
}
