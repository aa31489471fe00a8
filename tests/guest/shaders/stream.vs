; A vertex as place.vs has it goes to memory, moved by c0, with red and blue exchanged: seven floats,
; five and then two. c8 is where to, c9 takes an index, c10 makes it; nothing is to be drawn.
.vertex
    exec
        vfetch r1.xyz1, r0.x, vf0 {format=FMT_32_32_32_FLOAT, stride=7}
        vfetch r2.xyzw, r0.x, vf0 {format=FMT_32_32_32_32_FLOAT, mini, offset=3}
    exec
        mad r3.xy, r0.xxxx, c10.xxxx, c10.zwzw
        serialize add r1.xyz, r1, c0
    alloc memory
    exec
        mad eA, r3.xxxx, c9, c8
        mov eM0, r1.xxxx
        mov eM1, r1.yyyy
        mov eM2, r1.zzzz
        mov eM3, r2.zzzz
        mov eM4, r2.yyyy
    alloc memory
    exec
        mad eA, r3.yyyy, c9, c8
        mov eM0, r2.xxxx
        mov eM1, r2.wwww
    alloc position
    exec_end
        mov oPos, c11
