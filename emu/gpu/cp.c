/* The command processor: where it reads, when, and how far it has come.
 *
 * It reads from the ring, or from the innermost of the indirect buffers it is in. A packet is
 * carried out only when all of it is there, at the moment that the chip's clock says; one that
 * waits is not taken, and tried again later. Looking happens on a grid in time, so that the CPU is
 * not interrupted for each packet: what a packet does shows at most that much later than it was
 * done. */
#include "gpu/gpu_internal.h"

#define LOG_CATEGORY "gpu"

#define GRID     100u /* 10 us */
#define POLL_MAX 800u /* 80 us: between two looks at what a packet waits for */
#define STEP_NS  20u  /* host's time for a packet, by estimate */

enum step { STEP_ON, STEP_IDLE, STEP_WAITS, STEP_HALTED };

/* ---- words ---------------------------------------------------------------------------------- */

static const char *const doings[XE_GPU_DOINGS] = {XE_GPU_DOING_WORDS};
static const struct {
    const char *word, *text;
} halts[XE_GPU_HALTS] = {
    {"none", ""},
#define HALT(name, word, text) {word, text},
#include "xe/gpu_halts.def"
#undef HALT
};

const char *xe_gpu_doing_name(enum xe_gpu_doing doing)
{
    return doing < XE_GPU_DOINGS ? doings[doing] : "?";
}

const char *xe_gpu_halt_name(enum xe_gpu_halt halt)
{
    return halt < XE_GPU_HALTS ? halts[halt].word : "?";
}

const char *xe_gpu_halt_text(enum xe_gpu_halt halt)
{
    return halt < XE_GPU_HALTS ? halts[halt].text : "?";
}

/* ---- the ring ------------------------------------------------------------------------------- */

/* 0: there is none, or its size is none. */
uint32_t xe__gpu_ring_words(const struct xe_gpu *gpu)
{
    uint32_t log2 = gpu->reg[XE__REG_CP_RB_CNTL] & 63;

    return log2 && log2 <= XE__GPU_RING_LOG2 ? 2u << log2 : 0;
}

static uint32_t write_index(const struct xe_gpu *gpu, uint32_t words)
{
    return gpu->reg[XE__REG_CP_RB_WPTR] & (words - 1);
}

/* Words that were published and not taken yet. */
uint32_t xe__gpu_published(const struct xe_gpu *gpu)
{
    uint32_t words = xe__gpu_ring_words(gpu);

    return words ? (write_index(gpu, words) - gpu->fetch) & (words - 1) : 0;
}

/* Empty, with the pointers where CP_RB_RPTR_WR says. */
void xe__gpu_ring_reset(struct xe_gpu *gpu)
{
    uint32_t words = xe__gpu_ring_words(gpu);
    bool was_active = gpu->active;

    gpu->fetch = words ? gpu->reg[XE__REG_CP_RB_RPTR_WR] & (words - 1) : 0;
    gpu->done = gpu->posted = gpu->reach = gpu->fetch;
    gpu->reg[XE__REG_CP_RB_RPTR] = gpu->reg[XE__REG_CP_RB_WPTR] = gpu->fetch;
    gpu->depth = 0;
    gpu->halt = XE_GPU_GOES;
    gpu->waiting = gpu->active = false;
    gpu->due = UINT64_MAX;
    if (was_active)
        gpu->host.ends(gpu->host.ctx, false);
    gpu->host.due_changed(gpu->host.ctx);
}

/* Show how far it is: nothing that is not entirely done. */
static void post(struct xe_gpu *gpu)
{
    gpu->reg[XE__REG_CP_RB_RPTR] = gpu->done;
    if (gpu->posted == gpu->done)
        return;
    gpu->posted = gpu->done;
    if (!(gpu->reg[XE__REG_CP_RB_CNTL] & XE__RPTR_NO_UPDATE) && gpu->reg[XE__REG_CP_RB_RPTR_ADDR])
        xe__gpu_store(gpu, gpu->reg[XE__REG_CP_RB_RPTR_ADDR], gpu->done);
}

/* ---- where it reads ------------------------------------------------------------------------- */

static uint32_t readable(const struct xe_gpu *gpu)
{
    return gpu->depth ? gpu->buffer[gpu->depth - 1].left : xe__gpu_published(gpu);
}

static xe_gpa place(const struct xe_gpu *gpu)
{
    return gpu->depth ? gpu->buffer[gpu->depth - 1].at
                      : gpu->reg[XE__REG_CP_RB_BASE] + 4 * gpu->fetch;
}

