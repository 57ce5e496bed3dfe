/* types.h - OIDs of PostgreSQL's built-in types, from one table.
 *
 * Source: PostgreSQL 15, documentation 53.64 (pg_type). OIDs do not change. */
#ifndef PGWIRE_TYPES_H
#define PGWIRE_TYPES_H

/* Calls X(identifier, name, OID, typlen, array, category) for each type: typlen -1 is
 * variable, array the OID of its array type or 0. */
#define PGW_TYPES(X)                                                                   \
    X(BOOL, "bool", 16, 1, 1000, 'B')                                                  \
    X(BYTEA, "bytea", 17, -1, 1001, 'U')                                               \
    X(CHAR, "char", 18, 1, 1002, 'Z')                                                  \
    X(NAME, "name", 19, 64, 1003, 'S')                                                 \
    X(INT8, "int8", 20, 8, 1016, 'N')                                                  \
    X(INT2, "int2", 21, 2, 1005, 'N')                                                  \
    X(INT4, "int4", 23, 4, 1007, 'N')                                                  \
    X(TEXT, "text", 25, -1, 1009, 'S')                                                 \
    X(OID, "oid", 26, 4, 1028, 'N')                                                    \
    X(JSON, "json", 114, -1, 199, 'U')                                                 \
    X(FLOAT4, "float4", 700, 4, 1021, 'N')                                             \
    X(FLOAT8, "float8", 701, 8, 1022, 'N')                                             \
    X(UNKNOWN, "unknown", 705, -2, 0, 'X')                                             \
    X(BPCHAR, "bpchar", 1042, -1, 1014, 'S')                                           \
    X(VARCHAR, "varchar", 1043, -1, 1015, 'S')                                         \
    X(DATE, "date", 1082, 4, 1182, 'D')                                                \
    X(TIME, "time", 1083, 8, 1183, 'D')                                                \
    X(TIMESTAMP, "timestamp", 1114, 8, 1115, 'D')                                      \
    X(TIMESTAMPTZ, "timestamptz", 1184, 8, 1185, 'D')                                  \
    X(INTERVAL, "interval", 1186, 16, 1187, 'T')                                       \
    X(TIMETZ, "timetz", 1266, 12, 1270, 'D')                                           \
    X(BIT, "bit", 1560, -1, 1561, 'V')                                                 \
    X(VARBIT, "varbit", 1562, -1, 1563, 'V')                                           \
    X(NUMERIC, "numeric", 1700, -1, 1231, 'N')                                         \
    X(RECORD, "record", 2249, -1, 2287, 'P')                                           \
    X(VOID, "void", 2278, 4, 0, 'P')                                                   \
    X(UUID, "uuid", 2950, 16, 2951, 'U')                                               \
    X(JSONB, "jsonb", 3802, -1, 3807, 'U')

/* PGW_BOOLOID, PGW_INT4OID, PGW_TEXTOID … */
enum pgw_type_oid {
#define X(identifier, name, oid, typlen, array, category) PGW_##identifier##OID = oid,
    PGW_TYPES(X)
#undef X
};

#endif
