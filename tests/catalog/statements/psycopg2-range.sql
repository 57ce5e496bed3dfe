-- psycopg2 2.9.13, RangeCaster._from_db
select rngtypid, rngsubtype, typarray
from pg_range r
join pg_type t on t.oid = rngtypid
join pg_namespace ns on ns.oid = typnamespace
where typname = 'nosuchrange' and ns.nspname = 'public';
