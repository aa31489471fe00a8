/* The parts of the manual pages that are tables, as mdoc: `man_rows reasons` and so on.
 * check-man.sh holds the pages to it; whoever changes a row copies the new text from here. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "xe/coverage.h"
#include "xe/settings.h"
#include "xe/stop.h"

/* Where the first of several sentences ends; NULL: it is one. */
static const char *end_of_first(const char *doc)
{
    const char *end = doc;

    while ((end = strstr(end, ". ")) && !isupper((unsigned char)end[2]))
        end++;
    return end;
}

/* A doc as a sentence, on a line of its own; one that goes on with another has that on the next. */
static void sentence(const char *doc)
{
    const char *end;

    printf("\\&%c", toupper((unsigned char)doc[0]));
    for (doc++; (end = end_of_first(doc)); doc = end + 2)
        printf("%.*s.\n", (int)(end - doc), doc);
    printf("%s%s\n", doc, doc[strlen(doc) - 1] == '?' ? "" : ".");
}

static void reasons(void)
{
#define STOP(name, word, until, signal, doc)                                                       \
    printf(".It Cm %s\n", word);                                                                   \
    sentence(doc);
#include "xe/stops.def"
}

static void causes(void)
{
#define CAUSE(name, word, reason, has, signal, says, doc)                                          \
    printf(".It Cm %s No \\&(%s, SIG%s)\n", word, xe_stop_name(XE_STOP_##reason), #signal);        \
    sentence(doc);
#include "xe/stops.def"
}

static void inputs(void)
{
#define INPUT(NAME, word, fields, doc)                                                             \
    printf(".It Cm %s\n", word);                                                                   \
    sentence(doc);
#include "xe/inputs.def"
}

static void taints(void)
{
#define TAINT(NAME, word, doc)                                                                     \
    printf(".It Cm %s\n", word);                                                                   \
    sentence(doc);
#include "xe/inputs.def"
}

static void until(void)
{
#define UNTIL_YES(word) printf(".Cm %s\n", word);
#define UNTIL_NO(word)
#define STOP(name, word, until, signal, doc) UNTIL_##until(word)
#include "xe/stops.def"
}

/* ---- settings ------------------------------------------------------------------------------- */

/* A bound as people read it: 2^53-1 rather than 9007199254740991. */
static void bound(int64_t value)
{
    uint64_t next = (uint64_t)value + 1;
    int power = __builtin_ctzll(next);

    if (power >= 32 && next == UINT64_C(1) << power)
        printf("2^%d\\-1", power);
    else
        printf("%" PRId64, value);
}

static void kind(const struct xe_rpc_field *field)
{
    const struct xe_rpc_type *type = field->type;

    switch (type->kind) {
    case XE_RPC_KIND_INT:
        printf("integer, ");
        bound(field->min);
        printf(" to ");
        bound(field->max);
        break;
    case XE_RPC_KIND_ENUM:
        for (const char *const *word = type->values; *word; word++)
            printf("%s%s", word == type->values ? "" : " | ", *word);
        break;
    case XE_RPC_KIND_ARRAY:
        printf("array of handles or addresses, at most %" PRId64, field->max);
        break;
    default:
        printf(type->kind == XE_RPC_KIND_BOOL ? "boolean" : "object");
    }
}

static void members(const struct xe_rpc_type *type)
{
    printf(".Bl -tag -width Ds -compact\n");
    for (const struct xe_rpc_field *field = type->fields; field->name; field++) {
        printf(".It Sy %s No \\&(", field->name);
        kind(field);
        if (field->fallback)
            printf("; default %" PRId64, field->fallback);
        printf("; optional)\n");
        sentence(field->doc);
        if (field->type->kind == XE_RPC_KIND_OBJECT)
            members(field->type);
    }
    printf(".El\n");
}

static void config(void)
{
    members(&xe_rpc_config);
}

static void audit(void)
{
    members(&xe_rpc_audit_option);
}

/* ---- results -------------------------------------------------------------------------------- */

static void result_members(const struct xe_rpc_type *type);

static void answered(const struct xe_rpc_type *type)
{
    switch (type->kind) {
    case XE_RPC_KIND_ANY:
        printf("anything");
        break;
    case XE_RPC_KIND_BOOL:
        printf("boolean");
        break;
    case XE_RPC_KIND_INT:
        printf("integer");
        break;
    case XE_RPC_KIND_ENUM:
        printf("word");
        break;
    case XE_RPC_KIND_HEX:
        printf("0x and %d digits", type->digits ? type->digits : 8);
        break;
    case XE_RPC_KIND_STRING:
        printf("string");
        break;
    case XE_RPC_KIND_ARRAY:
        printf("array");
        break;
    case XE_RPC_KIND_OBJECT:
    case XE_RPC_KIND_MAP:
        printf("object");
        break;
    }
    if (type->null)
        printf(" or null");
}

/* The words of a type that has some, its own or its items'; long lists are in rpc.discover. */
static void words(const struct xe_rpc_type *type)
{
    size_t count = 0;

    while (type->values && type->values[count])
        count++;
    if (count > 12)
        return;
    for (size_t i = 0; i < count; i++)
        printf("%s.Cm \"%s\"%s\n", i ? "" : "One of\n", type->values[i],
               i + 1 < count ? " ," : " .");
}

static void result_member(const struct xe_rpc_slot *slot)
{
    const struct xe_rpc_type *type = slot->field->type;

    printf(".It Sy %s No \\&(", slot->field->name);
    answered(type);
    if (slot->unit && slot->unit[0])
        printf(", %s", slot->unit);
    printf("%s)\n", slot->required ? "" : "; may be left out");
    sentence(slot->field->doc);
    words(type);
    if (type->items)
        type = type->items->type;
    if (type != slot->field->type)
        words(type);
    if (type->kind == XE_RPC_KIND_OBJECT)
        result_members(type);
}

static void result_members(const struct xe_rpc_type *type)
{
    struct xe_rpc_slot slot;

    if (!xe_rpc_slot(type, 0).field)
        return;
    printf(".Bl -tag -width Ds -compact\n");
    for (size_t i = 0; (slot = xe_rpc_slot(type, i)).field; i++)
        result_member(&slot);
    printf(".El\n");
}

static bool is_told_before(int method)
{
    for (int i = 0; i < method; i++)
        if (xe_rpc_methods[i]->result == xe_rpc_methods[method]->result)
            return true;
    return false;
}

/* Each result once, under the names of all methods that have it. */
static void results(void)
{
    for (int i = 0; i < XE_RPC_METHODS; i++) {
        const struct xe_rpc_type *type = xe_rpc_methods[i]->result;

        if (is_told_before(i))
            continue;
        printf(".Ss %s", xe_rpc_methods[i]->name);
        for (int k = i + 1; k < XE_RPC_METHODS; k++)
            if (xe_rpc_methods[k]->result == type)
                printf(" , %s", xe_rpc_methods[k]->name);
        printf("\n");
        if (type->open)
            printf("Any members.\n");
        result_members(type);
        if (type->other) {
            printf(".Pp\nOr:\n");
            result_members(type->other);
        }
    }
}

/* What goldens have of them. */
static void seen(void)
{
    for (int i = 0; i < XE_SETTINGS; i++)
        if (xe_settings[i].group == XE_SETTING_CONFIG && xe_settings[i].seen)
            printf(".Sy %s ,\n", xe_settings[i].name);
}

/* ---- what there is ----------------------------------------------------------------------------
 */

static const struct {
    const char *word, *doc;
} kinds[] = {
#define KIND(NAME, word, doc) {word, doc},
    XE_COVERAGE_KINDS_OF(KIND)
#undef KIND
};

static uint32_t counted(enum xe_coverage_kind kind, enum xe_coverage_state state)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < xe_coverage_rows; i++)
        count += xe_coverage[i].kind == kind && xe_coverage[i].state == state;
    return count;
}

