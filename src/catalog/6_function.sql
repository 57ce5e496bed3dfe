-- Functions over the catalogue.

-- Names to OIDs: NULL if there is none. The first in the search path is meant.
create macro __wirehouse.__pg.to_regtype(written) as
    coalesce(
        wirehouse_builtin_type(written::varchar),
        (select arg_min(case when wirehouse_name_is_array(written::varchar)
                             then u.typarray else u.oid end,
                        __wirehouse.__pg.path_position(u.nspname))
         from __wirehouse.__pg.user_type u
         where lower(u.typname) = lower(wirehouse_name(written::varchar))
           and lower(u.nspname) = lower(coalesce(wirehouse_name_schema(written::varchar),
                                                 u.nspname))
           and (wirehouse_name_schema(written::varchar) is not null
                or __wirehouse.__pg.path_position(u.nspname) is not null)))::regtype;

create macro __wirehouse.__pg.to_regclass(written) as
    (select arg_min(c.oid, coalesce(__wirehouse.__pg.path_position(n.nspname), 0))
     from __wirehouse.__pg.pg_class c
     join __wirehouse.__pg.pg_namespace n on n.oid = c.relnamespace
     where lower(c.relname) = lower(wirehouse_name(written::varchar))
       and lower(n.nspname) = lower(coalesce(wirehouse_name_schema(written::varchar),
                                             n.nspname))
       and (wirehouse_name_schema(written::varchar) is not null
            or __wirehouse.__pg.path_position(n.nspname) is not null))::regclass;

create macro __wirehouse.__pg.to_regnamespace(written) as
    (select max(oid) from __wirehouse.__pg.pg_namespace
     where lower(nspname) = lower(wirehouse_name(written::varchar)))::regnamespace;

create macro __wirehouse.__pg.to_regproc(written) as
    (select max(oid) from __wirehouse.__pg.pg_proc
     where proname = wirehouse_name(written::varchar))::regproc;

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
    (select max(__wirehouse.__pg.path_position(n.nspname)) is not null
     from __wirehouse.__pg.pg_type t
     join __wirehouse.__pg.pg_namespace n on n.oid = t.typnamespace
     where t.oid = type_oid);

create macro __wirehouse.__pg.pg_table_is_visible(table_oid) as
    (select max(__wirehouse.__pg.path_position(n.nspname)) is not null
     from __wirehouse.__pg.pg_class c
     join __wirehouse.__pg.pg_namespace n on n.oid = c.relnamespace
     where c.oid = table_oid);

-- One role owns everything.
create macro __wirehouse.__pg.pg_get_userbyid(role_oid) as
    (case role_oid when 10 then 'wirehouse'
                   else 'unknown (OID=' || role_oid || ')' end)::name;

create macro __wirehouse.__pg.obj_description
    (object_oid) as
    (select max(description) from __wirehouse.__pg.pg_description
     where objoid = object_oid and objsubid = 0),
    (object_oid, catalog_name) as
    (select max(d.description) from __wirehouse.__pg.pg_description d
     join __wirehouse.__pg.builtin_class c on c.oid = d.classoid
     where d.objoid = object_oid and d.objsubid = 0 and c.relname = catalog_name);

create macro __wirehouse.__pg.col_description(table_oid, column_number) as
    (select max(description) from __wirehouse.__pg.pg_description
     where objoid = table_oid and objsubid = column_number and classoid = 1259
       and column_number > 0);

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
