/* An emulator that is none: the public API with a guest made of one line of text, so that rpc and
 * daemon are tested without the parts below them and can be made to crash, hang and stall at will.
 *
 * A title is "FAKE" and words: exit=N, crash=N, hang=N (at cycle N), abort=N (the process dies),
 * stall=N (the process stops answering), print=N (a log line each N cycles), code=N (what it exits
 * with), load=N (parsing takes N milliseconds), untranslatable=1 (only the interpreter runs it),
 * incomparable=N (check compares nothing up to cycle N), unthawable=1 (nothing begins from it). A
 * program called untranslating is on a host that translates nothing. A millisecond of work is STEP
 * instructions. Handles: 0x1004 is an event that thread 2 waits for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <sys/auxv.h>

#include <sys/mman.h>
#include <unistd.h>

#include "xe/debug.h"
#include "xe/frozen.h"
#include "xe/inputs.h"
#include "xe/explain.h"
#include "xe/instance.h"
#include "xe/promise.h"
#include "xe/snapshot.h"
#include "xe/symbols.h"

#define STEP  100000u
#define BASE  0x82000000u
#define SIZE  0x10000u
#define NEVER UINT64_MAX

struct script {
    uint64_t exit_at, crash_at, hang_at, abort_at, stall_at, print_each, untranslatable,
        incomparable, unthawable;
    uint32_t exit_code;
};

struct xe_audit {
    bool enabled;
    uint32_t focus[XE_AUDIT_FOCUS_MAX];
    uint32_t count;
};

struct xe_kernel {
    const struct xe_instance *instance;
};

struct xe_instance {
    struct xe_instance_config config;
    struct xe_audit audit;
    struct xe_kernel kernel;
    struct xe_log *log;
    struct script script;
    struct xe_title_info title;
    uint64_t cycle;
    struct xe_point point[4];
    uint32_t points, last_point;
    uint8_t poked[SIZE]; /* added to what memory holds */
    uint64_t r3;
    bool recording;
    size_t inputs;
    struct xe_taint taint;
    struct xe_replay_status replay;
    struct xe_trail trail;
    struct xe_trail_entry trail_entry[8];
    uint64_t step; /* stop after so many; 0: not stepping */
    struct xe_stop_info stop;
    char detail[256];
};

/* ---- image ---------------------------------------------------------------------------------- */

static uint64_t word(const char *script, const char *name, uint64_t fallback);

/* Work for so many milliseconds, with a breath now and then. */
static void work(uint64_t ms, const struct xe_breath *breath)
{
    for (uint64_t i = 0; i < ms; i++) {
        poll(NULL, 0, 1);
        xe_breathe(breath);
    }
}

struct xe_image *xe_image_parse_breathing(const void *file, size_t size,
                                          const struct xe_breath *breath, struct xe_error *err)
{
    struct xe_image *image;

    if (size < 4 || memcmp(file, "FAKE", 4)) {
        xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "offset 0, magic: expected FAKE");
        return NULL;
    }
    image = calloc(1, sizeof(*image));
    image->bytes = calloc(1, size < SIZE ? SIZE : size + 1);
    memcpy(image->bytes, file, size);
    work(word((const char *)image->bytes, "load=", 0), breath);
    image->size = SIZE;
    image->section = calloc(1, sizeof(*image->section));
    image->section_count = 1;
    *image->section = (struct xe_image_section){
        .name = ".text", .address = BASE, .size = SIZE, .protect = 0x20, .kind = "code"};
    image->file_size = size;
    image->base = BASE;
    image->entry = BASE + 0x100;
    image->title_id = 0x46414b45;
    image->encryption = "none";
    image->compression = "none";
    for (size_t i = 0; i < size; i++)
        image->sha256[i % 32] = (uint8_t)(image->sha256[i % 32] * 31 + ((const uint8_t *)file)[i]);
    return image;
}

void xe_image_destroy(struct xe_image *image)
{
    if (image) {
        free(image->bytes);
        free(image->section);
    }
    free(image);
}

const char *xe_image_kind_name(enum xe_image_kind kind)
{
    return kind == XE_IMAGE_XEX2 ? "xex2" : "elf";
}

const char *xe_image_check_name(enum xe_image_check check)
{
    return check == XE_IMAGE_GOOD ? "good" : check == XE_IMAGE_BAD ? "bad" : "absent";
}

/* ---- instance ------------------------------------------------------------------------------- */

static uint64_t log_cycle(void *ctx)
{
    return ((struct xe_instance *)ctx)->cycle;
}

struct xe_instance *xe_instance_create(const struct xe_instance_config *config,
                                       struct xe_error *err)
{
    struct xe_instance *instance;

