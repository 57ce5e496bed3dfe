-- Schemas. The engine's main is PostgreSQL's public; the temporary one is the session's.
create view __wirehouse.__own.served_schema as
    select database_name, schema_name, nspname,
           case nspname when 'public' then 2200::pg_oid
                else wirehouse_oid('namespace', '', nspname) end as oid
    from (select s.database_name, s.schema_name,
                 case when s.database_name = 'temp' then 'pg_temp'
                      when s.schema_name = 'main' then 'public'
                      else s.schema_name end as nspname
          from duckdb_schemas() s, __wirehouse.__own.served d
          where s.database_name = d.database_name
             or (s.database_name = 'temp' and s.schema_name = 'main'));

create view __wirehouse.__pg.pg_namespace as
    select oid, nspname::name as nspname, 10::pg_oid as nspowner,
           null::aclitem[] as nspacl
    from (select 11::pg_oid as oid, 'pg_catalog' as nspname
          union all select 13207::pg_oid, 'information_schema'
          union all select oid, nspname from __wirehouse.__own.served_schema);

-- The schemas in which the engine looks for a name, in its order.
create macro __wirehouse.__own.search_path() as
    list_filter(
        list_transform(
            list_filter(system.main.current_schemas(false), lambda s: s <> '__pg'),
            lambda s: case s when 'main' then 'public' else s end),
        lambda s, i: list_position(
            list_transform(
                list_filter(system.main.current_schemas(false), lambda s: s <> '__pg'),
                lambda s: case s when 'main' then 'public' else s end), s) = i);

create macro __wirehouse.__pg.current_schemas(with_implicit) as
    (case when with_implicit
          then list_prepend('pg_catalog', __wirehouse.__own.search_path())
          else __wirehouse.__own.search_path() end)::name[];

create macro __wirehouse.__pg.current_schema() as
    (__wirehouse.__own.search_path()[1])::name;

-- Where in the search path a schema stands; NULL: it is not in it.
create macro __wirehouse.__own.path_position(nspname) as
    list_position(list_prepend('pg_catalog',
                               list_prepend('pg_temp',
                                            __wirehouse.__own.search_path())),
                  nspname::varchar);
