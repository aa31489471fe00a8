#include "daemon/effort.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Source: proc(5), /proc/pid/stat: the state is field 3, user and system time are 14 and 15, in
 * clock ticks, 24 the pages that are resident; field 2 is a name in parentheses that may hold
 * anything. */
#define SKIP8      "%*s %*s %*s %*s %*s %*s %*s %*s "
#define FROM_STATE "%c " SKIP8 "%*s %*s %llu %llu " SKIP8 "%llu"

static bool read_stat(pid_t pid, char *text, size_t size)
{
    char path[40];
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, text, size - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

bool xe_effort_of(pid_t pid, struct xe_effort *ret)
{
    unsigned long long user, system, resident;
    char text[1024], *name_end, state;
    long ticks = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);

    if (ticks <= 0 || page <= 0 || !read_stat(pid, text, sizeof(text)))
        return false;
    name_end = strrchr(text, ')');
    if (!name_end || sscanf(name_end + 1, " " FROM_STATE, &state, &user, &system, &resident) != 4)
        return false;
    ret->cpu_ms = (user + system) * 1000 / (unsigned long long)ticks;
    ret->memory = resident * (unsigned long long)page;
    ret->runnable = state == 'R';
    return true;
}
