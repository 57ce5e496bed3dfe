/* fake_engine.h - an engine for tests: tiny SQL, faults on demand, statements that
 * block.
 *
 * It stands in for a real engine where the protocol is what is tested. What it knows:
 *
 *     select ITEM, … [from generate_series(A, B) [as] NAME[(COLUMN)]] [limit N | $n]
 *     select … from TABLE          a table that was created; it has no rows
 *     create table, drop table, insert into … values (…), …, update, delete from
 *     begin transaction, commit, rollback
 *
 * ITEM is a number, 'text', null, true, false, $n, a column of the series, A / B, A + B
 * or pg_sleep(seconds), with any number of ::casts to int2, int4, int8, float8, text,
 * bool, and an alias. Columns without one are called as PostgreSQL would. */
#ifndef ENGINE_FAKE_ENGINE_H
#define ENGINE_FAKE_ENGINE_H

#include "engine/engine.h"

enum fake_point { FAKE_CONNECT, FAKE_PREPARE, FAKE_EXECUTE, FAKE_NEXT, FAKE_POINTS };

struct fake_options {
    size_t batch_rows; /* rows in a batch, 0 = 3 */
    /* The n-th call at that point fails, from 1; 0 = never. */
    unsigned fail_at[FAKE_POINTS];
    const char *fail_sqlstate; /* "58030" by default */
};

/* NULL when out of memory. */
struct engine *fake_engine_new(const struct fake_options *options);

#endif
