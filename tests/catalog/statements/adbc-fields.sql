-- adbc-driver-postgresql 1.13.0, type resolver, fields
-- rows: subset
SELECT
    attrelid,
    attname,
    atttypid
FROM
    pg_catalog.pg_attribute
ORDER BY
    attrelid, attnum