    if (config->seed == 666)
        xe_error_set(err, XE_ERR_CONFIG_INVALID, "seed: 666 is not allowed");
    if (config->seed == 666 || !xe_instance_config_check(config, err))
        return NULL;
    instance = calloc(1, sizeof(*instance));
    instance->config = *config;
    instance->kernel.instance = instance;
    instance->audit.enabled = config->audit;
    instance->log = xe_log_create(config->log_lines);
    xe_log_set_clock(instance->log, (struct xe_log_clock){.ctx = instance, .cycle = log_cycle});
    return instance;
}

void xe_instance_destroy(struct xe_instance *instance)
{
    if (instance)
        xe_log_destroy(instance->log);
    free(instance);
}

static uint64_t word(const char *script, const char *name, uint64_t fallback)
{
    const char *found = strstr(script, name);

    return found ? strtoull(found + strlen(name), NULL, 10) : fallback;
}

void xe_instance_breath(struct xe_instance *instance, struct xe_breath breath)
{
    (void)instance;
    (void)breath;
}

bool xe_instance_load(struct xe_instance *instance, const struct xe_image *image, const char *name,
                      struct xe_error *err)
{
    const char *text = (const char *)image->bytes;

    (void)err;
    instance->script =
        (struct script){word(text, "exit=", NEVER),           word(text, "crash=", NEVER),
                        word(text, "hang=", NEVER),           word(text, "abort=", NEVER),
                        word(text, "stall=", NEVER),          word(text, "print=", NEVER),
                        word(text, "untranslatable=", NEVER), word(text, "incomparable=", 0),
                        word(text, "unthawable=", 0),         (uint32_t)word(text, "code=", 0)};
    instance->title = (struct xe_title_info){.loaded = true,
                                             .title_id = image->title_id,
                                             .base = BASE,
                                             .entry = BASE + 0x100,
                                             .size = SIZE};
    snprintf(instance->title.name, sizeof(instance->title.name), "%s", name);
    memcpy(instance->title.sha256, image->sha256, 32);
    xe_log_write(instance->log, XE_LOG_INFO, "fake", "loaded %s", name);
    return true;
}

static bool at(struct xe_instance *instance, uint64_t when, uint64_t end)
{
    return when >= instance->cycle && when <= end;
}

