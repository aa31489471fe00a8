/* The thread diagnostic as text, from its JSON alone: a header, a block for each thread, a line for
 * each group. */
#include <string.h>

#include "rpc/report/report_text.h"
#include "rpc/report/text_buffer.h"

static const char *bool_text(const json_t *object, const char *name)
{
    return xe__rpc_get_bool(object, name) ? "true" : "false";
}

/* ---- header ---------------------------------------------------------------------------------- */

static void add_states(struct xe__text *text, const json_t *diag)
{
    json_t *states = json_object_get(diag, "states"), *n;
    const char *name;

    xe__rpc_text_add(text, "threads=%lld",
                     (long long)json_array_size(json_object_get(diag, "threads")) +
                         xe__rpc_get_int(diag, "threads_omitted"));
    json_object_foreach(states, name, n)
        xe__rpc_text_add(text, " %s=%lld", name, (long long)json_integer_value(n));
    xe__rpc_text_add(text, "\n");
}

/* What the fixed sentence of NO_PRODUCER leaves open, and is known. */
static const char *root_detail(const json_t *root)
{
    static const char *const tells[] = {"PRODUCER_BLOCKED", "OBLIGATION_UNMET",
                                        "PRODUCER_NOT_REACHED"};

    for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
        if (!strcmp(xe__rpc_get_string(root, "sub"), tells[i]))
            return xe__rpc_get_string(root, "detail");
    return "";
}

static void add_root(struct xe__text *text, const json_t *root)
{
    const char *detail = root_detail(root);

    xe__rpc_text_add(text, "  blocked on handle=%s waiters=%lld [%s/%s] %s%s%s\n",
                     xe__rpc_get_string(root, "key"), xe__rpc_get_int(root, "waiters"),
                     xe__rpc_get_string(root, "code"), xe__rpc_get_string(root, "sub"),
                     xe__rpc_get_string(root, "text"), *detail ? "; " : "", detail);
}

static void add_verdict(struct xe__text *text, const json_t *verdict)
{
    const char *detail = xe__rpc_get_string(verdict, "detail");
    const json_t *root;
    size_t i;

    xe__rpc_text_add(text, "stop=%s verdict: %s%s%s\n", xe__rpc_get_string(verdict, "stop"),
                     xe__rpc_get_string(verdict, "text"), detail[0] ? "; " : "", detail);
    json_array_foreach(json_object_get(verdict, "roots"), i, root) add_root(text, root);
}

/* A library that was run by itself is said to be one. */
static void add_modules(struct xe__text *text, const json_t *modules)
{
    const json_t *module;
    size_t i;

    json_array_foreach(modules, i, module)
    {
        bool alone = xe__rpc_get_bool(module, "title") && xe__rpc_get_bool(module, "library");

        xe__rpc_text_add(text, "%s=%s base=%s size=%lld handle=%s state=%s load_count=%lld",
                         alone ? "library" : "module", xe__rpc_get_string(module, "name"),
                         xe__rpc_get_string(module, "base"), xe__rpc_get_int(module, "size"),
                         xe__rpc_get_string(module, "handle"), xe__rpc_get_string(module, "state"),
                         xe__rpc_get_int(module, "load_count"));
        if (json_object_get(module, "tid"))
            xe__rpc_text_add(text, "; its entry is being called on tid %lld",
                             xe__rpc_get_int(module, "tid"));
        if (xe__rpc_get_bool(module, "orphaned"))
            xe__rpc_text_add(text, "; the thread that attached it ended in its entry");
        if (json_object_get(module, "attached"))
            xe__rpc_text_add(text, " attach_returned=%s", xe__rpc_get_string(module, "attached"));
        xe__rpc_text_add(text, "%s\n", alone ? "; it is no title, and was attached by itself" : "");
    }
}

