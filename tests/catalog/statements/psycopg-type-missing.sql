-- psycopg 3.3.9, TypeInfo.fetch of a type that does not exist
-- $1: 'nosuch'
SELECT
    typname AS name, oid, typarray AS array_oid,
    oid::regtype::text AS regtype, typdelim AS delimiter
FROM pg_type t
WHERE t.oid = to_regtype($1)
ORDER BY t.oid
