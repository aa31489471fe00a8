# To be sourced by scripts that try xe360ctl; they set $build, and are in a folder of their own.
failures=0

# want STATUS PATTERN ARGUMENTS...: xe360ctl ends so, and its output has the pattern ('': any).
want()
{
    status=$1 pattern=$2
    shift 2
    got=0
    "$build/xe360ctl" "$@" >out 2>&1 || got=$?
    if [ "$got" = "$status" ] && { [ -z "$pattern" ] || grep -q -e "$pattern" out; }; then return; fi
    echo "xe360ctl $*: status $got, wanted $status and '$pattern':" >&2
    cat out >&2
    failures=$((failures + 1))
}