bool xe__gpu_ring_look(const struct xe_gpu *gpu, uint32_t index, uint32_t n, uint32_t *ret)
{
    xe_gpa base = gpu->reg[XE__REG_CP_RB_BASE];
    uint32_t first = xe__gpu_ring_words(gpu) - index;

    if (n <= first)
        return xe__gpu_words(gpu, base + 4 * index, n, ret);
    return xe__gpu_words(gpu, base + 4 * index, first, ret) &&
           xe__gpu_words(gpu, base, n - first, ret + first);
}

/* The next n words, of those that are readable. */
static bool look(const struct xe_gpu *gpu, uint32_t n, uint32_t *ret)
{
    return gpu->depth ? xe__gpu_words(gpu, place(gpu), n, ret)
                      : xe__gpu_ring_look(gpu, gpu->fetch, n, ret);
}

/* As much as lies there in one piece and one page: asking for each command anew is half of the
 * work. */
static bool open_window(struct xe_gpu *gpu, xe_gpa at, uint32_t n)
{
    uint32_t words = readable(gpu), page = (XE_MEM_PAGE - at % XE_MEM_PAGE) / 4;
    uint32_t end = gpu->depth ? UINT32_MAX : xe__gpu_ring_words(gpu) - gpu->fetch;

    words = words < end ? words : end;
    words = words < page ? words : page;
    if (words < n)
        return false;
    gpu->window = xe__gpu_view(gpu, at, words);
    gpu->window_at = at;
    gpu->window_words = gpu->window ? words : 0;
    return gpu->window;
}

/* The next n words where they lie, if that is in one piece. */
static inline const uint8_t *next_words(struct xe_gpu *gpu, uint32_t n)
{
    xe_gpa at = place(gpu);
    uint32_t first = (at - gpu->window_at) / 4;

    if (at < gpu->window_at || first >= gpu->window_words || n > gpu->window_words - first) {
        if (!open_window(gpu, at, n))
            return NULL;
        first = 0;
    }
    return gpu->window + 4 * (size_t)first;
}

/* The same as look, for who goes through them one after the other. */
static inline bool look_on(struct xe_gpu *gpu, uint32_t n, uint32_t *ret)
{
    const uint8_t *p = next_words(gpu, n);

    if (!p)
        return look(gpu, n, ret);
    xe__gpu_load_words(ret, p, n);
    return true;
}

static void take(struct xe_gpu *gpu, uint32_t n)
{
    struct xe__gpu_span *span = gpu->depth ? &gpu->buffer[gpu->depth - 1] : NULL;

    if (span) {
        span->at += 4 * n;
        span->left -= n;
    } else {
        gpu->fetch = (gpu->fetch + n) & (xe__gpu_ring_words(gpu) - 1);
        gpu->reach = gpu->fetch < n            ? xe__gpu_ring_words(gpu)
                     : gpu->fetch > gpu->reach ? gpu->fetch
                                               : gpu->reach;
    }
}

bool xe__gpu_leave_out(struct xe_gpu *gpu, uint32_t words)
{
    if (words > readable(gpu))
        return false;
    take(gpu, words);
    return true;
}

static void untake(struct xe_gpu *gpu, uint32_t n)
{
    struct xe__gpu_span *span = gpu->depth ? &gpu->buffer[gpu->depth - 1] : NULL;

    if (span) {
        span->at -= 4 * n;
        span->left += n;
    } else {
        gpu->fetch = (gpu->fetch - n) & (xe__gpu_ring_words(gpu) - 1);
    }
}

bool xe__gpu_call(struct xe_gpu *gpu, xe_gpa at, uint32_t words)
{
    if (gpu->depth == XE_GPU_DEPTH)
        return false;
    gpu->buffer[gpu->depth++] = (struct xe__gpu_span){at & (XE_MEM_PHYS_SIZE - 1) & ~3u, words};
    return true;
}

/* Out of buffers that were read to their ends. */
static void leave(struct xe_gpu *gpu)
{
    while (gpu->depth && !gpu->buffer[gpu->depth - 1].left)
        gpu->depth--;
    if (!gpu->depth)
        gpu->done = gpu->fetch;
}

uint32_t xe__gpu_length(uint32_t header)
{
    switch (header >> 30) {
    case 1:
        return 3;
    case 2:
        return 1;
    default:
        return header ? (header >> 16 & 0x3FFF) + 2 : 1;
    }
}

/* ---- complaints ----------------------------------------------------------------------------- */

void xe__gpu_halt(struct xe_gpu *gpu, enum xe_gpu_halt why)
{
    gpu->halt = why;
    gpu->halt_at = place(gpu);
    xe_log_write(gpu->log, XE_LOG_GUEST, LOG_CATEGORY,
                 "the command processor halts at physical 0x%08x: %s", gpu->halt_at,
                 xe_gpu_halt_text(why));
}

