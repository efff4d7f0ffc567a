/* wasi_list.h - every function of preview 1.
 *
 * Floor 6.  The table of imports, the prototypes and the number of functions
 * come from this one list.  Who wants the parameters defines I, one of 32 bits,
 * and L, one of 64.  A function returns one of 32, but for proc_exit.
 *
 * Last, what the host may permit or not and the function can use.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_LIST_H
#define WASI_LIST_H

/* X(name, parameters, permission) */
#define WASI_FUNCTIONS(X)                                                      \
    X(args_get, I I, ARGS)                                                     \
    X(args_sizes_get, I I, ARGS)                                               \
    X(environ_get, I I, ENV)                                                   \
    X(environ_sizes_get, I I, ENV)                                             \
    X(clock_res_get, I I, CLOCK)                                               \
    X(clock_time_get, I L I, CLOCK)                                            \
    X(fd_advise, I L L I, NONE)                                                \
    X(fd_allocate, I L L, NONE)                                                \
    X(fd_close, I, NONE)                                                       \
    X(fd_datasync, I, NONE)                                                    \
    X(fd_fdstat_get, I I, NONE)                                                \
    X(fd_fdstat_set_flags, I I, NONE)                                          \
    X(fd_fdstat_set_rights, I L L, NONE)                                       \
    X(fd_filestat_get, I I, NONE)                                              \
    X(fd_filestat_set_size, I L, NONE)                                         \
    X(fd_filestat_set_times, I L L I, NONE)                                    \
    X(fd_pread, I I I L I, NONE)                                               \
    X(fd_prestat_get, I I, NONE)                                               \
    X(fd_prestat_dir_name, I I I, NONE)                                        \
    X(fd_pwrite, I I I L I, NONE)                                              \
    X(fd_read, I I I I, STREAMS)                                               \
    X(fd_readdir, I I I L I, FILES)                                            \
    X(fd_renumber, I I, NONE)                                                  \
    X(fd_seek, I L I I, NONE)                                                  \
    X(fd_sync, I, NONE)                                                        \
    X(fd_tell, I I, NONE)                                                      \
    X(fd_write, I I I I, STREAMS)                                              \
    X(path_create_directory, I I I, FILES)                                     \
    X(path_filestat_get, I I I I I, FILES)                                     \
    X(path_filestat_set_times, I I I I L L I, FILES)                           \
    X(path_link, I I I I I I I, FILES)                                         \
    X(path_open, I I I I I L L I I, FILES)                                     \
    X(path_readlink, I I I I I I, FILES)                                       \
    X(path_remove_directory, I I I, FILES)                                     \
    X(path_rename, I I I I I I, FILES)                                         \
    X(path_symlink, I I I I I, FILES)                                          \
    X(path_unlink_file, I I I, FILES)                                          \
    X(poll_oneoff, I I I I, CLOCK)                                             \
    X(proc_exit, I, NONE)                                                      \
    X(proc_raise, I, NONE)                                                     \
    X(sched_yield, "", NONE)                                                   \
    X(random_get, I I, RANDOM)                                                 \
    X(sock_accept, I I I, SOCKETS)                                             \
    X(sock_recv, I I I I I I, SOCKETS)                                         \
    X(sock_send, I I I I I, SOCKETS)                                           \
    X(sock_shutdown, I I, SOCKETS)

#endif /* WASI_LIST_H */
