#!/bin/sh
# A server title and its peers as a user of xe360ctl has them: by TCP, by UDP, in forks, from a
# snapshot, and played again from the log.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/net.xex" net.xex

# A private run: nobody comes from outside, and it waits for ever.
want 0 'nobody is there' run net.xex --guest-output
want 4 'client: WITHIN' run net.xex --guest-output --network=virtual -n 1M
want 4 'network can still release it' run net.xex --network=virtual -n 1M
want 2 "network 'cable'" run net.xex --network=cable

start_daemon --root "$state" --state-dir kept
want 0 'state=created' create net.xex --name=n --network=virtual
want 4 'stop=hang' start n -n 1M --wait
want 0 '^i-1 cycle=[0-9]* network=virtual address=10.0.0.2 flying=0' net status n
want 0 '4 console tcp listening 0.0.0.0:80' net status n
want 0 '^20$' net listen n udp 4000
want 0 '' net send n 20:1000 hello
want 4 'stop=hang' start n -n 1M --wait
want 0 '^1 10.0.0.2:1000 0568656c6c6f$' net recv n 20
want 0 '^24$' net connect n 80 10.0.0.5:777
want 4 'stop=hang' start n -n 1M --wait
want 0 '24 peer tcp connected 10.0.0.5:777 to 10.0.0.2:80' net status n
want 0 '' net send n 24 still
want 0 '' net name n live.example 10.0.0.1
want 0 '^live.example = 10.0.0.1$' net status n
want 0 '' net name n live.example
want 8 "there is no name 'live.example'" net name n live.example
want 8 'there is no peer 99' net close n 99
want 2 'expected a peer' net send n x hello
want 2 "'fly'" net fly n

# With a connection open and bytes on their way: a fork, and what begins from a snapshot.
want 0 'name=branch' fork n --name=branch
want 0 '^mid cycle=' snapshot save n mid
want 0 'name=later' create net.xex --name=later --snapshot=mid --network=virtual
for instance in n branch later; do
    want 0 'flying=1' net status $instance
    want 0 '' net hex $instance 24 6f70656e
    want 4 'stop=hang' start $instance -n 1M --wait
    want 0 '10.0.0.2:80 .*4f50454e$' net recv $instance 24
    want 0 '' net close $instance 24
    want 0 '' net send $instance 20:1000 quit
    want 0 'stop=exit' start $instance -n 10M --wait
    want 0 'PASS net' logs $instance --level=print
    want 0 '' digest $instance
    cp out digest.$instance
done
cmp digest.n digest.branch || failures=$((failures + 1))
cmp digest.n digest.later || failures=$((failures + 1))
exit $failures