static void print_lines(struct xe_instance *instance, uint64_t end)
{
    uint64_t each = instance->script.print_each;

    for (uint64_t i = instance->cycle / each + 1; each != NEVER && i * each <= end; i++)
        xe_log_write(instance->log, XE_LOG_PRINT, "print", "line %llu", (unsigned long long)i);
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Go on to `end` or to what happens before; true when the run is over. */
static bool advance(struct xe_instance *instance, uint64_t end)
{
    const struct script *s = &instance->script;

    print_lines(instance, sooner(end, sooner(s->exit_at, sooner(s->crash_at, s->hang_at))));
    if (at(instance, s->abort_at, end))
        abort();
    while (at(instance, s->stall_at, end))
        poll(NULL, 0, -1);
    if (at(instance, s->exit_at, end)) {
        instance->cycle = s->exit_at;
        instance->stop = (struct xe_stop_info){.reason = XE_STOP_EXIT,
                                               .cause = XE_CAUSE_LAST_THREAD,
                                               .tid = 1,
                                               .pc = BASE + 0x108,
                                               .code = s->exit_code,
                                               .has_code = true};
        snprintf(instance->detail, sizeof(instance->detail), "exit code %u", s->exit_code);
        return true;
    }
    if (at(instance, s->crash_at, end)) {
        instance->cycle = s->crash_at;
        instance->stop = (struct xe_stop_info){.reason = XE_STOP_CRASH,
                                               .cause = XE_CAUSE_ILLEGAL,
                                               .tid = 2,
                                               .pc = BASE + 0x100,
                                               .lr = BASE + 0x104,
                                               .has_code = true};
        snprintf(instance->detail, sizeof(instance->detail), "illegal instruction at 0x82000100");
        return true;
    }
    if (at(instance, s->hang_at, end)) {
        instance->cycle = s->hang_at;
        instance->stop.reason = XE_STOP_QUIESCENT;
        return true;
    }
    instance->cycle = end;
    return false;
}

bool xe_instance_run(struct xe_instance *instance, uint64_t n, bool (*poll_fn)(void *ctx),
                     void *poll_ctx, struct xe_run_result *ret, struct xe_error *err)
{
    uint64_t start = instance->cycle, target = start + n;

    (void)err;
    instance->stop = (struct xe_stop_info){.reason = XE_STOP_TARGET};
    if (instance->step && instance->step < n) {
        target = start + instance->step;
        instance->stop.reason = XE_STOP_STEP;
    }
    instance->step = 0;
    while (instance->cycle < target) {
        uint64_t end = instance->cycle + STEP < target ? instance->cycle + STEP : target;

        if (advance(instance, end))
            break;
        if (instance->cycle < target)
            poll(NULL, 0, 1);
        if (poll_fn && !poll_fn(poll_ctx)) {
            instance->stop.reason = XE_STOP_CANCEL;
            break;
        }
    }
    memset(ret, 0, sizeof(*ret));
    ret->info = instance->stop;
    ret->stop = instance->stop.reason;
    ret->cycle = instance->cycle;
    ret->retired = instance->cycle - start;
    memcpy(ret->detail, instance->detail, sizeof(ret->detail));
    return true;
}

uint64_t xe_instance_cycle(const struct xe_instance *instance)
{
    return instance->cycle;
}

uint64_t xe_instance_virtual_us(const struct xe_instance *instance)
{
    return instance->cycle / 1000;
}

enum xe_stop xe_instance_last_stop(const struct xe_instance *instance)
{
    return instance->stop.reason;
}

const struct xe_stop_info *xe_instance_stop_info(const struct xe_instance *instance)
{
    return &instance->stop;
}

const char *xe_instance_stop_detail(const struct xe_instance *instance)
{
    return instance->detail;
}

bool xe_instance_exit_code(const struct xe_instance *instance, uint32_t *ret)
{
    *ret = instance->script.exit_code;
    return instance->stop.reason == XE_STOP_EXIT;
}

const struct xe_instance_config *xe_instance_config_get(const struct xe_instance *instance)
{
    return &instance->config;
}

struct xe_log *xe_instance_log(struct xe_instance *instance)
{
    return instance->log;
}

struct xe_audit *xe_instance_audit(struct xe_instance *instance)
{
    return &instance->audit;
}

const struct xe_audit_world *xe_instance_audit_world(const struct xe_instance *instance)
{
    (void)instance;
    return NULL;
}

struct xe_kernel *xe_instance_kernel(struct xe_instance *instance)
{
    return &instance->kernel;
}

void xe_instance_audit_enable(struct xe_instance *instance, bool on)
{
    instance->audit.enabled = on;
}

void xe_instance_title(const struct xe_instance *instance, struct xe_title_info *ret)
{
    *ret = instance->title;
}

bool xe_instance_mem_read(const struct xe_instance *instance, xe_gva address, void *buffer,
                          uint32_t size, struct xe_error *err)
{
    if (address < BASE || (uint64_t)address + size > BASE + SIZE)
        return xe_error_set(err, XE_ERR_ADDRESS_UNMAPPED, "0x%08x is not committed",
                            address < BASE ? address : BASE + SIZE);
    for (uint32_t i = 0; i < size; i++)
        ((uint8_t *)buffer)[i] = (uint8_t)(address + i + instance->poked[address - BASE + i]);
    return true;
}

bool xe_instance_place(const struct xe_instance *instance, xe_gva address, struct xe_place *ret)
{
    if (address - BASE >= SIZE)
        return false;
    *ret = (struct xe_place){.offset = address % 0x100};
    snprintf(ret->name, sizeof(ret->name), address - ret->offset == BASE + 0x100 ? "entry" : "sub");
    return instance->title.loaded;
}

bool xe_instance_place_of_call(const struct xe_instance *instance, xe_gva lr, struct xe_place *ret)
{
    return xe_instance_place(instance, lr, ret);
}

/* A file is right if it begins with "F". */
bool xe_instance_symbols_load(struct xe_instance *instance, const void *file, size_t size,
                              struct xe_symbols_file *ret, struct xe_error *err)
{
    (void)instance;
    if (size == 0 || *(const char *)file != 'F')
        return xe_error_set(err, XE_ERR_SYMBOLS_MISMATCH,
                            "the first differing address is 0x82000100");
    *ret = (struct xe_symbols_file){.kind = "map", .proof = XE_SYMBOLS_STARTS, .names = 3};
    return true;
}

bool xe_instance_address(const struct xe_instance *instance, const char *text, xe_gva *ret,
                         struct xe_error *err)
{
    if (strcmp(text, "entry") && strcmp(text, "entry+4"))
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "there is no symbol '%s'", text);
    *ret = instance->title.entry + (text[5] ? 4 : 0);
    return true;
}

bool xe_instance_registers(const struct xe_instance *instance, uint32_t tid,
                           void (*reg)(void *ctx, const char *name, uint64_t value),
                           void (*vec)(void *ctx, const char *name, const uint8_t bytes[16]),
                           void *ctx)
{
    const uint8_t vector[16] = {1, 2, 3};

    if (tid != 1 && tid != 2)
        return false;
    reg(ctx, "pc", instance->title.entry);
    reg(ctx, "r3", instance->r3);
    vec(ctx, "v0", vector);
    return true;
}

/* ---- frozen --------------------------------------------------------------------------------- */

struct moment {
    uint64_t cycle, r3;
    uint8_t poked[SIZE];
    struct xe_stop_info stop;
    char detail[256];
};

struct xe_frozen {
    struct moment moment;
    int fd; /* of the moment; -1: none yet */
};

struct xe_frozen *xe_instance_freeze(struct xe_instance *instance, struct xe_error *err)
{
    struct xe_frozen *frozen = calloc(1, sizeof(*frozen));

