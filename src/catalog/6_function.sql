-- Functions over the catalogue.

-- A macro's argument is put where its name stands: in a subquery of its own, so that no
-- column in here is taken for one of the caller's.

-- Names to OIDs: NULL if there is none. The first in the search path is meant.
create macro __wirehouse.__pg.to_regtype(written) as
    coalesce(
        wirehouse_builtin_type(written::varchar),
        (select arg_min(case when wirehouse_name_is_array(wh_written)
                             then wh_t.typarray else wh_t.oid end,
                        __wirehouse.__own.path_position(wh_t.nspname))
         from (select written::varchar as wh_written) wh_in
         join __wirehouse.__own.user_type wh_t
           on lower(wh_t.typname) = lower(wirehouse_name(wh_written))
          and lower(wh_t.nspname)
              = lower(coalesce(wirehouse_name_schema(wh_written), wh_t.nspname))
          and (wirehouse_name_schema(wh_written) is not null
               or __wirehouse.__own.path_position(wh_t.nspname) is not null)))::regtype;

create macro __wirehouse.__pg.to_regclass(written) as
    (select arg_min(wh_c.oid, coalesce(__wirehouse.__own.path_position(wh_n.nspname), 0))
     from (select written::varchar as wh_written) wh_in
     join __wirehouse.__pg.pg_class wh_c
       on lower(wh_c.relname) = lower(wirehouse_name(wh_written))
     join __wirehouse.__pg.pg_namespace wh_n
       on wh_n.oid = wh_c.relnamespace
      and lower(wh_n.nspname)
          = lower(coalesce(wirehouse_name_schema(wh_written), wh_n.nspname))
      and (wirehouse_name_schema(wh_written) is not null
           or __wirehouse.__own.path_position(wh_n.nspname) is not null))::regclass;

create macro __wirehouse.__pg.to_regnamespace(written) as
    (select max(wh_n.oid) from (select written::varchar as wh_written) wh_in
     join __wirehouse.__pg.pg_namespace wh_n
       on lower(wh_n.nspname) = lower(wirehouse_name(wh_written)))::regnamespace;

create macro __wirehouse.__pg.to_regproc(written) as
    (select max(wh_p.oid) from (select written::varchar as wh_written) wh_in
     join __wirehouse.__pg.pg_proc wh_p
       on wh_p.proname = wirehouse_name(wh_written))::regproc;

-- What a cast of text does: a number is an OID, an unknown name an error.
create macro __wirehouse.__pg.regtype_in(written) as
    case when written is null then null
         else coalesce(try_cast(written::varchar as uinteger)::regtype,
                       __wirehouse.__pg.to_regtype(written),
                       error('type "' || written::varchar || '" does not exist'))
    end::regtype;

create macro __wirehouse.__pg.regclass_in(written) as
    case when written is null then null
         else coalesce(try_cast(written::varchar as uinteger)::regclass,
                       __wirehouse.__pg.to_regclass(written),
                       error('relation "' || written::varchar || '" does not exist'))
    end::regclass;

create macro __wirehouse.__pg.regnamespace_in(written) as
    case when written is null then null
         else coalesce(try_cast(written::varchar as uinteger)::regnamespace,
                       __wirehouse.__pg.to_regnamespace(written),
                       error('schema "' || written::varchar || '" does not exist'))
    end::regnamespace;

create macro __wirehouse.__pg.regproc_in(written) as
    case when written is null then null
         else coalesce(try_cast(written::varchar as uinteger)::regproc,
                       __wirehouse.__pg.to_regproc(written),
                       error('function "' || written::varchar || '" does not exist'))
    end::regproc;

create macro __wirehouse.__pg.format_type(type_oid, typmod) as
    wirehouse_format_type(type_oid::pg_oid, coalesce(typmod, -1)::integer);

create macro __wirehouse.__pg.pg_type_is_visible(type_oid) as
    (select __wirehouse.__own.path_position(coalesce(
                wirehouse_oid_schema(wh_oid),
                (select max(wh_t.nspname) from __wirehouse.__own.user_type wh_t
                 where wh_t.oid = wh_oid))) is not null
     from (select type_oid::pg_oid as wh_oid) wh_in);

