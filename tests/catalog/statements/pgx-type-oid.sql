-- pgx 5.7.2, Conn.LoadType
-- $1: 'mood'
select $1::text::regtype::oid;
