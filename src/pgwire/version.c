/* version.c - which library a program runs with. */
#include <pgwire/version.h>

const char *pgw_version(void)
{
    return PGW_VERSION;
}
