-- Functions of the session: who asks, and what it has set. The C functions are those
-- of duckdb_session.c.
create macro __wirehouse.__pg.current_setting
    (setting_name) as wirehouse_current_setting(setting_name),
    (setting_name, missing_ok) as wirehouse_current_setting_if(setting_name, missing_ok);

create macro __wirehouse.__pg.set_config(setting_name, new_value, is_local) as
    wirehouse_set_config(setting_name, new_value, is_local);

create macro __wirehouse.__pg.current_user() as wirehouse_user()::name;
create macro __wirehouse.__pg.session_user() as wirehouse_user()::name;
create macro __wirehouse.__pg.current_role() as wirehouse_user()::name;
create macro __wirehouse.__pg.user() as wirehouse_user()::name;
create macro __wirehouse.__pg.current_database() as wirehouse_database()::name;
create macro __wirehouse.__pg.current_catalog() as wirehouse_database()::name;

create macro __wirehouse.__pg.version() as wirehouse_version();
create macro __wirehouse.__pg.pg_backend_pid() as wirehouse_backend_pid();
create macro __wirehouse.__pg.pg_cancel_backend(pid) as wirehouse_cancel_backend(pid);
create macro __wirehouse.__pg.pg_terminate_backend(pid, "timeout" := 0) as
    wirehouse_terminate_backend(pid, "timeout");
create macro __wirehouse.__pg.pg_client_encoding() as
    wirehouse_current_setting('client_encoding')::name;
create macro __wirehouse.__pg.pg_is_in_recovery() as false;
create macro __wirehouse.__pg.pg_postmaster_start_time() as wirehouse_start_time();
create macro __wirehouse.__pg.pg_conf_load_time() as wirehouse_start_time();

create macro __wirehouse.__pg.pg_notify(channel, payload) as
    wirehouse_notify(channel, payload)::void;
create macro __wirehouse.__pg.pg_listening_channels() as unnest(wirehouse_listening());
create macro __wirehouse.__pg.pg_listening_channels() as table
    select unnest(wirehouse_listening()) as pg_listening_channels;
create macro __wirehouse.__pg.pg_notification_queue_usage() as wirehouse_notify_usage();

-- There are no advisory locks that could be held.
create macro __wirehouse.__pg.pg_advisory_unlock_all() as ''::varchar;

create macro __wirehouse.__pg.pg_show_all_settings() as table
    select name, setting, unit, category, short_desc, null::varchar as extra_desc,
           context, vartype, source, min_val, max_val,
           string_split(enumvals, ', ') as enumvals, boot_val, reset_val,
           null::varchar as sourcefile, null::integer as sourceline,
           false as pending_restart
    from wirehouse_settings();

create view __wirehouse.__pg.pg_settings as
    select * from __wirehouse.__pg.pg_show_all_settings();

create view __wirehouse.__pg.pg_cursors as
    select name, statement, is_holdable::boolean as is_holdable,
           is_binary::boolean as is_binary, is_scrollable::boolean as is_scrollable,
           to_timestamp(created_us::bigint / 1000000) as creation_time
    from wirehouse_cursors();

-- Plans are the engine connections': a statement has none of its own to be counted.
create view __wirehouse.__pg.pg_prepared_statements as
    select name, statement, to_timestamp(prepared_us::bigint / 1000000) as prepare_time,
           case when parameter_types = '' then []
                else string_split(parameter_types, ' ')::uinteger[] end::regtype[]
               as parameter_types,
           from_sql::boolean as from_sql, 0::bigint as generic_plans,
           0::bigint as custom_plans
    from wirehouse_statements();
