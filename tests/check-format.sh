#!/bin/sh
# clang-format decides layout. Skipped (77) where it is not installed or there is no git checkout.
cd "${XE_SRCDIR:-.}" || exit 1
command -v clang-format >/dev/null || { echo "no clang-format: skipped"; exit 77; }
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo "no checkout: skipped"; exit 77; }
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
