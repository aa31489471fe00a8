/* Where this console is (the United States, English), codes of countries and languages, dates and
 * places of resources as xam writes them.
 * Source: which codes there are and in which order, and the forms of texts, as xenia has them
 * (xam_locale.cc, xam_info.cc); codes are those of ISO 3166 and ISO 639. Guess: services count the
 * same countries as the console. */
#include <stdio.h>
#include <string.h>

#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define E_INVALID   0x80070057u
#define E_NOT_FOUND 0x80070490u
#define E_TOO_SMALL 0x8007007Au

/* Codes of two letters from number 1 on; "--" is none. */
static const char countries[] =
    "AEALAMARATAUAZBEBGBHBNBOBRBYBZCA--CHCLCNCOCRCZDEDKDODZECEEEGESFIFOFRGBGEGRGTHKHNHRHUIDIEILINIQIR"
    "ISITJMJOJPKEKGKRKWKZLBLILTLULVLYMAMCMKMNMOMVMXMYNINLNONZOMPAPEPHPKPLPRPTPYQARORUSASESGSISK--SVSYTH"
    "TNTRTTTWUAUSUYUZVEVNYEZAZW";
static const char locales[] =
    "AUATBEBRCACLCNCOCZDKFIFRDEGRHKHUINIEITJPKRMXNLNZNOPLPTSGSKZAESSECHTWGBUSRUZZTRARSAILAE";
static const char languages[] = "enjadefresitkozhpt--plrusvtrnbnlzh";
static const char services_languages[] =
    "enjadefresitkozhptzhplrudafinbnlsvcselhuskidmsarbgethrheiskkltlv"
    "roslthtrukvipssqhybnbekmamfokaklswkylbmkmtmnneurrwwositk";

#define HOME_COUNTRY    "US"
#define UNKNOWN_COUNTRY "ZZ"
#define ENGLISH         1u
#define SIMPLE_CHINESE  17u /* the second "zh" of the console's, the 10th of services' */

/* The code of a number; NULL: none. 0 is "unknown", which is `zero`. */
static const char *code_of(const char *codes, const char *zero, uint32_t id)
{
    static const char none[] = "--";

    if (!id)
        return zero;
    if (id > strlen(codes) / 2 || strncmp(codes + 2 * (id - 1), none, 2) == 0)
        return NULL;
    return codes + 2 * (id - 1);
}

