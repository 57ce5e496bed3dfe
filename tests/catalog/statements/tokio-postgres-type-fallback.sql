-- tokio-postgres 0.7.18, TYPEINFO_FALLBACK_QUERY
-- $1: 'pair'::regtype::oid
SELECT t.typname, t.typtype, t.typelem, NULL::OID, t.typbasetype, n.nspname, t.typrelid
FROM pg_catalog.pg_type t
INNER JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid
WHERE t.oid = $1
