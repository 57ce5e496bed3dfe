/* script.c - from random numbers to a client's script. */
#include "script.h"

#include <string.h>

#include "sim.h"

/* ---- bytes ---- */

static void put(struct script_query *query, const void *bytes, size_t len)
{
    SIM_CHECK(query->len + len <= SCRIPT_BYTES_MAX,
              "a query of the script is too long");
    memcpy(query->bytes + query->len, bytes, len);
    query->len += len;
}

static void put_u32(struct script_query *query, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 8), (uint8_t)value};
    put(query, bytes, sizeof bytes);
}

static void put_message(struct script_query *query, char type, const void *body,
                        size_t len)
{
    put(query, &type, 1);
    put_u32(query, (uint32_t)len + 4);
    put(query, body, len);
}

static void expect(struct script_query *query, char type, unsigned statement,
                   int64_t row, int64_t rows)
{
    SIM_CHECK(query->step_count < SCRIPT_STEPS_MAX, "a script has too many steps");
    query->steps[query->step_count++] =
        (struct script_step){type, (uint8_t)statement, row, rows};
}

/* ---- statements ---- */

static int64_t some_rows(void)
{
    static const uint64_t most[] = {0, 1, 5, 40, 200};
    return (int64_t)sim_range(0, most[sim_scenario(ARRAY_LEN(most))]);
}

static int64_t some_work(bool may_be_endless)
{
    static const uint64_t most[] = {0, 100, 3000, 400000};
    if (may_be_endless && sim_scenario_chance(300))
        return STATEMENT_NEVER;
    return (int64_t)sim_range(0, most[sim_scenario(ARRAY_LEN(most))]);
}

/* Whose work never ends needs somebody who ends it. Who asks before it has been greeted
 * has no key to cancel with: the greeting leaves when nothing more is to be done. */
static bool can_be_ended(const struct script *script)
{
    return script->timeout_ms > 0 || (script->patience_us > 0 && !script->is_early) ||
           script->ending == ENDING_CLOSE || script->ending == ENDING_RESET;
}

static struct statement_spec some_rows_statement(const struct script *script,
                                                 int64_t id)
{
    struct statement_spec spec = {.kind = STATEMENT_ROWS,
                                  .id = id,
                                  .rows = some_rows(),
                                  .width = (int64_t)sim_range(0, 120),
                                  .chunk = (int64_t)sim_range(1, 30),
                                  .slot = sim_scenario_chance(600),
                                  .fails_at = STATEMENT_NEVER};
    if (spec.slot)
        spec.work_us = some_work(can_be_ended(script));
    if (spec.slot && sim_scenario_chance(300))
        spec.row_us = (int64_t)sim_range(1, 300);
    if (spec.rows > 0 && sim_scenario_chance(150))
        spec.fails_at = (int64_t)sim_scenario((uint64_t)spec.rows);
    return spec;
}

static struct statement_spec some_statement(const struct script *script, int64_t id)
{
    struct statement_spec spec = {.kind = sim_scenario_chance(500) ? STATEMENT_BEGIN
                                                                   : STATEMENT_COMMIT,
                                  .id = id,
                                  .fails_at = STATEMENT_NEVER};
    if (sim_scenario_chance(800))
        return some_rows_statement(script, id);
    if (sim_scenario_chance(300)) {
        spec.slot = 1;
        spec.work_us = some_work(false);
    }
    return spec;
}

/* ---- queries ---- */

static void make_simple(struct script_query *query)
{
    char text[SCRIPT_STATEMENTS_MAX * STATEMENT_TEXT_MAX];
    size_t len = 0;
    for (unsigned i = 0; i < query->statement_count; i++) {
        const struct statement_spec *spec = &query->statements[i];
        len += statement_write(spec, text + len, sizeof text - len);
        if (spec->kind == STATEMENT_ROWS) {
            expect(query, 'T', i, 0, 0);
            expect(query, 'D', i, 0, spec->rows);
        }
        expect(query, 'C', i, 0, spec->rows);
    }
    put_message(query, 'Q', text, len + 1);
    expect(query, 'Z', 0, 0, 0);
}

static void maybe_flush(struct script_query *query)
{
    if (sim_scenario_chance(200))
        put_message(query, 'H', "", 0);
}

static void put_execute(struct script_query *query, uint32_t most)
{
    const uint8_t body[] = {0, (uint8_t)(most >> 24), (uint8_t)(most >> 16),
                            (uint8_t)(most >> 8), (uint8_t)most};
    put_message(query, 'E', body, sizeof body);
    maybe_flush(query);
}

/* All rows at once, or in parts; the last part is never full, since whether a source
 * that has just given its last row knows of it is its own affair. */
static void make_executes(struct script_query *query, unsigned statement)
{
    int64_t rows = query->statements[statement].rows, row = 0;
    int64_t most = rows > 2 && sim_scenario_chance(400) ? rows / 2 : 0;
    if (most > 0 && rows % most == 0)
        most = rows - 1;
    while (most > 0 && row + most < rows) {
        put_execute(query, (uint32_t)most);
        expect(query, 'D', statement, row, row + most);
        expect(query, 's', statement, 0, 0);
        row += most;
    }
    put_execute(query, (uint32_t)most);
    if (query->statements[statement].kind == STATEMENT_ROWS)
        expect(query, 'D', statement, row, rows);
    expect(query, 'C', statement, row, rows);
}