void xe__gpu_complain(struct xe_gpu *gpu, enum xe__gpu_complaint what, uint32_t detail)
{
    static const struct {
        enum xe_log_level level;
        const char *text;
    } rows[XE__GPU_COMPLAINTS] = {
        [XE__GPU_ZERO] = {XE_LOG_GUEST, "words of zero where commands should be are skipped"},
        [XE__GPU_SHORT] = {XE_LOG_GUEST, "a command has too few words and is skipped"},
        [XE__GPU_UNKNOWN] = {XE_LOG_GUEST, "there is no such command; it is skipped"},
        [XE__GPU_UNSEEN] = {XE_LOG_STUB, "this command is not carried out"},
        [XE__GPU_NO_STORE] = {XE_LOG_GUEST, "a value is stored where no memory is"},
        [XE__GPU_NO_REGISTER] = {XE_LOG_GUEST, "a register is set that is not there"},
        [XE__GPU_TESSELLATES] = {XE_LOG_STUB, "patches are not divided so: the draw is left out"},
    };

    if (gpu->complained >> what & 1)
        return;
    gpu->complained |= 1u << what;
    xe_log_write(gpu->log, rows[what].level, LOG_CATEGORY, "%s (0x%08x; told once)",
                 rows[what].text, detail);
}

/* ---- packets -------------------------------------------------------------------------------- */

static void set_run(struct xe_gpu *gpu, uint32_t header, const uint32_t *word, uint32_t n)
{
    uint32_t first = header & 0x7FFF, same = header >> 15 & 1;

    if (!same)
        xe__gpu_set_run(gpu, first, word, n);
    for (uint32_t i = 0; same && i < n; i++)
        xe__gpu_set(gpu, first, word[i]);
}

static bool predicate_holds(const struct xe_gpu *gpu)
{
    const uint32_t *reg = gpu->reg;

    return reg[XE__REG_BIN_MASK_LO] & reg[XE__REG_BIN_SELECT_LO] ||
           reg[XE__REG_BIN_MASK_HI] & reg[XE__REG_BIN_SELECT_HI];
}

static enum xe__gpu_next command(struct xe_gpu *gpu, uint32_t header, const uint32_t *word,
                                 uint32_t n)
{
    uint32_t opcode = header >> 8 & 0x7F;
    const struct xe__gpu_row *row = &xe__gpu_rows[opcode];
    enum xe__gpu_next next;

    if (header & 1 && !predicate_holds(gpu)) {
        gpu->counters.predicated++;
        return XE__GPU_NEXT;
    }
    if (!row->name || n < row->least) {
        gpu->counters.malformed++;
        xe__gpu_complain(gpu, row->name ? XE__GPU_SHORT : XE__GPU_UNKNOWN, header);
        return XE__GPU_NEXT;
    }
    next = row->handler(gpu, opcode, word, n);
    if (next == XE__GPU_NEXT) {
        gpu->counters.opcodes[opcode]++;
        gpu->clock += row->clocks;
    }
    return next;
}

static enum xe__gpu_next carry_out(struct xe_gpu *gpu, const uint32_t *packet, uint32_t n)
{
    uint32_t header = packet[0];

    switch (header >> 30) {
    case 0:
        if (n == 1)
            xe__gpu_complain(gpu, XE__GPU_ZERO, place(gpu) - 4);
        set_run(gpu, header, packet + 1, n - 1);
        return XE__GPU_NEXT;
    case 1:
        xe__gpu_set(gpu, header & 0x7FF, packet[1]);
        xe__gpu_set(gpu, header >> 11 & 0x7FF, packet[2]);
        return XE__GPU_NEXT;
    case 2:
        return XE__GPU_NEXT;
    default:
        return command(gpu, header, packet + 1, n - 1);
    }
}

static void count(struct xe_gpu *gpu, uint32_t header, uint32_t n)
{
    gpu->counters.packets[header >> 30]++;
    gpu->counters.words += n;
    gpu->clock += n;
    gpu->waiting = false;
    gpu->poll = 0;
}

static enum step halted(struct xe_gpu *gpu, enum xe_gpu_halt why)
{
    xe__gpu_halt(gpu, why);
    return STEP_HALTED;
}

/* Is the next packet there? Its length, or 0 with what to do instead. */
static uint32_t next_length(struct xe_gpu *gpu, enum step *ret)
{
    uint32_t there = readable(gpu), n;

    *ret = STEP_IDLE;
    if (!there)
        return 0;
    if (!look_on(gpu, 1, gpu->packet)) {
        *ret = halted(gpu, XE_GPU_HALT_UNMAPPED);
        return 0;
    }
    n = xe__gpu_length(gpu->packet[0]);
    if (n <= there)
        return n;
    if (gpu->depth)
        *ret = halted(gpu, XE_GPU_HALT_PAST_END);
    else if (n >= xe__gpu_ring_words(gpu))
        *ret = halted(gpu, XE_GPU_HALT_TOO_LONG);
    return 0;
}

