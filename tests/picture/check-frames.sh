#!/bin/sh
# Pictures as a user of xe360ctl has them: runs until a frame, files, two held against each other.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/triangle.xex" triangle.xex

# Of a private run: two pictures that are alike, and their heat map, which is like neither.
want 0 'stop=frame' run triangle.xex --until=frame
want 0 'stop=frame' run triangle.xex --frames=1 --frame=first.png
want 0 'stop=frame' run triangle.xex --renderer=reference --frames=2 --frame=second.png --engine=interpreter
want 5 'stop=target' run triangle.xex --until=frame -n 1000
cmp first.png second.png || failures=$((failures + 1))
want 0 '^equal: 76800 pixels$' frame diff first.png second.png -o heat.png
want 1 '^different: [0-9]* of 76800 pixels, the first at [0-9]*,[0-9]*; a channel by [0-9]* of 255; SSIM 0\.[0-9]*$' \
    frame diff heat.png first.png -o more.png
want 0 '^equal: 76800' frame diff more.png more.png
want 1 '"equal": false' frame diff heat.png first.png -j
want 0 '^equal: 0 pixels$' frame diff heat.png first.png --mask=0,0,320,240
want 2 "mask '0,0,320'" frame diff first.png second.png --mask=0,0,320
want 99 'no PNG file' frame diff first.png triangle.xex
want 2 'expected INSTANCE, or diff A B' frame first.png second.png

start_daemon --root "$state"
want 0 'state=created' create triangle.xex --name=t --renderer=reference
want 8 'no picture has been made' frame diff t first.png
want 0 'stop=frame' start t --frames=1 --wait
want 0 '^equal' frame diff t first.png
want 0 'stop=frame' start t --until=frame -n 1M --wait
want 1 '^different' frame diff heat.png t
want 0 '^equal' frame diff t second.png
want 8 '' frame diff t nobody
want 0 '^picture 1 at cycle 40100: 320 by 240, [0-9a-f]*$' frames t
want 0 '^picture 2 at cycle' frames t

# The same by the daemon, of a file beneath a root. The heat map has grey where the picture has colour:
# by how much is not the point, but that it is told, allowed or refused.
with_file()
{
    pattern=$1
    shift
    want 0 "$pattern" call -j frame.diff instance=t "$@"
}
with_file '"equal": true' file=second.png
with_file '"alike": true' file=second.png ssim=1000000 greatest=0
with_file '"alike": false' file=heat.png
with_file '"alike": true' file=heat.png greatest=255
with_file '"alike": false' file=heat.png greatest=255 ssim=999999
with_file '"alike": true' file=heat.png ssim=0
with_file '"equal": true' file=heat.png 'mask=[{"x": 0, "y": 0, "width": 320, "height": 240}]'
"$build/xe360ctl" call -j frame.diff instance=t file=second.png heat=true |
    sed -n 's/^ *"heat": "\(.*\)".*/\1/p' | base64 -d >of-daemon.png
cmp heat.png of-daemon.png || failures=$((failures + 1))

# A golden with the picture itself: exact, until it says what it allows.
"$build/xe360ctl" call -j golden.record image=triangle.xex instructions=1000000 picture=true \
    'config={"renderer": "reference"}' >golden.json
want 0 '' check golden.json
want 0 'recorded' record triangle.xex -n 1000000 --picture -o recorded.json
for file in golden recorded; do sed -n 's/^ *"png": "\(.*\)".*/\1/p' $file.json >$file.png; done
cmp golden.png recorded.png || failures=$((failures + 1))
sed "s|\"png\": \"[^\"]*\"|\"png\": \"$(base64 -w0 heat.png)\"|" golden.json >far.json
want 1 'result.picture: expected {}, found {"equal": false' check far.json
sed 's/"png":/"ssim": 0, "png":/' far.json >near.json
want 0 '' check near.json
sed 's/"ssim": 0/"greatest": 3/' near.json >nearer.json
want 1 'result.picture: expected {"greatest": 3}' check nearer.json
sed 's/"ssim": 0/"mask": [{"x": 0, "y": 0, "width": 320, "height": 240}]/' near.json >masked.json
want 0 '' check masked.json
exit $failures
