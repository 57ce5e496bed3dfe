-- Who there is, and what they may do. Privileges are those of the role: a reader reads.

-- Texts, of which the first character is what the rest may do. The owner of everything
-- comes first; a user of that name is the owner.
create view __wirehouse.__own.role as
    select 10::pg_oid as oid, 'wirehouse' as rolname, 'a' as may,
           list_contains(rolnames, 'wirehouse') as rolcanlogin
    from (select list_transform(wirehouse_roles(), lambda wh_r: wh_r[2:]) as rolnames)
    union all
    select (16383 + wh_i)::pg_oid, wh_text[2:], wh_text[1], true
    from (select unnest(wh_roles) as wh_text, generate_subscripts(wh_roles, 1) as wh_i
          from (select wirehouse_roles() as wh_roles))
    where wh_text[2:] <> 'wirehouse';

create view __wirehouse.__pg.pg_roles as
    select rolname::name as rolname, may = 'a' as rolsuper, true as rolinherit,
           may = 'a' as rolcreaterole, may = 'a' as rolcreatedb, rolcanlogin,
           false as rolreplication, -1::integer as rolconnlimit,
           '********'::varchar as rolpassword,
           null::timestamptz as rolvaliduntil, may = 'a' as rolbypassrls,
           null::varchar[] as rolconfig, oid
    from __wirehouse.__own.role;

create view __wirehouse.__pg.pg_user as
    select rolname::name as usename, oid as usesysid, may = 'a' as usecreatedb,
           may = 'a' as usesuper, false as userepl, may = 'a' as usebypassrls,
           '********'::varchar as passwd, null::timestamptz as valuntil,
           null::varchar[] as useconfig
    from __wirehouse.__own.role where rolcanlogin;

-- Roles have no members.
create view __wirehouse.__pg.pg_auth_members as
    select 0::pg_oid as roleid, 0::pg_oid as member, 0::pg_oid as grantor,
           false as admin_option
    where false;

create view __wirehouse.__pg.pg_group as
    select ''::name as groname, 0::pg_oid as grosysid, null::pg_oid[] as grolist
    where false;

create macro __wirehouse.__pg.pg_get_userbyid(role_oid) as
    (select coalesce(max(wh_r.rolname), 'unknown (OID=' || max(wh_oid) || ')')
     from (select role_oid as wh_oid) wh_in
     left join __wirehouse.__own.role wh_r on wh_r.oid = wh_oid)::name;

-- What the role of a user, by name or OID, allows; an error if there is none.
create macro __wirehouse.__own.role_of(user_name) as
    (select coalesce(max(wh_r.may),
                     error('SQLSTATE 42704: role "' || max(wh_name) || '" does not exist'))
     from (select user_name::varchar as wh_name) wh_in
     left join __wirehouse.__own.role wh_r
       on wh_r.rolname = wh_name or wh_r.oid::varchar = wh_name);

-- Is any of the privileges, which commas part, there for a role?
create macro __wirehouse.__own.allows(may, privileges, known, for_readers) as
    (select case when bool_or(not list_contains(known, wh_one))
                 then error('SQLSTATE 22023: unrecognized privilege type: "'
                            || any_value(trim(wh_part)) filter (not list_contains(known, wh_one))
                            || '"')::varchar::boolean
                 else bool_or(may = 'a' or (wh_option = '' and
                              (may = 'w' or list_contains(for_readers, wh_one)))) end
     from (select wh_part, upper(trim(replace(lower(wh_part), 'with grant option', ''))) as wh_one,
                  case when contains(lower(wh_part), 'with grant option')
                       then 'grant' else '' end as wh_option
           from (select unnest(string_split(privileges, ',')) as wh_part) wh_parts) wh_all);

create macro __wirehouse.__pg.has_table_privilege
    (object_name, privilege) as
    case when __wirehouse.__pg.regclass_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(wirehouse_user()),
                  privilege::varchar, ['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER'],
                  ['SELECT']) end,
    (user_name, object_name, privilege) as
    case when __wirehouse.__pg.regclass_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(user_name),
                  privilege::varchar, ['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER'],
                  ['SELECT']) end;

create macro __wirehouse.__pg.has_any_column_privilege
    (object_name, privilege) as
    case when __wirehouse.__pg.regclass_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(wirehouse_user()),
                  privilege::varchar, ['SELECT','INSERT','UPDATE','REFERENCES'],
                  ['SELECT']) end,
    (user_name, object_name, privilege) as
    case when __wirehouse.__pg.regclass_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(user_name),
                  privilege::varchar, ['SELECT','INSERT','UPDATE','REFERENCES'],
                  ['SELECT']) end;

create macro __wirehouse.__pg.has_sequence_privilege
    (object_name, privilege) as
    case when __wirehouse.__pg.regclass_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(wirehouse_user()),
                  privilege::varchar, ['USAGE','SELECT','UPDATE'],
                  ['SELECT']) end,
    (user_name, object_name, privilege) as
    case when __wirehouse.__pg.regclass_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(user_name),
                  privilege::varchar, ['USAGE','SELECT','UPDATE'],
                  ['SELECT']) end;

create macro __wirehouse.__pg.has_schema_privilege
    (object_name, privilege) as
    case when __wirehouse.__pg.regnamespace_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(wirehouse_user()),
                  privilege::varchar, ['CREATE','USAGE'],
                  ['USAGE']) end,
    (user_name, object_name, privilege) as
    case when __wirehouse.__pg.regnamespace_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(user_name),
                  privilege::varchar, ['CREATE','USAGE'],
                  ['USAGE']) end;

create macro __wirehouse.__pg.has_function_privilege
    (object_name, privilege) as
    case when __wirehouse.__pg.regproc_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(wirehouse_user()),
                  privilege::varchar, ['EXECUTE'],
                  ['EXECUTE']) end,
    (user_name, object_name, privilege) as
    case when __wirehouse.__pg.regproc_in(object_name) is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(user_name),
                  privilege::varchar, ['EXECUTE'],
                  ['EXECUTE']) end;

create macro __wirehouse.__pg.has_database_privilege
    (database_name, privilege) as
    case when database_name is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(wirehouse_user()),
                  privilege::varchar, ['CREATE', 'CONNECT', 'TEMPORARY', 'TEMP'],
                  ['CONNECT']) end,
    (user_name, database_name, privilege) as
    case when database_name is null or privilege is null then null
         else __wirehouse.__own.allows(__wirehouse.__own.role_of(user_name),
                  privilege::varchar, ['CREATE', 'CONNECT', 'TEMPORARY', 'TEMP'],
                  ['CONNECT']) end;

-- A role has its own privileges; an admin has those of all.
create macro __wirehouse.__pg.pg_has_role
    (role_name, privilege) as
    (__wirehouse.__own.role_of(role_name) is not null
     and (__wirehouse.__own.role_of(wirehouse_user()) = 'a'
          or role_name::varchar = wirehouse_user())),
    (user_name, role_name, privilege) as
    (__wirehouse.__own.role_of(role_name) is not null
     and (__wirehouse.__own.role_of(user_name) = 'a'
          or role_name::varchar = user_name::varchar));
