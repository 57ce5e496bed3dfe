-- pgx 5.7.2, Conn.LoadType
-- $1: 'pair'::regtype::oid
select typtype::text, typbasetype from pg_type where oid=$1
