//! Values: as text, as the client's types, as parameters in binary.

use crate::binary::{Interval, Numeric, Raw, TimeTz};
use crate::suite::*;
use bit_vec::BitVec;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use std::fmt::Debug;
use tokio_postgres::types::{FromSqlOwned, Kind, ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage};
use uuid::Uuid;

const HOUR: i64 = 3_600_000_000;

pub async fn text_of(client: &Client, sql: &str) -> Result<Option<String>, tokio_postgres::Error> {
    for message in client.simple_query(sql).await? {
        if let SimpleQueryMessage::Row(row) = message {
            return Ok(row.get(0).map(str::to_owned));
        }
    }
    Ok(None)
}

/// The literal as text; as binary with its OID; and the bytes that came, sent again.
async fn literal(client: &Client, value: &Value) -> Outcome {
    let expected = Some(value.text.clone());
    equal(text_of(client, &format!("select {}", value.sql)).await?, expected.clone(), "text")?;
    let statement = client.prepare(&format!("select {} as v", value.sql)).await?;
    if value.oid != 0 {
        equal(statement.columns()[0].type_().oid(), value.oid, "OID")?;
    }
    let bytes: Raw = client.query_one(&statement, &[]).await?.get(0);
    // json has no equality: its text has.
    let spell = if value.kind == "json" { "::text" } else { "" };
    let dimensions = if value.text.starts_with("{{") { "[]" } else { "" };
    // Where a column is of another type than its cast says, it is that which the bytes are of.
    let column = statement.columns()[0].type_();
    let told = match column.kind() {
        Kind::Array(member) => member.name().to_owned() + "[]",
        _ => column.name().to_owned(),
    };
    let kind = if ["varchar", "varbit"].contains(&value.kind.as_str()) { &told } else { &value.sql_type };
    let again = format!(
        "select $1::{kind}{dimensions} as v, ($1::{kind}{dimensions}){spell} is not distinct from ({}){spell} as same",
        value.sql
    );
    let row = client.query_one(&again, &[&bytes]).await?;
    equal(row.get::<_, Raw>(0), bytes, "bytes")?;
    equal(row.get(1), true, "sameness")
}

/// Bytes into a table's columns and back. The engine keeps arrays of arrays in a column of
/// their own.
async fn table(client: &Client, kind: &str, values: &[Value]) -> Outcome {
    let of_kind: Vec<&Value> = values.iter().filter(|value| value.kind == kind).collect();
    let column = |array: bool, nested: bool| -> Vec<&Value> {
        let all = of_kind.iter().copied();
        all.filter(|value| value.array == array && (array && value.text.starts_with("{{")) == nested).collect()
    };
    let columns = [column(false, false), column(true, false), column(true, true)];
    let name = &columns[0].first().ok_or("no values")?.sql_type;
    client
        .batch_execute(&format!("drop table if exists typed; create table typed (id int4, v {name}, a {name}[], m {name}[][])"))
        .await?;
    let insert = client.prepare("insert into typed values ($1, $2, $3, $4)").await?;
    let mut expected = Vec::new();
    for id in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
        let mut cells = Vec::new();
        for values in &columns {
            cells.push(match values.get(id) {
                Some(value) => Some(client.query_one(&format!("select {}", value.sql), &[]).await?.get::<_, Raw>(0)),
                None => None,
            });
        }
        client.execute(&insert, &[&(id as i32), &cells[0], &cells[1], &cells[2]]).await?;
        expected.push(cells);
    }
    let rows = client.query("select v, a, m from typed order by id", &[]).await?;
    for (row, cells) in rows.iter().zip(&expected) {
        equal(vec![row.get::<_, Option<Raw>>(0), row.get(1), row.get(2)], cells.clone(), "row")?;
    }
    equal(rows.len(), expected.len(), "rows")?;
    Ok(client.batch_execute("drop table typed").await?)
}

