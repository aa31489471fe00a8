/* How many rounds each kernel does: about a second of interpretation each. */
#ifndef XE_BENCH_ROUNDS_H
#define XE_BENCH_ROUNDS_H

#define BENCH_ROUNDS_branchy 200u
#define BENCH_ROUNDS_sha256  200u
#define BENCH_ROUNDS_chase   100u

#endif
