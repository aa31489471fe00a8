/* The parts of the manual pages that are tables, as mdoc: `man_rows reasons` and so on.
 * check-man.sh holds the pages to it; whoever changes a row copies the new text from here. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rpc/rows.h"
#include "xe/settings.h"
#include "xe/stop.h"

/* A doc as a sentence, on a line of its own. */
static void sentence(const char *doc)
{
    printf("\\&%c%s.\n", toupper((unsigned char)doc[0]), doc + 1);
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

/* What goldens have of them. */
static void seen(void)
{
    for (int i = 0; i < XE_SETTINGS; i++)
        if (xe_settings[i].group == XE_SETTING_CONFIG && xe_settings[i].seen)
            printf(".Sy %s ,\n", xe_settings[i].name);
}

static const struct {
    const char *name;
    void (*print)(void);
} parts[] = {{"audit", audit},     {"causes", causes}, {"config", config}, {"inputs", inputs},
             {"reasons", reasons}, {"seen", seen},     {"taints", taints}, {"until", until}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!strcmp(parts[i].name, argv[1])) {
            parts[i].print();
            return 0;
        }
    fputs("usage: man_rows audit|causes|config|inputs|reasons|seen|taints|until\n", stderr);
    return 2;
}