create macro __wirehouse.__pg.pg_table_is_visible(table_oid) as
    (__wirehouse.__own.path_position(wirehouse_oid_schema(table_oid::pg_oid)) is not null);

create macro __wirehouse.__pg.obj_description
    (object_oid) as
    (select max(wh_d.description) from (select object_oid as wh_oid) wh_in
     join __wirehouse.__pg.pg_description wh_d
       on wh_d.objoid = wh_oid and wh_d.objsubid = 0),
    (object_oid, catalog_name) as
    (select max(wh_d.description)
     from (select object_oid as wh_oid, catalog_name as wh_catalog) wh_in
     join __wirehouse.__pg.pg_description wh_d
       on wh_d.objoid = wh_oid and wh_d.objsubid = 0
     join __wirehouse.__own.builtin_class wh_c
       on wh_c.oid = wh_d.classoid and wh_c.relname = wh_catalog);

create macro __wirehouse.__pg.col_description(table_oid, column_number) as
    (select max(wh_d.description)
     from (select table_oid as wh_oid, column_number as wh_number) wh_in
     join __wirehouse.__pg.pg_description wh_d
       on wh_d.objoid = wh_oid and wh_d.objsubid = wh_number
      and wh_d.classoid = 1259 and wh_number > 0);

-- Arrays here count from 1 and have one dimension.
create macro __wirehouse.__pg.array_upper(elements, dimension) as
    case when dimension = 1 then nullif(len(elements), 0)::integer end;

create macro __wirehouse.__pg.array_lower(elements, dimension) as
    case when dimension = 1 and len(elements) > 0 then 1::integer end;

create macro __wirehouse.__pg.quote_ident(written) as
    case when regexp_full_match(written, '[a-z_][a-z0-9_]*') and not (written in (
             'all', 'analyse', 'analyze', 'and', 'any', 'array', 'as', 'asc',
             'asymmetric', 'authorization', 'between', 'bigint', 'binary', 'bit',
             'boolean', 'both', 'case', 'cast', 'char', 'character', 'check',
             'coalesce', 'collate', 'collation', 'column', 'concurrently',
             'constraint', 'create', 'cross', 'current_catalog', 'current_date',
             'current_role', 'current_schema', 'current_time', 'current_timestamp',
             'current_user', 'dec', 'decimal', 'default', 'deferrable', 'desc',
             'distinct', 'do', 'else', 'end', 'except', 'exists', 'extract', 'false',
             'fetch', 'float', 'for', 'foreign', 'freeze', 'from', 'full', 'grant',
             'greatest', 'group', 'grouping', 'having', 'ilike', 'in', 'initially',
             'inner', 'inout', 'int', 'integer', 'intersect', 'interval', 'into', 'is',
             'isnull', 'join', 'lateral', 'leading', 'least', 'left', 'like', 'limit',
             'localtime', 'localtimestamp', 'national', 'natural', 'nchar', 'none',
             'normalize', 'not', 'notnull', 'null', 'nullif', 'numeric', 'offset',
             'on', 'only', 'or', 'order', 'out', 'outer', 'overlaps', 'overlay',
             'placing', 'position', 'precision', 'primary', 'real', 'references',
             'returning', 'right', 'row', 'select', 'session_user', 'setof', 'similar',
             'smallint', 'some', 'substring', 'symmetric', 'table', 'tablesample',
             'then', 'time', 'timestamp', 'to', 'trailing', 'treat', 'trim', 'true',
             'union', 'unique', 'user', 'using', 'values', 'varchar', 'variadic',
             'verbose', 'when', 'where', 'window', 'with', 'xmlattributes',
             'xmlconcat', 'xmlelement', 'xmlexists', 'xmlforest', 'xmlnamespaces',
             'xmlparse', 'xmlpi', 'xmlroot', 'xmlserialize', 'xmltable'))
         then written
         else '"' || replace(written, '"', '""') || '"' end;

-- Where a row is, as PostgreSQL says it: a block and a place in it, of the engine's number
-- of the row. Those of rows that have not been committed are huge.
create macro __wirehouse.__pg.ctid(number) as
    ('(' || case when number < 18014398509481984 then number >> 15
                 else 2147483648 + ((number >> 15) & 2147483647) end
         || ',' || ((number & 32767) + 1) || ')')::tid;
