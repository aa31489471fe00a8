; As place.vs, with the last float as what says of a vertex that it is killed.
.vertex
    exec
        vfetch r1.xyz1, r0.x, vf0 {format=FMT_32_32_32_FLOAT, stride=7}
        vfetch r2.xyzw, r0.x, vf0 {format=FMT_32_32_32_32_FLOAT, mini, offset=3}
    alloc position
    exec
        serialize mov oPos, r1
        mov oPts.__z_, r2.w
    alloc interpolators
    exec_end
        mov o0.xyz1, r2