/* What it needs is there in part. Nothing comes behind the end of a buffer, and a ring that is full
 * gets no more. */
static enum step lacks_more(struct xe_gpu *gpu)
{
    if (gpu->depth)
        return halted(gpu, XE_GPU_HALT_PAST_END);
    if (readable(gpu) + 1 == xe__gpu_ring_words(gpu))
        return halted(gpu, XE_GPU_HALT_TOO_LONG);
    return STEP_IDLE;
}

static enum step step(struct xe_gpu *gpu)
{
    enum step otherwise;
    enum xe__gpu_next next;
    uint32_t n = next_length(gpu, &otherwise);

    if (!n)
        return otherwise;
    if (!look_on(gpu, n, gpu->packet))
        return halted(gpu, XE_GPU_HALT_UNMAPPED);
    take(gpu, n);
    next = carry_out(gpu, gpu->packet, n);
    if (next != XE__GPU_NEXT) {
        untake(gpu, n);
        return next == XE__GPU_AGAIN ? STEP_WAITS : lacks_more(gpu);
    }
    if (gpu->halt != XE_GPU_GOES)
        return STEP_HALTED;
    count(gpu, gpu->packet[0], n);
    leave(gpu);
    return STEP_ON;
}

uint32_t xe__gpu_peek(const struct xe_gpu *gpu, uint32_t *ret, uint32_t max)
{
    uint32_t there = readable(gpu), n;

    if (!there || !look(gpu, 1, ret))
        return 0;
    n = xe__gpu_length(ret[0]);
    if (n > there || !look(gpu, n < max ? n : max, ret))
        return 0;
    return n < max ? n : max;
}

/* ---- time ----------------------------------------------------------------------------------- */

bool xe__gpu_is_busy(const struct xe_gpu *gpu)
{
    return gpu->active || gpu->clock > gpu->host.now(gpu->host.ctx) * XE_GPU_CLOCKS;
}

static void set_due(struct xe_gpu *gpu, uint64_t due)
{
    if (gpu->due == due)
        return;
    gpu->due = due;
    gpu->host.due_changed(gpu->host.ctx);
}

void xe__gpu_kick(struct xe_gpu *gpu)
{
    uint64_t now = gpu->host.now(gpu->host.ctx);

    if (gpu->halt == XE_GPU_GOES && !xe__gpu_ring_words(gpu) && gpu->reg[XE__REG_CP_RB_CNTL] & 63)
        xe__gpu_halt(gpu, XE_GPU_HALT_RING_SIZE);
    if (gpu->halt != XE_GPU_GOES || gpu->due != UINT64_MAX ||
        (!gpu->depth && !xe__gpu_published(gpu)))
        return;
    if (gpu->clock < now * XE_GPU_CLOCKS)
        gpu->clock = now * XE_GPU_CLOCKS;
    if (!gpu->active) {
        gpu->active = true;
        gpu->host.begins(gpu->host.ctx);
    }
    set_due(gpu, now + GRID);
}

static void wait_on(struct xe_gpu *gpu, uint64_t now)
{
    if (!gpu->waiting) {
        gpu->waiting = true;
        gpu->since = now;
    }
    gpu->poll = gpu->poll ? gpu->poll * 2 : GRID;
    if (gpu->poll > POLL_MAX)
        gpu->poll = POLL_MAX;
    set_due(gpu, now + gpu->poll);
}

/* Nothing more to read for now, or for ever. A packet that is there in part keeps it active. */
static void rest(struct xe_gpu *gpu)
{
    set_due(gpu, UINT64_MAX);
    if (!gpu->active || (gpu->halt == XE_GPU_GOES && readable(gpu)))
        return;
    gpu->active = false;
    gpu->host.ends(gpu->host.ctx, gpu->halt == XE_GPU_GOES);
}

void xe__gpu_run(struct xe_gpu *gpu, uint64_t now)
{
    uint64_t until = now * XE_GPU_CLOCKS, ahead, before = gpu->counters.words;
    enum step last = STEP_ON;

    gpu->window_words = 0;
    if (gpu->waiting && gpu->clock < until)
        gpu->clock = until - 1; /* the time was spent waiting */
    while (gpu->clock < until && last == STEP_ON)
        last = step(gpu);
    post(gpu);
    gpu->host.work(gpu->host.ctx, (gpu->counters.words - before) * STEP_NS);
    if (last == STEP_ON) {
        ahead = (gpu->clock + XE_GPU_CLOCKS - 1) / XE_GPU_CLOCKS;
        set_due(gpu, ahead > now + GRID ? ahead : now + GRID);
    } else if (last == STEP_WAITS) {
        wait_on(gpu, now);
    } else {
        rest(gpu);
    }
}