async fn native<T>(client: &Client, sql: &str, expected: T)
where
    T: FromSqlOwned + ToSql + Sync + PartialEq + Debug + Clone,
{
    check(&format!("native {sql}"), async {
        let row = client.query_one(&format!("select {sql} as v, null::int4 as n"), &[]).await?;
        equal(row.try_get::<_, Option<T>>(0)?, Some(expected.clone()), "value")?;
        equal(row.try_get::<_, Option<i32>>(1)?, None, "null")
    })
    .await;
}

/// A native value as a parameter, with NULL beside it.
async fn parameter<T>(client: &Client, kind: &str, value: T)
where
    T: FromSqlOwned + ToSql + Sync + PartialEq + Debug + Clone,
{
    check(&format!("parameter {kind} {value:?}"), async {
        let statement = client.prepare(&format!("select $1::{kind} as v, $2::{kind} as n")).await?;
        for _ in 0..3 {
            let row = client.query_one(&statement, &[&value, &None::<T>]).await?;
            equal(row.try_get::<_, Option<T>>(0)?, Some(value.clone()), "value")?;
            equal(row.try_get::<_, Option<T>>(1)?, None, "null")?;
        }
        Ok(())
    })
    .await;
}

/// Read from a literal, and given as a parameter of its type.
async fn both<T>(client: &Client, kind: &str, literal: &str, value: T)
where
    T: FromSqlOwned + ToSql + Sync + PartialEq + Debug + Clone,
{
    native(client, &format!("{literal}::{kind}"), value.clone()).await;
    parameter(client, kind, value).await;
}

fn moment() -> NaiveDateTime {
    leap().and_time(noon())
}

fn leap() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).unwrap_or_default()
}

fn noon() -> NaiveTime {
    NaiveTime::from_hms_micro_opt(12, 34, 56, 789_012).unwrap_or_default()
}

