/* arrow.h - a stream of Apache Arrow's C interface as a row source.
 *
 *     static enum pgw_status query(…, struct pgw_reply *reply, struct pgw_error *err)
 *     {
 *         struct ArrowArrayStream stream;
 *         if (pgw_block_begin(session) == PGW_WAIT)
 *             return PGW_WAIT;
 *         … make the stream …
 *         pgw_arrow *rows = pgw_arrow_open(session, &stream, err);
 *         if (!rows)
 *             return PGW_ERROR;
 *         pgw_arrow_reply(rows, reply);
 *         return PGW_OK;
 *     }
 *
 * The stream of an ADBC driver, a DuckDB result, a Polars frame: each is a table whose
 * arrays are written as DataRows where they lie, in the client's format and the
 * session's style. Every type of the C data interface has a type of PostgreSQL:
 *
 *     bool, int8 … int64, float, double      bool, int2, int4, int8, float4, float8
 *     uint8, uint16, uint32, uint64          int2, int4, int8, numeric
 *     half float                             float4
 *     decimal32 … decimal256                 numeric, exactly
 *     utf8, binary, their large and view     text, bytea
 *     fixed-size binary                      bytea
 *     date32, date64, time32, time64         date, time
 *     timestamp                              timestamp; with a zone timestamptz
 *     duration, intervals                    interval
 *     lists of any kind                      an array of what is in them
 *     struct                                 json, or a record (<pgwire/style.h>)
 *     map, unions                            json
 *     dictionary, run-end encoded            the type of their values
 *     arrow.uuid, arrow.json, arrow.bool8    uuid, json, bool
 *     null                                   text
 *
 * Nanoseconds are cut to microseconds, towards the past. A decimal may have a scale of
 * 76 at most, a negative one as far as 76 digits reach. What is not in the table fails
 * with 0A000, and the format string, when the columns are made; values that do not fit
 * fail with 22003 or 22008 when their row is reached.
 *
 * Schemas and arrays are checked as far as the interface allows, and are XX001 when
 * they contradict themselves or each other. It does not tell the sizes of buffers
 * (those behind views excepted): that they hold what lengths and offsets say, and that
 * text is UTF-8, is the producer's word. */
#ifndef PGWIRE_ARROW_H
#define PGWIRE_ARROW_H

#include <pgwire/arrow_c.h>
#include <pgwire/pgwire.h>

PGW_BEGIN_DECLS

/* A stream, or a schema alone, with its columns. */
typedef struct pgw_arrow pgw_arrow;

/* The stream is moved in, also when this fails, and released once: by
 * pgw_arrow_free, or with the rows of a reply. get_schema is called at once: if it may
 * block, have asked pgw_block_begin. NULL: *err says why, 0A000, XX001, 54011, 53200,
 * or what the stream's errno stands for. */
pgw_arrow *pgw_arrow_open(pgw_session *session, struct ArrowArrayStream *stream,
                          struct pgw_error *err);

/* The columns of a schema, for a description before there is a stream. The schema is
 * only read. NULL: as above. */
pgw_arrow *pgw_arrow_describe(pgw_session *session, const struct ArrowSchema *schema,
                              struct pgw_error *err);

/* Good until it is released. Names come from the schema, OIDs and typmods are
 * PostgreSQL's own. */
const struct pgw_column *pgw_arrow_columns(const pgw_arrow *arrow, size_t *count);

/* Reply with the rows, as SELECT does; `arrow` belongs to the reply from now on. A
 * batch is fetched when the client has taken what was before it, by get_next on the
 * session's thread, which asks pgw_block_begin first and gives the permission back
 * afterwards. Between two batches a cancel ends the statement; one that shall end a
 * call of get_next is the business of pgw_cancel_ops. */
void pgw_arrow_reply(pgw_arrow *arrow, struct pgw_reply *reply);

/* For what was never replied with; NULL is allowed. */
void pgw_arrow_free(pgw_arrow *arrow);

PGW_END_DECLS

#endif
