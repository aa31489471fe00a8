/* See stage.h. */
#include "oracle/stage.h"

#include <criterion/criterion.h>

#define SPAN       10000 /* 100 ns: one millisecond, the shortest period of a timer */
#define DUPLICATES 64    /* handles from here on, by their place in the table       */

/* ---- objects --------------------------------------------------------------------------------- */

static const struct xe_object_type *type_of(uint8_t kind)
{
    switch (kind) {
    case ORACLE_SEMAPHORE:
        return &xe_object_semaphore_type;
    case ORACLE_MUTANT:
        return &xe_object_mutant_type;
    case ORACLE_TIMER_AUTO:
    case ORACLE_TIMER_MANUAL:
        return &xe_object_timer_type;
    case ORACLE_QUEUE:
        return &xe_object_queue_type;
    default:
        return &xe_object_event_type;
    }
}

static void fill(struct xe_kernel *kernel, xe_gva at, const struct oracle_object *is)
{
    static const uint8_t types[] = {
        [ORACLE_EVENT_AUTO] = XE_X_EVENT_AUTO, [ORACLE_EVENT_MANUAL] = XE_X_EVENT_MANUAL,
        [ORACLE_SEMAPHORE] = XE_X_SEMAPHORE,   [ORACLE_MUTANT] = XE_X_MUTANT,
        [ORACLE_TIMER_AUTO] = XE_X_TIMER_AUTO, [ORACLE_TIMER_MANUAL] = XE_X_TIMER_MANUAL,
        [ORACLE_QUEUE] = XE_X_QUEUE,
    };

    xe_kernel_header_init(kernel, at, types[is->kind], is->kind == ORACLE_MUTANT);
    if (is->kind == ORACLE_SEMAPHORE)
        xe_mem_set_u32(kernel->mem, at + XE_X_SEMAPHORE_LIMIT, is->limit);
    if (is->kind == ORACLE_QUEUE)
        xe__kernel_queue_init_body(kernel, at, is->limit);
}

static struct xe_object *make_pointer(struct stage *stage, const struct oracle_object *is)
{
    struct xe_kernel *kernel = stage->bench.kernel;
    xe_gva at = xe_kernel_pool_alloc(kernel, 0x40);

    cr_assert(at);
    fill(kernel, at, is);
    return xe_kernel_object_initialize(kernel, at, type_of(is->kind));
}

static struct xe_object *make(struct stage *stage, const struct oracle_object *is)
{
    struct xe_kernel *kernel = stage->bench.kernel;

    switch (is->kind) {
    case ORACLE_SEMAPHORE:
        return xe_kernel_semaphore_create(kernel, 0, is->limit);
    case ORACLE_MUTANT:
        return xe_kernel_mutant_create(kernel, NULL);
    case ORACLE_TIMER_AUTO:
    case ORACLE_TIMER_MANUAL:
        return xe_kernel_ktimer_create(kernel, is->kind == ORACLE_TIMER_MANUAL);
    default:
        return xe_kernel_event_create(kernel, is->kind == ORACLE_EVENT_MANUAL, false);
    }
}

static void open_handle(struct stage *stage, uint32_t at, uint32_t identity)
{
    uint32_t handle = xe_kernel_handle_open(stage->object[at]);

    cr_assert(handle);
    stage->key[identity] = handle;
    stage->handle[at][stage->names[at]++] = handle;
}

static void create(struct stage *stage, uint32_t at, const struct oracle_object *is)
{
    struct xe_kernel *kernel = stage->bench.kernel;

    stage->names[at] = 0;
    if (is->pointer) {
        stage->object[at] = make_pointer(stage, is);
        stage->key[is->identity] = stage->address[at] = stage->object[at]->header;
    } else {
        stage->object[at] = make(stage, is);
        if (stage->number[at]) /* the number that the last one had */
            kernel->handle_next = (stage->number[at] - XE_HANDLE_FIRST) / 4;
        open_handle(stage, at, is->identity);
        stage->number[at] = stage->handle[at][0];
        xe_kernel_object_unref(stage->object[at]);
    }
    stage->identity[is->identity] = stage->object[at]->id;
}

