//! Checks with names and what is shared by them: connections, values, the servers' words.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::timeout;
use openssl::ssl::{SslConnector, SslMethod};
use postgres_openssl::MakeTlsConnector;
use tokio_postgres::config::{ChannelBinding, SslMode};
use tokio_postgres::{Client, Config};

pub type Outcome = Result<(), Box<dyn std::error::Error>>;

static PASSED: AtomicU32 = AtomicU32::new(0);
static FAILED: AtomicU32 = AtomicU32::new(0);

pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

pub fn wirehouse() -> bool {
    variable("SERVER_NAME") == "wirehouse"
}

// Everything in which the servers differ stands here.
pub fn bytes_literal() -> &'static str {
    if wirehouse() { "unhex('00ff275c')" } else { "'\\x00ff275c'::bytea" }
}
pub fn bits_type() -> &'static str {
    if wirehouse() { "bit" } else { "varbit" }
}
pub fn hugeint() -> &'static str {
    if wirehouse() { "hugeint" } else { "numeric" }
}
pub fn ubigint() -> &'static str {
    if wirehouse() { "ubigint" } else { "numeric" }
}

pub const SLOW: &str = "select count(*) from generate_series(1, 1000000) as a(i), \
                        generate_series(1, 1000000) as b(j) where (i + j) % 7 = 3";

/// A check that never ends is one that failed: the rest of the suite still runs.
pub async fn check(name: &str, run: impl Future<Output = Outcome>) {
    let outcome = match timeout(Duration::from_secs(120), run).await {
        Ok(outcome) => outcome.map_err(|error| describe(error.as_ref())),
        Err(_) => Err("no answer".into()),
    };
    record(name, outcome);
}

pub fn record(name: &str, outcome: Result<(), String>) {
    match outcome {
        Ok(()) => PASSED.fetch_add(1, Relaxed),
        Err(text) => {
            println!("FAILED {name}\n  {text}");
            FAILED.fetch_add(1, Relaxed)
        }
    };
}

fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text += &format!(": {inner}");
        source = inner.source();
    }
    text
}

pub fn finish() -> ! {
    let failed = FAILED.load(Relaxed);
    println!("{} passed, {failed} failed, 0 skipped", PASSED.load(Relaxed));
    std::process::exit((failed > 0) as i32)
}

pub fn equal<T: PartialEq + std::fmt::Debug>(got: T, expected: T, of: &str) -> Outcome {
    if got == expected {
        return Ok(());
    }
    Err(format!("{of}: expected {expected:?}, got {got:?}").into())
}

/// The SQLSTATE and the position that the server reported.
pub fn failure<T>(result: Result<T, tokio_postgres::Error>) -> Result<(String, Option<u32>), String> {
    let error = result.err().ok_or("expected an error")?;
    let reported = error.as_db_error().ok_or_else(|| describe(&error))?;
    let position = match reported.position() {
        Some(tokio_postgres::error::ErrorPosition::Original(position)) => Some(*position),
        _ => None,
    };
    Ok((reported.code().code().to_owned(), position))
}

pub fn fails<T>(result: Result<T, tokio_postgres::Error>, code: &str) -> Outcome {
    equal(failure(result)?.0.as_str(), code, "SQLSTATE")
}

pub fn config() -> Config {
    let mut config = Config::new();
    config.host(variable("PGHOST")).port(variable("PGPORT").parse().unwrap_or(0));
    config.user(variable("PGUSER")).dbname(variable("PGDATABASE"));
    if secure() {
        config.ssl_mode(SslMode::Require).channel_binding(ChannelBinding::Require).password(variable("PGPASSWORD"));
    } else {
        config.ssl_mode(SslMode::Disable);
    }
    config
}

/// Does the server want TLS and a password?
fn secure() -> bool {
    !variable("PGSSLROOTCERT").is_empty()
}

/// The host's name is checked too.
pub fn tls() -> MakeTlsConnector {
    let mut builder = SslConnector::builder(SslMethod::tls()).expect("OpenSSL");
    if secure() {
        builder.set_ca_file(variable("PGSSLROOTCERT")).expect("the authority's certificate");
    }
    MakeTlsConnector::new(builder.build())
}

pub async fn connect_with(config: &Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(tls()).await?;
    tokio::spawn(connection);
    Ok(client)
}

pub async fn connect() -> Result<Client, tokio_postgres::Error> {
    connect_with(&config()).await
}

/// A row of the shared values.
pub struct Value {
    pub kind: String,
    pub sql_type: String,
    pub oid: u32,
    pub array: bool,
    pub sql: String,
    pub text: String,
}

pub fn values() -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let shared: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(variable("VALUES"))?)?;
    let word = |entry: &serde_json::Value, own: &str, general: &str| {
        let word = if wirehouse() && !entry[own].is_null() { &entry[own] } else { &entry[general] };
        word.clone()
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for kind in shared["types"].as_array().ok_or("no types")? {
        for (form, oid, own_oid) in [("values", "oid", "wirehouse_oid"), ("arrays", "array_oid", "wirehouse_array_oid")] {
            for entry in kind[form].as_array().ok_or("no values")? {
                all.push(Value {
                    kind: text(&kind["name"]),
                    sql_type: text(&word(kind, "wirehouse", "sql")) + if form == "arrays" { "[]" } else { "" },
                    oid: word(kind, own_oid, oid).as_u64().unwrap_or(0) as u32,
                    array: form == "arrays",
                    sql: text(&word(entry, "wirehouse", "sql")),
                    text: text(&entry["text"]),
                });
            }
        }
    }
    Ok(all)
}

pub fn mood_statement() -> Result<String, Box<dyn std::error::Error>> {
    let shared: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(variable("VALUES"))?)?;
    Ok(shared["enum"]["create"].as_str().ok_or("no enum")?.to_owned())
}

/// The server's resident memory in MB. PostgreSQL has a process for each connection and is
/// not measured.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", variable("server_pid"))).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or("0");
    line.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap_or(0) / 1024
}
