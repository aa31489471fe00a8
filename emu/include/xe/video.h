/* What the console is plugged into, by a setting. */
#ifndef XE_VIDEO_H
#define XE_VIDEO_H

#include <stdint.h>

/* 1280 by 720 lines, progressive, as NTSC countries have it and as PAL ones may. */
enum xe_video { XE_VIDEO_720P60, XE_VIDEO_720P50, XE_VIDEOS };
#define XE_VIDEO_WORDS "720p60", "720p50"
static inline const char *xe_video_name(enum xe_video video)
{
    static const char *const words[XE_VIDEOS] = {XE_VIDEO_WORDS};

    return (unsigned)video < XE_VIDEOS ? words[video] : "?";
}

/* How often a second it blanks. */
static inline uint32_t xe_video_hz(enum xe_video video)
{
    return video == XE_VIDEO_720P50 ? 50 : 60;
}

#endif
