-- pgjdbc 42.7.5, TypeInfoCache.getOidStatementComplexArray
-- $1 1043: 'mood'
-- $2 1043: 'public'
-- $3 16: true
SELECT t.typarray, arr.typname   FROM pg_catalog.pg_type t  JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid  JOIN pg_catalog.pg_type arr ON arr.oid = t.typarray WHERE t.typname = $1 AND (n.nspname = $2 OR $3 AND n.nspname = ANY (current_schemas(true))) ORDER BY t.oid DESC LIMIT 1
