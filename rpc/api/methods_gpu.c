/* Rows that look at the graphics chip: what it does and waits for, what it was told to do. */
#include <inttypes.h>
#include <stdio.h>

#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define STATE    struct xe_rpc_gpu_view
#define WAIT     struct xe_gpu_wait
#define COUNTERS struct xe_rpc_gpu_counters_view
#define LIMIT    struct xe_rpc_gpu_limit_view
#define COUNT    struct xe_rpc_gpu_count_view
#define SHADER   struct xe_rpc_gpu_shader_view
#define REGISTER struct xe_rpc_gpu_register_view
#define LIST     struct xe_rpc_list_view

/* ---- gpu.state ------------------------------------------------------------------------------- */

static const char *const doing_words[] = {XE_GPU_DOING_WORDS, NULL};
const struct xe_rpc_type xe_rpc_gpu_doing = {.kind = XE_RPC_KIND_ENUM, .values = doing_words};
static const char *const wait_words[] = {"register", "memory", "interrupt", NULL};
static const struct xe_rpc_type wait_kind = {.kind = XE_RPC_KIND_ENUM, .values = wait_words};
static const char *const compare_words[] = {
    "never", "<", "<=", "==", "!=", ">=", ">", "always", NULL};
static const struct xe_rpc_type compare_type = {.kind = XE_RPC_KIND_ENUM, .values = compare_words};

#define IS_VALUE WHEN_NOT(WAIT, kind, XE_GPU_WAIT_INTERRUPT)
const struct xe_rpc_type xe_rpc_gpu_wait = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("for", WAIT, kind, &wait_kind,
                "a register's or a word's value, or that an interrupt was served"),
        M_HEX("at", WAIT, at, "register's index, or physical address", IS_VALUE),
        M_VALUE("compare", WAIT, compare, &compare_type,
                "what (value and mask) is to be against reference", IS_VALUE),
        M_HEX("reference", WAIT, reference, "as the command has it", IS_VALUE),
        M_HEX("mask", WAIT, mask, "as the command has it", IS_VALUE),
        M_HEX("value", WAIT, value, "now", IS_VALUE),
        M_BOOL("never", WAIT, never, "no value at all would do"),
        M_INT("since_time", WAIT, since_time, "100 ns", "of virtual time since it waits"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_gpu_state = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(STATE, base.),
        M_VALUE("doing", STATE, info.doing, &xe_rpc_gpu_doing,
                "no_ring, idle, busy with commands, waits, has a command in part, or halted"),
        M_STRING("halt", STATE, halt, "why it halted", WHEN_SET(STATE, halt)),
        M_HEX("halt_at", STATE, info.halt_at, "physical address of that command",
              WHEN_SET(STATE, halt)),
        M_HEX("ring", STATE, info.ring, "physical address of the ring"),
        M_INT("ring_words", STATE, info.ring_words, "words", "of it"),
        M_INT("read", STATE, info.read, NULL, "index behind what is done"),
        M_INT("write", STATE, info.write, NULL, "index behind what was given"),
        M_HEX("at", STATE, info.at, "physical address of the next command; 0: there is none"),
        M_INT("depth", STATE, info.depth, NULL, "indirect buffers that it is in"),
        M_STRUCT("wait", STATE, info.wait, &xe_rpc_gpu_wait, "what it waits for",
                 WHEN(STATE, info.doing, XE_GPU_WAITS)),
        M_INT("vblanks", STATE, info.vblanks, NULL, "interrupts sent for vertical blanks"),
        M_INT("interrupts", STATE, info.interrupts, NULL, "sent for commands"),
        M_INT("unheard", STATE, info.unheard, NULL, "of both: with nothing there to be called"),
        M_INT("masked", STATE, info.masked, NULL, "commands that interrupted no hardware thread"),
        M_HEX("frame", STATE, frame.address, "physical address of the front buffer shown last"),
        M_INT("frame_width", STATE, frame.width, "pixels", "of it"),
        M_INT("frame_height", STATE, frame.height, "pixels", "of it"),
        M_INT("frame_time", STATE, frame.time, "100 ns", "of virtual time when it was shown"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_gpu_state = {
    .name = "gpu.state",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How far the GPU's command processor is, and what it waits for.",
    .result = &xe_rpc_gpu_state,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

/* ---- gpu.counters ---------------------------------------------------------------------------- */

static const struct xe_rpc_type count_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", COUNT, name, "of the command, or number of the primitive"),
        M_INT("count", COUNT, count, NULL, "how often"),
        M_END,
    }};
static const struct xe_rpc_field count_item = {"count", &count_type, REQUIRED, 0, 0, "one kind", 0};
static const struct xe_rpc_type count_list = {.kind = XE_RPC_KIND_ARRAY, .items = &count_item};

static const struct xe_rpc_type limit_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", LIMIT, name, "of the limit"),
        M_INT("count", LIMIT, count, NULL, "draws, copies and pictures that met it"),
        M_STRING("text", LIMIT, text, "what is left out"),
        M_END,
    }};
