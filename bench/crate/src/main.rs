//! The equal of examples/bench.c on the crate pgwire, written as the crate's own examples are:
//! `select 1`, `select pairs N`, `select numbers N`, `select items N`.
//!
//! Schemas of one format for all columns are made once, at the start.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use chrono::NaiveDate;
use futures::stream;
use pgwire::api::portal::{Format, Portal};
use pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use pgwire::api::results::{DataRowEncoder, FieldFormat, FieldInfo, QueryResponse, Response};
use pgwire::api::stmt::QueryParser;
use pgwire::api::{ClientInfo, PgWireServerHandlers, Type};
use pgwire::error::{ErrorInfo, PgWireError, PgWireResult};
use pgwire::tokio::process_socket;
use rust_decimal::Decimal;
use tokio::net::TcpListener;

type Row<'a> = &'a mut DataRowEncoder;
type Schema = Arc<Vec<FieldInfo>>;

struct Shape {
    name: &'static str,
    put: fn(Row, i64, &mut String) -> PgWireResult<()>,
    columns: &'static [(&'static str, Type)],
}

const ITEM: &[(&str, Type)] = &[
    ("orderkey", Type::INT8),
    ("partkey", Type::INT8),
    ("suppkey", Type::INT4),
    ("line", Type::INT4),
    ("quantity", Type::NUMERIC),
    ("price", Type::NUMERIC),
    ("discount", Type::NUMERIC),
    ("tax", Type::NUMERIC),
    ("flag", Type::TEXT),
    ("status", Type::TEXT),
    ("day", Type::DATE),
    ("due", Type::DATE),
    ("mode", Type::TEXT),
    ("comment", Type::TEXT),
];
const NUMBER: &[(&str, Type)] =
    &[("orderkey", Type::INT8), ("price", Type::NUMERIC), ("day", Type::DATE)];

static SHAPES: [Shape; 4] = [
    Shape { name: "1", put: put_one, columns: &[("?column?", Type::INT4)] },
    Shape { name: "pairs", put: put_pair, columns: ITEM.split_at(2).0 },
    Shape { name: "numbers", put: put_number, columns: NUMBER },
    Shape { name: "items", put: put_item, columns: ITEM },
];

fn put_one(row: Row, _: i64, _: &mut String) -> PgWireResult<()> {
    row.encode_field(&1i32)
}

fn put_pair(row: Row, i: i64, _: &mut String) -> PgWireResult<()> {
    row.encode_field(&i)?;
    row.encode_field(&(i * 7919 % 200000))
}

fn date(days_since_1992: i64) -> NaiveDate {
    const FIRST: i32 = 727198; // 1992-01-01 in days of the common era
    NaiveDate::from_num_days_from_ce_opt(FIRST + days_since_1992 as i32).unwrap()
}

fn put_number(row: Row, i: i64, _: &mut String) -> PgWireResult<()> {
    row.encode_field(&i)?;
    row.encode_field(&Decimal::new(i * 37 % 10000000, 2))?;
    row.encode_field(&date(i % 2500))
}

fn put_item(row: Row, i: i64, text: &mut String) -> PgWireResult<()> {
    put_pair(row, i, text)?;
    row.encode_field(&((i % 10000) as i32))?;
    row.encode_field(&((i % 7) as i32))?;
    row.encode_field(&Decimal::new((1 + i % 50) * 100, 2))?;
    row.encode_field(&Decimal::new(i * 37 % 10000000, 2))?;
    row.encode_field(&Decimal::new(i % 11, 2))?;
    row.encode_field(&Decimal::new(i % 9, 2))?;
    row.encode_field(&["A", "B", "C"][(i % 3) as usize])?;
    row.encode_field(&["F", "G"][(i % 2) as usize])?;
    row.encode_field(&date(i % 2500))?;
    row.encode_field(&date(i % 2500 + 31))?;
    row.encode_field(&["AIR", "RAIL", "SHIP", "TRUCK", "MAIL"][(i % 5) as usize])?;
    text.clear();
    let _ = write!(text, "comment about item {i} carefully");
    row.encode_field(&text.as_str())
}

// ---- statements ----

#[derive(Clone, Copy)]
struct Select {
    shape: usize,
    rows: i64,
}

/// As PostgreSQL's pg_type.typlen, for the row description.
fn type_size(datatype: &Type) -> i16 {
    match *datatype {
        Type::INT8 => 8,
        Type::INT4 | Type::DATE => 4,
        _ => -1,
    }
}

