-- pgx 5.7.2, Conn.getCompositeFields
-- $1: (select typrelid from pg_type where typname = 'pair')
select attname, atttypid
from pg_attribute
where attrelid=$1
	and not attisdropped
	and attnum > 0
order by attnum