static void make_extended(struct script_query *query)
{
    static const uint8_t bind[8] = {0};
    for (unsigned i = 0; i < query->statement_count; i++) {
        const struct statement_spec *spec = &query->statements[i];
        char body[STATEMENT_TEXT_MAX + 4] = {0};
        size_t len = 1 + statement_write(spec, body + 1, STATEMENT_TEXT_MAX) + 1 + 2;
        put_message(query, 'P', body, len);
        maybe_flush(query);
        expect(query, '1', i, 0, 0);
        put_message(query, 'B', bind, sizeof bind);
        expect(query, '2', i, 0, 0);
        if (sim_scenario_chance(500)) {
            put_message(query, 'D', "P", 2);
            expect(query, spec->kind == STATEMENT_ROWS ? 'T' : 'n', i, 0, 0);
        }
        make_executes(query, i);
    }
    put_message(query, 'S', "", 0);
    expect(query, 'Z', 0, 0, 0);
}

static void finish_query(struct script_query *query)
{
    if (sim_scenario_chance(500))
        make_simple(query);
    else
        make_extended(query);
}

/* ---- the script ---- */

static void make_setting(struct script_query *query, enum statement_kind kind,
                         unsigned a, unsigned b)
{
    query->statements[0] = (struct statement_spec){
        .kind = kind, .a = a, .b = b, .fails_at = STATEMENT_NEVER};
    query->statement_count = 1;
    finish_query(query);
}

static void make_queries(struct script *script, unsigned client, unsigned most)
{
    unsigned wanted = (unsigned)sim_range(1, SCRIPT_QUERIES_MAX);
    if (script->timeout_ms)
        make_setting(&script->queries[script->query_count++], STATEMENT_TIMEOUT,
                     script->timeout_ms, 0);
    if (script->idle_ms || script->idle_block_ms)
        make_setting(&script->queries[script->query_count++], STATEMENT_IDLE,
                     script->idle_ms, script->idle_block_ms);
    while (script->query_count < wanted) {
        struct script_query *query = &script->queries[script->query_count];
        query->statement_count = (unsigned)sim_range(1, SCRIPT_STATEMENTS_MAX);
        for (unsigned i = 0; i < query->statement_count; i++)
            query->statements[i] =
                some_statement(script, client * 1000 + script->query_count * 10 + i);
        finish_query(query);
        script->query_count++;
    }
    if (script->query_count > most)
        script->query_count = most;
}

static uint64_t pick(const uint64_t *values, size_t count)
{
    return values[sim_scenario(count)];
}

static void make_manners(struct script *script)
{
    static const uint64_t capacity[] = {64, 300, 1500, 20000};
    static const uint64_t portion[] = {1, 7, 100, 5000};
    static const uint64_t pause[] = {0, 0, 0, 2000, 90000};
    static const uint64_t think[] = {0, 0, 500, 20000, 400000};
    static const uint64_t patience[] = {0, 0, 100, 5000, 100000};
    script->ending = (enum script_ending)sim_scenario(ENDING_COUNT);
    script->ends_after = (unsigned)sim_range(0, 3000);
    script->quits_us = sim_range(1, 3000000);
    script->ahead = sim_scenario_chance(300) ? (unsigned)sim_range(1, 4) : 0;
    script->is_early = sim_scenario_chance(150);
    script->think_us = pick(think, ARRAY_LEN(think));
    script->send_most = pick(portion, ARRAY_LEN(portion));
    script->read_most = pick(portion, ARRAY_LEN(portion));
    script->read_pause_us = pick(pause, ARRAY_LEN(pause));
    if (script->read_pause_us) /* who reads seldom reads more at a time */
        script->read_most = 5000;
    script->patience_us = pick(patience, ARRAY_LEN(patience));
    script->cancels_at_once = sim_scenario_chance(200);
    script->limits =
        (struct kernel_limits){.to_server = pick(capacity, ARRAY_LEN(capacity)),
                               .to_client = pick(capacity, ARRAY_LEN(capacity))};
    if (sim_scenario_chance(300))
        script->timeout_ms = (unsigned)sim_range(1, 60);
    if (sim_scenario_chance(200)) {
        script->idle_ms = (unsigned)sim_range(1, 500);
        script->idle_block_ms = (unsigned)sim_range(1, 500);
    }
}

void script_make(struct script *script, unsigned client, unsigned queries_most)
{
    memset(script, 0, sizeof *script);
    make_manners(script);
    make_queries(script, client, queries_most);
}

size_t script_startup(uint8_t *bytes)
{
    static const char packet[] = "\0\0\0\x12\0\x03\0\0user\0sim\0";
    memcpy(bytes, packet, sizeof packet);
    return sizeof packet;
}

size_t script_terminate(uint8_t *bytes)
{
    static const uint8_t packet[] = {'X', 0, 0, 0, 4};
    memcpy(bytes, packet, sizeof packet);
    return sizeof packet;
}
