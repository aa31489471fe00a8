/* xe360ctl mcp: the API as tools of the Model Context Protocol, over standard input and output.
 *
 * A message is a line of JSON. Calls of tools wait their turn, one is with the daemon at a time;
 * what needs no daemon is answered at once, also while a call is under way, and so is what cancels
 * one (struct ctl_attention). Whoever is at the other end is not trusted: lines, and how many calls
 * wait, are bounded. Source: modelcontextprotocol.io, specifications of 2024-11-05 to 2025-11-25.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ctl/mcp.h"

#define LINE_MAX_BYTES (4u << 20)
#define WAITING_MAX    256u

/* Newest first: it is answered to a client that asks for one that we don't know. */
static const char *const versions[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
#define BATCHES "2025-03-26" /* the one that has them */

static const char instructions[] =
    "xe360d runs Xbox 360 titles in lockstep and explains why they hang. Make an instance of a title "
    "with instance_create, run it with run_start and run_wait, then ask diagnose_explain; "
    "thread_diagnostic and audit_report have the evidence. Addresses and handles are strings like "
    "\"0x82000000\".";

struct mcp {
    struct ctl_attention attention; /* first: it is what is looked at */
    struct ctl *ctl;
    json_t *waiting;     /* owned: calls of tools, oldest first                   */
    json_t *current;     /* borrowed from the loop: the one that is under way     */
    const char *version; /* NULL before initialize                                */
    char *line;          /* owned, LINE_MAX_BYTES: what came of a line so far     */
    size_t used;
    bool skipping; /* the rest of a line that was too long */
    bool cancelled, eof;
};

/* ---- out ------------------------------------------------------------------------------------ */

static void send_message(const json_t *message)
{
    json_dumpf(message, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    putchar('\n');
    fflush(stdout);
}

/* An answer to a request; of a batch, once all of it is answered, in one array. body is given. */
static void answer(const json_t *request, const char *member, json_t *body)
{
    json_t *message = json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id",
                                json_object_get(request, "id"), member, body);
    json_t *batch = json_object_get(request, MCP_BATCH), *answers;
    json_int_t left = json_integer_value(json_object_get(batch, "left")) - 1;

    if (!batch) {
        send_message(message);
        json_decref(message);
        return;
    }
    answers = json_object_get(batch, "answers");
    json_array_append_new(answers, message);
    json_object_set_new(batch, "left", json_integer(left));
    if (left == 0)
        send_message(answers);
}

static void refuse(const json_t *request, int code, const char *text)
{
    answer(request, "error", json_pack("{s:i, s:s}", "code", code, "message", text));
}

/* Where no request can be told. */
static void refuse_line(int code, const char *text)
{
    json_t *nobody = json_pack("{s:n}", "id");

    refuse(nobody, code, text);
    json_decref(nobody);
}

/* ---- requests that need no daemon ----------------------------------------------------------- */

static void initialize(struct mcp *mcp, const json_t *request)
{
    const char *wanted = ctl_text_of(json_object_get(request, "params"), "protocolVersion");

    if (mcp->version || !*wanted) {
        refuse(request, MCP_INVALID_REQUEST,
               mcp->version ? "initialize came before" : "initialize: expected protocolVersion");
        return;
    }
    mcp->version = versions[0];
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
        if (!strcmp(versions[i], wanted))
            mcp->version = versions[i];
    answer(request, "result",
           json_pack("{s:s, s:{s:{}}, s:{s:s, s:s}, s:s}", "protocolVersion", mcp->version,
                     "capabilities", "tools", "serverInfo", "name", "xe360d", "version",
                     PACKAGE_VERSION, "instructions", instructions));
}

static void list_tools(const json_t *request)
{
    if (json_object_get(json_object_get(request, "params"), "cursor"))
        refuse(request, MCP_INVALID_PARAMS, "there is one page of tools: no cursor was given out");
    else
        answer(request, "result", json_pack("{s:o}", "tools", ctl_mcp_tools()));
}

static void call_tool(struct mcp *mcp, json_t *request)
{
    char wrong[300];

    if (!ctl_mcp_check(request, wrong, sizeof(wrong)))
        refuse(request, MCP_INVALID_PARAMS, wrong);
    else if (json_array_size(mcp->waiting) >= WAITING_MAX)
        refuse(request, MCP_BUSY, "too many calls are waiting");
    else
        json_array_append(mcp->waiting, request);
}

static void take_request(struct mcp *mcp, json_t *request, const char *method)
{
    char text[200];

    if (!strcmp(method, "ping"))
        answer(request, "result", json_object());
    else if (!strcmp(method, "initialize"))
        initialize(mcp, request);
    else if (!strcmp(method, "tools/list") && mcp->version)
        list_tools(request);
    else if (!strcmp(method, "tools/call") && mcp->version)
        call_tool(mcp, request);
    else if (!strcmp(method, "tools/list") || !strcmp(method, "tools/call"))
        refuse(request, MCP_INVALID_REQUEST, "initialize comes first");
    else {
        snprintf(text, sizeof(text), "there is no method '%.100s'", method);
        refuse(request, MCP_UNKNOWN_METHOD, text);
    }
}

/* ---- notifications -------------------------------------------------------------------------- */

/* One of a batch that nobody waits for any more still counts for it. */
static void forget(const json_t *request)
{
    json_t *batch = json_object_get(request, MCP_BATCH);
    json_int_t left = json_integer_value(json_object_get(batch, "left")) - 1;

    if (!batch)
        return;
    json_object_set_new(batch, "left", json_integer(left));
    if (left == 0 && json_array_size(json_object_get(batch, "answers")))
        send_message(json_object_get(batch, "answers"));
}

/* A call that is under way is ended, one that waits is forgotten; neither is answered. */
static void cancel(struct mcp *mcp, const json_t *id)
{
    const json_t *request;
    size_t i;

    if (id && mcp->current && json_equal(json_object_get(mcp->current, "id"), id))
        mcp->cancelled = true;
    json_array_foreach(mcp->waiting, i, request)
    {
        if (id && json_equal(json_object_get(request, "id"), id)) {
            forget(request);
            json_array_remove(mcp->waiting, i);
            return;
        }
    }
}

/* ---- in ------------------------------------------------------------------------------------- */

/* batch: owned by those of its requests that wait; NULL: it came alone. */
static void take_message(struct mcp *mcp, json_t *message, json_t *batch)
{
    const json_t *id = json_object_get(message, "id");
    const char *method = json_string_value(json_object_get(message, "method"));
    bool named = json_is_string(id) || json_is_integer(id);

    json_object_del(message, MCP_BATCH); /* a line may have anything */
    if (batch)
        json_object_set(message, MCP_BATCH, batch);
    if (!json_is_object(message) || strcmp(ctl_text_of(message, "jsonrpc"), "2.0") != 0 ||
        (method && id && !named))
        refuse_line(MCP_INVALID_REQUEST, "expected a request or notification of JSON-RPC 2.0");
    else if (method && id)
        take_request(mcp, message, method);
    else if (method && !strcmp(method, "notifications/cancelled"))
        cancel(mcp, json_object_get(json_object_get(message, "params"), "requestId"));
    else if (!method && !named)
        refuse_line(MCP_INVALID_REQUEST, "expected a request or notification of JSON-RPC 2.0");
}

static json_int_t requests_in(const json_t *list)
{
    json_int_t count = 0;
    const json_t *message;
    size_t i;

    json_array_foreach(list, i, message) count +=
        json_object_get(message, "method") && json_object_get(message, "id");
    return count;
}

static void take_batch(struct mcp *mcp, json_t *list)
{
    json_t *batch, *message;
    size_t i;

    if (!mcp->version || strcmp(mcp->version, BATCHES) != 0 || !json_array_size(list)) {
        refuse_line(MCP_INVALID_REQUEST,
                    "batches are of protocol " BATCHES " alone, and not empty");
        return;
    }
    batch = json_pack("{s:I, s:[]}", "left", requests_in(list), "answers");
    json_array_foreach(list, i, message) take_message(mcp, message, batch);
    json_decref(batch);
}

static void take_line(struct mcp *mcp, const char *text, size_t size)
{
    json_error_t where;
    json_t *message;
    char wrong[300];

    if (strspn(text, " \t\r") >= size)
        return;
    message = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (!message) {
        snprintf(wrong, sizeof(wrong), "no JSON: %.200s", where.text);
        refuse_line(MCP_PARSE, wrong);
    } else if (json_is_array(message)) {
        take_batch(mcp, message);
    } else {
        take_message(mcp, message, NULL);
    }
    json_decref(message);
}

/* A line has ended, or the input. */
static void end_line(struct mcp *mcp)
{
    mcp->line[mcp->used] = '\0';
    if (!mcp->skipping && mcp->used)
        take_line(mcp, mcp->line, mcp->used);
    mcp->skipping = false;
    mcp->used = 0;
}

static void take_bytes(struct mcp *mcp, const char *bytes, size_t size)
{
    for (size_t part; size; bytes += part, size -= part) {
        const char *end = memchr(bytes, '\n', size);
        size_t length = end ? (size_t)(end - bytes) : size;

        part = length + (end != NULL);
        if (!mcp->skipping && length > LINE_MAX_BYTES - mcp->used) {
            mcp->skipping = true;
            refuse_line(MCP_INVALID_REQUEST, "a line has at most 4 MiB");
        }
        if (!mcp->skipping) {
            memcpy(mcp->line + mcp->used, bytes, length);
            mcp->used += length;
        }
        if (end)
            end_line(mcp);
    }
}

static bool look(struct ctl_attention *attention)
{
    struct mcp *mcp = (struct mcp *)attention;
    char bytes[65536];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

    if (n < 0 && errno == EINTR)
        return false;
    if (n > 0) {
        take_bytes(mcp, bytes, (size_t)n);
    } else {
        end_line(mcp);
        mcp->eof = true;
        mcp->attention.fd = -1;
    }
    return mcp->cancelled;
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void do_next(struct mcp *mcp)
{
    json_t *request = json_incref(json_array_get(mcp->waiting, 0)), *result;

    json_array_remove(mcp->waiting, 0);
    mcp->current = request;
    mcp->cancelled = false;
    result = ctl_mcp_call(mcp->ctl, request);
    if (mcp->cancelled) {
        forget(request);
        json_decref(result);
    } else {
        answer(request, "result", result);
    }
    mcp->current = NULL;
    json_decref(request);
}

/* What waits when the input ends is still answered. */
static void serve(struct mcp *mcp)
{
    struct pollfd at[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                          {.fd = ctl_signal_fd(), .events = POLLIN}};

    while (!ctl_caught_signal()) {
        if (json_array_size(mcp->waiting))
            do_next(mcp);
        else if (mcp->eof)
            break;
        else if (poll(at, 2, -1) > 0 && at[0].revents)
            look(&mcp->attention);
    }
}

int ctl_cmd_mcp(struct ctl *ctl)
{
    struct mcp mcp = {.attention = {STDIN_FILENO, look}, .ctl = ctl, .waiting = json_array()};

    mcp.line = malloc(LINE_MAX_BYTES + 1);
    if (!mcp.line || !mcp.waiting) {
        ctl_fail("no memory");
        free(mcp.line);
        json_decref(mcp.waiting);
        return CTL_HARNESS;
    }
    ctl->o.raw = true; /* it is JSON */
    ctl->attention = &mcp.attention;
    ctl_keep_errors();
    ctl_progress_quiet();
    ctl_listen(true);
    serve(&mcp);
    ctl_listen(false);
    ctl->attention = NULL;
    json_decref(mcp.waiting);
    free(mcp.line);
    return ctl_caught_signal() ? CTL_CANCELLED : CTL_OK;
}
