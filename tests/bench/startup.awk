# Writes the start-up title's body: about a million instructions, each at its own address and run at most
# once: arithmetic on r3 to r10 with constants that differ, a compare and a short forward branch in
# every sixteen. What a JIT translates here never pays back. Deterministic: the same text every time.
function random(n)
{
    seed = (seed * 16807) % 2147483647
    return int(seed / 8) % n
}

function reg()
{
    return "%r" (3 + random(8))
}

BEGIN {
    seed = 2026
    split("add subf xor and or nor mullw eqv", three)
    print ".section .text.startup_body,\"ax\",@progbits\n.globl startup_body\nstartup_body:"
    for (block = 0; block < 62500; block++) {
        for (i = 0; i < 12; i++) {
            kind = random(4)
            if (kind == 0)
                print three[1 + random(8)], reg() "," reg() "," reg()
            else if (kind == 1)
                print "addi", reg() "," reg() "," random(65536) - 32768
            else if (kind == 2)
                print "xoris", reg() "," reg() "," random(65536)
            else
                print "rlwinm", reg() "," reg() "," random(32) "," random(32) "," random(32)
        }
        print "cmpwi", reg() "," random(65536) - 32768
        print (random(2) ? "blt" : "bge"), "1f"
        print "addi", reg() "," reg() "," random(65536) - 32768
        print "1: xori", reg() "," reg() "," random(65536)
    }
    print "blr"
}