    (void)err;
    frozen->fd = -1;
    frozen->moment.cycle = instance->cycle;
    frozen->moment.r3 = instance->r3;
    frozen->moment.stop = instance->stop;
    memcpy(frozen->moment.poked, instance->poked, sizeof(instance->poked));
    memcpy(frozen->moment.detail, instance->detail, sizeof(instance->detail));
    return frozen;
}

void xe_frozen_destroy(struct xe_frozen *frozen)
{
    if (frozen && frozen->fd >= 0)
        close(frozen->fd);
    free(frozen);
}

/* A title that says thaw=0 can't be begun from. */
bool xe_instance_thaw(struct xe_instance *instance, const struct xe_frozen *frozen,
                      struct xe_error *err)
{
    if (instance->script.unthawable)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "load state: it was told to fail");
    instance->cycle = frozen->moment.cycle;
    instance->r3 = frozen->moment.r3;
    instance->stop = frozen->moment.stop;
    memcpy(instance->poked, frozen->moment.poked, sizeof(instance->poked));
    memcpy(instance->detail, frozen->moment.detail, sizeof(instance->detail));
    return true;
}

uint32_t xe_frozen_files(struct xe_frozen *frozen, int ret_fd[XE_FROZEN_FILES],
                         struct xe_error *err)
{
    frozen->fd = memfd_create("fake", MFD_CLOEXEC);
    if (write(frozen->fd, &frozen->moment, sizeof(frozen->moment)) !=
        (ssize_t)sizeof(frozen->moment)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no file");
        return 0;
    }
    ret_fd[0] = frozen->fd;
    return 1;
}

struct xe_frozen *xe_frozen_take(const int *fd, uint32_t files, struct xe_error *err)
{
    struct xe_frozen *frozen = calloc(1, sizeof(*frozen));

    frozen->fd = fd[0];
    if (files == 1 &&
        pread(fd[0], &frozen->moment, sizeof(frozen->moment), 0) == (ssize_t)sizeof(frozen->moment))
        return frozen;
    xe_frozen_destroy(frozen);
    xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "nothing that was frozen");
    return NULL;
}

/* ---- debugging: points are kept and never reached ------------------------------------------- */

const char *xe_point_kind_name(enum xe_point_kind kind)
{
    static const char *const names[] = {"exec", "read", "write", "access", "export", "handle"};

    return names[kind];
}

const char *xe_point_whose_name(enum xe_point_whose whose)
{
    static const char *const names[] = {"one", "any", "focused"};

    return names[whose];
}

uint32_t xe_instance_point_set(struct xe_instance *instance, const struct xe_point *wanted,
                               struct xe_error *err)
{
    struct xe_point *point = &instance->point[instance->points];

    if (instance->points == 4) {
        xe_error_set(err, XE_ERR_BREAKPOINT_LIMIT, "there are 4");
        return 0;
    }
    *point = *wanted;
    point->id = ++instance->last_point;
    if (point->kind == XE_POINT_EXPORT)
        point->address = 0x80050000;
    instance->points++;
    return point->id;
}

bool xe_instance_point_enable(struct xe_instance *instance, uint32_t id, bool enabled,
                              struct xe_error *err)
{
    for (uint32_t i = 0; i < instance->points; i++)
        if (instance->point[i].id == id) {
            instance->point[i].disabled = !enabled;
            return true;
        }
    return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no breakpoint %u", id);
}

bool xe_instance_point_remove(struct xe_instance *instance, uint32_t id, struct xe_error *err)
{
    for (uint32_t i = 0; i < instance->points; i++)
        if (instance->point[i].id == id) {
            instance->point[i] = instance->point[--instance->points];
            return true;
        }
    return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no breakpoint %u", id);
}

void xe_instance_points(const struct xe_instance *instance,
                        void (*fn)(void *ctx, const struct xe_point *point), void *ctx)
{
    for (uint32_t i = 0; i < instance->points; i++)
        fn(ctx, &instance->point[i]);
}

bool xe_instance_point_hit(const struct xe_instance *instance, struct xe_point_hit *ret)
{
    (void)instance;
    (void)ret;
    return false;
}

bool xe_engine_can_translate(struct xe_error *err)
{
    const char *program = (const char *)getauxval(AT_EXECFN);

    return !program || !strstr(program, "untranslating") ||
           xe_error_set(err, XE_ERR_CONFIG_INVALID, "a fake host");
}

void xe_instance_engine(const struct xe_instance *instance, struct xe_engine_info *ret)
{
    bool refused = instance->script.untranslatable != NEVER;
    bool checks = instance->config.engine == XE_ENGINE_CHECK && !refused;
    uint64_t none = instance->script.incomparable;

    *ret = (struct xe_engine_info){
        .engine = refused ? XE_ENGINE_INTERPRETER : instance->config.engine,
        .asked = instance->config.engine,
        .why = refused ? "a fake that no host translates" : "",
        .compared = checks && instance->cycle > none ? instance->cycle - none : 0,
        .regions = 2,
        .translated = 3,
        .calls = 7,
        .left_jump = 5,
        .top = {{"lwarx", 4}, {"stwcx.", 3}},
        .tops = 2,
    };
}

