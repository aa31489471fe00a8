# To be sourced by scripts that try xe360ctl with a daemon: they are in a folder of their own, $state,
# from then on, which goes with them, and so does the daemon whose process they put into $daemon. Its
# socket is $state/s. $build and $source are whole paths; want.sh is there.
build=$(cd "${XE_BUILDDIR:-.}" && pwd)
source=$(cd "${XE_SRCDIR:-.}" && pwd)
XE360_WORKER=$build/xe360-worker
export XE360_WORKER
state=$(mktemp -d)
daemon=
cleanup()
{
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$state"
}
trap cleanup EXIT INT TERM
# start_daemon OPTION...: a daemon on that socket, which answers.
start_daemon()
{
    "$build/xe360d" --socket s "$@" &
    daemon=$!
    tries=0
    until "$build/xe360ctl" ping >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 500 ]
        sleep 0.02
    done
}

cd "$state"
XE360_SOCKET=$state/s
export XE360_SOCKET
. "$source/tests/support/want.sh"
