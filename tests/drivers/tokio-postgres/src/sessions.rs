//! Sessions: errors, transactions, settings.

use crate::suite::*;
use crate::values::text_of;
use std::sync::{Arc, Mutex};
use tokio_postgres::{AsyncMessage, Client, IsolationLevel};

/// A text that fails, its SQLSTATE, where it fails.
const ERRORS: [(&str, &str, Option<u32>); 12] = [
    ("selec 1", "42601", Some(1)),
    ("select 1 frm x y", "42601", Some(14)),
    ("select nosuch", "42703", Some(8)),
    ("select * from nosuch", "42P01", Some(15)),
    ("select nofunction(1)", "42883", Some(8)),
    ("select 'x'::int4", "22P02", None),
    ("select 70000::int4::int2", "22003", None),
    ("select 'x'::uuid", "22P02", None),
    ("insert into strict values (1, 1)", "23505", None),
    ("insert into strict values (2, null)", "23502", None),
    ("insert into strict values (3, 10)", "23514", None),
    ("create table strict (a int4)", "42P07", None),
];

async fn errors(client: &Client) {
    let made = client
        .batch_execute("drop table if exists strict; create table strict (a int4 primary key, b int4 not null, check (b < 9)); \
                        insert into strict values (1, 1)")
        .await;
    record("a table with constraints", made.map_err(|error| error.to_string()));
    for (sql, code, position) in &ERRORS {
        check(&format!("error of {sql}"), async {
            for result in [client.simple_query(sql).await.map(drop), client.query(*sql, &[]).await.map(drop)] {
                let (got, at) = failure(result)?;
                equal(got.as_str(), code, "SQLSTATE")?;
                if position.is_some() {
                    equal(at, *position, "position")?;
                }
            }
            equal(text_of(client, "select 1").await?, Some("1".into()), "afterwards")
        })
        .await;
    }
    check("errors of parameters", async {
        let insert = client.prepare("insert into strict values ($1, $2)").await?;
        fails(client.execute(&insert, &[&1, &1]).await, "23505")?;
        fails(client.execute(&insert, &[&2, &None::<i32>]).await, "23502")?;
        fails(client.execute(&insert, &[&3, &10]).await, "23514")?;
        fails(client.query("select $1::int4::int2", &[&70000]).await, "22003")?;
        fails(client.query("select $1::text::int4", &[&"x"]).await, "22P02")?;
        equal(client.execute(&insert, &[&4, &4]).await?, 1, "inserted after errors")?;
        Ok(client.batch_execute("drop table strict").await?)
    })
    .await;
}

async fn transactions() -> Outcome {
    let mut client = connect().await?;
    client.batch_execute("drop table if exists block; create table block (a int4)").await?;
    let transaction = client.transaction().await?;
    transaction.execute("insert into block values ($1)", &[&1]).await?;
    transaction.rollback().await?;
    let transaction = client.transaction().await?;
    transaction.execute("insert into block values ($1)", &[&2]).await?;
    drop(transaction);
    let transaction = client.transaction().await?;
    transaction.execute("insert into block values ($1)", &[&3]).await?;
    let other = connect().await?;
    equal(text_of(&other, "select count(*) from block").await?, Some("0".into()), "rows seen by another")?;
    transaction.commit().await?;
    equal(text_of(&other, "select sum(a) from block").await?, Some("3".into()), "rows seen by another")?;
    let transaction = client.transaction().await?;
    transaction.execute("insert into block values (4)", &[]).await?;
    fails(transaction.query("select nosuch", &[]).await, "42703")?;
    fails(transaction.query("select 1", &[]).await, "25P02")?;
    fails(transaction.simple_query("select 1").await, "25P02")?;
    transaction.commit().await?;
    equal(text_of(&client, "select count(*) from block").await?, Some("1".into()), "rows after a commit that was none")?;
    let reading = client.build_transaction().read_only(true).start().await?;
    equal(reading.query_one("show transaction_read_only", &[]).await?.get::<_, String>(0), "on".into(), "read only")?;
    fails(reading.execute("insert into block values (5)", &[]).await, "25006")?;
    reading.rollback().await?;
    Ok(client.batch_execute("drop table block").await?)
}

async fn isolation() -> Outcome {
    let mut client = connect().await?;
    let mut levels = vec![IsolationLevel::ReadUncommitted, IsolationLevel::ReadCommitted, IsolationLevel::RepeatableRead];
    if !wirehouse() {
        levels.push(IsolationLevel::Serializable);
    }
    for level in levels {
        let transaction = client.build_transaction().isolation_level(level).read_only(false).start().await?;
        equal(transaction.query_one("select 1::int4", &[]).await?.get::<_, i32>(0), 1, "value")?;
        transaction.commit().await?;
    }
    Ok(())
}

async fn settings() -> Outcome {
    let mut named = config();
    named.application_name("rust suite").options("-c timezone=Asia/Tokyo");
    let client = connect_with(&named).await?;
    equal(text_of(&client, "show application_name").await?, Some("rust suite".into()), "application_name")?;
    equal(text_of(&client, "select current_setting('application_name')").await?, Some("rust suite".into()), "application_name")?;
    let moment = "select '2024-07-01 12:00:00+00'::timestamptz";
    for (zone, text) in [("Asia/Tokyo", "2024-07-01 21:00:00+09"), ("America/New_York", "2024-07-01 08:00:00-04"), ("UTC", "2024-07-01 12:00:00+00")] {
        client.batch_execute(&format!("set timezone to '{zone}'")).await?;
        equal(text_of(&client, moment).await?, Some(text.into()), "text")?;
        let row = client.query_one(&format!("{moment}::text, $1::text::timestamptz"), &[&"2024-07-01 12:00:00+00"]).await?;
        equal(row.get::<_, String>(0), text.into(), "cast to text")?;
        equal(row.get::<_, chrono::DateTime<chrono::Utc>>(1).to_rfc3339(), "2024-07-01T12:00:00+00:00".into(), "moment")?;
    }
    Ok(())
}

async fn reports() -> Outcome {
    let (client, mut connection) = config().connect(tls()).await?;
    equal(connection.parameter("server_version").is_some_and(|version| version.starts_with("15.")), true, "server_version")?;
    equal(connection.parameter("TimeZone"), Some("UTC"), "TimeZone")?;
    let notices = Arc::new(Mutex::new(Vec::new()));
    let kept = notices.clone();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
            if let (AsyncMessage::Notice(notice), Ok(mut kept)) = (message, kept.lock()) {
                kept.push(notice.code().code().to_owned());
            }
        }
    });
    client.batch_execute("commit").await?;
    let seen = notices.lock().map_err(|error| error.to_string())?.clone();
    equal(seen, vec!["25P01".to_string()], "notices")
}

pub async fn checks() {
    match connect().await {
        Ok(client) => errors(&client).await,
        Err(error) => record("connect", Err(error.to_string())),
    }
    check("transactions", transactions()).await;
    check("isolation levels", isolation()).await;
    check("settings", settings()).await;
    check("notices and reports", reports()).await;
    let mut missing = config();
    missing.dbname("nosuch");
    check("no such database", async { fails(connect_with(&missing).await, "3D000") }).await;
}
