/* A title that runs about a million different instructions once (startup.awk writes them) and
 * prints what they left in r3. */
#include <xe360/kernel.h>

unsigned startup_body(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f,
                      unsigned g, unsigned h);

int main(void)
{
    DbgPrint("startup %08x\n", startup_body(1, 2, 3, 4, 5, 6, 7, 8));
    return 0;
}
