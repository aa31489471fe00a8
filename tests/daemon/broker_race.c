/* A folder that somebody swaps for a link to elsewhere, again and again, while files in it are
 * asked for: what the broker gives out lies beneath its folder, always. The swapper exchanges both
 * at once, so that one of them is there at any time; it goes on until enough was asked for, and
 * each of them was met. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/broker.h"

#define ASKED_MOST 400000u
#define WANTED     2000u /* of each: the folder, the link */

static char base[] = "/tmp/xe360-broker-XXXXXX";
static pid_t swapper;

/* As it was made; then all of it goes. */
static void remove_tree(void)
{
    static const char *const paths[] = {"root/there/file", "root/there", "root/link", "root",
                                        "out/file",        "out/secret", "out",       base};
    struct stat st;

    if (lstat("root/there", &st) == 0 && S_ISLNK(st.st_mode))
        renameat2(AT_FDCWD, "root/there", AT_FDCWD, "root/link", RENAME_EXCHANGE);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        remove(paths[i]);
}

static void end(int status, const char *what)
{
    if (what)
        fprintf(stderr, "broker_race: %s (%s)\n", what, strerror(errno));
    if (swapper > 0)
        kill(swapper, SIGKILL);
    if (swapper > 0)
        waitpid(swapper, NULL, 0);
    remove_tree();
    exit(status);
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        end(1, path);
    close(fd);
}

/* root/there/file, root/link -> ../out, out/file, out/secret; here is base. */
static void make_tree(void)
{
    if (!mkdtemp(base) || chdir(base) < 0 || mkdir("root", 0700) < 0 ||
        mkdir("root/there", 0700) < 0 || mkdir("out", 0700) < 0 || symlink("../out", "root/link"))
        end(1, "no tree");
    put("root/there/file", "inside");
    put("out/file", "outside");
    put("out/secret", "outside");
}

static void swap_for_ever(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (renameat2(AT_FDCWD, "root/there", AT_FDCWD, "root/link", RENAME_EXCHANGE) == 0)
        ;
    _exit(1);
}

/* What comes is what lies inside. */
static bool ask_for_file(const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    char text[16] = "";
    int fd = -1;
    enum xe_files_got got = xe_broker_files.open(xe_broker_files.ctx, 0, path, &fd, &err);

    if (got == XE_FILES_FAILED)
        end(1, err.text);
    if (got != XE_FILES_OK)
        return false;
    if (read(fd, text, sizeof(text) - 1) != 6 || strcmp(text, "inside") != 0)
        end(1, "a file from elsewhere was given out");
    close(fd);
    return true;
}

static bool ask_for_list(const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    char bytes[4096] = "";
    int fd = -1;
    enum xe_files_got got = xe_broker_files.list(xe_broker_files.ctx, 0, path, &fd, &err);
    ssize_t size;

    if (got == XE_FILES_FAILED)
        end(1, err.text);
    if (got != XE_FILES_OK)
        return false;
    size = pread(fd, bytes, sizeof(bytes), 0);
    if (size > 0 && memmem(bytes, (size_t)size, "secret", 6))
        end(1, "a folder elsewhere was listed");
    close(fd);
    return true;
}

int main(void)
{
    uint32_t met[2] = {0, 0}, asked = 0;
    struct xe_error err = XE_ERROR_INIT;
    int folder;

    make_tree();
    folder = open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || !xe_broker_start() || !xe_broker_begin(&folder, 1, &err))
        end(1, "no broker");
    swapper = fork();
    if (swapper == 0)
        swap_for_ever();
    while (met[0] < WANTED || met[1] < WANTED) {
        if (asked++ == ASKED_MOST)
            end(1, "the folder, or the link, was never met");
        met[ask_for_file("there/file")]++;
        met[ask_for_list("there")]++;
        ask_for_file("link/file");
    }
    end(0, NULL);
}