static void add_header(struct xe__text *text, const json_t *diag)
{
    const json_t *title = json_object_get(diag, "title");

    xe__rpc_text_add(text, "=== Thread diagnostic ===\n");
    xe__rpc_text_add(text, "instance=%s mode=%s seed=%s\n", xe__rpc_get_string(diag, "instance"),
                     xe__rpc_get_string(diag, "mode"), xe__rpc_get_string(diag, "seed"));
    if (json_is_object(title))
        xe__rpc_text_add(text, "title=%s title_id=%s entry=%s image=%s",
                         xe__rpc_get_string(title, "name"), xe__rpc_get_string(title, "title_id"),
                         xe__rpc_get_string(title, "entry"), xe__rpc_get_string(title, "sha256"));
    if (json_object_get(title, "called"))
        xe__rpc_text_add(text, " called=\"%s\"", xe__rpc_get_string(title, "called"));
    if (json_object_get(title, "launched"))
        xe__rpc_text_add(text, " launched=%s", xe__rpc_get_string(title, "launched"));
    if (xe__rpc_get_bool(title, "modified"))
        xe__rpc_text_add(text, " modified=true");
    if (json_object_get(title, "patch_xex"))
        xe__rpc_text_add(text, " patch_xex=%s..%s",
                         xe__rpc_get_string(json_object_get(title, "patch_xex"), "source"),
                         xe__rpc_get_string(json_object_get(title, "patch_xex"), "target"));
    if (xe__rpc_get_int(title, "patches"))
        xe__rpc_text_add(text, " patches=%lld", xe__rpc_get_int(title, "patches"));
    if (json_is_object(title))
        xe__rpc_text_add(text, "\n");
    add_modules(text, json_object_get(diag, "modules"));
    xe__rpc_text_add(text,
                     "instructions=%lld virtual_us=%lld draws=%lld swaps=%lld export_calls=%lld "
                     "stub_calls=%lld\n",
                     xe__rpc_get_int(diag, "instructions"), xe__rpc_get_int(diag, "virtual_us"),
                     xe__rpc_get_int(diag, "draws"), xe__rpc_get_int(diag, "swaps"),
                     xe__rpc_get_int(diag, "export_calls"), xe__rpc_get_int(diag, "stub_calls"));
    add_states(text, diag);
    add_verdict(text, json_object_get(diag, "verdict"));
}

/* ---- one thread ------------------------------------------------------------------------------ */

static void add_identity(struct xe__text *text, const json_t *t)
{
    xe__rpc_text_add(text, "thread tid=%lld name=%s state=%s handle=%s kthread=%s%s\n",
                     xe__rpc_get_int(t, "tid"), xe__rpc_get_string(t, "name"),
                     xe__rpc_get_string(t, "state"), xe__rpc_get_string(t, "handle"),
                     xe__rpc_get_string(t, "kthread"),
                     xe__rpc_get_bool(t, "system") ? " system" : "");
    xe__rpc_text_add(text,
                     "  hw=%lld priority=%lld/%lld affinity=%s suspend=%lld irql=%lld "
                     "retired=%lld last_progress_cycle=%lld\n",
                     xe__rpc_get_int(t, "hw_thread"), xe__rpc_get_int(t, "base_priority"),
                     xe__rpc_get_int(t, "priority"), xe__rpc_get_string(t, "affinity"),
                     xe__rpc_get_int(t, "suspend_count"), xe__rpc_get_int(t, "irql"),
                     xe__rpc_get_int(t, "retired"), xe__rpc_get_int(t, "last_progress_cycle"));
    xe__rpc_text_add(text, "  pc=%s lr=%s ctr=%s sp=%s start=%s(%s) creator=tid %lld lr %s",
                     xe__rpc_get_string(t, "pc"), xe__rpc_get_string(t, "lr"),
                     xe__rpc_get_string(t, "ctr"), xe__rpc_get_string(t, "sp"),
                     xe__rpc_get_string(t, "start_routine"), xe__rpc_get_string(t, "start_context"),
                     xe__rpc_get_int(t, "creator_tid"), xe__rpc_get_string(t, "creator_lr"));
    xe__rpc_text_add_call(text, json_object_get(t, "at"));
    xe__rpc_text_add(text, "\n");
    if (json_object_get(t, "exit_code"))
        xe__rpc_text_add(text, "  exit_code=%s\n", xe__rpc_get_string(t, "exit_code"));
}

static void add_last_export(struct xe__text *text, const json_t *call)
{
    const json_t *arg;
    size_t i;

    if (!json_is_object(call))
        return;
    xe__rpc_text_add(text, "  last_export=%s(", xe__rpc_get_string(call, "name"));
    json_array_foreach(json_object_get(call, "args"), i, arg)
        xe__rpc_text_add(text, "%s%s", i ? ", " : "", json_string_value(arg));
    xe__rpc_text_add(text, ") cycle=%lld\n", xe__rpc_get_int(call, "cycle"));
}

static void add_spin(struct xe__text *text, const json_t *spin)
{
    if (json_is_object(spin))
        xe__rpc_text_add(text,
                         "  spins on %s since_cycle=%lld instructions=%lld certainty=%s stuck=%s\n",
                         xe__rpc_get_string(spin, "on"), xe__rpc_get_int(spin, "since_cycle"),
                         xe__rpc_get_int(spin, "instructions"),
                         xe__rpc_get_string(spin, "certainty"), xe__rpc_get_string(spin, "stuck"));
}

