/* The parts of the manual pages that are tables, as mdoc: `man_rows reasons` and so on.
 * check-man.sh holds the pages to it; whoever changes a row copies the new text from here. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "rpc/rows.h"
#include "xe/stop.h"

/* A doc as a sentence, on a line of its own. */
static void sentence(const char *doc)
{
    printf("\\&%c%s.\n", toupper((unsigned char)doc[0]), doc + 1);
}

static void reasons(void)
{
#define STOP(name, word, until, signal, doc)                                                       \
    printf(".It Cm %s\n", word);                                                                   \
    sentence(doc);
#include "xe/stops.def"
}

static void causes(void)
{
#define CAUSE(name, word, reason, has, signal, says, doc)                                          \
    printf(".It Cm %s No \\&(%s, SIG%s)\n", word, xe_stop_name(XE_STOP_##reason), #signal);        \
    sentence(doc);
#include "xe/stops.def"
}

static void until(void)
{
#define UNTIL_YES(word) printf(".Cm %s\n", word);
#define UNTIL_NO(word)
#define STOP(name, word, until, signal, doc) UNTIL_##until(word)
#include "xe/stops.def"
}

static const struct {
    const char *name;
    void (*print)(void);
} parts[] = {{"causes", causes}, {"reasons", reasons}, {"until", until}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!strcmp(parts[i].name, argv[1])) {
            parts[i].print();
            return 0;
        }
    fputs("usage: man_rows causes|reasons|until\n", stderr);
    return 2;
}
