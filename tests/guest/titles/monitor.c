/* The debug monitor of development consoles, as titles find it that were made on one. */
#include <xe360/test.h>

#include "check.h"

#define GOOD        0x02DA0000u
#define END_OF_LIST 0x82DA0104u
#define INVALID     0x80070057u

struct system_info {
    u32 size;
    u16 base_kernel[4], kernel[4], xdk[4];
    u32 flags;
};

void *DmAllocatePool(u32 size);
void DmFreePool(void *block);
u32 DmGetXboxName(char *name, u32 *room);
u32 DmGetSystemInfo(struct system_info *info);
u32 DmWalkLoadedModules(void **walk, void *module);
void DmCloseLoadedModules(void *walk);
u32 DmIsDebuggerPresent(void);
void DmSendNotificationString(const char *text);
extern const u16 *const volatile __imp_XboxKrnlVersion;

static void blocks_are_given(void)
{
    u8 *a = DmAllocatePool(100), *b = DmAllocatePool(100);

    TEST_TRUE(a && b && a != b);
    for (u32 i = 0; i < 100; i++)
        a[i] = b[i] = (u8)i;
    DmFreePool(a);
    TEST_EQUAL(b[99], 99);
    DmFreePool(b);
}

static void the_console_has_a_name(void)
{
    char name[64] = "";
    u32 room = sizeof(name);

    TEST_EQUAL(DmGetXboxName(name, &room), GOOD);
    TEST_TRUE(name[0]);
    TEST_EQUAL(DmGetXboxName(NULL, &room), INVALID);
}

static void its_kernel_is_the_one_that_runs(void)
{
    struct system_info info = {.size = sizeof(info)};

    TEST_EQUAL(DmGetSystemInfo(&info), GOOD);
    for (u32 i = 0; i < 3; i++)
        TEST_EQUAL(info.kernel[i], __imp_XboxKrnlVersion[i]);
}

/* Some titles go on until they see that. */
static void the_list_of_modules_ends(void)
{
    static u8 module[0x200];
    void *walk = NULL;
    u32 result = GOOD, steps = 0;

    while (result == GOOD && steps++ < 100)
        result = DmWalkLoadedModules(&walk, module);
    TEST_EQUAL(result, END_OF_LIST);
    DmCloseLoadedModules(walk);
}

static void nobody_has_to_listen(void)
{
    DmSendNotificationString("a title says something");
    TEST_TRUE(DmIsDebuggerPresent() <= 1);
}

static const struct test tests[] = {
    TEST(blocks_are_given),
    TEST(the_console_has_a_name),
    TEST(its_kernel_is_the_one_that_runs),
    TEST(the_list_of_modules_ends),
    TEST(nobody_has_to_listen),
};
static const struct test_suite suites[] = {TEST_SUITE("monitor", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
