/* Memory: virtual ranges with both page sizes, commitment and protection, physical memory and its
 * aliases. */
#define TITLE "memory"
#include "check.h"

static void *allocate(u32 at, u32 size, u32 type)
{
    void *base = (void *)at;

    CHECK(NtAllocateVirtualMemory(&base, &size, type, PAGE_READWRITE, 0) == STATUS_SUCCESS);
    return base;
}

static void release(void *base)
{
    u32 size = 0;

    CHECK(NtFreeVirtualMemory(&base, &size, MEM_RELEASE, 0) == STATUS_SUCCESS);
}

static u32 is_zero(const volatile u32 *p, u32 size)
{
    for (u32 i = 0; i < size / 4; i++)
        if (p[i])
            return 0;
    return 1;
}

static void virtual_memory(void)
{
    volatile u32 *small = allocate(0, 0x2000, MEM_RESERVE | MEM_COMMIT);
    volatile u32 *large = allocate(0, 0x10000, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES);

    CHECK((u32)small >= 0x10000 && (u32)small < 0x40000000 && ((u32)small & 0xFFF) == 0);
    CHECK((u32)large >= 0x40000000 && (u32)large < 0x7F000000 && ((u32)large & 0xFFFF) == 0);
    CHECK(is_zero(small, 0x2000) && is_zero(large, 0x10000));
    small[0x7FF] = 0x12345678;
    large[0x3FFF] = 0x9ABCDEF0;
    CHECK(small[0x7FF] == 0x12345678 && large[0x3FFF] == 0x9ABCDEF0);
    release((void *)small);
    release((void *)large);
}

static void at_an_address(void)
{
    void *base = (void *)0x42000000;
    u32 size = 0x10000;
    volatile u32 *p = allocate(0x42450B5C, 0x100, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES);

    CHECK((u32)p == 0x42450000);
    p[0xB5C / 4] = 77;
    CHECK(NtAllocateVirtualMemory(&base, &size, 0, PAGE_READWRITE, 0) == STATUS_INVALID_PARAMETER);
    release((void *)p);
}

static void commit_and_decommit(void)
{
    volatile u32 *p = allocate(0, 0x100000, MEM_RESERVE | MEM_LARGE_PAGES);
    struct memory_info info;
    void *base = (void *)p;
    u32 size = 0x10000;

    CHECK(NtQueryVirtualMemory(base, &info, 0) == STATUS_SUCCESS && info.state == MEM_RESERVE);
    CHECK(NtAllocateVirtualMemory(&base, &size, MEM_COMMIT, PAGE_READWRITE, 0) == STATUS_SUCCESS);
    p[5] = 5;
    CHECK(NtQueryVirtualMemory(base, &info, 0) == STATUS_SUCCESS);
    CHECK(info.state == MEM_COMMIT && info.size == 0x10000 && info.allocation_base == (void *)p &&
          info.protect == PAGE_READWRITE);
    CHECK(NtFreeVirtualMemory(&base, &size, MEM_DECOMMIT, 0) == STATUS_SUCCESS);
    CHECK(NtAllocateVirtualMemory(&base, &size, MEM_COMMIT, PAGE_READWRITE, 0) == STATUS_SUCCESS);
    CHECK(p[5] == 0);
    release((void *)p);
}

static void protection(void)
{
    void *p = allocate(0, 0x10000, MEM_RESERVE | MEM_COMMIT), *base = p;
    u32 size = 0x1000, old = 0;

    CHECK(NtProtectVirtualMemory(&base, &size, PAGE_READONLY, &old, 0) == STATUS_SUCCESS);
    CHECK(old == PAGE_READWRITE);
    CHECK(*(volatile u32 *)p == 0);
    CHECK(NtProtectVirtualMemory(&base, &size, PAGE_READWRITE, &old, 0) == STATUS_SUCCESS);
    CHECK(old == PAGE_READONLY);
    *(volatile u32 *)p = 1;
    release(p);
}

/* The same bytes through three windows; 0xE0000000 is a page off. */
static void physical(void)
{
    volatile u32 *p = MmAllocatePhysicalMemoryEx(0, 0x4000, PAGE_READWRITE, 0, 0xFFFFFFFF, 0);
    u32 at;

    CHECK((u32)p >= 0xE0000000);
    at = MmGetPhysicalAddress((void *)p);
    CHECK(at == (u32)p - 0xE0000000 + 0x1000);
    p[100] = 0xCAFEF00D;
    CHECK(((volatile u32 *)(0xA0000000 + at))[100] == 0xCAFEF00D);
    CHECK(((volatile u32 *)(0xC0000000 + at))[100] == 0xCAFEF00D);
    MmFreePhysicalMemory(0, (void *)p);
    p = MmAllocatePhysicalMemoryEx(0, 0x10000, PAGE_READWRITE | MEM_LARGE_PAGES, 0, 0xFFFFFFFF, 0);
    CHECK((u32)p >= 0xA0000000 && (u32)p < 0xC0000000);
    MmFreePhysicalMemory(0, (void *)p);
}

int main(void)
{
    virtual_memory();
    at_an_address();
    commit_and_decommit();
    protection();
    physical();
    return verdict();
}
