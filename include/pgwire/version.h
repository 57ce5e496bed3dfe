/* version.h - which libpgwire this is, and the marks around its declarations.
 *
 * The numbers here say what a program was compiled with, pgw_version() what it runs
 * with. Both libraries, the packages and the program take their version from this file.
 * What stays the same between versions is said in docs/ABI.md. */
#ifndef PGWIRE_VERSION_H
#define PGWIRE_VERSION_H

/* Of the headers. */
#define PGW_VERSION_MAJOR 0
#define PGW_VERSION_MINOR 1
#define PGW_VERSION_PATCH 0

/* Of the binary interface: libpgwire.so.0. It changes when a program that was compiled
 * with an older header would not run any more. */
#define PGW_SOVERSION 0

/* To compare in #if: PGW_VERSION_NUMBER >= 1002003 is 1.2.3 or later. */
#define PGW_VERSION_NUMBER                                                             \
    (PGW_VERSION_MAJOR * 1000000 + PGW_VERSION_MINOR * 1000 + PGW_VERSION_PATCH)

#define PGW_QUOTE_(x) #x
#define PGW_DOTTED_(a, b, c) PGW_QUOTE_(a) "." PGW_QUOTE_(b) "." PGW_QUOTE_(c)
/* "0.1.0" */
#define PGW_VERSION PGW_DOTTED_(PGW_VERSION_MAJOR, PGW_VERSION_MINOR, PGW_VERSION_PATCH)

/* Around the declarations of a header: C linkage for C++, and what is declared between
 * them is what the libraries export. */
#ifdef __cplusplus
#define PGW_BEGIN_DECLS                                                                \
    extern "C" {                                                                       \
    _Pragma("GCC visibility push(default)")
#define PGW_END_DECLS                                                                  \
    _Pragma("GCC visibility pop")                                                      \
    }
#else
#define PGW_BEGIN_DECLS _Pragma("GCC visibility push(default)")
#define PGW_END_DECLS _Pragma("GCC visibility pop")
#endif

/* The format is the argument with this number, what it formats begins with that one. */
#define PGW_PRINTF(format_at, first) __attribute__((format(printf, format_at, first)))

PGW_BEGIN_DECLS

/* The version of the library that runs, like "0.1.0"; static. Thread-safe. */
const char *pgw_version(void);

PGW_END_DECLS

#endif