void stage_begin(struct stage *stage, const struct oracle *model)
{
    *stage = (struct stage){0};
    bench_init(&stage->bench, NULL);
    for (uint32_t i = 0; i < model->threads; i++) {
        uint32_t at = ORACLE_CAST + i;

        stage->thread[i] = bench_thread(&stage->bench, i);
        stage->object[at] = stage->thread[i]->object;
        stage->identity[model->object[at].identity] = stage->object[at]->id;
        open_handle(stage, at, model->object[at].identity);
    }
    for (uint32_t i = 0; i < ORACLE_CAST; i++)
        if (model->object[i].kind) {
            stage->bench.kernel->cycle = model->notes->born[model->object[i].identity];
            create(stage, i, &model->object[i]);
        }
    stage->bench.kernel->cycle = model->cycle;
}

void stage_end(struct stage *stage)
{
    bench_nobody(&stage->bench);
    bench_fini(&stage->bench);
}

static uint32_t key_of(const struct stage *stage, uint32_t at)
{
    return stage->names[at] ? stage->handle[at][0] : 0;
}

/* ---- moves ----------------------------------------------------------------------------------- */

static void insert(struct stage *stage, struct xe_object *queue)
{
    struct xe_mem *mem = stage->bench.mem;
    xe_gva entry = xe_kernel_pool_alloc(stage->bench.kernel, 8);
    xe_gva head = queue->header + XE_X_QUEUE_LIST, last = xe_mem_u32(mem, head + 4);

    xe_mem_set_u32(mem, entry, head);
    xe_mem_set_u32(mem, entry + 4, last);
    xe_mem_set_u32(mem, last, entry);
    xe_mem_set_u32(mem, head + 4, entry);
    xe_kernel_signal(queue, &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL,
                                                .state = xe_kernel_header_state(queue) + 1});
}

static void play_signal(struct stage *stage, const struct oracle_move *move)
{
    struct xe_object *object = stage->object[move->object];
    uint32_t key = key_of(stage, move->object);
    int32_t previous;

    switch (move->verb) {
    case ORACLE_SET:
        xe_kernel_event_set(object, key);
        break;
    case ORACLE_RESET:
        xe_kernel_event_reset(object, key);
        break;
    case ORACLE_PULSE:
        xe_kernel_event_pulse_by(object, key, 0);
        break;
    case ORACLE_RELEASE:
        xe_kernel_semaphore_release(object, key, 1, &previous);
        break;
    case ORACLE_OVERFLOW:
        xe_kernel_semaphore_release(object, key, INT32_MAX, &previous);
        break;
    case ORACLE_UNLOCK:
        xe_kernel_mutant_release(object, key, stage->thread[move->actor], false, &previous);
        break;
    case ORACLE_CANCEL:
        xe_kernel_ktimer_cancel(object);
        break;
    case ORACLE_INSERT:
        insert(stage, object);
        break;
    default:
        xe_kernel_ktimer_set(
            object, &(struct xe_ktimer_request){
                        .due = -SPAN, .period_ms = move->verb == ORACLE_ARM_PERIODIC, .key = key});
    }
}

