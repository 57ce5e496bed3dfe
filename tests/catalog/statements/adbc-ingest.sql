-- adbc-driver-postgresql 1.13.0, ExecuteIngest
-- $1: 'item'
SELECT attr.attname, attr.atttypid FROM pg_catalog.pg_attribute AS attr WHERE attr.attrelid = $1::regclass::oid AND attr.attnum > 0 AND NOT attr.attisdropped
