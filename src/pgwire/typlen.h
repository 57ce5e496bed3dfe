/* typlen.h - the storage size that RowDescription reports for a type. */
#ifndef PGWIRE_TYPLEN_H
#define PGWIRE_TYPLEN_H

#include <stdint.h>

/* pg_type.typlen: bytes, -1 = variable, -2 = NUL-terminated; -1 for a type unknown
 * here. */
int16_t typlen_of(uint32_t oid);

#endif
