; c10 as element r0.x of the stream that c8 is; c9 takes the index. Nothing is to be drawn.
.vertex
    alloc memory
    exec
        mad eA, r0.xxxx, c9, c8
        mov eM0, c10
    alloc position
    exec_end
        mov oPos, c11
