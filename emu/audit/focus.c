/* The focus: which keys are listened to before anything was created under them.
 *
 * Keys are kept as the user gave them, in order, beside the canonical form that records are matched
 * by. Taking a key out of the focus frees its ghosts: without a focus there is no ghost memory. */
#include <limits.h>
#include <string.h>

#include "audit/audit_internal.h"
#include "base/alloc.h"

#define FIRST_NAME 0x1000u /* below are neither handles nor objects */
#define PHYS_A     0xA0000000u
#define PHYS_E     0xE0000000u
#define PHYS_END   0xFFD00000u
#define PHYS_MASK  0x1FFFFFFFu
#define PHYS_SHIFT 0x1000u

/* The low two bits of a handle are the title's to use, and objects lie at multiples of 4.
 * Source: memory map of the console, as in mem/mem.c: physical P is seen at A0000000+P, C0000000+P
 * and E0000000+P-0x1000. */
uint32_t xe__audit_canonical(uint32_t key)
{
    if (key >= FIRST_NAME)
        key &= ~3u;
    if (key < PHYS_A || key >= PHYS_END)
        return key;
    if (key >= PHYS_E)
        return PHYS_A + (key - PHYS_E) + PHYS_SHIFT;
    return PHYS_A | (key & PHYS_MASK);
}

/* ---- parsing --------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

static bool bad_item(struct xe_error *err, const char *item, size_t n, const char *why)
{
    return xe_error_set(err, XE_ERR_FOCUS_INVALID, "handle list: item '%.*s' %s",
                        n > 64 ? 64 : (int)n, item, why);
}

/* One number, blanks already cut off. */
static bool parse_item(const char *item, size_t n, uint32_t *ret, struct xe_error *err)
{
    bool hex = n >= 2 && item[0] == '0' && (item[1] == 'x' || item[1] == 'X');
    uint64_t value = 0;
    int base = hex ? 16 : 10;

    if (n == (hex ? 2u : 0u))
        return bad_item(err, item, n, hex ? "has no digits" : "is empty");
    for (size_t i = hex ? 2 : 0; i < n; i++) {
        int digit = digit_value(item[i]);

        if (digit >= base)
            return bad_item(err, item, n, "is not a decimal or 0x number");
        value = value * (unsigned)base + (unsigned)digit;
        if (value > UINT32_MAX)
            return bad_item(err, item, n, "is larger than 0xFFFFFFFF");
    }
    *ret = (uint32_t)value;
    return true;
}

static size_t count_items(const char *list)
{
    size_t n = 1;

    for (; *list; list++)
        n += *list == ',';
    return n;
}

static bool parse_next(const char **cursor, uint32_t *ret, struct xe_error *err)
{
    const char *from = *cursor, *comma = strchr(from, ',');
    const char *to = comma ? comma : from + strlen(from);

    *cursor = comma ? comma + 1 : NULL;
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    return parse_item(from, (size_t)(to - from), ret, err);
}

bool xe_audit_focus_parse(const char *list, uint32_t **ret_keys, uint32_t *ret_count,
                          struct xe_error *err)
{
    struct xe_map seen = {0};
    const char *cursor = list;
    uint32_t *keys = NULL, key = 0, n = 0;
    bool ok = true;

    while (is_blank(*cursor))
        cursor++;
    if (*cursor) {
        keys = xe_calloc(count_items(cursor), sizeof(*keys));
        ok = keys || xe_error_set(err, XE_ERR_NO_MEMORY, "handle list: out of memory");
    } else {
        cursor = NULL;
    }
    while (ok && cursor) {
        ok = parse_next(&cursor, &key, err);
        if (!ok || xe_map_get(&seen, key))
            continue;
        ok = xe_map_put(&seen, key, keys) ||
             xe_error_set(err, XE_ERR_NO_MEMORY, "handle list: out of memory");
        keys[n++] = key;
    }
    xe_map_fini(&seen);
    if (!ok) {
        xe_free(keys);
        return false;
    }
    *ret_keys = keys;
    *ret_count = n;
    return true;
}

void xe_audit_keys_free(uint32_t *keys)
{
    xe_free(keys);
}

/* ---- the set --------------------------------------------------------------------------------- */

const struct xe__focus *xe__audit_focus_find(const struct xe_audit *audit, uint32_t canonical)
{
    return xe_map_get(&audit->focus_index, canonical);
}

