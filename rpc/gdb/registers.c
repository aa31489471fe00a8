/* Registers as gdb sees them: one table of families makes the description that gdb reads, the order
 * and width of the fields in g packets, and what a write does.
 *
 * The standard features need the names and widths that gdb knows. In the 32-bit view a register
 * shows its low half, writing it clears the upper half (as lwz does), and the feature
 * org.xe360.gpr64 adds the whole ones as x0..x31; the upper vectors of VMX128 are v32..v127 in
 * either view (gdb calls vr0..vr31 v0..v31 as well).
 * Source: Debugging with GDB, G.5.14 PowerPC features. Measured: tests/daemon/check-gdb.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/gdb/gdb_internal.h"

struct feature {
    const char *name, *types;
};

static const char vector_types[] =
    "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>"
    "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/>"
    "<vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
    "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/>"
    "<union id=\"vec128\"><field name=\"uint128\" type=\"uint128\"/>"
    "<field name=\"v4_float\" type=\"v4f\"/><field name=\"v4_int32\" type=\"v4i32\"/>"
    "<field name=\"v8_int16\" type=\"v8i16\"/><field name=\"v16_int8\" type=\"v16i8\"/></union>";

enum { CORE, FPU, ALTIVEC, VMX128, GPR64, FEATURES };
static const struct feature features[FEATURES] = {
    [CORE] = {"org.gnu.gdb.power.core", ""},
    [FPU] = {"org.gnu.gdb.power.fpu", ""},
    [ALTIVEC] = {"org.gnu.gdb.power.altivec", vector_types},
    [VMX128] = {"org.xe360.vmx128", vector_types},
    [GPR64] = {"org.xe360.gpr64", ""},
};

/* Consecutive registers of one kind; number is gdb's, index ours. bits 0: not in this view. */
struct family {
    uint8_t feature;
    uint8_t number, count;
    bool vector;
    uint8_t index;
    uint8_t bits[2]; /* by view */
    const char *type[2];
    const char *name; /* with the number behind it if there is more than one */
    uint8_t first;    /* number in the first one's name */
};

#define SCALAR false
#define VECTOR true
static const struct family families[] = {
    {CORE, 0, 32, SCALAR, XE_GDB_R0, {32, 64}, {"uint32", "uint64"}, "r", 0},
    {FPU, 32, 32, SCALAR, XE_GDB_F0, {64, 64}, {"ieee_double", "ieee_double"}, "f", 0},
    {CORE, 64, 1, SCALAR, XE_GDB_PC, {32, 64}, {"code_ptr", "code_ptr"}, "pc", 0},
    {CORE, 65, 1, SCALAR, XE_GDB_MSR, {32, 64}, {"uint32", "uint64"}, "msr", 0},
    {CORE, 66, 1, SCALAR, XE_GDB_CR, {32, 32}, {"uint32", "uint32"}, "cr", 0},
    {CORE, 67, 1, SCALAR, XE_GDB_LR, {32, 64}, {"code_ptr", "code_ptr"}, "lr", 0},
    {CORE, 68, 1, SCALAR, XE_GDB_CTR, {32, 64}, {"uint32", "uint64"}, "ctr", 0},
    {CORE, 69, 1, SCALAR, XE_GDB_XER, {32, 32}, {"uint32", "uint32"}, "xer", 0},
    {FPU, 70, 1, SCALAR, XE_GDB_FPSCR, {32, 32}, {"int", "int"}, "fpscr", 0},
    {ALTIVEC, 71, 32, VECTOR, 0, {128, 128}, {"vec128", "vec128"}, "vr", 0},
    {ALTIVEC, 103, 1, SCALAR, XE_GDB_VSCR, {32, 32}, {"int", "int"}, "vscr", 0},
    {ALTIVEC, 104, 1, SCALAR, XE_GDB_VRSAVE, {32, 32}, {"int", "int"}, "vrsave", 0},
    {VMX128, 105, 96, VECTOR, 32, {128, 128}, {"vec128", "vec128"}, "v", 32},
    {GPR64, 201, 32, SCALAR, XE_GDB_R0, {64, 0}, {"uint64", ""}, "x", 0},
};
#define FAMILIES (sizeof(families) / sizeof(families[0]))
#define NUMBERS  233u /* gdb's numbers are below */

