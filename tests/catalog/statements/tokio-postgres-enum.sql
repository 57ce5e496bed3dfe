-- tokio-postgres 0.7.18, TYPEINFO_ENUM_QUERY
-- $1: 'mood'::regtype::oid
SELECT enumlabel
FROM pg_catalog.pg_enum
WHERE enumtypid = $1
ORDER BY enumsortorder
