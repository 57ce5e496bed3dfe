-- pgx 5.7.2, Conn.getCompositeFields
-- $1: 'pair'::regtype::oid
select typrelid from pg_type where oid=$1
