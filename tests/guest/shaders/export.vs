; Each vertex writes c10 as an element of the stream that c8 says.
.vertex
    alloc memory
    exec
        mad eA, r0.xxxx, c9, c8
        mov eM0, c10
    alloc position
    exec_end
        mov oPos, c11
