# DuckDB::Library, from DUCKDB_ROOT (variable or environment), the directory that
# `./dev deps` fills, or the system.
set(_cache $ENV{XDG_CACHE_HOME})
if(NOT _cache)
    set(_cache $ENV{HOME}/.cache)
endif()
find_path(DUCKDB_INCLUDE duckdb.h
          HINTS ${DUCKDB_ROOT} $ENV{DUCKDB_ROOT} ${_cache}/wirehouse/deps/duckdb
          PATH_SUFFIXES include)
find_library(DUCKDB_LIBRARY duckdb
             HINTS ${DUCKDB_ROOT} $ENV{DUCKDB_ROOT} ${_cache}/wirehouse/deps/duckdb
             PATH_SUFFIXES lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDBLibrary REQUIRED_VARS DUCKDB_LIBRARY DUCKDB_INCLUDE)
if(DuckDBLibrary_FOUND AND NOT TARGET DuckDB::Library)
    add_library(DuckDB::Library UNKNOWN IMPORTED)
    set_target_properties(DuckDB::Library PROPERTIES
        IMPORTED_LOCATION ${DUCKDB_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE})
endif()
