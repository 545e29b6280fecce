/*
 * A disk that can fail and lose its power, for a server under test: loaded
 * before the C library (LD_PRELOAD), it stands between SQLite and the files of
 * one folder. Without unsafe Rust there is no other way to get there.
 *
 * DISK_FOLDER   the folder whose files are meant.
 * DISK_SHADOW   another folder, which gets what was flushed (fsync), and nothing
 *               else: what would be left after a power cut. Files that were never
 *               flushed are not in it.
 * DISK_CONTROL  a file of two 32-bit numbers, read before every write, flush and
 *               truncation: a countdown, and the error (errno) to fail with once
 *               it comes to 0; it stays at 0 only when it was set to that.
 *
 * SQLite's shared memory (-shm) is no part of the disk: it is made anew.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILES 1024

/* A write that was not flushed; a truncation has no bytes. */
struct change {
    struct change *next;
    off_t at;
    int truncates;
    size_t size;
    char bytes[];
};

struct file {
    struct file *next;
    char name[256];
    struct change *first, **last;
};

struct control {
    _Atomic int32_t countdown;
    _Atomic int32_t error;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files;
static struct file *open_as[FILES];
static const char *folder, *shadow;
static struct control *control;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);

__attribute__((constructor)) static void begin(void)
{
    real_open = dlsym(RTLD_NEXT, "open");
    real_close = dlsym(RTLD_NEXT, "close");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    folder = getenv("DISK_FOLDER");
    shadow = getenv("DISK_SHADOW");
    const char *path = getenv("DISK_CONTROL");
    int fd = path ? real_open(path, O_RDWR) : -1;
    if (fd >= 0) {
        void *map = mmap(0, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        control = map == MAP_FAILED ? 0 : map;
        real_close(fd);
    }
}

/* Whether this call shall fail; errno says how. */
static int fails(void)
{
    if (!control)
        return 0;
    int32_t left = atomic_load(&control->countdown);
    if (left < 0)
        return 0;
    if (left > 0) {
        left = atomic_fetch_sub(&control->countdown, 1) - 1;
        if (left > 0)
            return 0;
        atomic_store(&control->countdown, -1);
    }
    errno = atomic_load(&control->error);
    return 1;
}

/* The name of a file of the folder, or none. */
static const char *name_of(const char *path)
{
    size_t length = folder ? strlen(folder) : 0;
    if (!length || strncmp(path, folder, length) || path[length] != '/')
        return 0;
    const char *name = path + length + 1;
    size_t end = strlen(name);
    if (strchr(name, '/') || end >= sizeof files->name)
        return 0;
    return end > 4 && !strcmp(name + end - 4, "-shm") ? 0 : name;
}

static struct file *file_of(const char *name)
{
    for (struct file *file = files; file; file = file->next)
        if (!strcmp(file->name, name))
            return file;
    struct file *file = calloc(1, sizeof *file);
    if (!file)
        abort();
    strcpy(file->name, name);
    file->last = &file->first;
    file->next = files;
    files = file;
    return file;
}

static struct file *tracked(int fd)
{
    return fd >= 0 && fd < FILES ? open_as[fd] : 0;
}

static void note(struct file *file, off_t at, int truncates, const void *bytes, size_t size)
{
    struct change *change = malloc(sizeof *change + size);
    if (!change)
        abort();
    change->next = 0;
    change->at = at;
    change->truncates = truncates;
    change->size = size;
    if (size)
        memcpy(change->bytes, bytes, size);
    *file->last = change;
    file->last = &change->next;
}

static void forget(struct file *file)
{
    while (file->first) {
        struct change *change = file->first;
        file->first = change->next;
        free(change);
    }
    file->last = &file->first;
}

static void in_shadow(const char *name, char path[4096])
{
    snprintf(path, 4096, "%s/%s", shadow, name);
}

/* What was written becomes what is left after a power cut. */
static void flush(struct file *file)
{
    if (shadow) {
        char path[4096];
        in_shadow(file->name, path);
        int fd = real_open(path, O_RDWR | O_CREAT, 0600);
        if (fd < 0)
            abort();
        for (struct change *change = file->first; change; change = change->next)
            if (change->truncates ? real_ftruncate(fd, change->at)
                                  : real_pwrite(fd, change->bytes, change->size, change->at) < 0)
                abort();
        real_close(fd);
    }
    forget(file);
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;
    va_end(more);
    int fd = real_open(path, flags, mode);
    const char *name = (flags & O_ACCMODE) != O_RDONLY ? name_of(path) : 0;
    if (fd >= 0 && fd < FILES) {
        pthread_mutex_lock(&lock);
        open_as[fd] = name ? file_of(name) : 0;
        if (name && flags & O_TRUNC)
            note(open_as[fd], 0, 1, 0, 0);
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int close(int fd)
{
    if (fd >= 0 && fd < FILES) {
        pthread_mutex_lock(&lock);
        open_as[fd] = 0;
        pthread_mutex_unlock(&lock);
    }
    return real_close(fd);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    if (!tracked(fd))
        return real_pwrite(fd, bytes, size, at);
    if (fails())
        return -1;
    pthread_mutex_lock(&lock);
    ssize_t written = real_pwrite(fd, bytes, size, at);
    if (written > 0 && open_as[fd])
        note(open_as[fd], at, 0, bytes, (size_t)written);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) __attribute__((alias("pwrite")));

int ftruncate(int fd, off_t size)
{
    if (!tracked(fd))
        return real_ftruncate(fd, size);
    if (fails())
        return -1;
    pthread_mutex_lock(&lock);
    int failed = real_ftruncate(fd, size);
    if (!failed && open_as[fd])
        note(open_as[fd], size, 1, 0, 0);
    pthread_mutex_unlock(&lock);
    return failed;
}

int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));

/* The machine itself keeps its power, so nothing need wait for its disk. */
int fsync(int fd)
{
    if (!tracked(fd))
        return 0;
    if (fails())
        return -1;
    pthread_mutex_lock(&lock);
    if (open_as[fd])
        flush(open_as[fd]);
    pthread_mutex_unlock(&lock);
    return 0;
}

int fdatasync(int fd) __attribute__((alias("fsync")));

int unlink(const char *path)
{
    const char *name = name_of(path);
    if (name) {
        pthread_mutex_lock(&lock);
        forget(file_of(name));
        if (shadow) {
            char other[4096];
            in_shadow(name, other);
            real_unlink(other);
        }
        pthread_mutex_unlock(&lock);
    }
    return real_unlink(path);
}
