/* Users: as many as the setting says are signed in, with profiles that this console alone knows,
 * whose settings are those that a new profile has. There is no network behind them, and nobody
 * else. Source: result codes as xenia and xkelib have them; doc/facts/kernel-calls.md, section 10.
 * Guess: an id of a profile that no server knows begins with E; which number follows makes no
 * difference. */
#include "kernel/families/user.h"

#include <string.h>

#include "kernel/core/overlapped.h"
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define ERROR_INVALID_PARAMETER   0x057u
#define ERROR_INSUFFICIENT_BUFFER 0x07Au
#define ERROR_NO_SUCH_USER        0x525u
#define ERROR_FUNCTION_FAILED     0x65Bu
#define HRESULT_INVALID_PARAMETER 0x80070057u
#define HRESULT_NO_SUCH_USER      0x80070525u

#define XUID_LOCAL UINT64_C(0xE000000000000001)
#define NAME_SIZE  16u /* with its NUL */

enum { OFFLINE = 1 }; /* kinds of ids that are asked for: what a server would know is 2 and 4 */
enum { SIGNED_OUT, SIGNED_IN_LOCALLY };

uint64_t xe__kernel_user_xuid(const struct xe_kernel *kernel, uint32_t user)
{
    return user < xe_kernel_config_get(kernel)->users ? XUID_LOCAL + user : 0;
}

static void name_of(uint32_t user, char name[NAME_SIZE])
{
    memset(name, 0, NAME_SIZE);
    memcpy(name, "User1", 5);
    name[4] = (char)('1' + user);
}

static bool signed_in(const struct xe_call *call, unsigned n)
{
    return xe__kernel_user_xuid(call->kernel, xe_arg_u32(call, n));
}

/* ---- who it is ------------------------------------------------------------------------------ */

static void get_xuid(struct xe_call *call)
{
    uint64_t xuid = xe__kernel_user_xuid(call->kernel, xe_arg_u32(call, 0));
    uint32_t kinds = xe_arg_u32(call, 1), result = 0;

    if (!xe_arg_view_rw(call, 2, 8) || !kinds || kinds > 7)
        result = HRESULT_INVALID_PARAMETER;
    else if (!xuid || !(kinds & OFFLINE))
        result = HRESULT_NO_SUCH_USER;
    else
        xe_mem_set_u64(call->mem, xe_arg_gva(call, 2), xuid);
    xe_ret_u32(call, result);
}

static void get_signin_state(struct xe_call *call)
{
    xe_ret_u32(call, signed_in(call, 0) ? SIGNED_IN_LOCALLY : SIGNED_OUT);
}

/* XUSER_SIGNIN_INFO. */
static void get_signin_info(struct xe_call *call)
{
    uint32_t user = xe_arg_u32(call, 0);
    uint8_t *info = xe_arg_view_rw(call, 2, 0x28);

    if (!info) {
        xe_ret_u32(call, HRESULT_INVALID_PARAMETER);
        return;
    }
    memset(info, 0, 0x28);
    if (signed_in(call, 0)) {
        xe_store_be64(info, xe__kernel_user_xuid(call->kernel, user));
        xe_store_be32(info + 0xC, SIGNED_IN_LOCALLY);
        name_of(user, (char *)info + 0x18);
    }
    xe_ret_u32(call, signed_in(call, 0) ? 0 : HRESULT_NO_SUCH_USER);
}

static void get_name(struct xe_call *call)
{
    uint32_t room = xe_arg_u32(call, 2);
    char name[NAME_SIZE];

    if (!signed_in(call, 0)) {
        xe_ret_u32(call, ERROR_NO_SUCH_USER);
        return;
    }
    name_of(xe_arg_u32(call, 0), name);
    room = room < NAME_SIZE ? room : NAME_SIZE;
    if (!room || !xe_arg_view_rw(call, 1, room)) {
        xe_ret_u32(call, ERROR_INVALID_PARAMETER);
        return;
    }
    name[room - 1] = '\0';
    xe_mem_write(call->mem, xe_arg_gva(call, 1), name, room);
    xe_ret_u32(call, 0);
}

static void get_gamer_tag(struct xe_call *call)
{
    uint8_t *tag = xe_arg_view_rw(call, 1, 2 * NAME_SIZE);
    char name[NAME_SIZE];

    if (signed_in(call, 0) && (!tag || xe_arg_u32(call, 2) < NAME_SIZE)) {
        xe_ret_u32(call, HRESULT_INVALID_PARAMETER);
        return;
    }
    name_of(xe_arg_u32(call, 0), name);
    for (uint32_t i = 0; signed_in(call, 0) && i < NAME_SIZE; i++)
        xe_store_be16(tag + 2 * i, (uint8_t)name[i]);
    xe_ret_u32(call, signed_in(call, 0) ? 0 : HRESULT_NO_SUCH_USER);
}