async fn scalars(client: &Client) {
    both(client, "bool", "'t'", true).await;
    both(client, "int2", "'-32768'", i16::MIN).await;
    both(client, "int4", "'-2147483648'", i32::MIN).await;
    both(client, "int8", "'9223372036854775807'", i64::MAX).await;
    both(client, "float4", "'0.1'", 0.1f32).await;
    both(client, "float4", "'-Infinity'", f32::NEG_INFINITY).await;
    both(client, "float8", "'5e-324'", 5e-324f64).await;
    both(client, "float8", "'Infinity'", f64::INFINITY).await;
    for text in ["0.00", "1.50", "-99999999.99"] {
        both(client, "numeric(10,2)", &format!("'{text}'"), Numeric(text.into())).await;
    }
    for text in ["10000.0000000000", "0.0000000001", "-1234567890123456789012345678.9012345678"] {
        both(client, "numeric(38,10)", &format!("'{text}'"), Numeric(text.into())).await;
    }
    both(client, "numeric(38,0)", "'99999999999999999999999999999999999999'", Numeric("9".repeat(38))).await;
    native(client, &format!("170141183460469231731687303715884105727::{}", hugeint()),
           Numeric("170141183460469231731687303715884105727".into())).await;
    native(client, &format!("18446744073709551615::{}", ubigint()), Numeric("18446744073709551615".into())).await;
    both(client, "text", "'naïve 🦆'", "naïve 🦆".to_string()).await;
    both(client, "varchar(20)", "'one'", "one".to_string()).await;
    native(client, bytes_literal(), vec![0u8, 255, 39, 92]).await;
    parameter(client, "bytea", vec![0u8, 255, 39, 92]).await;
    parameter(client, "bytea", Vec::<u8>::new()).await;
    both(client, "uuid", "'00112233-4455-6677-8899-aabbccddeeff'",
         Uuid::from_u128(0x00112233_4455_6677_8899_aabbccddeeff)).await;
    both(client, "json", r#"'{"a": [1, null, "é"]}'"#, serde_json::json!({"a": [1, null, "é"]})).await;
    both(client, bits_type(), "'10101'", [true, false, true, false, true].iter().copied().collect::<BitVec>()).await;
    both(client, "mood", "'very happy'", Mood("very happy".into())).await;
    check("not a number", async {
        let row = client.query_one("select 'NaN'::float8, $1::float4", &[&f32::NAN]).await?;
        equal((row.get::<_, f64>(0).is_nan(), row.get::<_, f32>(1).is_nan()), (true, true), "NaN")
    })
    .await;
}

async fn times(client: &Client) {
    both(client, "date", "'2024-02-29'", leap()).await;
    both(client, "date", "'0001-01-01'", NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default()).await;
    both(client, "date", "'9999-12-31'", NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default()).await;
    both(client, "time", "'12:34:56.789012'", noon()).await;
    both(client, "timetz", "'12:00:00+05:30'", TimeTz { microseconds: 12 * HOUR, west: -19800 }).await;
    both(client, "timestamp", "'2024-02-29 12:34:56.789012'", moment()).await;
    both(client, "timestamptz", "'2024-02-29 14:34:56.789012+02'", Utc.from_utc_datetime(&moment())).await;
    both(client, "interval", "'1 year 2 mons 3 days 04:00:00'",
         Interval { months: 14, days: 3, microseconds: 4 * HOUR }).await;
    both(client, "interval", "'-1 mons'", Interval { months: -1, days: 0, microseconds: 0 }).await;
}

async fn arrays(client: &Client) {
    both(client, "int4[]", "array[1, null, -3]", vec![Some(1), None, Some(-3)]).await;
    both(client, "int4[]", "array[]", Vec::<i32>::new()).await;
    both(client, "int8[]", "array[9007199254740993]", vec![9007199254740993i64]).await;
    both(client, "int2[]", "array[1, 2]", vec![1i16, 2]).await;
    both(client, "bool[]", "array[true, null]", vec![Some(true), None]).await;
    both(client, "float8[]", "array['0.1', null]", vec![Some(0.1f64), None]).await;
    both(client, "float4[]", "array['1.5']", vec![1.5f32]).await;
    both(client, "numeric(10,2)[]", "array['1.50', null]", vec![Some(Numeric("1.50".into())), None]).await;
    both(client, "text[]", "array['a,b', 'c\"d', null, 'NULL', '', '\\', '{x}']",
         ["a,b", "c\"d", "-", "NULL", "", "\\", "{x}"].map(|text| (text != "-").then(|| text.to_string())).to_vec()).await;
    both(client, "date[]", "array['2024-02-29', null]", vec![Some(leap()), None]).await;
    both(client, "time[]", "array['12:34:56.789012']", vec![noon()]).await;
    both(client, "timestamp[]", "array['2024-02-29 12:34:56.789012']", vec![moment()]).await;
    both(client, "timestamptz[]", "array['2024-02-29 12:34:56.789012+00']", vec![Utc.from_utc_datetime(&moment())]).await;
    both(client, "interval[]", "array['3 days']", vec![Interval { months: 0, days: 3, microseconds: 0 }]).await;
    both(client, "uuid[]", "array['00112233-4455-6677-8899-aabbccddeeff', null]",
         vec![Some(Uuid::from_u128(0x00112233_4455_6677_8899_aabbccddeeff)), None]).await;
    both(client, "json[]", r#"array['{"a": 1}', null]"#, vec![Some(serde_json::json!({"a": 1})), None]).await;
    both(client, "mood[]", "array['sad', null, 'very happy']",
         vec![Some(Mood("sad".into())), None, Some(Mood("very happy".into()))]).await;
    parameter(client, "bytea[]", vec![Some(vec![0u8, 255]), None]).await;
}

/// A value of the enum; the client asks the catalogue for its labels.
#[derive(Debug, Clone, PartialEq)]
struct Mood(String);

fn is_mood(kind: &Type) -> bool {
    matches!(kind.kind(), tokio_postgres::types::Kind::Enum(labels) if labels == &["sad", "ok", "very happy"])
}

impl<'a> tokio_postgres::types::FromSql<'a> for Mood {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Mood(String::from_utf8(raw.to_vec())?))
    }
    fn accepts(kind: &Type) -> bool {
        is_mood(kind)
    }
}

