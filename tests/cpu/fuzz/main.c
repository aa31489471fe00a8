/* xe360-cpufuzz: options and the loop over cases. */
#include "tests/cpu/fuzz/fuzz.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SKIPPED 77

static const struct fuzz_mode *const modes[] = {
    &fuzz_mode_words, &fuzz_mode_sequences, &fuzz_mode_pair, &fuzz_mode_twins, &fuzz_mode_world};
#define MODES (sizeof(modes) / sizeof(modes[0]))

struct run {
    struct fuzz_options options;
    bool chosen[MODES];
    uint64_t count;
    unsigned seconds, keep_going;
};

static int usage(FILE *out)
{
    fputs("usage: xe360-cpufuzz [option ...]\n"
          "  --mode NAME      words, sequences (against qemu), pair, world (interpreter\n"
          "                   against translated code) or twins; may be given again; default: all\n"
          "  --pair           the same as --mode pair\n"
          "  --seed N         of all random choices (default 1)\n"
          "  --count N        cases of each mode (default 1000)\n"
          "  --seconds N      for so long instead, shared by the modes\n"
          "  --case N         only this one\n"
          "  --engine NAME    interpreter, jit or check: what is tested (default: jit for pair,\n"
          "                   the interpreter elsewhere)\n"
          "  --no-fma         translate as on a host without FMA\n"
          "  --keep-going N   stop after N differences (default 1)\n"
          "  --wide FILE, --narrow FILE  the oracles (with-oracles.sh gives them)\n"
          "  --verbose        print every case\n"
          "Exit status: 0 all agree, 1 a difference, 2 wrong usage, 77 a part is missing.\n",
          out);
    return out == stdout ? 0 : 2;
}

static bool choose_mode(struct run *run, const char *name)
{
    for (size_t i = 0; i < MODES; i++)
        if (strcmp(modes[i]->name, name) == 0)
            return run->chosen[i] = true;
    return false;
}

static bool choose_engine(struct run *run, const char *name)
{
    static const char *const names[] = {
        [XE_CPU_INTERPRETER] = "interpreter", [XE_CPU_JIT] = "jit", [XE_CPU_CHECK] = "check"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0) {
            run->options.engine = (enum xe_cpu_engine_kind)i;
            run->options.engine_given = true;
            return true;
        }
    return false;
}

static bool number(const char *text, uint64_t *ret)
{
    char *end;

    *ret = strtoull(text, &end, 0);
    return *text && !*end;
}

static bool take(struct run *run, int option)
{
    uint64_t n = 0;

    switch (option) {
    case 'm':
        return choose_mode(run, optarg);
    case 'p':
        return choose_mode(run, "pair");
    case 'e':
        return choose_engine(run, optarg);
    case 'F':
        return run->options.no_fma = true;
    case 'W':
        run->options.wide = optarg;
        return true;
    case 'N':
        run->options.narrow = optarg;
        return true;
    case 'v':
        return run->options.verbose = true;
    case 'S':
        return number(optarg, &run->options.seed);
    case 'n':
        return number(optarg, &run->count);
    case 'c':
        run->count = 1;
        return number(optarg, &run->options.first);
    case 's':
    case 'k':
        if (!number(optarg, &n) || n > 1000000)
            return false;
        *(option == 's' ? &run->seconds : &run->keep_going) = (unsigned)n;
        return true;
    default:
        return false;
    }
}

static bool parse(struct run *run, int argc, char **argv)
{
    static const struct option options[] = {{"mode", required_argument, NULL, 'm'},
                                            {"pair", no_argument, NULL, 'p'},
                                            {"seed", required_argument, NULL, 'S'},
                                            {"count", required_argument, NULL, 'n'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"case", required_argument, NULL, 'c'},
                                            {"engine", required_argument, NULL, 'e'},
                                            {"keep-going", required_argument, NULL, 'k'},
                                            {"wide", required_argument, NULL, 'W'},
                                            {"narrow", required_argument, NULL, 'N'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"no-fma", no_argument, NULL, 'F'},
                                            {NULL, 0, NULL, 0}};
    int option;
    bool any = false;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take(run, option))
            return false;
    for (size_t i = 0; i < MODES; i++)
        any |= run->chosen[i];
    for (size_t i = 0; i < MODES && !any; i++)
        run->chosen[i] = true;
    return optind == argc;
}

/* One mode, until its cases, its time or the patience is used up. Returns the differences. */
static unsigned run_mode(const struct run *run, const struct fuzz_mode *mode, unsigned seconds,
                         bool *ret_missing)
{
    void *state = mode->begin(&run->options);
    time_t start = time(NULL);
    unsigned found = 0;
    uint64_t done = 0;

    if (!state) {
        fprintf(stderr, "%s: skipped, a part is missing\n", mode->name);
        *ret_missing = true;
        return 0;
    }
    while (seconds ? time(NULL) - start < (time_t)seconds : done < run->count) {
        found += !mode->run(state, run->options.first + done);
        done++;
        if (found >= run->keep_going)
            break;
    }
    mode->end(state);
    printf("%s: %llu cases, %u differences (seed %llu)\n", mode->name, (unsigned long long)done,
           found, (unsigned long long)run->options.seed);
    return found;
}

int main(int argc, char **argv)
{
    struct run run = {.options = {.seed = 1}, .count = 1000, .keep_going = 1};
    unsigned found = 0, chosen = 0;
    bool missing = false;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (!parse(&run, argc, argv))
        return usage(stderr);
    for (size_t i = 0; i < MODES; i++)
        chosen += run.chosen[i];
    for (size_t i = 0; i < MODES; i++)
        if (run.chosen[i])
            found += run_mode(&run, modes[i], (run.seconds + chosen - 1) / chosen, &missing);
    return found ? 1 : missing ? SKIPPED : 0;
}
