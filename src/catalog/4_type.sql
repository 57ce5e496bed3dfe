-- Types: the built-in ones, the user's, and the row types of tables and views.
create view __wirehouse.__own.element_type as
    select oid, typname, typnamespace, nspname, typtype, typrelid,
           wirehouse_array_oid(oid) as typarray
    from __wirehouse.__own.named_type
    union all
    select wirehouse_oid('rowtype', nspname, relname), relname, relnamespace, nspname,
           'c', oid, wirehouse_oid('rowarray', nspname, relname)
    from __wirehouse.__own.relation where relkind in ('r', 'v');

create view __wirehouse.__own.user_type as
    select oid, typname, typnamespace, nspname, typtype, typrelid, typarray,
           0::pg_oid as typelem,
           case typtype when 'e' then 'i' else 'd' end as typalign
    from __wirehouse.__own.element_type
    union all
    select typarray, '_' || typname, typnamespace, nspname, 'b', 0::pg_oid, 0::pg_oid,
           oid, case typtype when 'e' then 'i' else 'd' end
    from __wirehouse.__own.element_type;

-- A row for each kind of user's type: what all types of that kind have in common.
create table __wirehouse.__own.type_kind (
    typtype pg_char, typlen smallint, typbyval boolean, typcategory pg_char,
    typsubscript regproc, typinput regproc, typoutput regproc, typreceive regproc,
    typsend regproc, typanalyze regproc, typstorage pg_char);
insert into __wirehouse.__own.type_kind values
    ('e', 4, true, 'E', 0, 'enum_in', 'enum_out', 'enum_recv', 'enum_send', 0, 'p'),
    ('c', -1, false, 'C', 0, 'record_in', 'record_out', 'record_recv', 'record_send',
     0, 'x'),
    ('b', -1, false, 'A', 'array_subscript_handler', 'array_in', 'array_out',
     'array_recv', 'array_send', 'array_typanalyze', 'x');

create view __wirehouse.__pg.pg_type as
    select oid, typname, typnamespace, 10::pg_oid as typowner, typlen, typbyval,
           typtype, typcategory, typispreferred, true as typisdefined,
           ','::pg_char as typdelim, typrelid, typsubscript, typelem, typarray,
           typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze,
           typalign, typstorage, false as typnotnull, 0::pg_oid as typbasetype,
           -1::integer as typtypmod, 0::integer as typndims, typcollation,
           null::pg_node_tree as typdefaultbin, null::varchar as typdefault,
           null::aclitem[] as typacl
    from (select oid, typname, 11::pg_oid as typnamespace, typlen, typbyval, typtype,
                 typcategory, typispreferred, 0::pg_oid as typrelid, typsubscript,
                 typelem, typarray, typinput, typoutput, typreceive, typsend, typmodin,
                 typmodout, typanalyze, typalign, typstorage, typcollation
          from __wirehouse.__own.builtin_type
          union all
          select u.oid, u.typname::name, u.typnamespace, k.typlen, k.typbyval,
                 k.typtype, k.typcategory, false, u.typrelid, k.typsubscript,
                 u.typelem, u.typarray, k.typinput, k.typoutput, k.typreceive,
                 k.typsend, 0::regproc, 0::regproc, k.typanalyze, u.typalign::pg_char,
                 k.typstorage, 0::pg_oid
          from __wirehouse.__own.user_type u
          join __wirehouse.__own.type_kind k using (typtype));

create view __wirehouse.__pg.pg_enum as
    select wirehouse_oid('enum', oid::varchar, label) as oid, oid as enumtypid,
           number::real as enumsortorder, label::name as enumlabel
    from (select oid, unnest(labels) as label,
                 generate_subscripts(labels, 1) as number
          from __wirehouse.__own.named_type where typtype = 'e');

create view __wirehouse.__pg.pg_range as
    select 0::pg_oid as rngtypid, 0::pg_oid as rngsubtype, 0::pg_oid as rngmultitypid,
           0::pg_oid as rngcollation, 0::pg_oid as rngsubopc,
           0::regproc as rngcanonical, 0::regproc as rngsubdiff
    where false;

-- The engine compares bytes, as C does.
create view __wirehouse.__pg.pg_collation as
    select oid::pg_oid as oid, collname::name as collname, 11::pg_oid as collnamespace,
           10::pg_oid as collowner, collprovider::pg_char as collprovider,
           true as collisdeterministic, -1::integer as collencoding, collcollate,
           collcollate as collctype, null::varchar as colliculocale,
           null::varchar as collversion
    from (values (100, 'default', 'd', null), (950, 'C', 'c', 'C'),
                 (951, 'POSIX', 'c', 'POSIX')) c(oid, collname, collprovider, collcollate);

create view __wirehouse.__pg.pg_proc as
    select oid, proname, 11::pg_oid as pronamespace, 10::pg_oid as proowner,
           12::pg_oid as prolang, 1::real as procost, 0::real as prorows,
           0::pg_oid as provariadic, 0::regproc as prosupport, 'f'::pg_char as prokind,
           false as prosecdef, false as proleakproof, proisstrict, false as proretset,
           provolatile, 's'::pg_char as proparallel, pronargs,
           0::smallint as pronargdefaults, prorettype, proargtypes,
           null::pg_oid[] as proallargtypes, null::pg_char[] as proargmodes,
           null::varchar[] as proargnames, null::pg_node_tree as proargdefaults,
           null::pg_oid[] as protrftypes, proname::varchar as prosrc,
           null::varchar as probin, null::pg_node_tree as prosqlbody,
           null::varchar[] as proconfig, null::aclitem[] as proacl
    from __wirehouse.__own.builtin_proc;