static const struct xe_region_info regions[] = {{BASE, 2, 1, 4}, {BASE + 0x100, 3, 1, 8}};

void xe_instance_regions(const struct xe_instance *instance,
                         void (*fn)(void *ctx, const struct xe_region_info *info), void *ctx)
{
    (void)instance;
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
        fn(ctx, &regions[i]);
}

/* sub r15,2; nop; and the second instruction is done by the first. */
bool xe_instance_region(const struct xe_instance *instance, xe_gva address,
                        struct xe_region_info *ret,
                        void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx)
{
    static const uint8_t code[] = {0x49, 0x83, 0xEF, 0x02, 0x90, 0xC3};
    static const struct xe_region_line line[] = {
        {XE_REGION_HEAD, BASE, 0x38600001, 4, code},
        {XE_REGION_WORD, BASE, 0x38600001, 1, code + 4},
        {XE_REGION_WORD, BASE + 4, 0x38630001, 0, code + 5},
        {XE_REGION_REST, 0, 0, 1, code + 5},
    };

    (void)instance;
    if (address != BASE && address != BASE + 4 && address != BASE + 0x100)
        return false;
    *ret = regions[address == BASE + 0x100];
    for (size_t i = 0; i < sizeof(line) / sizeof(line[0]); i++)
        fn(ctx, &line[i]);
    return true;
}

bool xe_instance_step(struct xe_instance *instance, uint32_t tid, uint64_t n, xe_gva from,
                      xe_gva to, struct xe_error *err)
{
    if (tid != 1)
        return xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no thread %u", tid);
    instance->step = n + (to - from) / 4;
    return true;
}

/* ---- input log: counts of what came in; a replay ends at its log's end ---------------------- */

static void entered(struct xe_instance *instance)
{
    if (instance->recording)
        instance->inputs++;
    else if (!instance->taint.reason)
        instance->taint = (struct xe_taint){XE_TAINT_UNRECORDED, instance->cycle};
}

const struct xe_taint *xe_instance_taint(const struct xe_instance *instance)
{
    return &instance->taint;
}

bool xe_instance_is_recording(const struct xe_instance *instance)
{
    return instance->recording;
}

size_t xe_instance_inputs(const struct xe_instance *instance)
{
    return instance->inputs;
}

bool xe_instance_record_start(struct xe_instance *instance, struct xe_error *err)
{
    if (instance->taint.reason)
        return xe_error_set(err, XE_ERR_STATE_TAINTED, "tainted at cycle 0");
    instance->recording = true;
    return true;
}

bool xe_instance_record_stop(struct xe_instance *instance, struct xe_input_log *ret,
                             struct xe_error *err)
{
    static struct xe_input input[2] = {
        {.kind = XE_INPUT_MEMORY, .address = BASE, .bytes = {(uint8_t *)"\1", 1}},
        {.kind = XE_INPUT_REGISTER,
         .tid = 1,
         .reg = "r3",
         .bytes = {(uint8_t *)"\0\0\0\0\0\0\0\7", 8}}};

    if (!instance->recording)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "it doesn't record");
    instance->recording = false;
    *ret = (struct xe_input_log){
        .input = input, .inputs = instance->inputs ? 2 : 0, .end = {.cycle = instance->cycle}};
    return true;
}

bool xe_instance_replay_start(struct xe_instance *instance, const struct xe_input_log *log,
                              struct xe_error *err)
{
    (void)err;
    instance->replay = (struct xe_replay_status){.state = XE_REPLAY_PLAYING,
                                                 .inputs = log->inputs,
                                                 .points = log->points + 1,
                                                 .end_cycle = log->end.cycle};
    return true;
}

void xe_instance_replay_status(const struct xe_instance *instance, struct xe_replay_status *ret)
{
    *ret = instance->replay;
    if (ret->state == XE_REPLAY_PLAYING && instance->cycle >= ret->end_cycle)
        ret->state = instance->config.seed == 1505 ? XE_REPLAY_DIVERGED : XE_REPLAY_ENDED;
}

bool xe_instance_trail_start(struct xe_instance *instance, uint64_t every, struct xe_error *err)
{
    (void)err;
    instance->trail =
        (struct xe_trail){.asked = every, .every = every, .entry = instance->trail_entry};
    return true;
}

const struct xe_trail *xe_instance_trail(const struct xe_instance *instance)
{
    struct xe_trail *trail = (struct xe_trail *)&instance->trail;

    for (uint64_t i = 1; trail->every && trail->entries < 8 && i * trail->every <= instance->cycle;
         i++) {
        trail->entry[i - 1] = (struct xe_trail_entry){.cycle = i * trail->every};
        trail->entries = i;
    }
    return trail;
}

