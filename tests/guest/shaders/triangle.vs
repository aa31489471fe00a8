; Position and colour of a vertex, three floats each; positions go through the matrix c0 to c3.
.vertex
    exec
        vfetch r1.xyz1, r0.x, vf0 {format=FMT_32_32_32_FLOAT, stride=6}
        vfetch r2.xyz1, r0.x, vf0 {format=FMT_32_32_32_FLOAT, mini, offset=3}
    alloc position
    exec
        serialize dp4 oPos.x, r1, c0
        dp4 oPos.y, r1, c1
        dp4 oPos.z, r1, c2
        dp4 oPos.w, r1, c3
    alloc interpolators
    exec_end
        mov o0, r2
