/* Libraries loaded by a title, which they tell of every call of their entries: who is called when,
 * with what, and what is refused. */
#define TITLE "modules"
#include <xe360/module.h>

#include "../titles/check.h"

#define HEARD_MAX 64

static u32 heard[HEARD_MAX], count, reserved_seen;

void note(u32 part, u32 reason, u32 reserved);

void note(u32 part, u32 reason, u32 reserved)
{
    if (count < HEARD_MAX)
        heard[count++] = part << 8 | reason;
    reserved_seen |= reserved;
}

/* Was it this, and nothing else, since it was asked last? "c1b1" is ATTACH of c, then of b. */
static u32 was(const char *expected)
{
    u32 n = 0;

    while (expected[2 * n])
        n++;
    if (n != count) {
        DbgPrint("heard %u calls, not '%s'\n", count, expected);
        for (u32 i = 0; i < count; i++)
            DbgPrint("  %c%u\n", heard[i] >> 8, heard[i] & 0xFF);
    }
    for (u32 i = 0; i < n && n == count; i++)
        if (heard[i] != ((u32)expected[2 * i] << 8 | (u32)(expected[2 * i + 1] - '0'))) {
            DbgPrint("call %u was %c%u, not '%s'\n", i, heard[i] >> 8, heard[i] & 0xFF, expected);
            n = count + 1;
        }
    n = n == count;
    count = 0;
    return n;
}

static struct ldr_entry *load(const char *name)
{
    void *module = (void *)1;

    CHECK(XexLoadImage(name, LOAD_TITLE_LIBRARY, 0, &module) == 0);
    return module;
}

static struct ldr_entry *handle(const char *name)
{
    void *module = NULL;

    XexGetModuleHandle(name, &module);
    return module;
}

static u32 call(void *module, u32 ordinal)
{
    u32 (*function)(void) = NULL;

    CHECK(XexGetProcedureAddress(module, ordinal, (void **)&function) == 0);
    return function ? function() : 0;
}

/* In how many of the lists does it stand, from the title on? */
static u32 listed(const struct ldr_entry *entry)
{
    u32 n = 0;

    for (u32 list = 0; list < 3; list++) {
        const struct list_entry *own =
            &((const struct ldr_entry *)XexExecutableModuleHandle)->load_links + list;

        for (const struct list_entry *at = own->next; at != own; at = at->next)
            n += at == &entry->load_links + list;
    }
    return n;
}

/* ---- one after the other ----------------------------------------------------------------------
 */

static void chain(void)
{
    struct ldr_entry *a = load("game:\\a.dll"), *b = handle("b.dll"), *c = handle("C.DLL");

    CHECK(was("c1b1a1") && a && b && c);
    CHECK(reserved_seen == 0);
    CHECK(call(a, 1) == 321 && call(b, 1) == 32 && call(c, 1) == 3);
    CHECK(call(a, 2) == (u32)a && call(b, 2) == (u32)b);
    CHECK(listed(a) == 3 && listed(c) == 3 && handle("a") == a);
    CHECK(a->load_count == 1 && b->load_count == 1 && c->load_count == 1);
    CHECK(a->base_name.length == 10 && a->base_name.buffer[0] == 'a');
    CHECK(load("a.dll") == a && a->load_count == 2 && was(""));
    CHECK(XexUnloadImage(a) == 0 && a->load_count == 1 && was(""));
    CHECK(XexUnloadImage(a) == 0 && was("a0b0c0"));
    CHECK(!handle("a.dll") && !handle("b.dll") && !handle("c.dll"));
    CHECK(XexUnloadImage(a) == STATUS_INVALID_HANDLE);
}

/* What another still imports stays. */
static void shared(void)
{
    struct ldr_entry *b = load("b.dll"), *a = load("a.dll"), *c;

    CHECK(was("c1b1a1") && b->load_count == 2);
    CHECK(XexUnloadImage(b) == 0 && was("") && handle("b.dll") == b);
    c = load("c.dll");
    CHECK(c->load_count == 2);
    CHECK(XexUnloadImage(a) == 0 && was("a0b0"));
    CHECK(handle("c.dll") == c && c->load_count == 1 && call(c, 1) == 3);
    CHECK(XexUnloadImage(c) == 0 && was("c0"));
}

static void ring(void)
{
    struct ldr_entry *p = load("p.dll"), *q = handle("q.dll");

    CHECK(was("q1p1") && p && q && p->load_count == 2 && q->load_count == 1);
    CHECK(XexUnloadImage(p) == 0 && was("p0q0"));
    CHECK(!handle("p.dll") && !handle("q.dll"));
}

/* A title writes the count that it wants. */
static void counted(void)
{
    struct ldr_entry *a = load("a.dll");

    CHECK(was("c1b1a1") && load("a.dll") == a && load("a.dll") == a && a->load_count == 3);
    a->load_count = 1;
    CHECK(XexUnloadImage(a) == 0 && was("a0b0c0") && !handle("a.dll"));
}

/* ---- what is refused --------------------------------------------------------------------------
 */

