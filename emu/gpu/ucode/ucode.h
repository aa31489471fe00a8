/* Microcode, decoded: what the interpreter of shaders and the disassembler go by. All of it follows
 * from ucode.def. Nothing here fails: any word is some instruction, or none (XE_UCODE_FORMS).
 * Any thread. */
#ifndef XE_GPU_UCODE_UCODE_H
#define XE_GPU_UCODE_UCODE_H

#include "xe/coverage.h"
#include "xe/ucode.h"

/* Half a slot of control flow is in the first 48 bits. */
struct xe_ucode_word {
    uint32_t w[3];
};

enum xe_ucode_form {
    XE_UCODE_NOTHING,
    XE_UCODE_EXEC,
    XE_UCODE_EXEC_BOOL,
    XE_UCODE_EXEC_PRED,
    XE_UCODE_LOOP_START,
    XE_UCODE_LOOP_END,
    XE_UCODE_CALL,
    XE_UCODE_JUMP,
    XE_UCODE_ALLOC,
    XE_UCODE_ALU,
    XE_UCODE_VFETCH,
    XE_UCODE_TFETCH,
    XE_UCODE_FORMS
};

enum xe_ucode_cf_op {
#define CF_OP(number, name, form) XE_UCODE_CF_##name = number,
#include "gpu/ucode/ucode.def"
    XE_UCODE_CF_OPS = 16
};
enum xe_ucode_vector_op {
#define VECTOR_OP(number, name, operands, kind) XE_UCODE_V_##name = number,
#include "gpu/ucode/ucode.def"
    XE_UCODE_V_OPS = 32
};
enum xe_ucode_scalar_op {
#define SCALAR_OP(number, name, operands, kind) XE_UCODE_S_##name = number,
#include "gpu/ucode/ucode.def"
    XE_UCODE_S_OPS = 64
};
enum xe_ucode_fetch_op {
#define FETCH_OP(number, name, form) XE_UCODE_F_##name = number,
#include "gpu/ucode/ucode.def"
    XE_UCODE_F_OPS = 32
};
enum xe_ucode_vertex_format {
#define VERTEX_FORMAT(number, name, words) XE_UCODE_##name = number,
#include "gpu/ucode/ucode.def"
    XE_UCODE_VERTEX_FORMATS = 64
};
enum xe_ucode_filter { XE_UCODE_POINT, XE_UCODE_LINEAR, XE_UCODE_BASE, XE_UCODE_BY_CONSTANT };
enum xe_ucode_dimension { XE_UCODE_1D, XE_UCODE_2D, XE_UCODE_3D, XE_UCODE_CUBE };
enum xe_ucode_alloc { XE_UCODE_NONE, XE_UCODE_POSITION, XE_UCODE_OUTPUTS, XE_UCODE_MEMORY };

/* Numbers of exports, and of what there is of everything. */
enum {
    XE_UCODE_O_INTERPOLATORS = 16, /* of a vertex shader: from 0 on */
    XE_UCODE_O_COLORS = 4,         /* of a pixel shader: from 0 on  */
    XE_UCODE_O_ADDRESS = 32,
    XE_UCODE_O_DATA = 33,
    XE_UCODE_O_DATAS = 5,
    XE_UCODE_O_DEPTH = 61,
    XE_UCODE_O_POSITION = 62,
    XE_UCODE_O_POINT = 63,
    XE_UCODE_TEMPS = 64,
    XE_UCODE_SLOTS = XE_UCODE_WORDS / 3,
    XE_UCODE_VFETCHES = 96,
    XE_UCODE_BODY = 6 /* instructions that a sequence has bits for */
};

/* The members are the fields of ucode.def, which explains them. */
struct xe_ucode_alu {
#define ALU_FIELD(name, bit, width, usual, values) int32_t name;
#include "gpu/ucode/ucode.def"
};
struct xe_ucode_vfetch {
#define VFETCH_FIELD(name, bit, width, usual, values) int32_t name;
#include "gpu/ucode/ucode.def"
};
struct xe_ucode_tfetch {
#define TFETCH_FIELD(name, bit, width, usual, values) int32_t name;
#include "gpu/ucode/ucode.def"
};

/* Of control flow; 0 where its form has no such field. */
struct xe_ucode_cf {
    enum xe_ucode_cf_op op;
    enum xe_ucode_form form;
    uint32_t address, count, sequence; /* of an exec: slots */
    uint32_t target;                   /* among instructions of control flow */
    uint32_t loop, boolean;
    bool cond, repeat, breaks, always, predicated;
    bool ends; /* the program, when it runs */
    enum xe_ucode_alloc type;
};

/* The form of a slot in the body of an exec; FORMS: there is no such instruction. */
enum xe_ucode_form xe_ucode_form_of(const struct xe_ucode_word *word, bool is_fetch);
void xe_ucode_alu(const struct xe_ucode_word *word, struct xe_ucode_alu *ret);
void xe_ucode_vfetch(const struct xe_ucode_word *word, struct xe_ucode_vfetch *ret);
void xe_ucode_tfetch(const struct xe_ucode_word *word, struct xe_ucode_tfetch *ret);
void xe_ucode_cf(const struct xe_ucode_word *word, struct xe_ucode_cf *ret);

/* Of a program of n words: its i-th instruction of control flow, or slot. */
struct xe_ucode_word xe_ucode_cf_word(const uint32_t *words, uint32_t i);
struct xe_ucode_word xe_ucode_slot(const uint32_t *words, uint32_t i);
/* How many instructions of control flow it has: no length says it, so they end where the first
 * body begins. */
uint32_t xe_ucode_cf_count(const uint32_t *words, uint32_t n);

/* What an operation takes; kinds as in ucode.def. */
enum xe_ucode_kind {
    XE_UCODE_LANE,
    XE_UCODE_WHOLE,
    XE_UCODE_PUSH,
    XE_UCODE_KILL,
    XE_UCODE_A0,
    XE_UCODE_PLAIN,
    XE_UCODE_PREV,
    XE_UCODE_PRED,
    XE_UCODE_CONST
};
struct xe_ucode_op {
    const char *name; /* NULL: there is none */
    uint8_t operands;
    enum xe_ucode_kind kind;
};
extern const struct xe_ucode_op xe_ucode_vector_ops[XE_UCODE_V_OPS];
extern const struct xe_ucode_op xe_ucode_scalar_ops[XE_UCODE_S_OPS];
/* Words that an element takes; 0: no such format. */
uint32_t xe_ucode_format_words(uint32_t format);
/* Is the constant that src1, src2 or src3 (0 to 2) names a relative one? The first of them that
 * names a constant has a flag of its own, whether or not the operations read it. */
bool xe_ucode_relative(const struct xe_ucode_alu *alu, uint32_t source);
/* Component that a lane reads. */
static inline uint32_t xe_ucode_lane(int32_t swizzle, uint32_t lane)
{
    return (((uint32_t)swizzle >> 2 * lane) + lane) & 3;
}

/* coverage.c: each operation, in order. */
void xe_ucode_coverage(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx);

#endif
