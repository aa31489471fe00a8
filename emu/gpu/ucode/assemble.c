/* Whole programs from text: labels, bodies, and where they come to lie. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "gpu/ucode/ucode_internal.h"

#define CFS (2 * XE_UCODE_SLOTS)

struct label {
    char name[XE__UCODE_NAME];
    uint32_t at; /* of control-flow instructions */
    bool defined;
    const char *used; /* where it was first named */
};

struct assembler {
    struct xe__ucode_parser p;
    struct xe_ucode_program *program;
    struct xe_ucode_word cf[CFS], slot[XE_UCODE_SLOTS];
    uint16_t goes[CFS];                   /* to label, counted from 1 */
    uint16_t body[CFS];                   /* slot that its body begins with, counted from 1 */
    uint32_t cfs, slots, count;           /* count: of the open body's instructions */
    uint32_t word[XE_UCODE_WORDS], words; /* that come behind all slots */
    struct label *label;                  /* owned */
    size_t labels, label_capacity;
    const char *line; /* the instruction at hand */
    bool open, raw;   /* a body may go on; slots come that no body has */
};

/* ---- labels --------------------------------------------------------------------------------- */

static struct label *label_of(struct assembler *a, const char *name)
{
    for (size_t i = 0; i < a->labels; i++)
        if (!strcmp(a->label[i].name, name))
            return &a->label[i];
    if (!xe_grow(&a->label, &a->label_capacity, a->labels, sizeof(*a->label))) {
        xe__ucode_wrong(&a->p, "out of memory");
        return NULL;
    }
    a->label[a->labels] = (struct label){.used = a->p.token};
    snprintf(a->label[a->labels].name, XE__UCODE_NAME, "%s", name);
    return &a->label[a->labels++];
}

static bool define(struct assembler *a, const char *name)
{
    struct label *label = label_of(a, name);

    if (!label)
        return false;
    if (label->defined)
        return xe__ucode_wrong(&a->p, "label '%s' is there already", name);
    label->defined = true;
    label->at = a->cfs;
    a->open = false;
    return true;
}

