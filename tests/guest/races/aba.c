/* A list whose head is exchanged if it is what it was, though it was another one meanwhile: who was
 * stopped between its look at the first element and the exchange puts back one that is in use. */
#include <xe360/kernel.h>

struct node {
    struct node *volatile next;
    volatile u32 used;
};

static struct node nodes[3] = {{&nodes[1], 0}, {&nodes[2], 0}, {NULL, 0}};
static struct node *volatile head = &nodes[0];

static u32 exchange(struct node *from, struct node *to)
{
    u32 seen, done;

    __asm__ volatile("li %1, 0\n"
                     "1: lwarx %0, 0, %2\n\t"
                     "cmpw %0, %3\n\t"
                     "bne 2f\n\t"
                     "stwcx. %4, 0, %2\n\t"
                     "bne 1b\n\t"
                     "li %1, 1\n"
                     "2:"
                     : "=&r"(seen), "=&r"(done)
                     : "r"(&head), "r"(from), "r"(to)
                     : "cr0", "memory");
    return done;
}

static struct node *pop(void)
{
    struct node *first, *next;

    do {
        first = head;
        if (!first)
            return NULL;
        next = first->next;
    } while (!exchange(first, next));
    if (first->used++)
        *(volatile u32 *)0 = 0;
    return first;
}

static void push(struct node *node)
{
    struct node *first;

    node->used--;
    do {
        first = head;
        node->next = first;
    } while (!exchange(first, node));
}

static u32 use(void *context)
{
    struct node *a = pop(), *b = pop();

    if (a)
        push(a);
    (void)b;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    for (u32 i = 0; i < 2; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, use, NULL, THREAD_ON(i + 1));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    pop();
    pop();
    return 0;
}
