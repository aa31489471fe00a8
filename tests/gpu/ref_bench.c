#include "ref_bench.h"

void ref_bench_load(struct ref_bench *b, const char *text)
{
    static struct xe_ucode_program program;
    struct xe_ucode_fault fault;

    ref_bench_fini(b);
    cr_assert(xe_ucode_assemble(text, &program, &fault), "%u:%u: %s\n%s", fault.line, fault.column,
              fault.text, text);
    b->shader = xe_ref_shader_create(program.stage, program.words, program.count);
    cr_assert_not_null(b->shader);
    b->constants = (struct xe_ref_constants){b->floats[0], 0, 256, b->booleans, b->loops};
    b->run.shader = b->shader;
    b->run.constants = &b->constants;
    b->run.world = &b->world;
    b->run.lanes = XE_REF_ALL;
    b->run.most = UINT64_MAX;
    xe_ref_run_begin(&b->run);
}

void ref_bench_fini(struct ref_bench *b)
{
    xe_ref_shader_destroy(b->shader);
    b->shader = NULL;
}

void ref_bench_set(struct ref_bench *b, uint32_t reg, uint32_t component, float value)
{
    for (uint32_t lane = 0; lane < XE_REF_LANES; lane++)
        b->run.temp[reg][component][lane] = value;
}

void ref_bench_set4(struct ref_bench *b, uint32_t reg, const float value[4])
{
    for (uint32_t i = 0; i < 4; i++)
        ref_bench_set(b, reg, i, value[i]);
}

void ref_bench_constant(struct ref_bench *b, uint32_t number, float x, float y, float z, float w)
{
    const float value[4] = {x, y, z, w};

    for (uint32_t i = 0; i < 4; i++)
        b->floats[number][i] = xe_bits_of_float(value[i]);
}
