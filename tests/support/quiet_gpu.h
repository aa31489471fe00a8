/* A world around the graphics chip that takes all it is told and asks for nothing, for who only
 * wants the chip to run. */
#ifndef TESTS_SUPPORT_QUIET_GPU_H
#define TESTS_SUPPORT_QUIET_GPU_H

#include "gpu/gpu.h"

/* Interrupt time is *now, which is borrowed. */
struct xe_gpu_host quiet_gpu_host(const uint64_t *now);

#endif