static void add_timeout(struct xe__text *text, const json_t *wait)
{
    if (json_is_integer(json_object_get(wait, "timeout_100ns")))
        xe__rpc_text_add(text, " timeout=%lld remaining=%lld",
                         xe__rpc_get_int(wait, "timeout_100ns"),
                         xe__rpc_get_int(wait, "remaining_100ns"));
    else
        xe__rpc_text_add(text, " timeout=infinite");
}

static void add_wait(struct xe__text *text, const json_t *wait)
{
    const json_t *object;
    size_t i;

    if (!json_is_object(wait))
        return;
    xe__rpc_text_add(text, "  waits for %s since_cycle=%lld alertable=%s",
                     xe__rpc_get_string(wait, "type"), xe__rpc_get_int(wait, "since_cycle"),
                     bool_text(wait, "alertable"));
    add_timeout(text, wait);
    xe__rpc_text_add(text, " src=%s lr=%s wrapper=%s", xe__rpc_get_string(wait, "src"),
                     xe__rpc_get_string(wait, "lr"), xe__rpc_get_string(wait, "wrapper_lr"));
    xe__rpc_text_add_call(text, json_object_get(wait, "caller"));
    xe__rpc_text_add(text, "\n");
    json_array_foreach(json_object_get(wait, "objects"), i, object)
    {
        xe__rpc_text_add(text, "    handle=%s kind=%s mr=%s, sig=%s waiters=%lld",
                         xe__rpc_get_string(object, "key"), xe__rpc_get_string(object, "kind"),
                         bool_text(object, "mr"), bool_text(object, "sig"),
                         xe__rpc_get_int(object, "waiters"));
        if (xe__rpc_get_int(object, "owner"))
            xe__rpc_text_add(text, " owner=tid %lld", xe__rpc_get_int(object, "owner"));
        xe__rpc_text_add(text, "\n");
    }
}

static void add_frames(struct xe__text *text, const json_t *t)
{
    const json_t *frame;
    size_t i;

    json_array_foreach(json_object_get(t, "frames"), i, frame)
    {
        xe__rpc_text_add(text, "  frame %zu sp=%s lr=%s", i, xe__rpc_get_string(frame, "sp"),
                         xe__rpc_get_string(frame, "lr"));
        xe__rpc_text_add_call(text, frame);
        xe__rpc_text_add(text, "\n");
    }
}

static void add_locks(struct xe__text *text, const json_t *locks)
{
    const json_t *lock;
    size_t i;

    if (json_array_size(locks) == 0)
        return;
    xe__rpc_text_add(text, "  holds");
    json_array_foreach(locks, i, lock) xe__rpc_text_add(text, " %s", json_string_value(lock));
    xe__rpc_text_add(text, "\n");
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void add_group(struct xe__text *text, const json_t *group)
{
    const char *creator = xe__rpc_get_string(group, "creator_lr");
    const char *start = xe__rpc_get_string(group, "start_routine");
    const json_t *tid;
    size_t i;

    xe__rpc_text_add(text, "group of %lld threads with one wait stack: tids",
                     xe__rpc_get_int(group, "count"));
    json_array_foreach(json_object_get(group, "tids"), i, tid)
        xe__rpc_text_add(text, " %lld", (long long)json_integer_value(tid));
    xe__rpc_text_add(text, "\n  src=%s lr=%s same wrapper=%s", xe__rpc_get_string(group, "src"),
                     xe__rpc_get_string(group, "lr"), xe__rpc_get_string(group, "wrapper_lr"));
    if (creator[0])
        xe__rpc_text_add(text, " same creator lr=%s", creator);
    if (start[0])
        xe__rpc_text_add(text, " same start=%s", start);
    xe__rpc_text_add(text, "\n");
}

char *xe_report_diagnostic_text(const json_t *report)
{
    struct xe__text text = {0};
    const json_t *item;
    size_t i;

    add_header(&text, report);
    json_array_foreach(json_object_get(report, "threads"), i, item)
    {
        add_identity(&text, item);
        add_last_export(&text, json_object_get(item, "last_export"));
        add_wait(&text, json_object_get(item, "wait"));
        add_spin(&text, json_object_get(item, "spin"));
        add_locks(&text, json_object_get(item, "held_locks"));
        add_frames(&text, item);
    }
    if (json_is_integer(json_object_get(report, "next_cursor")))
        xe__rpc_text_add(&text, "... more threads: cursor=%lld (%lld are on other pages)\n",
                         xe__rpc_get_int(report, "next_cursor"),
                         xe__rpc_get_int(report, "threads_omitted"));
    json_array_foreach(json_object_get(report, "groups"), i, item) add_group(&text, item);
    return xe__rpc_text_take(&text);
}