fn schema(shape: &Shape, format_of: impl Fn(usize) -> FieldFormat) -> Schema {
    let field = |(i, (name, datatype)): (usize, &(&str, Type))| {
        FieldInfo::new(name.to_string(), None, None, datatype.clone(), format_of(i))
            .with_type_size(type_size(datatype))
    };
    Arc::new(shape.columns.iter().enumerate().map(field).collect())
}

static TEXT: LazyLock<Vec<Schema>> =
    LazyLock::new(|| SHAPES.iter().map(|shape| schema(shape, |_| FieldFormat::Text)).collect());
static BINARY: LazyLock<Vec<Schema>> =
    LazyLock::new(|| SHAPES.iter().map(|shape| schema(shape, |_| FieldFormat::Binary)).collect());

impl Select {
    fn read(sql: &str) -> PgWireResult<Select> {
        let mut words = sql.split_ascii_whitespace();
        let select = match (words.next(), words.next(), words.next().map(str::parse)) {
            (Some("select"), Some(name), rows) => {
                let shape = SHAPES.iter().position(|shape| shape.name == name);
                shape.zip(rows.unwrap_or(Ok(1)).ok()).map(|(shape, rows)| Select { shape, rows })
            }
            _ => None,
        };
        select.ok_or_else(|| {
            let text = "select 1, pairs N, numbers N or items N";
            PgWireError::UserError(Box::new(ErrorInfo::new(
                "ERROR".to_owned(),
                "42601".to_owned(),
                text.to_owned(),
            )))
        })
    }

    fn schema(self, format: &Format) -> Schema {
        match format {
            Format::UnifiedText => TEXT[self.shape].clone(),
            Format::UnifiedBinary => BINARY[self.shape].clone(),
            other => schema(&SHAPES[self.shape], |i| other.format_for(i)),
        }
    }

    fn respond(self, schema: Schema) -> Response {
        let put = SHAPES[self.shape].put;
        let mut encoder = DataRowEncoder::new(schema.clone());
        let mut text = String::new();
        let rows = (0..self.rows).map(move |i| {
            put(&mut encoder, i, &mut text)?;
            Ok(encoder.take_row())
        });
        Response::Query(QueryResponse::new(schema, stream::iter(rows)))
    }
}

// ---- handlers ----

struct Parser;

#[async_trait]
impl QueryParser for Parser {
    type Statement = Select;

    async fn parse_sql<C>(
        &self,
        _client: &C,
        sql: &str,
        _types: &[Option<Type>],
    ) -> PgWireResult<Option<Select>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        Select::read(sql).map(Some)
    }

    fn get_parameter_types(&self, _statement: &Select) -> PgWireResult<Vec<Type>> {
        Ok(vec![])
    }

    fn get_result_schema(
        &self,
        statement: &Select,
        format: Option<&Format>,
    ) -> PgWireResult<Vec<FieldInfo>> {
        Ok(statement.schema(format.unwrap_or(&Format::UnifiedText)).to_vec())
    }
}

struct Processor {
    parser: Arc<Parser>,
}

#[async_trait]
impl SimpleQueryHandler for Processor {
    async fn do_query<C>(&self, _client: &mut C, sql: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        let select = Select::read(sql)?;
        Ok(vec![select.respond(select.schema(&Format::UnifiedText))])
    }
}

#[async_trait]
impl ExtendedQueryHandler for Processor {
    type Statement = Select;
    type QueryParser = Parser;

    fn query_parser(&self) -> Arc<Parser> {
        self.parser.clone()
    }

    async fn do_query<C>(
        &self,
        _client: &mut C,
        portal: &Portal<Select>,
        _max_rows: usize,
    ) -> PgWireResult<Response>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        let select = portal.statement.statement;
        Ok(select.respond(select.schema(&portal.result_column_format)))
    }
}

struct Handlers {
    processor: Arc<Processor>,
}

impl PgWireServerHandlers for Handlers {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        self.processor.clone()
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        self.processor.clone()
    }
}

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:5433".to_owned());
    let handlers = Arc::new(Handlers { processor: Arc::new(Processor { parser: Arc::new(Parser) }) });
    let listener = TcpListener::bind(&address).await.unwrap();
    println!("listening on port {}", listener.local_addr().unwrap().port());
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let handlers = handlers.clone();
        tokio::spawn(async move { process_socket(socket, None, handlers).await });
    }
}
