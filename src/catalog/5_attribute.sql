-- Columns of tables and views, fields of composites, and what was said about them.
create view __wirehouse.__own.attribute as
    select r.oid as attrelid, c.column_name as attname,
           wirehouse_column_type(c.data_type) as atttypid, c.column_index as attnum,
           wirehouse_column_typmod(c.data_type) as atttypmod,
           len(regexp_extract_all(regexp_extract(c.data_type, '(\[[0-9]*\])+$'), '\['))
               as attndims,
           not c.is_nullable as attnotnull, c.column_default is not null as atthasdef,
           c.comment
    from duckdb_columns() c
    join __wirehouse.__own.relation r on r.database_name = c.database_name
        and r.schema_name = c.schema_name and r.relname = c.table_name
    where not c.internal and r.relkind in ('r', 'v')
    union all
    select typrelid, wirehouse_field_name(oid, n), wirehouse_field_type(oid, n), n,
           wirehouse_field_typmod(oid, n), 0, false, false, null
    from (select typrelid, oid,
                 unnest(generate_series(1, wirehouse_field_count(oid)))::integer as n
          from __wirehouse.__own.named_type where typtype = 'c');

create view __wirehouse.__pg.pg_attribute as
    select a.attrelid, a.attname::name as attname, a.atttypid,
           -1::integer as attstattarget, t.typlen as attlen,
           a.attnum::smallint as attnum, a.attndims::integer as attndims,
           -1::integer as attcacheoff, a.atttypmod, t.typbyval as attbyval,
           t.typalign as attalign, t.typstorage as attstorage,
           ''::pg_char as attcompression, a.attnotnull, a.atthasdef,
           false as atthasmissing, ''::pg_char as attidentity,
           ''::pg_char as attgenerated, false as attisdropped, true as attislocal,
           0::integer as attinhcount, t.typcollation as attcollation,
           null::aclitem[] as attacl, null::varchar[] as attoptions,
           null::varchar[] as attfdwoptions, null::anyarray as attmissingval
    from __wirehouse.__own.attribute a
    left join (select oid, typlen, typbyval, typalign, typstorage, typcollation
               from __wirehouse.__own.builtin_type
               union all
               select u.oid, k.typlen, k.typbyval, u.typalign, k.typstorage, 0
               from __wirehouse.__own.user_type u
               join __wirehouse.__own.type_kind k using (typtype)) t
        on t.oid = a.atttypid;

create view __wirehouse.__pg.pg_description as
    select oid as objoid, 1259::pg_oid as classoid, 0::integer as objsubid,
           comment as description
    from __wirehouse.__own.relation where comment is not null
    union all
    select attrelid, 1259::pg_oid, attnum::integer, comment
    from __wirehouse.__own.attribute where comment is not null
    union all
    select oid, 1247::pg_oid, 0, comment
    from __wirehouse.__own.named_type where comment is not null;

create view __wirehouse.__pg.pg_database as
    select wirehouse_oid('database', '', current_database()) as oid,
           current_database()::name as datname, 10::pg_oid as datdba,
           6::integer as encoding, 'c'::pg_char as datlocprovider,
           false as datistemplate, true as datallowconn, -1::integer as datconnlimit,
           0::xid as datfrozenxid, 0::xid as datminmxid, 1663::pg_oid as dattablespace,
           'C.UTF-8' as datcollate, 'C.UTF-8' as datctype,
           null::varchar as daticulocale, null::varchar as datcollversion,
           null::aclitem[] as datacl;
