/* settings_table.c - the rows of all files as one table, and the words of pg_settings.
 */
#include "server/settings_table.h"

#include <strings.h>

size_t settings_table_count(void)
{
    return SETTING_COUNT + settings_planner_count + settings_kept_count +
           settings_fixed_count;
}

const struct setting_spec *settings_table_row(size_t i)
{
    const struct {
        const struct setting_spec *rows;
        size_t count;
    } parts[] = {{settings_followed, SETTING_COUNT},
                 {settings_planner, settings_planner_count},
                 {settings_kept, settings_kept_count},
                 {settings_fixed, settings_fixed_count}};
    for (size_t part = 0; part < ARRAY_LEN(parts); part++) {
        if (i < parts[part].count)
            return &parts[part].rows[i];
        i -= parts[part].count;
    }
    return NULL;
}

/* The names that PostgreSQL has given up, but still takes. */
static const char *current_name(const char *name)
{
    static const char *const renamed[][2] = {{"sort_mem", "work_mem"},
                                             {"vacuum_mem", "maintenance_work_mem"}};
    for (size_t i = 0; i < ARRAY_LEN(renamed); i++) {
        if (strcasecmp(name, renamed[i][0]) == 0)
            return renamed[i][1];
    }
    return name;
}

bool settings_table_find(const char *name, size_t *out)
{
    size_t count = settings_table_count();
    name = current_name(name);
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(name, settings_table_row(i)->name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* ---- words ---- */

const char *setting_type_name(enum setting_type type)
{
    static const char *const names[] = {[SETTING_BOOL] = "bool",
                                        [SETTING_INTEGER] = "integer",
                                        [SETTING_REAL] = "real",
                                        [SETTING_STRING] = "string",
                                        [SETTING_ENUM] = "enum"};
    return names[type];
}

const char *setting_unit_name(enum setting_unit unit)
{
    static const char *const names[] = {
        [UNIT_NONE] = NULL, [UNIT_B] = "B",   [UNIT_KB] = "kB", [UNIT_8KB] = "8kB",
        [UNIT_MB] = "MB",   [UNIT_MS] = "ms", [UNIT_S] = "s"};
    return names[unit];
}

const char *setting_context_name(enum setting_context context)
{
    static const char *const names[] = {
        [CONTEXT_INTERNAL] = "internal",   [CONTEXT_POSTMASTER] = "postmaster",
        [CONTEXT_SIGHUP] = "sighup",       [CONTEXT_BACKEND] = "superuser-backend",
        [CONTEXT_SUPERUSER] = "superuser", [CONTEXT_USER] = "user"};
    return names[context];
}

const char *setting_category_name(enum setting_category category)
{
    static const char *const names[] = {
        [CATEGORY_CONNECTION] = "Connections and Authentication / Connection Settings",
        [CATEGORY_AUTHENTICATION] = "Connections and Authentication / Authentication",
        [CATEGORY_SSL] = "Connections and Authentication / SSL",
        [CATEGORY_MEMORY] = "Resource Usage / Memory",
        [CATEGORY_DISK] = "Resource Usage / Disk",
        [CATEGORY_VACUUM_COST] = "Resource Usage / Cost-Based Vacuum Delay",
        [CATEGORY_ASYNCHRONOUS] = "Resource Usage / Asynchronous Behavior",
        [CATEGORY_WAL] = "Write-Ahead Log / Settings",
        [CATEGORY_CHECKPOINT] = "Write-Ahead Log / Checkpoints",
        [CATEGORY_ARCHIVE] = "Write-Ahead Log / Archiving",
        [CATEGORY_SENDING] = "Replication / Sending Servers",
        [CATEGORY_STANDBY] = "Replication / Standby Servers",
        [CATEGORY_METHOD] = "Query Tuning / Planner Method Configuration",
        [CATEGORY_COST] = "Query Tuning / Planner Cost Constants",
        [CATEGORY_GENETIC] = "Query Tuning / Genetic Query Optimizer",
        [CATEGORY_PLANNER] = "Query Tuning / Other Planner Options",
        [CATEGORY_LOG_WHERE] = "Reporting and Logging / Where to Log",
        [CATEGORY_LOG_WHEN] = "Reporting and Logging / When to Log",
        [CATEGORY_LOG_WHAT] = "Reporting and Logging / What to Log",
        [CATEGORY_PROCESS_TITLE] = "Reporting and Logging / Process Title",
        [CATEGORY_STATISTICS] = "Statistics / Cumulative Query and Index Statistics",
        [CATEGORY_MONITORING] = "Statistics / Monitoring",
        [CATEGORY_AUTOVACUUM] = "Autovacuum",
        [CATEGORY_STATEMENT] = "Client Connection Defaults / Statement Behavior",
        [CATEGORY_LOCALE] = "Client Connection Defaults / Locale and Formatting",
        [CATEGORY_PRELOAD] = "Client Connection Defaults / Shared Library Preloading",
        [CATEGORY_DEFAULTS] = "Client Connection Defaults / Other Defaults",
        [CATEGORY_LOCK] = "Lock Management",
        [CATEGORY_ERRORS] = "Error Handling",
        [CATEGORY_OLD_VERSIONS] =
            "Version and Platform Compatibility / Previous PostgreSQL Versions",
        [CATEGORY_OTHER_CLIENTS] =
            "Version and Platform Compatibility / Other Platforms and Clients",
        [CATEGORY_PRESET] = "Preset Options",
        [CATEGORY_DEVELOPER] = "Developer Options",
        [CATEGORY_CUSTOM] = "Customized Options",
    };
    return names[category];
}