const char *xe_gdb_scalar_name(unsigned scalar, char text[8])
{
    static const char *const names[] = {"pc",  "msr",   "cr",   "lr",    "ctr",
                                        "xer", "fpscr", "vscr", "vrsave"};

    if (scalar >= XE_GDB_PC)
        snprintf(text, 8, "%s", names[(scalar - XE_GDB_PC) % 9]);
    else
        snprintf(text, 8, "%c%u", scalar < XE_GDB_F0 ? 'r' : 'f', scalar % 32);
    return text;
}

static const struct family *family_of(enum xe_gdb_view view, uint64_t number)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (number >= families[i].number && number - families[i].number < families[i].count)
            return families[i].bits[view] ? &families[i] : NULL;
    return NULL;
}

/* ---- the description ------------------------------------------------------------------------ */

static void describe(FILE *out, const struct family *family, enum xe_gdb_view view)
{
    for (unsigned i = 0; family->bits[view] && i < family->count; i++) {
        char digits[8] = "";

        if (family->count > 1)
            snprintf(digits, sizeof(digits), "%u", family->first + i);
        fprintf(out, "<reg name=\"%s%s\" bitsize=\"%u\" type=\"%s\" regnum=\"%u\"%s/>\n",
                family->name, digits, family->bits[view], family->type[view], family->number + i,
                family->vector ? " group=\"vector\"" : "");
    }
}

char *xe__rpc_gdb_target_document(enum xe_gdb_view view)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    fprintf(out,
            "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
            "<target version=\"1.0\"><architecture>%s</architecture>\n",
            view == XE_GDB_VIEW_32 ? "powerpc:common" : "powerpc:common64");
    for (int feature = 0; feature < FEATURES; feature++) {
        if (feature == GPR64 && view == XE_GDB_VIEW_64)
            continue;
        fprintf(out, "<feature name=\"%s\">%s\n", features[feature].name, features[feature].types);
        for (size_t i = 0; i < FAMILIES; i++)
            if (families[i].feature == feature)
                describe(out, &families[i], view);
        fprintf(out, "</feature>\n");
    }
    fprintf(out, "</target>\n");
    return fclose(out) == 0 ? text : (free(text), NULL);
}

/* ---- fields --------------------------------------------------------------------------------- */

/* The bytes of a register in this view, most significant first; returns how many. */
static size_t field_get(const struct xe_gdb_registers *registers, enum xe_gdb_view view,
                        const struct family *family, uint64_t number, uint8_t bytes[16])
{
    unsigned index = family->index + (unsigned)(number - family->number);
    size_t size = family->bits[view] / 8;

    if (family->vector)
        memcpy(bytes, registers->vector[index], 16);
    else
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(registers->scalar[index] >> 8 * (size - 1 - i));
    return size;
}

static void field_set(struct xe_gdb_registers *registers, enum xe_gdb_view view,
                      const struct family *family, uint64_t number, const uint8_t bytes[16])
{
    unsigned index = family->index + (unsigned)(number - family->number);
    uint64_t value = 0;

    if (family->vector) {
        memcpy(registers->vector[index], bytes, 16);
        return;
    }
    for (size_t i = 0; i < family->bits[view] / 8u; i++)
        value = value << 8 | bytes[i];
    registers->scalar[index] = value;
}

void xe__rpc_gdb_put_register(struct xe_gdb *gdb, unsigned number)
{
    const struct family *family = family_of(gdb->view, number);
    uint8_t bytes[16];

    if (family)
        xe__rpc_gdb_put_hex(gdb, bytes,
                            field_get(&gdb->registers, gdb->view, family, number, bytes));
}

/* ---- commands ------------------------------------------------------------------------------- */

static bool take_registers(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    if (!answer->ok || !answer->registers) {
        gdb->registers_tid = 0;
        return false;
    }
    gdb->registers = *answer->registers;
    gdb->registers_tid = gdb->general_tid;
    return true;
}

/* The registers of the thread that gdb looks at, then go on; at once if they are at hand. */
static void with_registers(struct xe_gdb *gdb, xe_gdb_then *then)
{
    const struct xe_gdb_answer known = {.ok = true, .registers = &gdb->registers};

    if (gdb->registers_tid && gdb->registers_tid == gdb->general_tid) {
        then(gdb, &known);
        return;
    }
    xe__rpc_gdb_ask(gdb, then);
    gdb->target.registers(gdb->target.ctx, gdb->general_tid);
}

static void reply_all(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    if (!take_registers(gdb, answer)) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_ENOENT);
        return;
    }
    for (unsigned number = 0; number < NUMBERS; number++)
        xe__rpc_gdb_put_register(gdb, number);
    xe__rpc_gdb_reply(gdb);
}

void xe__rpc_gdb_read_all(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    with_registers(gdb, reply_all);
}