static void play_wait(struct stage *stage, const struct oracle_move *move)
{
    bool two = move->verb == ORACLE_WAIT_ANY || move->verb == ORACLE_WAIT_ALL;
    struct xe_thread *thread = stage->thread[move->actor];
    struct xe_wait_request request = {
        .count = 1 + two,
        .object = {stage->object[move->object], two ? stage->object[move->other] : NULL},
        .key = {key_of(stage, move->object), two ? key_of(stage, move->other) : 0},
        .all = move->verb == ORACLE_WAIT_ALL,
        .alertable = move->verb == ORACLE_WAIT_ALERTABLE,
        .user_mode = true,
        .timeout = move->verb == ORACLE_WAIT_TIMED ? -SPAN
                   : move->verb == ORACLE_POLL     ? 0
                                                   : XE_WAIT_FOREVER,
        .park = move->verb == ORACLE_BLIND ? XE_AUDIT_PARK_CRITICAL_SECTION : XE_AUDIT_PARK_WAIT,
        .end = move->verb == ORACLE_REMOVE ? XE_WAIT_END_ENTRY : XE_WAIT_END_STATUS,
    };

    if (move->verb == ORACLE_SLEEP) {
        xe_kernel_wait_delay(thread, -SPAN, false, true);
        return;
    }
    if (move->verb == ORACLE_REMOVE)
        xe__kernel_queue_serve(thread, request.object[0]);
    xe_kernel_wait(thread, &request);
}

static void play_thread(struct stage *stage, const struct oracle_move *move)
{
    struct xe_thread *target = stage->thread[move->object];
    uint32_t status;

    switch (move->verb) {
    case ORACLE_EXIT:
        xe_kernel_thread_exit(stage->thread[move->actor], 0);
        break;
    case ORACLE_SUSPEND:
        xe_kernel_thread_suspend(target, &status);
        break;
    case ORACLE_RESUME:
        xe_kernel_thread_resume(target);
        break;
    default:
        cr_assert_eq(xe_kernel_apc_queue_user(target, PROGRAM_BASE, 0, 0, 0), XE_STATUS_SUCCESS);
    }
}

static void close_oldest(struct stage *stage, uint32_t at)
{
    cr_assert_eq(xe_kernel_handle_close(stage->bench.kernel, stage->handle[at][0]),
                 XE_STATUS_SUCCESS);
    stage->handle[at][0] = stage->handle[at][1];
    stage->names[at]--;
}

static void play_name(struct stage *stage, const struct oracle_move *move,
                      const struct oracle_object *after)
{
    struct xe_object *object = stage->object[move->object];
    struct xe_kernel *kernel = stage->bench.kernel;

    switch (move->verb) {
    case ORACLE_CLOSE:
        close_oldest(stage, move->object);
        break;
    case ORACLE_DUPLICATE:
        kernel->handle_next = DUPLICATES; /* no place's own number */
        open_handle(stage, move->object, after->identity);
        break;
    case ORACLE_CREATE:
        create(stage, move->object, after);
        break;
    case ORACLE_INITIALIZE:
        fill(kernel, object->header, after);
        object = xe_kernel_object_initialize(kernel, object->header, type_of(after->kind));
        stage->object[move->object] = object;
        stage->identity[after->identity] = object->id;
        stage->key[after->identity] = object->header;
        break;
    default:
        xe_mem_set_u32(kernel->mem, object->header + XE_X_HEADER_STATE, move->verb == ORACLE_STORE);
    }
}

static void finish_calls(struct stage *stage, uint32_t threads)
{
    for (uint32_t i = 0; i < threads; i++)
        while (stage->thread[i]->calls)
            xe__kernel_guest_call_returned(stage->thread[i]);
}

/* Let guest routines that were started return, and threads go on with waits that were interrupted,
 * which may start some. */
static void finish_apcs(struct stage *stage, uint32_t threads)
{
    finish_calls(stage, threads);
    bench_nobody(&stage->bench);
    for (uint32_t i = 0; i < threads; i++)
        xe__kernel_sched_pick(stage->bench.kernel, i);
    finish_calls(stage, threads);
}

static void play_call(struct stage *stage, const struct oracle_move *move,
                      const struct oracle *after)
{
    if (move->verb == ORACLE_STALE)
        xe_kernel_signal_failed(stage->bench.kernel, NULL, stage->number[move->object],
                                XE_AUDIT_OP_SIGNAL, XE_STATUS_INVALID_HANDLE);
    else if (move->verb < ORACLE_WAIT || move->verb == ORACLE_OVERFLOW)
        play_signal(stage, move);
    else if (move->verb <= ORACLE_SLEEP || move->verb == ORACLE_BLIND)
        play_wait(stage, move);
    else if (move->verb <= ORACLE_APC)
        play_thread(stage, move);
    else
        play_name(stage, move, &after->object[move->object]);
}

