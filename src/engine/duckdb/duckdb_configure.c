/* duckdb_configure.c - a session's settings, as the engine has them.
 *
 * TimeZone: the engine takes the names of the tz database. PostgreSQL's fixed offsets,
 * which SHOW writes as POSIX zones ("<-05>+05"), are the database's Etc/GMT zones where
 * they are whole hours; both count westwards.
 *
 * search_path: the engine refuses a schema that does not exist, PostgreSQL passes over
 * it; so what is set is what exists now. `public` is the engine's `main`. */
#include <stdio.h>
#include <stdlib.h>

#include "core/buf.h"
#include "engine/duckdb/duckdb_catalog.h"

enum { ZONE_BYTES = 128, SCHEMA_BYTES = 256 };

/* ---- TimeZone ---- */

/* "<name>±hours": the hours, which must be whole. False: not of this form. */
static bool fixed_offset(const char *zone, long *hours)
{
    const char *behind = zone[0] == '<' ? strchr(zone, '>') : NULL;
    char *end;
    if (!behind || !behind[1])
        return false;
    *hours = strtol(behind + 1, &end, 10);
    return *end == '\0' && end > behind + 1 && *hours >= -14 && *hours <= 12;
}

static bool engine_zone(const char *zone, char *out, size_t size, struct error *err)
{
    long hours;
    if (!zone)
        zone = "UTC";
    if (fixed_offset(zone, &hours))
        (void)snprintf(out, size, hours ? "Etc/GMT%+ld" : "Etc/GMT", hours);
    else if (zone[0] == '<' || strlen(zone) >= size || strchr(zone, '\''))
        return error_set(err, "0A000", "the engine has no time zone \"%s\"", zone);
    else
        (void)snprintf(out, size, "%s", zone);
    return true;
}

static bool set_zone(duckdb_connection connection, const char *zone, struct error *err)
{
    char name[ZONE_BYTES], sql[ZONE_BYTES + 32];
    struct error refused;
    if (!engine_zone(zone, name, sizeof name, err))
        return false;
    (void)snprintf(sql, sizeof sql, "set TimeZone = '%s'", name);
    return duckdb_run(connection, sql, &refused) ||
           error_set(err, "0A000", "the engine has no time zone \"%s\"", zone);
}

/* ---- search_path ---- */

/* One name off a list as SHOW search_path writes it, unquoted; false: none is left. */
static bool next_schema(const char **list, char *out, size_t size)
{
    const char *at = *list + strspn(*list, ", \t");
    bool quoted = *at == '"';
    size_t len = 0;
    if (!*at)
        return false;
    for (at += quoted; *at && (quoted || *at != ','); at++) {
        if (quoted && *at == '"' && *++at != '"')
            break;
        if (len + 1 < size)
            out[len++] = *at;
    }
    while (!quoted && len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    *list = at;
    return true;
}

static bool schema_exists(duckdb_connection connection, const char *name)
{
    static const char sql[] =
        "select 1 from duckdb_schemas() where schema_name = $1 and database_name = "
        "(select database_name from duckdb_databases() where not internal "
        "order by database_oid limit 1)";
    duckdb_prepared_statement statement;
    duckdb_result result;
    bool exists = false;
    if (duckdb_prepare(connection, sql, &statement) == DuckDBSuccess &&
        duckdb_bind_varchar(statement, 1, name) == DuckDBSuccess) {
        exists = duckdb_execute_prepared(statement, &result) == DuckDBSuccess &&
                 duckdb_row_count(&result) > 0;
        duckdb_destroy_result(&result);
    }
    duckdb_destroy_prepare(&statement);
    return exists;
}

/* A name within the quotes of a string within the quotes of an identifier. */
static bool append_schema(struct buf *sql, const char *name)
{
    bool done = buf_append(sql, "\"", 1);
    for (; done && *name; name++) {
        done = buf_append(sql, name, 1);
        if (done && (*name == '"' || *name == '\''))
            done = buf_append(sql, name, 1);
    }
    return done && buf_append(sql, "\",", 2);
}

static bool append_path(duckdb_connection connection, const char *path, struct buf *sql)
{
    char name[SCHEMA_BYTES];
    while (next_schema(&path, name, sizeof name)) {
        const char *schema = strcmp(name, "public") == 0 ? "main" : name;
        if (strcmp(name, "$user") == 0 || !schema_exists(connection, schema))
            continue;
        if (!append_schema(sql, schema))
            return false;
    }
    return true;
}

/* With no schema left, names are found in main all the same: the engine needs one. Last
 * come PostgreSQL's functions and relations. */
static bool set_path(duckdb_connection connection, const char *path, struct error *err)
{
    static const char last[] = "main," CATALOG_SCHEMA "'";
    struct buf sql = {0};
    bool built = buf_append(&sql, "set search_path = '", 19) &&
                 append_path(connection, path ? path : "main", &sql) &&
                 buf_append(&sql, last, sizeof last);
    bool done = built ? duckdb_run(connection, (const char *)buf_data(&sql), err)
                      : error_no_memory(err);
    buf_free(&sql);
    return done;
}

bool duckdb_configure(struct engine_conn *base, const struct engine_settings *settings,
                      struct error *err)
{
    duckdb_connection connection = ((struct duckdb_conn *)base)->connection;
    return set_zone(connection, settings->values[ENGINE_TIMEZONE], err) &&
           set_path(connection, settings->values[ENGINE_SEARCH_PATH], err);
}