static void get_index(struct xe_call *call)
{
    uint64_t xuid = xe_arg_u64(call, 0);
    uint32_t user = 0;

    while (user < XE__USERS && (!xuid || xe__kernel_user_xuid(call->kernel, user) != xuid))
        user++;
    if (user < XE__USERS)
        xe__kernel_store_u32(call, 2, user);
    xe_ret_u32(call, user < XE__USERS ? 0 : HRESULT_NO_SUCH_USER);
}

/* Nobody here may do what a network is needed for. */
static void check_privilege(struct xe_call *call)
{
    if (signed_in(call, 0))
        xe__kernel_store_u32(call, 2, 0);
    xe_ret_u32(call, signed_in(call, 0) ? 0 : ERROR_NO_SUCH_USER);
}

/* Those that are to be signed in are, or nobody is: it succeeds. */
static void logon(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 2), 0, 0);
}

static void zero(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* ---- settings of profiles ------------------------------------------------------------------- */

/* What a new profile says: its id has the type in its upper four bits. Source:
 * doc/facts/kernel-calls.md, section 10. */
static const struct {
    uint32_t id, value;
} defaults[] = {
    {0x10040002, 0},          {0x10040003, 3},          {0x10040004, 0}, {0x10040005, 0},
    {0x10040006, 0xFA},       {0x1004000C, 3},          {0x1004000D, 0}, {0x1004000E, 0x64},
    {0x10040012, 1},          {0x10040013, 0},          {0x10040015, 0}, {0x10040018, 0},
    {0x1004001D, 0xFFFF0000}, {0x1004001E, 0xFF00FF00}, {0x10040022, 1}, {0x10040023, 0},
    {0x10040024, 0},          {0x10040026, 0},          {0x10040027, 0}, {0x10040028, 0},
    {0x10040029, 0},          {0x10040038, 0},          {0x10040039, 0}, {0x402C0011, 0},
    {0x5004000B, 0},
};
#define DEFAULTS (sizeof(defaults) / sizeof(defaults[0]))

#define SETTINGS_MAX  32u
#define SETTINGS_HEAD 8u
#define SETTING_SIZE  0x28u

/* XUSER_PROFILE_SETTING. Texts are empty, so no bytes are behind them. */
static void put_setting(struct xe_call *call, xe_gva at, uint32_t user, uint32_t id)
{
    uint8_t setting[SETTING_SIZE] = {0};
    size_t i = 0;

    while (i < DEFAULTS && defaults[i].id != id)
        i++;
    xe_store_be32(setting, i < DEFAULTS);
    xe_store_be32(setting + 8, user);
    xe_store_be32(setting + 0x10, id);
    setting[0x18] = i < DEFAULTS ? (uint8_t)(id >> 28) : 0xFF;
    xe_store_be32(setting + 0x20, i < DEFAULTS ? defaults[i].value : 0);
    xe_mem_write(call->mem, at, setting, sizeof(setting));
}

/* An answer in words that the argument is for; the size of what is written goes back. */
static uint32_t read_settings(struct xe_call *call, xe_gva buffer)
{
    uint32_t user = xe_arg_u32(call, 1), count = xe_arg_u32(call, 4), have;
    xe_gva ids = xe_arg_gva(call, 5), size = xe_arg_gva(call, 6);
    uint32_t need = SETTINGS_HEAD + count * SETTING_SIZE;

    if (!count || count > SETTINGS_MAX || !xe_arg_view(call, 5, count * 4) ||
        !xe_arg_view_rw(call, 6, 4))
        return ERROR_INVALID_PARAMETER;
    if (!signed_in(call, 1) || xe_arg_u32(call, 2))
        return ERROR_NO_SUCH_USER;
    have = xe_mem_u32(call->mem, size);
    xe_mem_set_u32(call->mem, size, need);
    if (have < need)
        return ERROR_INSUFFICIENT_BUFFER;
    if (!xe_mem_set_u32(call->mem, buffer, count) ||
        !xe_mem_set_u32(call->mem, buffer + 4, buffer + SETTINGS_HEAD))
        return ERROR_INVALID_PARAMETER;
    for (uint32_t i = 0; i < count; i++)
        put_setting(call, buffer + SETTINGS_HEAD + i * SETTING_SIZE, user,
                    xe_mem_u32(call->mem, ids + 4 * i));
    return 0;
}

/* How much room it takes is told at once. */
static void answer_settings(struct xe_call *call, xe_gva buffer, xe_gva overlapped)
{
    uint32_t error = read_settings(call, buffer);

    xe__kernel_answer_later(call, error == ERROR_INSUFFICIENT_BUFFER ? 0 : overlapped, error, 0);
}

static void read_profile_settings(struct xe_call *call)
{
    answer_settings(call, xe_arg_gva(call, 7), xe_arg_gva(call, 8));
}

static void read_profile_settings_ex(struct xe_call *call)
{
    answer_settings(call, xe_arg_gva(call, 8), xe_arg_gva(call, 9));
}

static void write_profile_settings(struct xe_call *call)
{
    xe__kernel_answer_later(call, xe_arg_gva(call, 4),
                            signed_in(call, 1) ? ERROR_FUNCTION_FAILED : ERROR_NO_SUCH_USER, 0);
}

static void are_users_friends(struct xe_call *call)
{
    if (signed_in(call, 0))
        xe__kernel_store_u32(call, 3, 0);
    xe__kernel_answer_later(call, xe_arg_gva(call, 4), signed_in(call, 0) ? 0 : ERROR_NO_SUCH_USER,
                            0);
}

/* ---- what is kept from whom ----------------------------------------------------------------- */

/* Nobody's content is restricted. Source: xenia (xam_user.cc). */
static void content_restriction_flags(struct xe_call *call)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 1), 0);
    xe_ret_u32(call, 0);
}

