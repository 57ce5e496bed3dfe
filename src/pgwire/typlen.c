/* typlen.c - the storage size that RowDescription reports for a type. */
#include "pgwire/typlen.h"

#include <stddef.h>

#include <pgwire/types.h>

#include "core/attr.h"

static const struct {
    uint32_t oid;
    int16_t typlen;
} sizes[] = {
#define X(identifier, name, oid, typlen, array) {oid, typlen},
    PGW_TYPES(X)
#undef X
};

int16_t typlen_of(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        if (sizes[i].oid == oid)
            return sizes[i].typlen;
    }
    return -1;
}
