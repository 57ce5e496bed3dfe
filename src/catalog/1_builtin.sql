-- What PostgreSQL is born with, and the database that is served. The other
-- tables are filled from those of catalog_types.c, catalog_procs.c and catalog_builtin.c.
create table __wirehouse.__own.served as
    select database_name from duckdb_databases()
    where not internal order by database_oid limit 1;

create table __wirehouse.__own.builtin_type (
    oid pg_oid, typname name, typlen smallint, typbyval boolean, typtype pg_char,
    typcategory pg_char, typispreferred boolean, typsubscript regproc, typelem pg_oid,
    typarray pg_oid, typinput regproc, typoutput regproc, typreceive regproc,
    typsend regproc, typmodin regproc, typmodout regproc, typanalyze regproc,
    typalign pg_char, typstorage pg_char, typcollation pg_oid);

create table __wirehouse.__own.builtin_proc (
    oid pg_oid, proname name, proisstrict boolean, provolatile pg_char,
    pronargs smallint, prorettype pg_oid, proargtypes oidvector);

-- The relations of this directory that clients see, under PostgreSQL's OIDs.
create table __wirehouse.__own.builtin_class (oid pg_oid, relname name);
