/* Breakpoints and watchpoints of one instance; see xe/debug.h. Tells the engine which instructions
 * to ask about and memory which pages to watch, and hears of them when they are reached. */
#ifndef XE_DEBUG_DEBUG_H
#define XE_DEBUG_DEBUG_H

#include "kernel/core/kernel.h"
#include "xe/debug.h"

struct xe_debug;

/* kernel is borrowed and must outlive it. NULL: no memory. */
struct xe_debug *xe_debug_create(struct xe_kernel *kernel);
void xe_debug_destroy(struct xe_debug *debug);

/* Another kernel runs from now on: points stay, what was hit does not. */
void xe_debug_follow(struct xe_debug *debug, struct xe_kernel *kernel);

/* As xe_instance_point_set and xe_instance_point_enable. */
uint32_t xe_debug_add(struct xe_debug *debug, const struct xe_point *wanted, struct xe_error *err);
bool xe_debug_enable(struct xe_debug *debug, uint32_t id, bool enabled, struct xe_error *err);
bool xe_debug_remove(struct xe_debug *debug, uint32_t id);
void xe_debug_visit(const struct xe_debug *debug,
                    void (*fn)(void *ctx, const struct xe_point *point), void *ctx);

/* A run begins: what was hit before is over. */
void xe_debug_begin(struct xe_debug *debug);
/* The instance is at another moment than it was: what was reached is not where it stands. */
void xe_debug_forget(struct xe_debug *debug);
bool xe_debug_hit(const struct xe_debug *debug, struct xe_point_hit *ret);

/* Set a register of a thread by name. */
bool xe_debug_register_write(struct xe_cpu *cpu, const char *name, const uint8_t *bytes,
                             uint32_t size, struct xe_error *err);

#endif
