/* Two steps, with the oracles between them (gen-vectors.sh does all three):
 *   gen_vectors cases > CASES
 *   gen_vectors vectors WIDE NARROW FOLDER     (the oracles' answers, in the same order) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cpu/oracle/gen.h"
#include "tests/cpu/vectors.h"

/* The oracle's side is big-endian; bytes of vectors and memory stay as they are. */
static void swap_case(struct oracle_case *c)
{
    uint64_t *const words[] = {&c->cr,    &c->xer,  &c->lr,   &c->ctr,
                               &c->fpscr, &c->path, &c->word, &c->host_lr};

    for (int i = 0; i < 32; i++) {
        c->gpr[i] = __builtin_bswap64(c->gpr[i]);
        c->fpr[i] = __builtin_bswap64(c->fpr[i]);
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        *words[i] = __builtin_bswap64(*words[i]);
}

static int write_cases(void)
{
    for (int row = 0; row < XE_PPC_INSNS; row++)
        for (unsigned n = 0; n < gen_count(&xe_ppc_insns[row]); n++) {
            struct oracle_case c;

            gen_case(&xe_ppc_insns[row], n, &c);
            gen_question(&xe_ppc_insns[row], &c);
            swap_case(&c);
            if (fwrite(&c, sizeof(c), 1, stdout) != 1)
                return 1;
        }
    return 0;
}

/* ---- vector lines -------------------------------------------------------------------------- */

/* Registers of `to` that differ from `from`. */
static void print_registers(FILE *out, const struct oracle_case *from, const struct oracle_case *to,
                            const uint8_t names[20])
{
    static const uint8_t harness[32] = {[1] = 1, [2] = 1, [13] = 1, [30] = 1, [31] = 1};

    for (int i = 0; i < 32; i++)
        if (!harness[i] && from->gpr[i] != to->gpr[i])
            fprintf(out, " r%d=%016llx", i, (unsigned long long)to->gpr[i]);
    for (int i = 0; i < 32; i++)
        if (from->fpr[i] != to->fpr[i])
            fprintf(out, " f%d=%016llx", i, (unsigned long long)to->fpr[i]);
    for (int i = 0; i < 20; i++)
        if (memcmp(from->vr[i], to->vr[i], 16) != 0) {
            fprintf(out, " v%d=", names[i]);
            for (int j = 0; j < 16; j++)
                fprintf(out, "%02x", to->vr[i][j]);
        }
    if (memcmp(from->vscr + 12, to->vscr + 12, 4) != 0)
        fprintf(out, " vscr=%02x%02x%02x%02x", to->vscr[12], to->vscr[13], to->vscr[14],
                to->vscr[15]);
    if (from->cr != to->cr)
        fprintf(out, " cr=%08llx", (unsigned long long)to->cr & UINT32_MAX);
    if (from->xer != to->xer)
        fprintf(out, " xer=%08llx", (unsigned long long)to->xer);
    if (from->lr != to->lr)
        fprintf(out, " lr=%016llx", (unsigned long long)to->lr);
    if (from->ctr != to->ctr)
        fprintf(out, " ctr=%016llx", (unsigned long long)to->ctr);
    if (from->fpscr != to->fpscr)
        fprintf(out, " fpscr=%08llx", (unsigned long long)to->fpscr);
}

/* The one range of bytes that differs. */
static void print_memory(FILE *out, const uint8_t *from, const uint8_t *to)
{
    int first = 0, last = ORACLE_BYTES - 1;

    while (first <= last && from[first] == to[first])
        first++;
    while (last > first && from[last] == to[last])
        last--;
    if (first > last)
        return;
    fprintf(out, " m+%d=", first);
    for (int i = first; i <= last; i++)
        fprintf(out, "%02x", to[i]);
}

/* lwarx and ldarx: what was loaded is reserved. */
static void print_reservation(FILE *out, const struct xe_ppc_insn *insn,
                              const struct oracle_case *start, const struct oracle_case *after)
{
    static const char *const names[] = {"lwarx", "ldarx", NULL};

    if (gen_named(insn, names))
        fprintf(out, " reserve=%08x reserve_size=%c reserve_value=%016llx",
                gen_address(insn, start), insn->name[1] == 'w' ? '4' : '8',
                (unsigned long long)after->gpr[gen_field(insn, start->word, "RT")]);
}

static void print_case(FILE *out, const struct xe_ppc_insn *insn, const struct oracle_case *start,
                       const struct oracle_case *after, const uint8_t names[20],
                       uint32_t fpscr_mask)
{
    static const struct oracle_case zero;

    fprintf(out, "%08llx", (unsigned long long)start->word);
    print_registers(out, &zero, start, names);
    print_memory(out, zero.memory, start->memory);
    fprintf(out, " |");
    if (after->path == 3) {
        fprintf(out, " exc=trap\n");
        return;
    }
    print_registers(out, start, after, names);
    print_memory(out, start->memory, after->memory);
    print_reservation(out, insn, start, after);
    if (fpscr_mask != UINT32_MAX)
        fprintf(out, " fpscr_mask=%08x", fpscr_mask);
    if (after->path == 2)
        fprintf(out, " pc=%08x", ORACLE_SLOT + ORACLE_TAKEN);
    fprintf(out, "\n");
}

static bool read_answer(FILE *in, struct oracle_case *ret)
{
    if (fread(ret, sizeof(*ret), 1, in) != 1)
        return false;
    swap_case(ret);
    return true;
}

static bool write_row(const struct xe_ppc_insn *insn, FILE *wide, FILE *narrow, const char *folder)
{
    char path[1024];
    unsigned kept = 0;
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s.vec", folder, insn->name);
    out = fopen(path, "w");
    if (!out)
        return false;
    fprintf(out, "# Generated by tests/cpu/oracle/gen-vectors.sh: qemu's answers.\n");
    for (unsigned n = 0; n < gen_count(insn); n++) {
        struct answers x;
        struct oracle_case after;
        uint8_t names[20];
        uint32_t mask;

        for (int i = 0; i < 20; i++)
            names[i] = (uint8_t)i;
        gen_case(insn, n, &x.start);
        if (!read_answer(wide, &x.wide) || !read_answer(narrow, &x.narrow))
            break;
        if (!gen_judge(insn, &x, &after, &mask))
            continue;
        if (insn->class == XE_PPC_CLASS_VMX128)
            gen_vmx128_retell(insn, n, &x.start, &after, names);
        print_case(out, insn, &x.start, &after, names, mask);
        kept++;
    }
    if (!kept)
        fprintf(stderr, "%s: no oracle executes it\n", insn->name);
    return fclose(out) == 0 && kept;
}

static int write_vectors(const char *wide_path, const char *narrow_path, const char *folder)
{
    FILE *wide = fopen(wide_path, "rb"), *narrow = fopen(narrow_path, "rb");
    bool good = wide && narrow;

    for (int row = 0; good && row < XE_PPC_INSNS; row++)
        if (gen_count(&xe_ppc_insns[row]))
            good &= write_row(&xe_ppc_insns[row], wide, narrow, folder);
    if (wide)
        fclose(wide);
    if (narrow)
        fclose(narrow);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "cases") == 0)
        return write_cases();
    if (argc == 5 && strcmp(argv[1], "vectors") == 0)
        return write_vectors(argv[2], argv[3], argv[4]);
    fprintf(stderr, "usage: gen_vectors cases > CASES\n"
                    "       gen_vectors vectors WIDE NARROW FOLDER\n");
    return 2;
}