static void refused(void)
{
    static const struct {
        const char *name;
        u32 status;
        const char *calls;
    } row[] = {{"game:\\nowhere.dll", 0xC0000034, ""},
               {"orphan.dll", 0xC0000135, ""},
               {"gap.dll", 0xC0000138, ""},
               {"dated.dll", 0xC0000059, ""},
               {"refuses.dll", 0xC0000142, "c1r1c0"},
               {"", 0xC0000033, ""}};
    void *module;

    for (u32 i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        module = (void *)1;
        CHECK((u32)XexLoadImage(row[i].name, LOAD_TITLE_LIBRARY, 0, &module) == row[i].status);
        CHECK(was(row[i].calls) && !module);
    }
    CHECK(!handle("c.dll") && !handle("gap.dll") && !handle("refuses.dll"));
    CHECK((u32)XexLoadImage("c.dll", LOAD_TITLE_LIBRARY, 0x101, NULL) == 0xC0000059 && was(""));
    CHECK(XexLoadImage("c.dll", LOAD_TITLE_LIBRARY, 0x100, NULL) == 0 && was("c1"));
    CHECK((u32)XexLoadImage("c.dll", LOAD_TITLE_LIBRARY, 0x101, &module) == 0xC0000059 && !module);
    CHECK(handle("c.dll")->load_count == 1 && XexUnloadImage(handle("c.dll")) == 0 && was("c0"));
    CHECK(XexLoadImage("c.dll", LOAD_SYSTEM_LIBRARY, 0, NULL) == 0 && was("c1"));
    module = (void *)1;
    CHECK((u32)XexGetProcedureAddress(handle("c.dll"), 7, &module) == 0xC0000263 && !module);
    CHECK(XexUnloadImage(handle("c.dll")) == 0 && was("c0"));
}

static void own(void)
{
    void *module = NULL, *address = NULL;

    CHECK(XexLoadImage("xam.xex", LOAD_SYSTEM_LIBRARY, 0, &module) == 0);
    CHECK(module == (void *)handle("xam.xex") && listed(module) == 3);
    CHECK(XexUnloadImage(module) == 0 && handle("xam.xex") == module);
    CHECK(handle("default.xex") == (struct ldr_entry *)XexExecutableModuleHandle);
    CHECK(XexGetProcedureAddress(handle("default.xex"), 1, &address) == 0 &&
          address == (void *)note);
    CHECK(XexUnloadImage(XexExecutableModuleHandle) == 0 && handle("default.xex"));
}

static void places(void)
{
    struct ldr_entry *c = load("c.dll");
    void *module = NULL, *address = NULL;

    CHECK(was("c1") && XexGetProcedureAddress(c, 1, &address) == 0);
    CHECK(XexPcToFileHeader(address, &module) && module == (void *)c);
    CHECK(XexPcToFileHeader((void *)places, &module) && module == XexExecutableModuleHandle);
    CHECK(XexUnloadImage(c) == 0 && was("c0"));
    CHECK(!XexPcToFileHeader(address, &module) && !module);
}

/* ---- threads ----------------------------------------------------------------------------------
 */

static HANDLE go;

static u32 worker(void *context)
{
    CHECK(was("a2b2")); /* c was loaded as no library of the title's */
    NtSetEvent((HANDLE)context, NULL);
    wait(go);
    return 7;
}

static u32 leaver(void *context)
{
    count = 0;
    XexUnloadImageAndExitThread(context, 9);
    return 8;
}

static void threads(void)
{
    HANDLE begun = make_event(1, 0), thread;
    struct ldr_entry *a;

    go = make_event(0, 0);
    CHECK(XexLoadImage("c.dll", LOAD_SYSTEM_LIBRARY, 0, NULL) == 0);
    a = load("a.dll");
    CHECK(was("c1b1a1"));
    thread = start(worker, (void *)begun, 1);
    wait(begun);
    CHECK(was(""));
    NtSetEvent(go, NULL);
    join(thread);
    CHECK(was("a3b3"));
    thread = start(leaver, a, 2);
    join(thread);
    CHECK(was("a0b0") && !handle("a.dll"));
    CHECK(XexUnloadImage(handle("c.dll")) == 0 && was("c0"));
}

/* Another library where one was: nothing of that one's code is left. */
static void replaced(void)
{
    struct ldr_entry *a = load("a.dll"), *x;
    void *base = a->image_base, *by_name = NULL, *by_ordinal = NULL;

    for (u32 i = 0; i < 500; i++)
        CHECK(call(a, 1) == 321);
    CHECK(XexUnloadImage(a) == 0);
    x = load("x.dll");
    CHECK(x && x->image_base == base);
    for (u32 i = 0; i < 500; i++)
        CHECK(call(x, 1) == 24);
    CHECK(XexGetProcedureAddress(x, (u32) "value", &by_name) == 0);
    CHECK(XexGetProcedureAddress(x, 1, &by_ordinal) == 0 && by_name == by_ordinal);
    CHECK((u32)XexGetProcedureAddress(x, (u32) "Value", &by_name) == 0xC0000263 && !by_name);
    by_name = x;
    CHECK(XexGetModuleHandle("nowhere.dll", &by_name) < 0 && !by_name);
    count = 0;
    CHECK(XexUnloadImage(x) == 0 && was("x0"));
}

int main(void)
{
    chain();
    shared();
    ring();
    counted();
    refused();
    own();
    places();
    threads();
    replaced();
    chain(); /* once more, where it was */
    return verdict();
}
