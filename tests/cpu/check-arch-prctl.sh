#!/bin/sh
# The tests of translated code once more, as on a host that hides FSGSBASE: GS is set by arch_prctl.
# What differs is how code is entered and how faults are found: fewer random cases than usual do.
set -eu
cd "${XE_BUILDDIR:-.}"
XE_JIT_GS=arch_prctl XE_JIT_CASES=20
export XE_JIT_GS XE_JIT_CASES
tests/cpu/test_cpu --filter '@(check|cpu_branch|cpu_faults|cpu_jit|cpu_vectors|cpu_words|gs|inspect|jit_vmx|links|room)/*'
tests/cpu/test_float --filter '@(cpu_enabled|cpu_fpscr|cpu_twins)/*'