static bool resolve(struct assembler *a)
{
    for (uint32_t i = 0; i < a->cfs; i++) {
        struct label *label = a->goes[i] ? &a->label[a->goes[i] - 1] : NULL;

        if (!label)
            continue;
        if (!label->defined) {
            a->p.token = label->used;
            return xe__ucode_wrong(&a->p, "there is no label '%s'", label->name);
        }
        xe__ucode_set(&a->cf[i], &xe__ucode_fields[XE__UCODE_CALL_target], label->at);
    }
    return true;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static bool flow(struct assembler *a, const char *name)
{
    struct label *label = NULL;

    if (a->cfs == CFS || a->raw)
        return xe__ucode_wrong(&a->p,
                               a->raw ? "control flow comes before .slot and .word"
                                      : "a program has at most %u instructions",
                               CFS);
    if (!xe__ucode_parse_cf(&a->p, name, &a->cf[a->cfs]))
        return false;
    if (a->p.label[0] && !(label = label_of(a, a->p.label)))
        return false;
    a->goes[a->cfs] = (uint16_t)(label ? label - a->label + 1 : 0);
    a->body[a->cfs] = (uint16_t)(a->p.with_body ? a->slots + 1 : 0);
    a->open = a->p.with_body;
    a->count = 0;
    a->cfs++;
    return true;
}

static bool three_words(struct xe__ucode_parser *p, struct xe_ucode_word *ret)
{
    int64_t value;

    for (uint32_t i = 0; i < 3; i++) {
        if (!xe__ucode_number(p, 0, UINT32_MAX, &value))
            return false;
        ret->w[i] = (uint32_t)value;
    }
    return true;
}

/* Into the body of the exec above. */
static bool add_to_body(struct assembler *a, const struct xe_ucode_word *word, bool is_fetch,
                        bool serialize)
{
    struct xe_ucode_word *exec = &a->cf[a->cfs ? a->cfs - 1 : 0];
    uint32_t sequence;

    a->p.token = a->line;
    if (!a->open)
        return xe__ucode_wrong(&a->p, "this instruction is in no exec");
    if (a->count == XE_UCODE_BODY || a->slots == XE_UCODE_SLOTS)
        return xe__ucode_wrong(&a->p, "an exec has at most %d instructions, a program %d",
                               XE_UCODE_BODY, XE_UCODE_SLOTS);
    sequence = xe__ucode_get(exec, &xe__ucode_fields[XE__UCODE_EXEC_sequence]) |
               (is_fetch | serialize << 1) << 2 * a->count;
    xe__ucode_set(exec, &xe__ucode_fields[XE__UCODE_EXEC_sequence], sequence);
    xe__ucode_set(exec, &xe__ucode_fields[XE__UCODE_EXEC_count], ++a->count);
    a->slot[a->slots++] = *word;
    return true;
}

static bool instruction(struct assembler *a, const char *name)
{
    bool serialize = !strcmp(name, "serialize"), is_fetch;
    char next[XE__UCODE_NAME];
    struct xe_ucode_word word;

    snprintf(next, sizeof(next), "%s", name);
    if (serialize)
        xe__ucode_next_name(&a->p, next);
    if (!next[0] && xe__ucode_eat(&a->p, '.')) {
        xe__ucode_next_name(&a->p, next);
        is_fetch = !strcmp(next, "fetch");
        if (!is_fetch && strcmp(next, "alu"))
            return xe__ucode_wrong(&a->p, "there is no '.%s' here", next);
        return three_words(&a->p, &word) && add_to_body(a, &word, is_fetch, serialize);
    }
    return xe__ucode_parse_slot(&a->p, next, &word, &is_fetch) &&
           add_to_body(a, &word, is_fetch, serialize);
}

static bool raw_words(struct assembler *a, bool slot)
{
    int64_t value;

    a->raw = true;
    a->open = false;
    if (slot && (a->slots == XE_UCODE_SLOTS || a->words))
        return xe__ucode_wrong(&a->p,
                               a->words ? ".slot comes before .word" : "the program is too long");
    if (slot)
        return three_words(&a->p, &a->slot[a->slots++]);
    if (a->words == XE_UCODE_WORDS || !xe__ucode_number(&a->p, 0, UINT32_MAX, &value))
        return xe__ucode_wrong(&a->p, "the program is too long");
    a->word[a->words++] = (uint32_t)value;
    return true;
}

/* What begins with a dot. */
static bool directive(struct assembler *a)
{
    const char *start = a->p.at;
    char name[XE__UCODE_NAME];

    xe__ucode_eat(&a->p, '.');
    xe__ucode_next_name(&a->p, name);
    if (!strcmp(name, "slot") || !strcmp(name, "word"))
        return raw_words(a, name[0] == 's');
    if (!strcmp(name, "vertex") || !strcmp(name, "pixel")) {
        if (a->cfs || a->raw)
            return xe__ucode_wrong(&a->p, ".%s comes before everything else", name);
        a->p.stage = name[0] == 'p' ? XE_UCODE_PIXEL : XE_UCODE_VERTEX;
        return true;
    }
    a->p.at = start;
    return instruction(a, "");
}

static bool line(struct assembler *a)
{
    char name[XE__UCODE_NAME];

    xe__ucode_blanks(&a->p, false);
    a->line = a->p.at;
    if (*a->p.at == '.')
        return directive(a);
    xe__ucode_next_name(&a->p, name);
    if (name[0] && xe__ucode_eat(&a->p, ':')) {
        xe__ucode_blanks(&a->p, false);
        return define(a, name) && (!*a->p.at || *a->p.at == '\n' || line(a));
    }
    if (!name[0] && *a->line != '(')
        return xe__ucode_wrong(&a->p, "an instruction is missing here");
    return xe__ucode_is_cf(name) ? flow(a, name) : instruction(a, name);
}

static bool lines(struct assembler *a)
{
    for (xe__ucode_blanks(&a->p, true); *a->p.at; xe__ucode_blanks(&a->p, true)) {
        if (!line(a))
            return false;
        xe__ucode_blanks(&a->p, false);
        a->p.token = a->p.at;
        if (*a->p.at && *a->p.at != '\n')
            return xe__ucode_wrong(&a->p, "expected the end of the line");
    }
    return true;
}

/* ---- out ------------------------------------------------------------------------------------ */

/* Where bodies lie is known when all control flow is. */
static bool place_bodies(struct assembler *a)
{
    uint32_t first = (a->cfs + 1) / 2;

    if (3 * (first + a->slots) + a->words > XE_UCODE_WORDS)
        return xe__ucode_wrong(&a->p, "the program has %u words; there is room for %u",
                               3 * (first + a->slots) + a->words, XE_UCODE_WORDS);
    for (uint32_t i = 0; i < a->cfs; i++)
        if (a->body[i])
            xe__ucode_set(&a->cf[i], &xe__ucode_fields[XE__UCODE_EXEC_address],
                          first + a->body[i] - 1);
    return true;
}

static void write_out(const struct assembler *a, struct xe_ucode_program *ret)
{
    uint32_t *out = ret->words;

    ret->stage = a->p.stage;
    for (uint32_t i = 0; i < a->cfs; i += 2) {
        struct xe_ucode_word odd = i + 1 < a->cfs ? a->cf[i + 1] : (struct xe_ucode_word){{0}};

        *out++ = a->cf[i].w[0];
        *out++ = a->cf[i].w[1] | odd.w[0] << 16;
        *out++ = odd.w[0] >> 16 | odd.w[1] << 16;
    }
    for (uint32_t i = 0; i < a->slots; i++)
        for (uint32_t k = 0; k < 3; k++)
            *out++ = a->slot[i].w[k];
    for (uint32_t i = 0; i < a->words; i++)
        *out++ = a->word[i];
    ret->count = (uint32_t)(out - ret->words);
}

bool xe_ucode_assemble(const char *text, struct xe_ucode_program *ret,
                       struct xe_ucode_fault *ret_fault)
{
    struct assembler *a = xe_calloc(1, sizeof(*a));
    bool done;

    if (!a) {
        *ret_fault = (struct xe_ucode_fault){.line = 1, .column = 1, .text = "out of memory"};
        return false;
    }
    a->p = (struct xe__ucode_parser){.text = text, .at = text, .token = text, .fault = ret_fault};
    done = lines(a) && resolve(a) && place_bodies(a);
    if (done)
        write_out(a, ret);
    xe_free(a->label);
    xe_free(a);
    return done;
}