/* As an export that the actor calls. */
static void act(struct stage *stage, const struct oracle_move *move, const struct oracle *after)
{
    static const struct xe_hle row = {.name = "NtSetEvent"};
    struct xe_thread *thread = stage->thread[move->actor];
    struct xe_call call = {.kernel = stage->bench.kernel, .mem = stage->bench.mem, .row = &row};

    bench_as(&stage->bench, thread);
    call.cpu = &thread->cpu;
    call.thread = thread;
    xe_kernel_call_begin(call.kernel, &call);
    play_call(stage, move, after);
    xe_kernel_call_end(call.kernel, &call);
    finish_apcs(stage, after->threads);
    bench_nobody(&stage->bench);
}

void stage_play(struct stage *stage, const struct oracle_move *move, const struct oracle *after)
{
    uint32_t key;

    switch (move->verb) {
    case ORACLE_PASS:
        bench_pass(&stage->bench, SPAN);
        break;
    case ORACLE_DEAF:
    case ORACLE_LISTEN:
        xe_audit_enable(stage->bench.audit, move->verb == ORACLE_LISTEN,
                        xe_kernel_cycle(stage->bench.kernel));
        break;
    case ORACLE_FOCUS:
        key = stage->number[move->object];
        key = key ? key : stage->address[move->object];
        cr_assert(xe_audit_focus_add(stage->bench.audit, &key, 1, NULL));
        break;
    default:
        act(stage, move, after);
    }
}

/* ---- comparing ------------------------------------------------------------------------------- */

static const char *object_differs(const struct stage *stage, const struct oracle *model,
                                  uint32_t at)
{
    const struct oracle_object *is = &model->object[at];
    const struct xe_object *object = stage->object[at];
    uint32_t n = 0;

    if (xe_kernel_header_state(object) != is->state)
        return "signal state";
    if (object->id != stage->identity[is->identity])
        return "identity";
    for (const struct xe_wait_link *link = object->first_waiter; link; link = link->next, n++)
        if (n >= is->waiting || link->thread != stage->thread[is->line[n]])
            return "who waits, in which order";
    return n == is->waiting ? NULL : "how many wait";
}

static const char *thread_differs(const struct stage *stage, const struct oracle *model,
                                  uint32_t at)
{
    const struct oracle_thread *is = &model->thread[at];
    const struct xe_thread *thread = stage->thread[at];

    if ((thread->state == XE_THREAD_TERMINATED) != is->ended)
        return "who has ended";
    if (is->ended)
        return NULL;
    if (thread->wait.parked != (is->parked && !is->suspended) ||
        thread->wait.held != (is->parked && is->suspended) ||
        thread->suspend_count != is->suspended)
        return "who is parked or suspended";
    if (is->parked && thread->wait.count != is->wanted)
        return "what is waited for";
    for (uint32_t i = 0; is->parked && i < is->wanted; i++)
        if (thread->wait.link[i].object_id != stage->identity[is->identity[i]])
            return "what is waited for";
    if (!is->parked && is->result != ORACLE_WAITS && is->queue == ORACLE_NOBODY &&
        bench_result(thread) != is->result)
        return "the result of a wait";
    return thread->apcs[XE_APC_USER].count == is->apcs ? NULL : "queued APCs";
}

const char *stage_differs(const struct stage *stage, const struct oracle *model)
{
    const char *wrong = NULL;

    for (uint32_t i = 0; i < ORACLE_FIRST_LOST && !wrong; i++)
        if (oracle_is_there(&model->object[i]))
            wrong = object_differs(stage, model, i);
    for (uint32_t i = 0; i < model->threads && !wrong; i++)
        wrong = thread_differs(stage, model, i);
    return wrong;
}