bool xe_instance_register_write(struct xe_instance *instance, uint32_t tid, const char *name,
                                const uint8_t *bytes, uint32_t size, struct xe_error *err)
{
    if (tid != 1 || strcmp(name, "r3") || size != 8)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "no register '%s'", name);
    instance->r3 = 0;
    for (int i = 0; i < 8; i++)
        instance->r3 = instance->r3 << 8 | bytes[i];
    entered(instance);
    return true;
}

bool xe_disassemble(uint32_t word, xe_gva address, char *text, size_t size)
{
    (void)address;
    snprintf(text, size, ".long   0x%08x", word);
    return false;
}

bool xe_branch_target(uint32_t word, xe_gva address, xe_gva *ret)
{
    *ret = address + (word & 0xFFFC);
    return word >> 26 == 18;
}

bool xe_instance_mem_write(struct xe_instance *instance, xe_gva address, const void *bytes,
                           uint32_t size, struct xe_error *err)
{
    if (address < BASE || (uint64_t)address + size > BASE + SIZE)
        return xe_error_set(err, XE_ERR_ADDRESS_UNMAPPED, "0x%08x is not committed", address);
    for (uint32_t i = 0; i < size; i++)
        instance->poked[address - BASE + i] =
            (uint8_t)(((const uint8_t *)bytes)[i] - (address + i));
    entered(instance);
    return true;
}

void xe_instance_digest(struct xe_instance *instance, struct xe_digest *ret)
{
    memset(ret, 0, sizeof(*ret));
    memcpy(ret->hash, &instance->cycle, sizeof(instance->cycle));
    ret->hash[15] = (uint8_t)instance->config.seed;
    ret->component[0].name = "memory";
    memcpy(ret->component[0].hash, ret->hash, 16);
    ret->components = 1;
}

/* A real head, and one blob that holds the cycle. */
uint8_t *xe_instance_snapshot_save(struct xe_instance *instance, const struct xe_breath *breath,
                                   size_t *ret_size, struct xe_error *err)
{
    struct xe_snapshot_blob blob = {.what = XE_SNAPSHOT_STATE, .size = 8};
    struct xe_snapshot_head head = {.cycle = instance->cycle,
                                    .title_id = instance->title.title_id,
                                    .state_size = 8,
                                    .settings = (char *)"config.seed=0\naudit.ring=64\n",
                                    .blob = &blob,
                                    .blobs = 1};
    struct xe_digest digest;
    uint8_t *bytes, *file;

    (void)breath;
    (void)err;
    xe_instance_digest(instance, &digest);
    memcpy(head.digest, digest.hash, sizeof(head.digest));
    memcpy(head.title_sha256, instance->title.sha256, sizeof(head.title_sha256));
    strcpy(head.title, instance->title.name);
    xe_snapshot_hash(&instance->cycle, 8, blob.sha256);
    bytes = xe_snapshot_head_write(&head);
    file = realloc(bytes, head.total);
    memcpy(file + head.size, &instance->cycle, 8);
    *ret_size = head.total;
    return file;
}

void xe_instance_state_free(uint8_t *bytes)
{
    free(bytes);
}

bool xe_instance_snapshot_load(struct xe_instance *instance, const uint8_t *file, size_t size,
                               const struct xe_breath *breath, struct xe_error *err)
{
    struct xe_snapshot_head head;

    (void)breath;
    if (!xe_snapshot_head_parse(file, size, &head, err))
        return false;
    xe_snapshot_head_fini(&head);
    if (memcmp(head.title_sha256, instance->title.sha256, 32) != 0)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "the snapshot is of another title");
    instance->cycle = head.cycle;
    return true;
}

void xe_digest_text(const uint8_t hash[16], char text[XE_DIGEST_TEXT])
{
    strcpy(text, XE_DIGEST_VERSION ":");
    for (int i = 0; i < 16; i++)
        sprintf(text + 4 + 2 * i, "%02x", hash[i]);
}

/* ---- kernel --------------------------------------------------------------------------------- */

const char *xe_thread_state_name(enum xe_thread_state state)
{
    static const char *const names[] = {"ready", "running", "waiting", "suspended", "terminated"};

    return names[state];
}

const struct xe_kernel_path *xe_kernel_unaudited_paths(uint32_t *ret_count)
{
    static const struct xe_kernel_path path = {"RtlEnterCriticalSection",
                                               XE_AUDIT_PARK_CRITICAL_SECTION, "a lock"};

    *ret_count = 1;
    return &path;
}

const char *xe_kernel_export_name(const char *library, uint32_t ordinal)
{
    (void)library;
    return ordinal == 1 ? "FakeExport" : NULL;
}

