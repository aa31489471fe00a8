/* Controllers: what is plugged in, and what comes of them in a hundred looks, a millisecond apart.
 * A line whenever a pad says something else, and for each keystroke. A shakes the pad. */
#define TITLE "pads"
#include "check.h"

#define PADS          4u
#define LOOKS         100u
#define ANY_USER      0xFFu
#define NOT_CONNECTED 0x48Fu
#define EMPTY         0x10D2u
#define BUTTON_A      0x1000u

struct gamepad {
    u16 buttons;
    u8 lt, rt;
    s16 lx, ly, rx, ry;
};
struct state {
    u32 packet;
    struct gamepad pad;
};
struct capabilities {
    u8 type, subtype;
    u16 flags;
    struct gamepad pad;
    u16 motors[2];
};
struct keystroke {
    u16 key, character, flags;
    u8 user, hid;
};

u32 XamInputGetCapabilities(u32 user, u32 flags, struct capabilities *capabilities);
u32 XamInputGetState(u32 user, u32 flags, struct state *state);
u32 XamInputSetState(u32 user, u32 flags, const u16 *motors);
u32 XamInputGetKeystroke(u32 user, u32 flags, struct keystroke *keystroke);

static struct state seen[PADS];
static u32 result[PADS];

/* What doesn't depend on who holds them. */
static void check_answers(void)
{
    struct capabilities capabilities;
    struct state state;

    for (u32 user = 0; user < PADS; user++) {
        u32 there = XamInputGetCapabilities(user, 1, &capabilities);

        CHECK(there == 0 || there == NOT_CONNECTED);
        CHECK(there != 0 || (capabilities.type == 1 && capabilities.subtype == 1));
        DbgPrint("pad %u: %s\n", user + 1, there ? "nobody" : "plugged in");
    }
    CHECK(XamInputGetState(4, 1, &state) == NOT_CONNECTED);
    CHECK(XamInputSetState(0, 1, NULL) == 0xA0);
}

static void look_at(u32 look, u32 user)
{
    struct state state = {0};
    u32 answer = XamInputGetState(user, 1, &state);
    const struct gamepad *pad = &state.pad;
    u16 motors[2] = {0x8000, 0x4000};

    CHECK(answer == 0 || answer == NOT_CONNECTED);
    if (answer != result[user])
        DbgPrint("look %u pad %u: %s\n", look, user + 1, answer ? "unplugged" : "plugged in");
    else if (answer == 0 && state.packet != seen[user].packet)
        DbgPrint("look %u pad %u: %04x %u %u %d %d %d %d\n", look, user + 1, pad->buttons, pad->lt,
                 pad->rt, pad->lx, pad->ly, pad->rx, pad->ry);
    result[user] = answer;
    seen[user] = state;
    if (answer == 0 && pad->buttons & BUTTON_A)
        CHECK(XamInputSetState(user, 1, motors) == 0);
}

static void take_keystrokes(u32 look)
{
    struct keystroke key;
    u32 answer;

    while ((answer = XamInputGetKeystroke(ANY_USER, 0, &key)) == 0)
        DbgPrint("look %u key: %04x %s user %u\n", look, key.key, key.flags & 1 ? "down" : "up",
                 key.user);
    CHECK(answer == EMPTY);
}

int main(void)
{
    check_answers();
    for (u32 user = 0; user < PADS; user++)
        result[user] = XamInputGetState(user, 1, &seen[user]);
    for (u32 look = 1; look <= LOOKS; look++) {
        for (u32 user = 0; user < PADS; user++)
            look_at(look, user);
        take_keystrokes(look);
        sleep_ms(1);
    }
    return verdict();
}
