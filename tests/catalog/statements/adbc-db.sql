-- adbc-driver-postgresql 1.13.0, GetObjects, databases
-- rows: subset
SELECT datname FROM pg_catalog.pg_database