bool xe_audit_in_focus(const struct xe_audit *audit, uint32_t key)
{
    return xe__audit_focus_find(audit, xe__audit_canonical(key)) != NULL;
}

/* A focus in the making; takes the place of the audit's when complete. */
struct draft {
    uint32_t *given;
    struct xe__focus *focus;
    struct xe_map index;
    uint32_t count, room;
};

static void draft_fini(struct draft *draft)
{
    xe_free(draft->given);
    xe_free(draft->focus);
    xe_map_fini(&draft->index);
}

static bool draft_init(struct draft *draft, uint32_t room, struct xe_error *err)
{
    *draft = (struct draft){.room = room};
    draft->given = xe_calloc(room, sizeof(*draft->given));
    draft->focus = xe_calloc(room, sizeof(*draft->focus));
    if (draft->given && draft->focus)
        return true;
    draft_fini(draft);
    return xe_error_set(err, XE_ERR_NO_MEMORY, "focus: out of memory");
}

static bool draft_add(struct draft *draft, const struct xe_audit *audit, uint32_t given,
                      struct xe_error *err)
{
    uint32_t canonical = xe__audit_canonical(given);
    const struct xe__focus *old = xe__audit_focus_find(audit, canonical);

    if (xe_map_get(&draft->index, canonical))
        return true;
    if (draft->count == XE_AUDIT_FOCUS_MAX)
        return xe_error_set(err, XE_ERR_FOCUS_LIMIT, "focus: more than %d handles",
                            XE_AUDIT_FOCUS_MAX);
    draft->focus[draft->count] = (struct xe__focus){canonical, old ? old->since_cycle : audit->now};
    if (!xe_map_put(&draft->index, canonical, &draft->focus[draft->count]))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "focus: out of memory");
    draft->given[draft->count++] = given;
    return true;
}

static void draft_install(struct draft *draft, struct xe_audit *audit)
{
    audit->focus_epoch++;
    for (uint32_t i = 0; i < audit->focus_count; i++)
        if (!xe_map_get(&draft->index, audit->focus[i].key))
            xe__audit_ghost_drop(audit, audit->focus[i].key);
    xe__audit_focus_fini(audit);
    if (draft->count == 0) {
        draft_fini(draft);
        return;
    }
    audit->given = draft->given;
    audit->focus = draft->focus;
    audit->focus_index = draft->index;
    audit->focus_count = draft->count;
}

/* The new focus: `old` keys of the present one that are not in `without`, then `keys`. */
static bool replace(struct xe_audit *audit, bool old, const struct xe_map *without,
                    const uint32_t *keys, uint32_t count, struct xe_error *err)
{
    struct draft draft;
    uint32_t kept = old ? audit->focus_count : 0;
    bool ok = true;

    if (count > UINT_MAX - kept || !draft_init(&draft, kept + count, err))
        return false;
    for (uint32_t i = 0; ok && i < kept; i++)
        if (!without || !xe_map_get(without, audit->focus[i].key))
            ok = draft_add(&draft, audit, audit->given[i], err);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = draft_add(&draft, audit, keys[i], err);
    if (ok)
        draft_install(&draft, audit);
    else
        draft_fini(&draft);
    return ok;
}

bool xe_audit_focus_set(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                        struct xe_error *err)
{
    return replace(audit, false, NULL, keys, count, err);
}

bool xe_audit_focus_add(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                        struct xe_error *err)
{
    return replace(audit, true, NULL, keys, count, err);
}

bool xe_audit_focus_remove(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                           struct xe_error *err)
{
    struct xe_map without = {0};
    bool ok = true;

    for (uint32_t i = 0; ok && i < count; i++)
        ok = xe_map_put(&without, xe__audit_canonical(keys[i]), audit) ||
             xe_error_set(err, XE_ERR_NO_MEMORY, "focus: out of memory");
    ok = ok && replace(audit, true, &without, NULL, 0, err);
    xe_map_fini(&without);
    return ok;
}

const uint32_t *xe_audit_focus_get(const struct xe_audit *audit, uint32_t *ret_count)
{
    *ret_count = audit->focus_count;
    return audit->given;
}

void xe__audit_focus_fini(struct xe_audit *audit)
{
    xe_free(audit->given);
    xe_free(audit->focus);
    xe_map_fini(&audit->focus_index);
    audit->given = NULL;
    audit->focus = NULL;
    audit->focus_count = 0;
}
