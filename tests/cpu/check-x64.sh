#!/bin/sh
# The host encoder against objdump: each row of x64_ops.def with many operands must read back as what
# it was meant to be. Sizes of memory operands ("DWORD PTR") are not compared; immediates are, as
# numbers.
set -e
build=${XE_BUILDDIR:-.}
command -v objdump >/dev/null || { echo "objdump (binutils) is missing"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

"$build/tests/cpu/list_x64" >"$dir/list"
# One instruction in sixteen bytes, filled up with one-byte nops, so that each starts where it should.
python3 -c '
import sys
for line in sys.stdin:
    sys.stdout.buffer.write(bytes.fromhex(line.split("\t")[0]).ljust(16, b"\x90"))
' <"$dir/list" >"$dir/code"
objdump -D -b binary -m i386:x86-64 -M intel --no-show-raw-insn "$dir/code" |
	awk '/^ *[0-9a-f]+:/ {
		sub(/:$/, "", $1)
		at = $1; $1 = ""
		if (at ~ /0$/) { sub(/^ */, ""); sub(/ *#.*/, ""); print at "\t" $0 }
	}' >"$dir/read"
python3 - "$dir/list" "$dir/read" <<'EOF'
import re, sys

def number(match):
    return str(int(match.group(0), 16) & 0xffffffffffffffff)

def plain(text, at):
    text = text.strip().lower()
    text = re.sub(r'\b(byte|word|dword|qword|xmmword) ptr ', '', text)
    text = re.sub(r'\s+', ' ', text).replace('movabs', 'mov')
    text = re.sub(r'^(vcmp)\w*?(ps|ss|sd|pd) (.*?)(,0x\w+)?$', r'\1\2 \3', text)
    text = re.sub(r'\+0x0\]', ']', text)
    text = re.sub(r'\beiz\*1\b|\briz\*1\b', '', text)
    # a jump's target is relative to where the instruction stands
    m = re.match(r'^(j\w+|call) 0x([0-9a-f]+)$', text)
    if m:
        return '%s %d' % (m.group(1), int(m.group(2), 16) - at & 0xffffffffffffffff)
    # immediates: the listing has them signed or hex, objdump sign-extends
    m = re.match(r'^(.*),(-?\d+)$', text)
    if m and not m.group(1).endswith('['):
        text = '%s,0x%x' % (m.group(1), int(m.group(2)) & 0xffffffffffffffff)
    return text

def same(want, got):
    if want == got:
        return True
    # 32- and 16-bit immediates are shown at their size
    w, g = re.match(r'^(.*),0x(\w+)$', want), re.match(r'^(.*),0x(\w+)$', got)
    if not w or not g or w.group(1) != g.group(1):
        return False
    a, b = int(w.group(2), 16), int(g.group(2), 16)
    return any(a & mask == b & mask and b <= mask for mask in (0xff, 0xffff, 0xffffffff))

bad = count = 0
read = {}
for line in open(sys.argv[2]):
    at, text = line.rstrip('\n').split('\t')
    read[int(at, 16)] = text
for i, line in enumerate(open(sys.argv[1])):
    code, text = line.rstrip('\n').split('\t')
    count += 1
    want, got = plain(text, 0), plain(read.get(16 * i, '?'), 16 * i)
    if not same(want, got):
        bad += 1
        if bad < 20:
            print('%s: meant "%s", reads "%s"' % (code, want, got))
print('%d encodings, %d wrong' % (count, bad))
sys.exit(bad != 0 or count < 1000)
EOF
