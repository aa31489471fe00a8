/* The functions of fields.h against the rows' column of that name. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cpu/isa/decode.h"

/* Where a field lies, as rows write it, and its function. */
#define FIELDS                                                                                     \
    FIELD(rt, "6-10")                                                                              \
    FIELD(ra, "11-15")                                                                             \
    FIELD(rb, "16-20")                                                                             \
    FIELD(rc_reg, "21-25")                                                                         \
    FIELD(bf, "6-8")                                                                               \
    FIELD(bfa, "11-13")                                                                            \
    FIELD(fxm, "12-19")                                                                            \
    FIELD(flm, "7-14")                                                                             \
    FIELD(rc, "31")                                                                                \
    FIELD(aa, "30")                                                                                \
    FIELD(oe, "21")                                                                                \
    FIELD(l, "10")                                                                                 \
    FIELD(l_msr, "15")                                                                             \
    FIELD(rc_vmx, "21")                                                                            \
    FIELD(rc_vmx128, "25")                                                                         \
    FIELD(ui, "16-31")                                                                             \
    FIELD(me, "26-30")                                                                             \
    FIELD(u, "16-19")                                                                              \
    FIELD(shb, "22-25")                                                                            \
    FIELD(vc128, "23-25")                                                                          \
    FIELD(z, "24-25")                                                                              \
    FIELD(type, "11-13")                                                                           \
    FIELD(pack, "14-15")                                                                           \
    FIELD(si, "16-31s")                                                                            \
    FIELD(ds, "16-29s*4")                                                                          \
    FIELD(bd, "16-29s*4")                                                                          \
    FIELD(li, "6-29s*4")                                                                           \
    FIELD(sim, "11-15s")                                                                           \
    FIELD(sh6, "30|16-20")                                                                         \
    FIELD(mb6, "26|21-25")                                                                         \
    FIELD(spr, "16-20|11-15")                                                                      \
    FIELD(vd128, "28-29|6-10")                                                                     \
    FIELD(va128, "21|26|11-15")                                                                    \
    FIELD(vb128, "30-31|16-20")                                                                    \
    FIELD(perm, "23-25|11-15")                                                                     \
    FIELD(bo, "6-10")                                                                              \
    FIELD(bi, "11-15")                                                                             \
    FIELD(lk, "31")

#define FIELD(name, place)                                                                         \
    static int64_t get_##name(uint32_t word)                                                       \
    {                                                                                              \
        return xe_ppc_##name(word);                                                                \
    }
FIELDS
#undef FIELD

static const struct {
    const char *name, *place;
    int64_t (*get)(uint32_t word);
} fields[] = {
#define FIELD(name, place) {#name, place, get_##name},
    FIELDS
#undef FIELD
};
#define COUNT (sizeof(fields) / sizeof(fields[0]))

static uint32_t random_word(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 32);
}

/* A row's field "NAME:place" against all functions for such a place. Returns how many. */
static uint32_t check(const struct xe_ppc_insn *insn, const char *name, const char *place,
                      bool used[COUNT])
{
    uint64_t seed = insn->match;
    uint32_t found = 0;

    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(fields[i].place, place) != 0)
            continue;
        used[i] = true;
        found++;
        for (int n = 0; n < 64; n++) {
            uint32_t word = random_word(&seed);
            int64_t value;

            cr_assert(xe_ppc_field(insn, word, name, &value));
            cr_expect_eq(fields[i].get(word), value, "%s of %s in %08x", fields[i].name, insn->name,
                         word);
        }
    }
    return found;
}

/* Fields without a function: nobody but the disassembler takes them, or as part of another. */
static bool is_texts(const char *name, const char *place)
{
    static const char *const texts[][2] = {
        {"A", "6"},       {"T", "6"},       {"L", "9-10"},    {"BH", "19-20"},  {"TH", "7-10"},
        {"LEV", "20-26"}, {"STRM", "9-10"}, {"UIM", "12-15"}, {"UIM", "13-15"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (!strcmp(texts[i][0], name) && !strcmp(texts[i][1], place))
            return true;
    return false;
}

/* Every function is checked against some row. */
Test(cpu_fields, are_where_the_rows_say)
{
    bool used[COUNT] = {false};

    for (int i = 0; i < XE_PPC_INSNS; i++) {
        char text[128], *save;

        snprintf(text, sizeof(text), "%s", xe_ppc_insns[i].fields);
        for (char *name = strtok_r(text, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
            char *place = strchr(name, ':');

            cr_assert_not_null(place);
            *place++ = '\0';
            cr_expect_neq(check(&xe_ppc_insns[i], name, place, used) != 0, is_texts(name, place),
                          "%s of %s", name, xe_ppc_insns[i].name);
        }
    }
    for (size_t i = 0; i < COUNT; i++)
        cr_expect(used[i], "%s is in no row", fields[i].name);
}