/* What lacks of it, or why it is missing; NULL: there is no more to say. */
static const char *clause_of(const struct xe_coverage_row *row)
{
    return row->lacks ? row->lacks : row->why;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* All of one kind, state and clause as a paragraph. */
static void names(enum xe_coverage_kind kind, enum xe_coverage_state state, const char *clause)
{
    const char *module = NULL;

    for (uint32_t i = 0; i < xe_coverage_rows; i++) {
        const struct xe_coverage_row *row = &xe_coverage[i];

        if (row->kind != kind || row->state != state || !same(clause_of(row), clause))
            continue;
        if (*row->module && (!module || strcmp(module, row->module)))
            printf("%s.Em %s :\n", module ? ".Pp\n" : "", row->module);
        module = row->module;
        printf("\\&%s\n", row->name);
    }
}

/* Those of which the same is said stand together, in the order of the first of each. */
static bool said_before(uint32_t row)
{
    for (uint32_t i = 0; i < row; i++)
        if (xe_coverage[i].kind == xe_coverage[row].kind &&
            xe_coverage[i].state == xe_coverage[row].state &&
            same(clause_of(&xe_coverage[i]), clause_of(&xe_coverage[row])))
            return true;
    return false;
}

static void clauses(enum xe_coverage_kind kind, enum xe_coverage_state state, const char *word)
{
    for (uint32_t i = 0; i < xe_coverage_rows; i++) {
        const struct xe_coverage_row *row = &xe_coverage[i];

        if (row->kind != kind || row->state != state || !clause_of(row) || said_before(i))
            continue;
        printf(".It Sy %s : No %s\n", word, clause_of(row));
        names(kind, state, clause_of(row));
    }
}

static void coverage_kind(enum xe_coverage_kind kind)
{
    printf(".Ss %s\n", kinds[kind].word);
    sentence(kinds[kind].doc);
    printf(".Bl -tag -width Ds\n.It Sy done No \\&(%" PRIu32 ")\n",
           counted(kind, XE_COVERAGE_DONE));
    names(kind, XE_COVERAGE_DONE, NULL);
    clauses(kind, XE_COVERAGE_PARTIAL, "partial");
    clauses(kind, XE_COVERAGE_MISSING, "missing");
    printf(".It Sy missing No \\&(%" PRIu32 ")\n", counted(kind, XE_COVERAGE_MISSING));
    names(kind, XE_COVERAGE_MISSING, NULL);
    printf(".El\n");
}

static void coverage(void)
{
    printf(".Bl -column information_classes 99999 99999 99999\n"
           ".It Sy kind Ta Sy done Ta Sy partial Ta Sy missing\n");
    for (int i = 0; i < XE_COVERAGE_KINDS; i++)
        printf(".It %s Ta %" PRIu32 " Ta %" PRIu32 " Ta %" PRIu32 "\n", kinds[i].word,
               counted(i, XE_COVERAGE_DONE), counted(i, XE_COVERAGE_PARTIAL),
               counted(i, XE_COVERAGE_MISSING));
    printf(".El\n");
    for (int i = 0; i < XE_COVERAGE_KINDS; i++)
        coverage_kind(i);
}

/* ---- keys of the daemon's configuration ------------------------------------------------------ */

#define RANGE_TEXT(min, max)  printf("text of %d to %d bytes", min, max)
#define RANGE_COUNT(min, max) printf("number, %d to %d", min, max)
#define RANGE_WORD(min, max)  printf("word")
#define RANGE_FLAG(min, max)  printf("true or false")
#define RANGE_LIST(min, max)  printf("list of at most %d texts", max)
#define WHEN_ALWAYS           "; can be reloaded"
#define WHEN_START            ""

static void keys(void)
{
#define KEY(field, name, kind, min, max, fallback, words, what, when, doc)                         \
    printf(".It Sy %s No \\&(", name);                                                             \
    RANGE_##kind(min, max);                                                                        \
    printf("%s)\n", WHEN_##when);                                                                  \
    sentence(doc);
#include "daemon/config.def"
#undef KEY
}

static const struct {
    const char *name;
    void (*print)(void);
} parts[] = {{"audit", audit},   {"causes", causes}, {"config", config},   {"coverage", coverage},
             {"inputs", inputs}, {"keys", keys},     {"reasons", reasons}, {"results", results},
             {"seen", seen},     {"taints", taints}, {"until", until}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!strcmp(parts[i].name, argv[1])) {
            parts[i].print();
            return 0;
        }
    fputs(
        "usage: man_rows audit|causes|config|coverage|inputs|keys|reasons|results|seen|taints|until\n",
        stderr);
    return 2;
}
