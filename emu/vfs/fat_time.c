/* Times as the file system FAT and its descendants keep them. */
#include "vfs/catalog.h"

uint64_t xe__vfs_fat_time(const uint8_t at[4])
{
    static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    uint32_t date = (uint32_t)at[0] << 8 | at[1], time = (uint32_t)at[2] << 8 | at[3];
    uint32_t year = 1980 + (date >> 9), month = date >> 5 & 15, day = date & 31;
    uint64_t days;

    if (month < 1 || month > 12 || day < 1)
        return 0;
    /* Every fourth year is a leap year but 2100, which is the last that there can be but seven. */
    days = (uint64_t)(year - 1601) * 365 + (year - 1601) / 4 - (year - 1601) / 100 +
           (year - 1601) / 400 + before[month - 1] + day - 1;
    days += month > 2 && year % 4 == 0 && year != 2100;
    return ((days * 24 + (time >> 11)) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2) * 10000000;
}
