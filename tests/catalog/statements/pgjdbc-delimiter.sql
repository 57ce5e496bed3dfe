-- pgjdbc 42.7.5, TypeInfoCache.prepareGetArrayDelimiterStatement
-- $1 20: '_mood'::regtype::oid
SELECT e.typdelim FROM pg_catalog.pg_type t, pg_catalog.pg_type e WHERE t.oid = $1 and t.typelem = e.oid
