# To be sourced: puts the modules of tests/npm, as its lock file has them, into $build/tests/npm, beside copies
# of the programs that use them. Skips (77) where there is no Node or they can't be had.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "skipped: needs node and npm" >&2
    exit 77
fi
modules=$build/tests/npm
mkdir -p "$modules"
cp "$source"/tests/npm/*.mjs "$modules"
# Two tests at once must not install twice.
(
    flock 9
    cmp -s "$source/tests/npm/package-lock.json" "$modules/installed" && exit 0
    rm -rf "$modules/node_modules"
    cp "$source/tests/npm/package.json" "$source/tests/npm/package-lock.json" "$modules"
    (cd "$modules" && timeout 300 npm ci --prefer-offline --ignore-scripts --no-audit --no-fund --silent) || exit 1
    cp "$source/tests/npm/package-lock.json" "$modules/installed"
) 9>"$modules/lock" || {
    echo "skipped: the modules of tests/npm can't be installed" >&2
    exit 77
}
