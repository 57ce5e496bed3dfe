/* engine.c - what all engines share. */
#include "engine/engine.h"

const struct engine_list_shape engine_lists[ENGINE_LISTS] = {
    [ENGINE_SETTINGS] = {"wirehouse_settings",
                         ENGINE_SETTING_CELLS,
                         {"name", "setting", "unit", "category", "short_desc",
                          "context", "vartype", "source", "min_val", "max_val",
                          "enumvals", "boot_val", "reset_val"}},
    [ENGINE_CURSORS] = {"wirehouse_cursors",
                        6,
                        {"name", "statement", "is_holdable", "is_binary",
                         "is_scrollable", "created_us"}},
    [ENGINE_STATEMENTS] = {"wirehouse_statements",
                           5,
                           {"name", "statement", "prepared_us", "parameter_types",
                            "from_sql"}},
};