/* The first number of a code; 0: none. */
static uint32_t id_of(const char *codes, const char *code)
{
    for (uint32_t i = 0; code && codes[2 * i]; i++)
        if (strncmp(codes + 2 * i, code, 2) == 0)
            return i + 1;
    return 0;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* An ASCII text as UTF-16 through argument n, for which there is room for `room` units. */
static uint32_t put_text(struct xe_call *call, unsigned n, uint32_t room, const char *text)
{
    uint32_t size = (uint32_t)strlen(text) + 1;
    uint8_t *to;

    if (room >= 0x80000000u)
        return E_INVALID;
    if (size > room)
        return E_TOO_SMALL;
    to = xe_arg_view_rw(call, n, 2 * size);
    for (uint32_t i = 0; to && i < size; i++)
        xe_store_be16(to + 2 * i, (uint8_t)text[i]);
    return to ? 0 : E_INVALID;
}

/* One code, or two with a hyphen; each may be NULL: not found. */
static void put_codes(struct xe_call *call, unsigned n, const char *a, const char *b, bool both)
{
    uint32_t room = xe_arg_u32(call, n - 1);
    char text[8];

    if (room < 0x80000000u && (!a || (both && !b))) {
        xe_ret_u32(call, E_NOT_FOUND);
        return;
    }
    snprintf(text, sizeof(text), both ? "%.2s-%.2s" : "%.2s", a ? a : "", b ? b : "");
    xe_ret_u32(call, put_text(call, n, room, text));
}

static void country_string(struct xe_call *call)
{
    put_codes(call, 2, code_of(countries, UNKNOWN_COUNTRY, xe_arg_u32(call, 0) & 0xFF), NULL,
              false);
}

static void locale_string(struct xe_call *call)
{
    put_codes(call, 2, code_of(locales, UNKNOWN_COUNTRY, xe_arg_u32(call, 0) & 0xFF), NULL, false);
}

static void language_string(struct xe_call *call)
{
    put_codes(call, 2, code_of(languages, "zz", xe_arg_u32(call, 0) & 0xFF), NULL, false);
}

static void services_language_string(struct xe_call *call)
{
    put_codes(call, 2, code_of(services_languages, "zz", xe_arg_u32(call, 0) & 0xFF), NULL, false);
}

static void language_locale_string(struct xe_call *call)
{
    put_codes(call, 3, code_of(languages, "zz", xe_arg_u32(call, 0) & 0xFF),
              code_of(locales, UNKNOWN_COUNTRY, xe_arg_u32(call, 1) & 0xFF), true);
}

static void services_language_country_string(struct xe_call *call)
{
    put_codes(call, 3, code_of(services_languages, "zz", xe_arg_u32(call, 0) & 0xFF),
              code_of(countries, UNKNOWN_COUNTRY, xe_arg_u32(call, 1) & 0xFF), true);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static uint32_t home_locale(void)
{
    return id_of(locales, HOME_COUNTRY);
}

static void get_locale(struct xe_call *call)
{
    xe_ret_u32(call, home_locale());
}

/* A title that knows fewer of them: then by the console's region, which is the same. */
static void get_locale_ex(struct xe_call *call)
{
    xe_ret_u32(call, home_locale());
}

static void country_from_locale(struct xe_call *call)
{
    uint32_t id = xe_arg_u32(call, 0) & 0xFF;

    xe_ret_u32(call, id ? id_of(countries, code_of(locales, NULL, id)) : 0);
}

static void locale_from_country(struct xe_call *call)
{
    uint32_t id = xe_arg_u32(call, 0) & 0xFF;

    xe_ret_u32(call, id ? id_of(locales, code_of(countries, NULL, id)) : 0);
}

static void country_from_services(struct xe_call *call)
{
    uint32_t id = xe_arg_u32(call, 0) & 0xFF;

    xe_ret_u32(call, id && code_of(countries, NULL, id) ? id : 0);
}

/* What the console doesn't speak is English. */
static void language_from_services(struct xe_call *call)
{
    uint32_t id = xe_arg_u32(call, 0) & 0xFF, ours;
    const char *code = id ? code_of(services_languages, NULL, id) : NULL;

    if (!code) {
        xe_ret_u32(call, 0);
        return;
    }
    ours = id == 10 ? SIMPLE_CHINESE : id_of(languages, code);
    xe_ret_u32(call, ours ? ours : ENGLISH);
}

/* ---- dates ---------------------------------------------------------------------------------- */

/* Of a time in 100 ns since 1601, in the Gregorian calendar. */
static void date_of(uint64_t time, uint32_t *ret_year, uint32_t *ret_month, uint32_t *ret_day)
{
    /* Days since March 1st of the year 0, in eras of 400 years, which have as many days. */
    uint64_t days = time / 864000000000ull + 584694;
    uint64_t era = days / 146097, rest = days % 146097;
    uint64_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    uint64_t day = rest - (365 * year + year / 4 - year / 100), month = (5 * day + 2) / 153;

    *ret_day = (uint32_t)(day - (153 * month + 2) / 5 + 1);
    *ret_month = (uint32_t)(month < 10 ? month + 3 : month - 9);
    *ret_year = (uint32_t)(era * 400 + year + (*ret_month <= 2));
}

static void format_date(struct xe_call *call)
{
    uint32_t year, month, day;
    char text[32];

    date_of(xe_arg_u64(call, 1), &year, &month, &day);
    snprintf(text, sizeof(text), "%02u/%02u/%u", month, day, year);
    put_text(call, 2, xe_arg_u32(call, 3), text);
}

static void format_time(struct xe_call *call)
{
    uint64_t minutes = xe_arg_u64(call, 1) / 600000000 % 1440;
    char text[32];

    snprintf(text, sizeof(text), "%02u:%02u", (unsigned)(minutes / 60), (unsigned)(minutes % 60));
    put_text(call, 2, xe_arg_u32(call, 3), text);
}

/* ---- places of resources -------------------------------------------------------------------- */

static void resource_locator(struct xe_call *call)
{
    char container[128], resource[256], text[512];
    uint64_t module = xe_arg_u64(call, 0);
    bool named = xe__kernel_wide_text(call, 1, container, sizeof(container));
    bool whole = !xe__kernel_wide_text(call, 2, resource, sizeof(resource));

    if (!named) {
        xe_ret_u32(call, E_INVALID);
        return;
    }
    if (module)
        snprintf(text, sizeof(text), "section://%llX,%s#%s", (unsigned long long)module, container,
                 whole ? "" : resource);
    else
        snprintf(text, sizeof(text), "file://media:/%s.xzp#%s", container, whole ? "" : resource);
    xe_ret_u32(call, put_text(call, 3, xe_arg_u32(call, 4), text));
}

/* One of the system's own: (file, buffer, room). */
static void system_locator(struct xe_call *call, const char *container)
{
    char file[256], text[512];

    xe__kernel_wide_text(call, 0, file, sizeof(file));
    snprintf(text, sizeof(text), "file://media:/%s.xzp#%s", container, file);
    xe_ret_u32(call, put_text(call, 1, xe_arg_u32(call, 2), text));
}

#define LOCATOR(fn, container)                                                                     \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        system_locator(call, container);                                                           \
    }
LOCATOR(shared_locator, "shrdres")
LOCATOR(gamercard_locator, "gamercrd")
LOCATOR(xam_locator, "xam")
#undef LOCATOR

const struct xe_hle xe_hle_locale[] = {
    XE_HLE(XAM, XamGetLocale, get_locale, "-> u32"),
    XE_HLE(XAM, XamGetLocaleEx, get_locale_ex, "countries:u32 locales:u32 -> u32"),
    XE_HLE(XAM, XamGetCountryString, country_string, "country:u32 room:u32 text:ptr -> u32"),
    XE_HLE(XAM, XamGetOnlineCountryString, country_string, "country:u32 room:u32 text:ptr -> u32"),
    XE_HLE(XAM, XamGetLocaleString, locale_string, "locale:u32 room:u32 text:ptr -> u32"),
    XE_HLE(XAM, XamGetLanguageString, language_string, "language:u32 room:u32 text:ptr -> u32"),
    XE_HLE(XAM, XamGetOnlineLanguageString, services_language_string,
           "language:u32 room:u32 text:ptr -> u32"),
    XE_HLE(XAM, XamGetLanguageLocaleString, language_locale_string,
           "language:u32 locale:u32 room:u32 text:ptr -> u32"),
    XE_HLE(XAM, XamGetOnlineLanguageAndCountryString, services_language_country_string,
           "language:u32 country:u32 room:u32 text:ptr -> u32"),
    XE_HLE(XAM, XamGetOnlineCountryFromLocale, country_from_locale, "locale:u32 -> u32"),
    XE_HLE(XAM, XamGetLocaleFromOnlineCountry, locale_from_country, "country:u32 -> u32"),
    XE_HLE(XAM, XamGetCountryFromOnlineCountry, country_from_services, "country:u32 -> u32"),
    XE_HLE(XAM, XamGetLanguageFromOnlineLanguage, language_from_services, "language:u32 -> u32"),
    XE_HLE(XAM, XamFormatDateString, format_date, "which:u32 time:u64 text:ptr room:u32 -> void"),
    XE_HLE(XAM, XamFormatTimeString, format_time, "which:u32 time:u64 text:ptr room:u32 -> void"),
    XE_HLE(XAM, XamBuildResourceLocator, resource_locator,
           "module:u64 container:wstr resource:wstr text:ptr room:u32 -> u32"),
    XE_HLE(XAM, XamBuildSharedSystemResourceLocator, shared_locator,
           "file:wstr text:ptr room:u32 -> u32"),
    XE_HLE(XAM, XamBuildLegacySystemResourceLocator, shared_locator,
           "file:wstr text:ptr room:u32 -> u32"),
    XE_HLE(XAM, XamBuildGamercardResourceLocator, gamercard_locator,
           "file:wstr text:ptr room:u32 -> u32"),
    XE_HLE(XAM, XamBuildXamResourceLocator, xam_locator, "file:wstr text:ptr room:u32 -> u32"),
    XE_HLE_END,
};
