-- Everything that has a row in pg_class.
create view __wirehouse.__own.relation as
    select wirehouse_oid('class', nspname, relname) as oid, *
    from (select s.oid as relnamespace, s.nspname, t.table_name as relname,
                 'r' as relkind, t.database_name, t.schema_name,
                 t.column_count as natts, t.estimated_size as tuples,
                 t.index_count > 0 or t.has_primary_key as hasindex,
                 t.check_constraint_count as checks, t.comment
          from duckdb_tables() t
          join __wirehouse.__own.served_schema s using (database_name, schema_name)
          where not t.internal
          union all
          select s.oid, s.nspname, v.view_name, 'v', v.database_name, v.schema_name,
                 v.column_count, -1, false, 0, v.comment
          from duckdb_views() v
          join __wirehouse.__own.served_schema s using (database_name, schema_name)
          where not v.internal
          union all
          select s.oid, s.nspname, i.index_name, 'i', i.database_name, i.schema_name,
                 1, 0, false, 0, i.comment
          from duckdb_indexes() i
          join __wirehouse.__own.served_schema s using (database_name, schema_name)
          union all
          select s.oid, s.nspname, q.sequence_name, 'S', q.database_name,
                 q.schema_name, 3, 1, false, 0, q.comment
          from duckdb_sequences() q
          join __wirehouse.__own.served_schema s using (database_name, schema_name));

-- The user's enums and composites.
create view __wirehouse.__own.named_type as
    select wirehouse_type_oid(t.type_name, t.labels) as oid, t.type_name as typname,
           s.oid as typnamespace, s.nspname, t.labels, t.comment,
           case when t.labels is null then 'c' else 'e' end as typtype,
           case when t.labels is null
                then wirehouse_oid('composite', s.nspname, t.type_name)
                else 0::pg_oid end as typrelid
    from duckdb_types() t
    join __wirehouse.__own.served_schema s using (database_name, schema_name)
    where not t.internal and t.logical_type in ('ENUM', 'STRUCT');

create view __wirehouse.__pg.pg_class as
    select oid, relname::name as relname, relnamespace, reltype,
           0::pg_oid as reloftype, 10::pg_oid as relowner,
           (case relkind when 'r' then 2 when 'i' then 403 else 0 end)::pg_oid as relam,
           (case when relkind in ('r', 'i', 'S') then oid else 0::pg_oid end) as relfilenode,
           0::pg_oid as reltablespace, 0::integer as relpages,
           tuples::real as reltuples, 0::integer as relallvisible,
           0::pg_oid as reltoastrelid, hasindex as relhasindex,
           false as relisshared,
           (case nspname when 'pg_temp' then 't' else 'p' end)::pg_char as relpersistence,
           relkind::pg_char as relkind, natts::smallint as relnatts,
           checks::smallint as relchecks, relkind = 'v' as relhasrules,
           false as relhastriggers, false as relhassubclass,
           false as relrowsecurity, false as relforcerowsecurity,
           true as relispopulated,
           (case relkind when 'r' then 'd' else 'n' end)::pg_char as relreplident,
           false as relispartition, 0::pg_oid as relrewrite, 0::xid as relfrozenxid,
           0::xid as relminmxid, null::aclitem[] as relacl,
           null::varchar[] as reloptions, null::pg_node_tree as relpartbound
    from (select oid, relname, relnamespace, nspname, relkind, natts, tuples, hasindex,
                 checks,
                 case when relkind in ('r', 'v')
                      then wirehouse_oid('rowtype', nspname, relname)
                      else 0::pg_oid end as reltype
          from __wirehouse.__own.relation
          union all
          select typrelid, typname, typnamespace, nspname, 'c',
                 wirehouse_field_count(oid), 0, false, 0, oid
          from __wirehouse.__own.named_type where typtype = 'c'
          union all
          select oid, relname, 11::pg_oid, 'pg_catalog', 'r', 0, -1, false, 0,
                 0::pg_oid
          from __wirehouse.__own.builtin_class);
