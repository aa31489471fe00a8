/* Programs as text. An instruction's line is what the syntax says of it, and in braces the fields
 * that it says nothing of and that are not as usual. Which those are is found out by reading the
 * line back: so text and words can't part. */
#include <stdio.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

void xe__ucode_add(struct xe__ucode_text *out, const char *format, ...)
{
    size_t room = sizeof(out->text) - out->size;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(out->text + out->size, room, format, args);
    va_end(args);
    if (n > 0)
        out->size += (size_t)n < room ? (size_t)n : room - 1;
}

/* ---- braces --------------------------------------------------------------------------------- */

static void add_field(struct xe__ucode_text *out, const struct xe__ucode_field *field,
                      const struct xe_ucode_word *word, const char *before)
{
    uint32_t bits = xe__ucode_get(word, field);
    const char *name = xe__ucode_name(field->values, bits);

    xe__ucode_add(out, "%s%s", before, field->name);
    if (field->values == XE__UCODE_FLAG && bits)
        return;
    if (name)
        xe__ucode_add(out, "=%s", name);
    else if (field->values == XE__UCODE_SIGNED)
        xe__ucode_add(out, "=%d", xe__ucode_value(word, field));
    else
        xe__ucode_add(out, bits < 256 ? "=%u" : "=0x%x", bits);
}

/* Fields of a word that another lacks, but for those that are listed, each between spaces. */
static void braces(struct xe__ucode_text *out, enum xe_ucode_form form,
                   const struct xe_ucode_word *word, const struct xe_ucode_word *read,
                   const char *said)
{
    const char *before = " {";
    char listed[XE__UCODE_NAME];

    for (uint32_t i = 0; i < xe__ucode_field_count; i++) {
        const struct xe__ucode_field *field = &xe__ucode_fields[i];

        snprintf(listed, sizeof(listed), " %s ", field->name);
        if (field->form != form || strstr(said, listed) ||
            xe__ucode_get(word, field) == xe__ucode_get(read, field))
            continue;
        add_field(out, field, word, before);
        before = ", ";
    }
    if (*before == ',')
        xe__ucode_add(out, "}");
}

/* ---- instructions --------------------------------------------------------------------------- */

static void raw(struct xe__ucode_text *out, const char *name, const struct xe_ucode_word *word)
{
    xe__ucode_add(out, "%s 0x%08x 0x%08x 0x%08x", name, word->w[0], word->w[1], word->w[2]);
}

static void print_form(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                       const struct xe_ucode_word *word, enum xe_ucode_form form)
{
    struct xe_ucode_alu alu;
    struct xe_ucode_vfetch vfetch;
    struct xe_ucode_tfetch tfetch;

    if (form == XE_UCODE_ALU) {
        xe_ucode_alu(word, &alu);
        xe__ucode_print_alu(out, stage, &alu);
    } else if (form == XE_UCODE_VFETCH) {
        xe_ucode_vfetch(word, &vfetch);
        xe__ucode_print_vfetch(out, &vfetch);
    } else {
        xe_ucode_tfetch(word, &tfetch);
        xe__ucode_print_tfetch(out, &tfetch);
    }
}

/* What a line says; false: the assembler would not have it. */
static bool read_back(const char *text, enum xe_ucode_stage stage, struct xe_ucode_word *ret)
{
    struct xe_ucode_fault fault;
    struct xe__ucode_parser p = {
        .stage = stage, .text = text, .at = text, .token = text, .fault = &fault};
    char name[XE__UCODE_NAME];
    bool is_fetch;

    xe__ucode_next_name(&p, name);
    if (xe__ucode_is_cf(name))
        return xe__ucode_parse_cf(&p, name, ret);
    return xe__ucode_parse_slot(&p, name, ret, &is_fetch);
}

/* Two readers of src3 that the syntax can't tell apart leave words. */
static void print_slot(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                       const struct xe_ucode_word *word, bool is_fetch)
{
    enum xe_ucode_form form = xe_ucode_form_of(word, is_fetch);
    struct xe_ucode_word read;
    size_t start = out->size;

    if (form != XE_UCODE_FORMS) {
        print_form(out, stage, word, form);
        if (read_back(out->text + start, stage, &read)) {
            braces(out, form, word, &read, "");
            return;
        }
        out->size = start;
    }
    raw(out, is_fetch ? ".fetch" : ".alu", word);
}

static void add_when(struct xe__ucode_text *out, bool by_p0, uint32_t boolean, bool cond)
{
    if (by_p0)
        xe__ucode_add(out, "%sp0", cond ? "" : "!");
    else
        xe__ucode_add(out, "%sb%u", cond ? "" : "!", boolean);
}

static void add_target(struct xe__ucode_text *out, uint32_t target, uint32_t count)
{
    xe__ucode_add(out, target <= count ? ", L%u" : ", %u", target);
}

static void print_cf_text(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                          const struct xe_ucode_cf *cf, uint32_t count)
{
    xe__ucode_add(out, "%s ", xe__ucode_cf_name(cf->op));
    if (cf->form == XE_UCODE_EXEC_BOOL || cf->form == XE_UCODE_EXEC_PRED)
        add_when(out, cf->form == XE_UCODE_EXEC_PRED, cf->boolean, cf->cond);
    if (cf->form == XE_UCODE_LOOP_START || cf->form == XE_UCODE_LOOP_END) {
        xe__ucode_add(out, "i%u", cf->loop);
        add_target(out, cf->target, count);
    }
    if (cf->breaks) {
        xe__ucode_add(out, ", ");
        add_when(out, true, 0, cf->cond);
    }
    if (cf->form == XE_UCODE_CALL || cf->form == XE_UCODE_JUMP) {
        if (cf->always)
            xe__ucode_add(out, "always");
        else
            add_when(out, cf->predicated, cf->boolean, cf->cond);
        add_target(out, cf->target, count);
    }
    if (cf->form == XE_UCODE_ALLOC)
        xe__ucode_add(out, "%s",
                      cf->type == XE_UCODE_OUTPUTS && stage == XE_UCODE_PIXEL
                          ? "colors"
                          : xe__ucode_name(XE__UCODE_ALLOC, cf->type));
    while (out->text[out->size - 1] == ' ')
        out->text[--out->size] = '\0';
}

