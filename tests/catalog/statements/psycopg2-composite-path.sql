-- psycopg2 2.9.13, CompositeCaster._from_db, by the search path
SELECT t.oid, typarray, attname, atttypid, typname, nspname
FROM pg_type t
JOIN pg_namespace ns ON typnamespace = ns.oid
JOIN pg_attribute a ON attrelid = typrelid
WHERE t.oid = 'pair'::regtype
    AND attnum > 0 AND NOT attisdropped
ORDER BY attnum;
