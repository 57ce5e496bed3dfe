-- pgx 5.7.2, Conn.getArrayElementOID
-- $1: '_mood'::regtype::oid
select typelem from pg_type where oid=$1
