/* A triangle: cleared, drawn with shaders of text, copied out of EDRAM and shown, twice. */
#define TITLE "triangle"
#include "check.h"

#include "shaders/colour.ps.h"
#include "shaders/triangle.vs.h"

u32 VdInitializeEngines(u32 flags, void *callback, void *context, void *pfp, void *me);
void VdInitializeRingBuffer(u32 physical, u32 log2_size);
void VdSwap(void *ring, const u32 *fetch, u32 a, u32 b, u32 c, void **buffer, u32 *format,
            u32 *colours, u32 *width, u32 *height);

#define RING_LOG2 10u
#define WORDS(a)  (sizeof(a) / sizeof((a)[0]))
#define WPTR      (*(volatile u32 *)0x7FC80714)
#define WIDTH     320u
#define HEIGHT    240u

#define TYPE0(first, count)  (((count)-1) << 16 | (first))
#define TYPE3(opcode, count) (0xC0000000u | ((count)-1) << 16 | (opcode) << 8)
enum { IM_LOAD_IMMEDIATE = 0x2B, DRAW_2 = 0x36, FENCE = 0x58 };
enum { VERTEX, PIXEL };
enum { TRIANGLES = 4, RECTANGLES = 8, BY_COUNT = 2 << 6 };
enum { COLOURS = 4, COPY = 6 };

static u32 *ring, write, *front;
static volatile u32 *done;

/* Places and colours; and the corners of what is copied. */
static float *vertices, *corners;

static void *physical(u32 size)
{
    void *p = MmAllocatePhysicalMemoryEx(0, size, PAGE_READWRITE, 0, 0xFFFFFFFF, 0x1000);

    CHECK(p != NULL);
    return p;
}

static void emit(u32 word)
{
    ring[write++] = word;
}

static void set(u32 reg, u32 value)
{
    emit(TYPE0(reg, 1));
    emit(value);
}

static void set_float(u32 reg, float value)
{
    union {
        float f;
        u32 u;
    } both = {.f = value};

    set(reg, both.u);
}

static void load(u32 kind, const unsigned *code, u32 words)
{
    emit(TYPE3(IM_LOAD_IMMEDIATE, 2 + words));
    emit(kind);
    emit(words);
    for (u32 i = 0; i < words; i++)
        emit(code[i]);
}

static void draw(u32 primitive)
{
    emit(TYPE3(DRAW_2, 1));
    emit(primitive | BY_COUNT | 3 << 16);
}

static void read_from(const float *memory, u32 words)
{
    set(0x4800, MmGetPhysicalAddress((void *)memory) | 3);
    set(0x4801, words << 2 | 2);
}

static void set_state(void)
{
    set(0x2000, WIDTH);                /* pitch, one sample */
    set(0x2001, 0);                    /* colours: 8_8_8_8 from tile 0 */
    set(0x200F, HEIGHT << 16 | WIDTH); /* scissors */
    set(0x2082, HEIGHT << 16 | WIDTH);
    set(0x2104, 0xF);
    set(0x2180, 1 << 8);     /* two registers for pixels */
    set(0x2182, 0xFFFFFFFF); /* smooth */
    set(0x2201, 0x00010001); /* no blending */
    set(0x2204, 0x00080000); /* z from 0 to w */
    set(0x2206, 0x43F);
    set_float(0x210F, WIDTH / 2);
    set_float(0x2110, WIDTH / 2);
    set_float(0x2111, -(float)(HEIGHT / 2));
    set_float(0x2112, HEIGHT / 2);
    set_float(0x2113, 1);
    for (u32 i = 0; i < 16; i++) /* the identity */
        set_float(0x4000 + i, i % 5 ? 0 : 1);
}

static void copy(void)
{
    set(0x2208, COPY);
    set(0x2318, 1 << 8); /* and clear */
    set(0x2319, MmGetPhysicalAddress(front));
    set(0x231A, HEIGHT << 16 | WIDTH);
    set(0x231B, 6 << 7 | 2);
    set(0x231E, 0xFF402000);
    read_from(corners, 6);
    draw(RECTANGLES);
}

static void show(void)
{
    u32 fetch[6] = {WIDTH / 32 << 22 | 2 | 1u << 31,
                    (u32)front | 2 << 6 | 6,
                    (HEIGHT - 1) << 13 | (WIDTH - 1),
                    0x688 << 1,
                    0,
                    1 << 9};
    u32 format = 6, colours = 0, width = WIDTH, height = HEIGHT;
    void *buffer = front;

    VdSwap(&ring[write], fetch, 0, 0, 0, &buffer, &format, &colours, &width, &height);
    write += 64;
}

static void wait_for(u32 value)
{
    emit(TYPE3(FENCE, 3));
    emit(3);
    emit(MmGetPhysicalAddress((void *)done) | 2);
    emit(value);
    WPTR = write;
    for (u32 i = 0; i < 10000000 && *done != value; i++)
        ;
    CHECK(*done == value);
}

static void frame(u32 number)
{
    set(0x2208, COLOURS);
    read_from(vertices, 18);
    draw(TRIANGLES);
    copy();
    show();
    wait_for(number);
}

int main(void)
{
    static const float places[18] = {0, 0.75f, 0.5f, 1,      0,      0,    0.75f, -0.75f, 0.5f,
                                     0, 1,     0,    -0.75f, -0.75f, 0.5f, 0,     0,      1};
    static const float box[6] = {-0.5f, -0.5f, WIDTH - 0.5f, -0.5f, WIDTH - 0.5f, HEIGHT - 0.5f};

    ring = physical(8u << RING_LOG2);
    done = physical(0x1000);
    front = physical(0x60000);
    vertices = physical(0x1000);
    corners = vertices + 32;
    for (u32 i = 0; i < WORDS(places); i++)
        vertices[i] = places[i];
    for (u32 i = 0; i < WORDS(box); i++)
        corners[i] = box[i];
    CHECK(VdInitializeEngines(0x4F810000, NULL, NULL, NULL, NULL) == 1);
    VdInitializeRingBuffer(MmGetPhysicalAddress(ring), RING_LOG2);
    load(VERTEX, triangle_vs, WORDS(triangle_vs));
    load(PIXEL, colour_ps, WORDS(colour_ps));
    set_state();
    copy(); /* for what is cleared behind it */
    frame(1);
    frame(2);
    CHECK(front[0] == 0); /* pictures lie beside the title's memory */
    return verdict();
}
