/* int128.h - 128-bit integers, an extension that every compiler we build with has. */
#ifndef CORE_INT128_H
#define CORE_INT128_H

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#endif