static const struct xe_rpc_field limit_item = {"limit", &limit_type, REQUIRED, 0, 0, "one kind", 0};
static const struct xe_rpc_type limit_list = {.kind = XE_RPC_KIND_ARRAY, .items = &limit_item};

const struct xe_rpc_type xe_rpc_gpu_counters = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(COUNTERS, base.),
        M_INT("words", COUNTERS, counters.words, "words", "of all packets carried out"),
        M_INT("type_0", COUNTERS, counters.packets[0], NULL, "packets that set registers"),
        M_INT("type_1", COUNTERS, counters.packets[1], NULL, "packets that set two registers"),
        M_INT("type_2", COUNTERS, counters.packets[2], NULL, "fillers"),
        M_INT("type_3", COUNTERS, counters.packets[3], NULL, "commands"),
        M_ARRAY("commands", COUNTERS, command, commands, &count_list,
                "by name, in order of opcodes"),
        M_INT("draws", COUNTERS, counters.draws, NULL, "that would have drawn"),
        M_INT("indices", COUNTERS, counters.indices, NULL, "in them"),
        M_ARRAY("primitives", COUNTERS, primitive, primitives, &count_list, "draws by primitive"),
        M_INT("resolves", COUNTERS, counters.resolves, NULL, "copies out of EDRAM"),
        M_INT("fences", COUNTERS, counters.fences, NULL, "values stored for the title to see"),
        M_INT("swaps", COUNTERS, counters.swaps, NULL, "frames shown"),
        M_INT("shader_loads", COUNTERS, counters.shader_loads, NULL, "shaders bound"),
        M_INT("predicated", COUNTERS, counters.predicated, NULL, "commands skipped as they say"),
        M_INT("malformed", COUNTERS, counters.malformed, NULL,
              "commands skipped: too short, or none at all"),
        M_INT("lost_writes", COUNTERS, counters.lost_writes, NULL,
              "values for where no memory or register is"),
        M_ARRAY("limits", COUNTERS, limit, limits, &limit_list,
                "what a renderer left out, as more than it does (gpu_limit); states are the same"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_gpu_counters = {
    .name = "gpu.counters",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What the GPU was told to do so far.",
    .result = &xe_rpc_gpu_counters,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

/* ---- gpu.registers, gpu.shaders -------------------------------------------------------------- */

const struct xe_rpc_type xe_rpc_gpu_register = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_HEX("index", REGISTER, index, "in words from the first register"),
        M_STRING("name", REGISTER, name, "of the register", WHEN_SET(REGISTER, name)),
        M_HEX("value", REGISTER, value, "as it was set"),
        M_END,
    }};
static const struct xe_rpc_field register_item = {"register", &xe_rpc_gpu_register, REQUIRED, 0,
                                                  0,          "one that is not 0",  0};
static const struct xe_rpc_type register_list = {.kind = XE_RPC_KIND_ARRAY,
                                                 .items = &register_item};

const struct xe_rpc_type xe_rpc_gpu_register_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &register_list, "by index"),
        M_NEXT_CURSOR(LIST, next_cursor),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_gpu_registers = {
    .name = "gpu.registers",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The GPU's registers that are not 0, constants included.",
    .result = &xe_rpc_gpu_register_page,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_LIMIT, PARAM_CURSOR},
};

static void hash_text(const void *value, char *text, size_t size)
{
    snprintf(text, size, "%016" PRIx64, *(const uint64_t *)value);
}

static const char *const shader_words[] = {"vertex", "pixel", NULL};
static const struct xe_rpc_type shader_kind = {.kind = XE_RPC_KIND_ENUM, .values = shader_words};

const struct xe_rpc_type xe_rpc_gpu_shader = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_MADE("hash", SHADER, shader.hash, hash_text, "of its words, 16 hexadecimal digits"),
        M_VALUE("kind", SHADER, shader.pixel, &shader_kind, "of shader"),
        M_INT("words", SHADER, shader.words, "words", "of microcode"),
        M_HEX("address", SHADER, shader.address,
              "physical, of the first load; 0: it came with the command"),
        M_INT("loads", SHADER, shader.loads, NULL, "how often it was loaded"),
        M_VALUE("code", SHADER, code, &xe_rpc_strings,
                "lines, in the syntax of xe360-ucode(1): with disassemble, unless so many shaders "
                "were loaded that it was not kept",
                WHEN_SET(SHADER, code)),
        M_END,
    }};
static const struct xe_rpc_field shader_item = {"shader", &xe_rpc_gpu_shader, REQUIRED, 0,
                                                0,        "a shader",         0};
static const struct xe_rpc_type shader_list = {.kind = XE_RPC_KIND_ARRAY, .items = &shader_item};

const struct xe_rpc_type xe_rpc_gpu_shader_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &shader_list, "in the order of their first loads"),
        M_NEXT_CURSOR(LIST, next_cursor),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_gpu_shaders = {
    .name = "gpu.shaders",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The shaders that were loaded, by what they are. With their code a page may have fewer.",
    .result = &xe_rpc_gpu_shader_page,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE,
               {"disassemble", &xe_rpc_bool, OPTIONAL, 0, 0,
                "tell their microcode, too; default false", 0},
               PARAM_LIMIT,
               PARAM_CURSOR},
};