bool xe_kernel_thread_info(const struct xe_kernel *kernel, uint32_t tid, struct xe_thread_info *ret)
{
    if (tid != 1 && tid != 2)
        return false;
    memset(ret, 0, sizeof(*ret));
    ret->tid = tid;
    ret->pc = kernel->instance->title.entry;
    ret->state = tid == 1 ? XE_THREAD_RUNNING : XE_THREAD_WAITING;
    ret->retired = kernel->instance->cycle;
    snprintf(ret->name, sizeof(ret->name), tid == 1 ? "main" : "worker\xff");
    ret->waiting = tid == 2;
    ret->wait_src = tid == 2 ? "NtWaitForSingleObjectEx" : NULL;
    ret->wait_objects = tid == 2;
    ret->wait_object[0].key = 0x1004;
    return true;
}

void xe_kernel_threads(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_thread_info *info), void *ctx)
{
    struct xe_thread_info info;

    for (uint32_t tid = 1; tid <= 2; tid++) {
        xe_kernel_thread_info(kernel, tid, &info);
        fn(ctx, &info);
    }
}

/* ---- explanations: main runs, the other thread waits for an event that nobody ever set ------- */

const char *xe_promise_kind_name(enum xe_promise_kind kind)
{
    return kind == XE_PROMISE_TIMER ? "timer" : "?";
}

void xe_kernel_promises(const struct xe_kernel *kernel,
                        void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx)
{
    (void)kernel;
    fn(ctx, &(struct xe_promise_info){
                .id = 1, .due = XE_PROMISE_NEVER, .made = {.src = "XamFake", .lr = 0x82001000}});
}

static struct xe_explain_thread explained_threads[] = {
    {.now = {.tid = 1, .name = "main", .until_cycle = XE_CYCLE_NONE}, .live = true},
    {.now = {.tid = 2,
             .name = "",
             .standing = XE_STANDS_WAITING,
             .since_cycle = 90,
             .until_cycle = XE_CYCLE_NONE,
             .waits_on = 0x1004},
     .stuck = XE_CERTAINTY_POSSIBLE,
     .live = true,
     .links = 1,
     .wait_src = "NtWaitForSingleObjectEx",
     .wait_lr = 0x82000100},
};
static struct xe_explain_producer explained_producer = {.who = {.kind = XE_PRODUCER_SIGNALLER,
                                                                .standing = XE_STANDS_ENDED,
                                                                .tid = 3,
                                                                .name = "",
                                                                .acts = 1,
                                                                .last_src = "NtSetEvent",
                                                                .until_cycle = XE_CYCLE_NONE}};
static struct xe_explain_object explained_object = {
    .about = {.object_id = 3, .key = 0x1004, .type = "event", .name = "", .waiters = 1},
    .stuck = XE_CERTAINTY_POSSIBLE,
    .producers = 1};
static struct xe_explain_link explained_link = {.thread = 1, .key = 0x1004};

struct xe_explain *xe_explain_make(const struct xe_kernel *kernel, enum xe_stop stop,
                                   const char *detail, struct xe_error *err)
{
    static const enum xe_verdict verdicts[XE_STOP_COUNT] = {
        [XE_STOP_EXIT] = XE_VERDICT_EXITED,
        [XE_STOP_CRASH] = XE_VERDICT_CRASHED,
        [XE_STOP_QUIESCENT] = XE_VERDICT_STUCK,
    };
    static const uint32_t object = 0, waiter = 1;
    static struct xe_explain_root root;
    struct xe_explain *explain = calloc(1, sizeof(*explain));

    (void)detail;
    if (!explain) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory");
        return NULL;
    }
    root = (struct xe_explain_root){.certainty = XE_CERTAINTY_POSSIBLE,
                                    .since_cycle = 90,
                                    .object = &object,
                                    .objects = 1,
                                    .waiter = &waiter,
                                    .waiters = 1};
    *explain = (struct xe_explain){.cycle = kernel->instance->cycle,
                                   .verdict = verdicts[stop],
                                   .count = {.live = 2, .stuck = {[XE_CERTAINTY_POSSIBLE] = 1}},
                                   .thread = explained_threads,
                                   .object = &explained_object,
                                   .link = &explained_link,
                                   .producer = &explained_producer,
                                   .root = &root,
                                   .threads = 2,
                                   .objects = 1,
                                   .links = 1,
                                   .producers = 1,
                                   .roots = 1,
                                   .sentence = "is what the fake says"};
    return explain;
}

void xe_explain_free(struct xe_explain *explain)
{
    free(explain);
}

bool xe_explain_deadlocked(const struct xe_kernel *kernel)
{
    (void)kernel;
    return false;
}

uint32_t xe_explain_cycle_object(const struct xe_explain *explain,
                                 const struct xe_explain_root *root, uint32_t i)
{
    (void)explain;
    (void)root;
    (void)i;
    return UINT32_MAX;
}

void xe_kernel_promise_totals(const struct xe_kernel *kernel, struct xe_promise_totals *ret)
{
    (void)kernel;
    *ret = (struct xe_promise_totals){.open = 2, .kept[XE_PROMISE_TIMER] = 3};
}

void xe_kernel_totals_get(const struct xe_kernel *kernel, struct xe_kernel_totals *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->threads[XE_THREAD_RUNNING] = 1;
    ret->threads[XE_THREAD_WAITING] = 1;
    ret->export_calls = kernel->instance->cycle / 1000;
}