static void content_restriction_rating(struct xe_call *call)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 2), 0x3F);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 3), 0);
    xe_ret_u32(call, 0);
}

static void content_restriction_access(struct xe_call *call)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 5), 1);
    xe__kernel_answer_later(call, xe_arg_gva(call, 6), 0, 0);
}

static const struct xe_hle user_exports[] = {
    XE_HLE(XAM, XamUserGetXUID, get_xuid, "user:u32 type:u32 xuid:ptr -> u32"),
    XE_HLE(XAM, XamUserGetSigninState, get_signin_state, "user:u32 -> u32"),
    XE_HLE(XAM, XamUserGetSigninInfo, get_signin_info, "user:u32 flags:u32 info:ptr -> u32"),
    XE_HLE(XAM, XamUserGetName, get_name, "user:u32 buffer:ptr size:u32 -> u32"),
    XE_HLE(XAM, XamUserCheckPrivilege, check_privilege, "user:u32 privilege:u32 out:ptr -> u32"),
    XE_HLE(XAM, XamUserLogon, logon, "xuids:ptr flags:u32 overlapped:ptr -> u32"),
    XE_HLE(XAM, XamUserGetGamerTag, get_gamer_tag, "user:u32 buffer:ptr count:u32 -> u32"),
    XE_HLE(XAM, XamUserGetIndexFromXUID, get_index, "xuid:u64 flags:u32 user:ptr -> u32"),
    XE_HLE(XAM, XamUserReadProfileSettings, read_profile_settings,
           "title:u32 user:u32 xuid_count:u32 xuids:ptr count:u32 ids:ptr size:ptr buffer:ptr "
           "overlapped:ptr -> u32"),
    XE_HLE(XAM, XamUserReadProfileSettingsEx, read_profile_settings_ex,
           "title:u32 user:u32 xuid_count:u32 xuids:ptr count:u32 ids:ptr size:ptr flags:u32 "
           "buffer:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamUserWriteProfileSettings, write_profile_settings,
           "title:u32 user:u32 count:u32 settings:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamUserAreUsersFriends, are_users_friends,
           "user:u32 xuids:ptr count:u32 friends:ptr overlapped:ptr -> u32"),
    XE_HLE(XAM, XamUserGetMembershipTier, zero, "user:u32 -> u32"),
    XE_HLE(XAM, XamUserGetUserFlags, zero, "user:u32 -> u32"),
    XE_HLE(XAM, XamUserGetUserFlagsFromXUID, zero, "xuid:u64 -> u32"),
    XE_HLE(XAM, XamUserIsGuest, zero, "user:u32 -> bool"),
    XE_HLE(XAM, XamUserIsOnlineEnabled, zero, "user:u32 -> bool"),
    XE_HLE(XAM, XamUserContentRestrictionGetFlags, content_restriction_flags,
           "user:u32 flags:ptr -> u32"),
    XE_HLE(XAM, XamUserContentRestrictionGetRating, content_restriction_rating,
           "user:u32 which:u32 rating:ptr other:ptr -> u32"),
    XE_HLE(XAM, XamUserContentRestrictionCheckAccess, content_restriction_access,
           "user:u32 a:u32 b:u32 c:u32 d:u32 allowed:ptr overlapped:ptr -> u32"),
    XE_HLE_END,
};

const struct xe_family xe_family_user = {
    .name = "users",
    .exports = user_exports,
};