/* count: of control-flow instructions, all of which have labels. */
static void print_cf(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                     const struct xe_ucode_word *word, bool with_body, uint32_t count)
{
    struct xe_ucode_word read = {{0}};
    struct xe_ucode_cf cf;
    size_t start = out->size;

    xe_ucode_cf(word, &cf);
    print_cf_text(out, stage, &cf, count);
    read_back(out->text + start, stage, &read);
    braces(out, cf.form, word, &read, with_body ? " target address count sequence " : " target ");
    if (cf.form >= XE_UCODE_EXEC && cf.form <= XE_UCODE_EXEC_PRED && !with_body && !cf.address)
        xe__ucode_add(out, cf.count || cf.sequence ? "" : " {address=0}");
}

/* ---- programs ------------------------------------------------------------------------------- */

struct printer {
    enum xe_ucode_stage stage;
    const uint32_t *words;
    uint32_t slots, cfs;
    uint32_t next; /* slot that the next body begins with */
    bool is_target[2 * XE_UCODE_SLOTS + 1];
    void (*fn)(void *ctx, const char *line);
    void *ctx;
};

static void find_targets(struct printer *printer)
{
    for (uint32_t i = 0; i < printer->cfs; i++) {
        struct xe_ucode_word word = xe_ucode_cf_word(printer->words, i);
        struct xe_ucode_cf cf;

        xe_ucode_cf(&word, &cf);
        if (cf.target <= printer->cfs && cf.form >= XE_UCODE_LOOP_START && cf.form <= XE_UCODE_JUMP)
            printer->is_target[cf.target] = true;
    }
}

static void print_label(const struct printer *printer, uint32_t i)
{
    struct xe__ucode_text out = {.size = 0};

    if (!printer->is_target[i])
        return;
    xe__ucode_add(&out, "L%u:", i);
    printer->fn(printer->ctx, out.text);
}

static void print_body(struct printer *printer, uint32_t count, uint32_t sequence)
{
    for (uint32_t i = 0; i < count; i++) {
        struct xe_ucode_word word = xe_ucode_slot(printer->words, printer->next++);
        struct xe__ucode_text out = {.size = 0};
        uint32_t bits = sequence >> 2 * i;

        xe__ucode_add(&out, "        %s", bits & 2 ? "serialize " : "");
        print_slot(&out, printer->stage, &word, bits & 1);
        printer->fn(printer->ctx, out.text);
    }
}

/* Where a body follows the one before, and is no longer than a sequence can tell. */
static bool has_body(const struct printer *printer, const struct xe_ucode_cf *cf)
{
    return cf->form >= XE_UCODE_EXEC && cf->form <= XE_UCODE_EXEC_PRED &&
           cf->address == printer->next && cf->count <= XE_UCODE_BODY &&
           cf->count <= printer->slots - printer->next && !(cf->sequence >> 2 * cf->count);
}

static void print_flow(struct printer *printer, uint32_t i)
{
    struct xe_ucode_word word = xe_ucode_cf_word(printer->words, i);
    struct xe__ucode_text out = {.size = 0};
    struct xe_ucode_cf cf;
    bool body;

    xe_ucode_cf(&word, &cf);
    body = has_body(printer, &cf);
    xe__ucode_add(&out, "    ");
    print_cf(&out, printer->stage, &word, body, printer->cfs);
    printer->fn(printer->ctx, out.text);
    if (body)
        print_body(printer, cf.count, cf.sequence);
}

/* What no exec comes to in its turn. */
static void print_rest(const struct printer *printer, size_t n)
{
    for (uint32_t i = printer->next; i < printer->slots; i++) {
        struct xe_ucode_word word = xe_ucode_slot(printer->words, i);
        struct xe__ucode_text out = {.size = 0};

        xe__ucode_add(&out, "    ");
        raw(&out, ".slot", &word);
        printer->fn(printer->ctx, out.text);
    }
    for (size_t i = 3 * printer->slots; i < n; i++) {
        struct xe__ucode_text out = {.size = 0};

        xe__ucode_add(&out, "    .word 0x%08x", printer->words[i]);
        printer->fn(printer->ctx, out.text);
    }
}

void xe_ucode_disassemble(enum xe_ucode_stage stage, const uint32_t *words, size_t n,
                          void (*fn)(void *ctx, const char *line), void *ctx)
{
    size_t taken = n < XE_UCODE_WORDS ? n : XE_UCODE_WORDS;
    struct printer printer = {.stage = stage,
                              .words = words,
                              .slots = (uint32_t)taken / 3,
                              .cfs = xe_ucode_cf_count(words, (uint32_t)taken),
                              .fn = fn,
                              .ctx = ctx};

    printer.next = printer.cfs / 2;
    find_targets(&printer);
    fn(ctx, stage == XE_UCODE_PIXEL ? ".pixel" : ".vertex");
    for (uint32_t i = 0; i < printer.cfs; i++) {
        print_label(&printer, i);
        print_flow(&printer, i);
    }
    print_label(&printer, printer.cfs);
    print_rest(&printer, taken);
}