void xe_kernel_objects(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_object_info *info), void *ctx)
{
    (void)kernel;
    for (uint32_t i = 1; i <= 5; i++) {
        struct xe_object_info info = {.id = i,
                                      .type = i < 3 ? "thread" : "event",
                                      .waitable = true,
                                      .handle = {0x1000 + 4 * i},
                                      .handles = 1,
                                      .references = 1};

        fn(ctx, &info);
    }
}

void xe_kernel_exports(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_export_info *info), void *ctx)
{
    static const struct xe_export_info rows[] = {
        {.module = "xboxkrnl",
         .ordinal = 0x9d,
         .name = "KeSetEvent",
         .implemented = true,
         .imported = true,
         .calls = 3},
        {.module = "xam", .ordinal = 0x258, .name = "XamContentCreateEx", .imported = true}};

    (void)kernel;
    fn(ctx, &rows[0]);
    fn(ctx, &rows[1]);
}

/* ---- audit ---------------------------------------------------------------------------------- */

bool xe_audit_focus_add(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                        struct xe_error *err)
{
    (void)err;
    for (uint32_t i = 0; i < count; i++)
        audit->focus[audit->count++] = keys[i];
    return true;
}

bool xe_audit_focus_set(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                        struct xe_error *err)
{
    audit->count = 0;
    return xe_audit_focus_add(audit, keys, count, err);
}

bool xe_audit_focus_remove(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                           struct xe_error *err)
{
    uint32_t kept = 0;

    (void)err;
    for (uint32_t i = 0; i < audit->count; i++) {
        bool drop = false;

        for (uint32_t k = 0; k < count; k++)
            drop |= keys[k] == audit->focus[i];
        if (!drop)
            audit->focus[kept++] = audit->focus[i];
    }
    audit->count = kept;
    return true;
}

const uint32_t *xe_audit_focus_get(const struct xe_audit *audit, uint32_t *ret_count)
{
    *ret_count = audit->count;
    return audit->focus;
}

static struct xe_audit_rec record(void)
{
    return (struct xe_audit_rec){.seq = 7,
                                 .cycle = 100,
                                 .tid = 2,
                                 .lr = BASE + 0x104,
                                 .src = "NtWaitForSingleObjectEx",
                                 .guest = true,
                                 .op = XE_AUDIT_OP_WAIT,
                                 .effect = XE_AUDIT_PARKED};
}

bool xe_audit_report_make(const struct xe_audit *audit, const struct xe_audit_world *world,
                          const uint32_t *keys, uint32_t count, struct xe_audit_report *ret,
                          struct xe_error *err)
{
    (void)world;
    (void)err;
    memset(ret, 0, sizeof(*ret));
    if (!keys)
        keys = xe_audit_focus_get(audit, &count);
    ret->enabled = audit->enabled;
    ret->handle = calloc(count + 1, sizeof(*ret->handle));
    ret->handles = count;
    for (uint32_t i = 0; i < count; i++) {
        struct xe_audit_handle_report *h = &ret->handle[i];

        h->given_key = h->key = keys[i];
        h->known = keys[i] == 0x1004;
        h->kind.kind = h->known ? XE_AUDIT_EVENT_MANUAL : XE_AUDIT_UNCREATED;
        h->timeline[0] = record();
        h->timeline_count = h->known;
        h->timeline_total = h->known;
        h->diagnosis.branch = XE_AUDIT_D1_NO_WAITER;
        h->diagnosis.code = "NO_WAITER";
        h->diagnosis.sub = "NEVER_TOUCHED";
        strcpy(h->diagnosis.text, "no waiter: handle is not blocking anything");
    }
    return true;
}

void xe_audit_report_fini(struct xe_audit_report *report)
{
    free(report->handle);
}

uint32_t xe_audit_timeline(const struct xe_audit *audit, uint32_t key, uint64_t from,
                           uint32_t limit, struct xe_audit_rec *ret)
{
    (void)audit;
    if (key != 0x1004 || from > 7 || limit == 0)
        return 0;
    ret[0] = record();
    return 1;
}

void xe_audit_stats_get(const struct xe_audit *audit, struct xe_audit_stats *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->enabled = audit->enabled;
    ret->ring = 64;
    ret->seq = 7;
}

const char *xe_audit_op_name(enum xe_audit_op op)
{
    static const char *const names[] = {XE_AUDIT_OP_WORDS};

    return names[op];
}

const char *xe_audit_effect_name(enum xe_audit_effect effect)
{
    static const char *const names[] = {XE_AUDIT_EFFECT_WORDS};

    return names[effect];
}

void xe_audit_kind_text(const struct xe_audit_kind *kind, char *text, size_t size)
{
    snprintf(text, size, kind->kind == XE_AUDIT_EVENT_MANUAL ? "Event/Manual" : "<UNCREATED>");
}