static void reply_one(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    const char *text = gdb->packet + 1;
    uint64_t number = 0;

    if (!take_registers(gdb, answer) || !xe__rpc_gdb_hex(&text, NUMBERS - 1, &number)) {
        xe__rpc_gdb_reply_error(gdb, XE_GDB_ENOENT);
        return;
    }
    xe__rpc_gdb_put_register(gdb, (unsigned)number);
    xe__rpc_gdb_reply(gdb);
}

void xe__rpc_gdb_read_one(struct xe_gdb *gdb, const char *args)
{
    uint64_t number;

    if (!xe__rpc_gdb_hex(&args, NUMBERS - 1, &number) || *args || !family_of(gdb->view, number))
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
    else
        with_registers(gdb, reply_one);
}

/* ---- writing: work out what shall be there, then write what differs, one by one ------------- */

static void write_next(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    uint32_t at = gdb->write_next;
    uint8_t bytes[8];
    char name[16];

    if (!answer->ok) {
        gdb->registers_tid = 0;
        xe__rpc_gdb_reply_outcome(gdb, answer);
        return;
    }
    while (at < XE_GDB_SCALARS && gdb->wanted.scalar[at] == gdb->registers.scalar[at])
        at++;
    while (at >= XE_GDB_SCALARS && at < XE_GDB_SCALARS + XE_GDB_VECTORS &&
           !memcmp(gdb->wanted.vector[at - XE_GDB_SCALARS],
                   gdb->registers.vector[at - XE_GDB_SCALARS], 16))
        at++;
    gdb->write_next = at + 1;
    if (at == XE_GDB_SCALARS + XE_GDB_VECTORS) {
        gdb->registers_tid = 0; /* some bits may not have stuck: look again */
        xe__rpc_gdb_reply_text(gdb, "OK");
        return;
    }
    xe__rpc_gdb_ask(gdb, write_next);
    if (at < XE_GDB_SCALARS) {
        for (int i = 0; i < 8; i++)
            bytes[i] = (uint8_t)(gdb->wanted.scalar[at] >> 8 * (7 - i));
        gdb->target.register_write(gdb->target.ctx, gdb->general_tid, xe_gdb_scalar_name(at, name),
                                   bytes, 8);
    } else {
        snprintf(name, sizeof(name), "v%u", at - XE_GDB_SCALARS);
        gdb->target.register_write(gdb->target.ctx, gdb->general_tid, name,
                                   gdb->wanted.vector[at - XE_GDB_SCALARS], 16);
    }
}

static void write_begin(struct xe_gdb *gdb)
{
    const struct xe_gdb_answer go = {.ok = true};

    gdb->write_next = 0;
    write_next(gdb, &go);
}

/* A field that gdb did not change changes nothing, whatever else shows the same register. */
static bool want_field(struct xe_gdb *gdb, const struct family *family, uint64_t number,
                       const char **text)
{
    uint8_t is[16], shall[16];
    size_t size = field_get(&gdb->registers, gdb->view, family, number, is);

    if (!xe__rpc_gdb_hex_bytes(text, shall, size))
        return false;
    if (memcmp(is, shall, size))
        field_set(&gdb->wanted, gdb->view, family, number, shall);
    return true;
}

static void write_all(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    const char *text = gdb->packet + 1;
    bool ok = take_registers(gdb, answer);

    gdb->wanted = gdb->registers;
    for (unsigned number = 0; ok && *text && number < NUMBERS; number++) {
        const struct family *family = family_of(gdb->view, number);

        ok = !family || want_field(gdb, family, number, &text);
    }
    if (ok && !*text)
        write_begin(gdb);
    else
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
}

void xe__rpc_gdb_write_all(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    with_registers(gdb, write_all);
}

static void write_one(struct xe_gdb *gdb, const struct xe_gdb_answer *answer)
{
    const char *text = gdb->packet + 1;
    const struct family *family;
    uint64_t number = 0;
    bool ok = take_registers(gdb, answer) && xe__rpc_gdb_hex(&text, NUMBERS - 1, &number) &&
              xe__rpc_gdb_expect(&text, '=');

    family = ok ? family_of(gdb->view, number) : NULL;
    gdb->wanted = gdb->registers;
    if (family && want_field(gdb, family, number, &text) && !*text)
        write_begin(gdb);
    else
        xe__rpc_gdb_reply_error(gdb, XE_GDB_EINVAL);
}

void xe__rpc_gdb_write_one(struct xe_gdb *gdb, const char *args)
{
    (void)args;
    with_registers(gdb, write_one);
}