impl ToSql for Mood {
    fn to_sql(&self, kind: &Type, out: &mut bytes::BytesMut)
        -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.as_str().to_sql(kind, out)
    }
    fn accepts(kind: &Type) -> bool {
        is_mood(kind)
    }
    tokio_postgres::types::to_sql_checked!();
}

async fn inferred(client: &Client) -> Outcome {
    let row = client.query_one("select $1 || 'x', $2 + 1::int8, $3::int4 is null", &[&"y", &41i64, &None::<i32>]).await?;
    equal((row.get(0), row.get(1), row.get(2)), ("yx".to_string(), 42i64, true), "row")?;
    let statement = client.prepare("select $1::int4, $2::text, $3::timestamptz, $4::uuid[]").await?;
    let described: Vec<Type> = vec![Type::INT4, Type::TEXT, Type::TIMESTAMPTZ, Type::UUID_ARRAY];
    equal(statement.params().to_vec(), described.clone(), "parameters")?;
    equal(statement.columns().iter().map(|column| column.type_().clone()).collect::<Vec<_>>(), described, "columns")?;
    let typed = client.prepare_typed("select $1, $2", &[Type::INT8, Type::DATE]).await?;
    let row = client.query_one(&typed, &[&7i64, &leap()]).await?;
    equal((row.get::<_, i64>(0), row.get::<_, NaiveDate>(1)), (7, leap()), "typed")?;
    let rows = client.query_typed("select $1 as a, $2 as b", &[(&"x", Type::TEXT), (&true, Type::BOOL)]).await?;
    equal((rows[0].get::<_, String>("a"), rows[0].get::<_, bool>("b")), ("x".into(), true), "query_typed")
}

async fn any(client: &Client) -> Outcome {
    let rows = client
        .query("select i::int4 from generate_series(1, 10) as t(i) where i::int4 = any($1) order by i", &[&vec![3i32, 7, 99]])
        .await?;
    equal(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), vec![3, 7], "integers")?;
    let row = client
        .query_one("select 'b,c'::text = any($1), 'z'::text = any($1)", &[&vec![Some("a"), Some("b,c")]])
        .await?;
    equal((row.get(0), row.get(1)), (true, false), "texts")?;
    let id = Uuid::from_u128(7);
    let row = client.query_one("select $1::uuid = any($2::uuid[])", &[&id, &vec![id]]).await?;
    equal(row.get(0), true, "ids")
}

pub async fn checks() {
    let (client, values) = match (connect().await, values()) {
        (Ok(client), Ok(values)) => (client, values),
        (client, _) => return record("connect", Err(format!("{:?}", client.err()))),
    };
    check("an enum is made", async {
        client.batch_execute("drop type if exists mood").await?;
        Ok(client.batch_execute(&mood_statement()?).await?)
    })
    .await;
    for value in &values {
        check(&format!("literal {}", value.sql), literal(&client, value)).await;
    }
    let mut kinds: Vec<&str> = values.iter().map(|value| value.kind.as_str()).collect();
    kinds.dedup();
    for kind in kinds {
        check(&format!("a table of {kind}"), table(&client, kind, &values)).await;
    }
    scalars(&client).await;
    times(&client).await;
    arrays(&client).await;
    check("parameters by their use", inferred(&client)).await;
    check("arrays for any()", any(&client)).await;
    check("a moment far away", async {
        let moment: DateTime<Utc> = client.query_one("select '9999-12-31 23:59:59.999999+00'::timestamptz", &[]).await?.get(0);
        equal(moment.to_rfc3339(), "9999-12-31T23:59:59.999999+00:00".to_string(), "moment")
    })
    .await;
}
