/* Gravity between a few bodies in single precision. */
#include "kernels.h"

#define BODIES 16

static struct {
    float x, y, z, vx, vy, vz, mass;
} body[BODIES];

__attribute__((noinline)) static void accelerate(float dt)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            float dx = body[i].x - body[j].x, dy = body[i].y - body[j].y;
            float dz = body[i].z - body[j].z;
            float d2 = dx * dx + dy * dy + dz * dz + 0.01f;
            float magnitude = dt / (d2 * __builtin_sqrtf(d2));

            body[i].vx -= dx * body[j].mass * magnitude;
            body[i].vy -= dy * body[j].mass * magnitude;
            body[i].vz -= dz * body[j].mass * magnitude;
            body[j].vx += dx * body[i].mass * magnitude;
            body[j].vy += dy * body[i].mass * magnitude;
            body[j].vz += dz * body[i].mass * magnitude;
        }
}

static void move(float dt)
{
    for (int i = 0; i < BODIES; i++) {
        body[i].x += dt * body[i].vx;
        body[i].y += dt * body[i].vy;
        body[i].z += dt * body[i].vz;
    }
}

bench_u32 bench_nbody(bench_u32 rounds)
{
    float sum = 0;

    for (int i = 0; i < BODIES; i++) {
        body[i].x = (float)(i * 7 % 5) - 2.0f;
        body[i].y = (float)(i * 3 % 7) - 3.0f;
        body[i].z = (float)(i * 5 % 11) - 5.0f;
        body[i].vx = body[i].vy = body[i].vz = 0;
        body[i].mass = 0.5f + 0.1f * (float)i;
    }
    for (bench_u32 r = 0; r < rounds; r++) {
        accelerate(0.001f);
        move(0.001f);
    }
    for (int i = 0; i < BODIES; i++)
        sum += body[i].x + body[i].y + body[i].z;
    return (bench_u32)(int)(sum * 65536.0f);
}
