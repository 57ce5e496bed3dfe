-- tokio-postgres 0.7.18, TYPEINFO_COMPOSITE_QUERY
-- $1: (select typrelid from pg_type where typname = 'pair')
SELECT attname, atttypid
FROM pg_catalog.pg_attribute
WHERE attrelid = $1
AND NOT attisdropped
AND attnum > 0
ORDER BY attnum
