/* The writer of replies (rpc/api/write.c) on the largest report that the focus allows: time to make
 * its JSON by the rows, against what Jansson alone takes to make the same tree (a deep copy, which
 * looks at no row and converts nothing) and to print it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rpc/report/audit_json.h"
#include "rpc/api/rows.h"

#define HANDLES XE_AUDIT_FOCUS_MAX
#define TURNS   5

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct xe_audit_rec record(uint64_t seq)
{
    return (struct xe_audit_rec){.seq = seq,
                                 .cycle = seq * 1000,
                                 .tid = 2,
                                 .lr = 0x82010104,
                                 .pc = 0x82010100,
                                 .src = "NtSetEvent",
                                 .guest = true,
                                 .op = XE_AUDIT_OP_SIGNAL,
                                 .effect = XE_AUDIT_STATE,
                                 .frames = {0x82010200, 0x82010300},
                                 .frame_count = 2};
}

/* All that a long-lived handle has: created, a full timeline, a diagnosis. */
static void fill(struct xe_audit_handle_report *handle, uint32_t n)
{
    handle->given_key = handle->key = 0x1000 + 4 * n;
    handle->generation = 1;
    handle->known = handle->has_created = true;
    handle->created = record(n);
    handle->timeline_count = XE_AUDIT_TIMELINE;
    for (uint32_t i = 0; i < XE_AUDIT_TIMELINE; i++)
        handle->timeline[i] = record(n + i);
    handle->diagnosis.branch = XE_AUDIT_D1_NO_WAITER;
    handle->diagnosis.code = "NO_WAITER";
    handle->diagnosis.sub = "IDLE";
    strcpy(handle->diagnosis.text, "no waiter: handle is not blocking anything");
}

/* The shortest that each took, in seconds. */
struct times {
    double rows, copy, print;
};

static double best_of(double best, double since)
{
    double took = now() - since;

    return best > 0 && best < took ? best : took;
}

/* Bytes of the text; 0: it went wrong. */
static size_t measure(const struct xe_rpc_audit_view *view, struct times *times)
{
    double since = now();
    json_t *json = xe_rpc_write(&xe_rpc_audit_report, view), *twin;
    size_t size = 0;
    char *text;

    times->rows = best_of(times->rows, since);
    since = now();
    twin = json_deep_copy(json);
    times->copy = best_of(times->copy, since);
    since = now();
    text = json_dumps(json, JSON_COMPACT);
    times->print = best_of(times->print, since);
    if (text && json_equal(json, twin))
        size = strlen(text);
    free(text);
    json_decref(twin);
    json_decref(json);
    return size;
}

int main(void)
{
    struct xe_rpc_audit_view view = {.instance = "i-1", .report = {.handles = HANDLES}};
    struct times times = {0};
    size_t size = 0;

    view.report.handle = calloc(HANDLES, sizeof(*view.report.handle));
    if (!view.report.handle)
        return 1;
    for (uint32_t i = 0; i < HANDLES; i++)
        fill(&view.report.handle[i], i);
    for (int i = 0; i < TURNS && (i == 0 || size); i++)
        size = measure(&view, &times);
    free(view.report.handle);
    if (!size)
        return 1;
    printf("audit.report of %u handles, %zu KiB: made by rows in %.0f ms, %.2f of Jansson's copy "
           "of it, %.2f of printing it\n",
           HANDLES, size / 1024, times.rows * 1e3, times.rows / times.copy,
           times.rows / times.print);
    return 0;
}
