/* engine.c - what all engines share. */
#include "engine/engine.h"

const char *const engine_setting_cells[ENGINE_SETTING_CELLS] = {
    "name",   "setting", "unit",    "category", "short_desc", "context",  "vartype",
    "source", "min_val", "max_val", "enumvals", "boot_val",   "reset_val"};
