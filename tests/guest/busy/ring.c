/* Three threads hold a mutant each and want the next one's, for ever; main sleeps and goes on. */
#define TITLE "ring"
#include "../titles/check.h"

static HANDLE mutant[3];

static u32 worker(void *context)
{
    u32 i = (u32)context;

    wait(mutant[i]);
    sleep_ms(10);
    wait(mutant[(i + 1) % 3]);
    return 0;
}

int main(void)
{
    for (u32 i = 0; i < 3; i++)
        NtCreateMutant(&mutant[i], NULL, 0);
    for (u32 i = 0; i < 3; i++)
        start(worker, (void *)i, i + 1);
    for (;;)
        sleep_ms(5);
}
