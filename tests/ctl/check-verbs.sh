#!/bin/sh
# Words that people try: those of other programs do what they mean or name what does, near ones are
# told, and `call` reaches every method there is, with values as its row has them.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/quiescent.xex" hang.xex
cp "$build/tests/guest/titles/spin.xex" spin.xex
echo '[]' >list.json

want 2 "no command 'quit': .xe360ctl shutdown" quit
want 2 "no command 'attach': .xe360ctl gdb" attach one
want 2 "no command 'serve': the daemon is a program of its own: xe360d" serve
want 2 "no command 'therads'; did you mean 'threads'" therads
want 0 'Show guest memory' help memory
want 2 "run: there is no option '--seeed'; did you mean 'seed'" run hang.xex --seeed=1
want 2 "ls: there is no option '--frobnicate'; .xe360ctl help ls. lists them" ls --frobnicate
want 2 "run: there is no option '--name'" run hang.xex --name one
want 2 "there is no option '--seeed'" run --engine --seed --seeed hang.xex
want 2 "there is no option '--seeed'" run -n 5M --seeed hang.xex
want 2 "option '--s' is ambiguous" run --s hang.xex
want 4 'stop=hang' run hang.xex -n 5M --lock
want 0 '^xe360ctl [0-9]' --version
# What is behind an option that wants a value is its value, and what is behind -- no option.
want 2 "'--seeed'" run hang.xex --engine --seeed
want 7 "'--seeed'" run -- --seeed

# run and create share the names of whatever makes an instance.
for command in run create; do
    "$build/xe360ctl" $command --help | sed -n 's/^ *\(-[a-z], \)\{0,1\}--\([a-z-]*\).*/\2/p' | sort >"$command.options"
done
for option in allow-modified engine focus inject-lost-wake input livelock-after module mount network \
    no-game-folder pads patch patch-xex renderer seed slice symbols trace-handles trace-handles-focus users \
    video writable-code; do
    for command in run create; do
        grep -qx -e "$option" "$command.options" || {
            echo "$command lacks --$option" >&2
            failures=$((failures + 1))
        }
    done
done

# Two runs: the same, and with another seed; where they part is between two digests of their trails.
want 0 '' run spin.xex -n 10K --stable-digest --digest-every=1K -j -o a.json
want 0 '' run spin.xex -n 10K --stable-digest --digest-every=1K -j -o b.json
want 0 '' run spin.xex -n 9000 --stable-digest --digest-every=1K -j -o c.json
want 4 '' run hang.xex -n 10K --stable-digest --digest-every=20 -j -o d.json
want 0 '^equal, in all that is compared$' compare a.json b.json
want 0 '"equal": true' compare a.json b.json -j
want 0 '' run spin.xex -n 10K -j -o f.json
want 0 '^equal, but for their states' compare f.json f.json
want 1 '^run.cycle: 10000 and 9000$' compare a.json c.json
want 1 '"first_difference": null' compare a.json c.json -j
want 1 '^run.stop_reason: "target" and "hang"$' compare a.json d.json
jq '.digest_trail[4:][].digest = "xd0:0"' a.json >e.json
want 1 '^states differ at cycle 5000, the first' compare a.json e.json
want 1 '^MEMBER ' compare a.json d.json --format=table
want 99 'is no run, as' compare a.json list.json
want 99 'No such file' compare a.json none.json
want 99 'is no JSON' compare spin.xex a.json

start_daemon --root "$state"
want 0 'daemon \(ok\|degraded\), 0 instances, ' status
want 0 'state=created' new hang.xex --name=one --trace-handles-focus=0x1004
want 0 'state=created' create hang.xex --name 7 --focus=0x1004
want 4 'stop=hang' continue one -n 5M --wait
want 0 'name=one state=stopped' ps
want 0 '^i-1 *one *stopped *81 *hang *hang.xex$' status
want 0 '^hang.xex is stuck: 2 of 2 threads' status one
want 0 '"sentence": "hang.xex is stuck' status one -j
want 0 '^thread 1 main waiting$' bt one
want 0 '^#1  *0x82010108  sub_82010080+0x88$' bt one 1
want 0 '^#0 ' backtrace one 2
want 8 'has no thread 9' bt one 9
want 2 "thread 'x'" bt one x
want 0 '"place": {' stacks one -j
want 8 'no run' stop 7
want 0 'state=created' restart one
want 0 '^r3 ' regs one 1 r3
want 0 '^82010000' x one 0x82010000 16
want 0 '' log one
want 0 '' kill one

# Values as rows have them.
want 0 '"name": "7"' call instance.get instance=7
want 0 '"length": 1000' call mem.read instance=7 address=0x82000000 length=1K
want 0 '"length": 16' call mem.read instance=7 address=2181038080 length=0x10
want 0 '"0x00001004"' call audit.focus.set instance=7 handles=0x1004,4108
want 0 '"0x0000100c"' call audit.focus.set instance=7 'handles=["0x1004", 4108]'
want 0 '"0x0000100c"' call audit.focus.set instance=7 'handles:=[4108]'
want 0 '"seed": 5,' call golden.record image="$state/hang.xex" config.seed=5 instructions=1K
want 0 '"name": "true"' call instance.create image="$state/hang.xex" name=true config.seed=5 config.slice=50 audit.trace=true
want 8 'params.config.sed' call instance.create image="$state/hang.xex" config.sed=5
want 8 'params.length: expected an integer' call mem.read instance=7 address=0 length=many
want 8 'params.nstance' call instance.get nstance=7
printf '{"instance": "7"}' >all.json
printf '7' >name
want 0 '"name": "7"' call instance.get @all.json
want 0 '"name": "7"' call instance.get instance=@name
want 0 '"name": "7"' call instance.get 'instance:="7"'
want 2 'is no JSON' call instance.get instance:=7x
want 2 "'name' is no JSON, line 1" call instance.get @name
want 2 "'@list.json' is no JSON object" call instance.get @list.json
want 2 'expected NAME=VALUE' call instance.get 7
want 2 'No such file' call instance.get instance=@none
want 8 "did you mean 'instance.get'" call instance.gat instance=7

# Every method of the table: whatever the daemon says of the call, it knows the method. Those that end
# it or reach for files come with parameters that don't fit.
for method in $("$build/xe360ctl" methods --format=jsonl | jq -r .name); do
    got=0
    "$build/xe360ctl" call "$method" no_such_parameter=1 -j >out 2>err || got=$?
    if [ "$got" != 8 ] || [ "$(jq -r .error.code out)" != -32602 ] ||
        [ "$(jq -r '.error.data.unknown // .error.data.path' out)" = null ]; then
        echo "call $method: status $got" >&2
        cat out err >&2
        failures=$((failures + 1))
    fi
done
want 0 '' call system.shutdown
wait "$daemon" || failures=$((failures + 1))
daemon=
[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
