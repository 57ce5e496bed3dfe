//! Statements: prepared ones, many at a time, portals, streams, cancels.

use crate::suite::*;
use crate::values::text_of;
use futures_util::future::{join_all, try_join_all};
use futures_util::{pin_mut, TryStreamExt};
use std::time::Duration;
use tokio_postgres::{Client, SimpleQueryMessage};

const ROWS: &str = "select i::int8 as id, 'row ' || i as name, repeat('x', 60) as filling from generate_series(1, $1::int8) as t(i)";

async fn prepared() -> Outcome {
    let client = connect().await?;
    let twice = client.prepare("select $1::int8 * 2").await?;
    let other = client.prepare("select $1::text || '!'").await?;
    for i in 0..20i64 {
        equal(client.query_one(&twice, &[&i]).await?.get::<_, i64>(0), i * 2, "twice")?;
        equal(client.query_one(&other, &[&"x"]).await?.get::<_, String>(0), "x!".into(), "other")?;
    }
    drop(other);
    equal(client.query_one(&twice, &[&5i64]).await?.get::<_, i64>(0), 10, "after the other was closed")?;
    client.batch_execute("drop table if exists counted; create table counted (a int4 not null)").await?;
    equal(client.execute("insert into counted values ($1), ($2)", &[&1, &2]).await?, 2, "inserted")?;
    equal(client.execute("update counted set a = a + $1", &[&1]).await?, 2, "updated")?;
    let returned = client.query("insert into counted values ($1) returning a * 2 as n", &[&7]).await?;
    equal(returned[0].get::<_, i32>("n"), 14, "returned")?;
    equal(client.execute("delete from counted where a > $1", &[&2]).await?, 2, "deleted")?;
    equal(client.query("select a from counted where a > $1", &[&5]).await?.len(), 0, "no rows")?;
    equal(client.execute("", &[]).await?, 0, "an empty text")?;
    Ok(client.batch_execute("drop table counted").await?)
}

async fn changing() -> Outcome {
    let client = connect().await?;
    client.batch_execute("drop table if exists changing; create table changing (a int4); insert into changing values (1)").await?;
    let statement = client.prepare("select * from changing").await?;
    equal(client.query_one(&statement, &[]).await?.get::<_, i32>(0), 1, "value")?;
    client.batch_execute("alter table changing alter column a type text").await?;
    fails(client.query(&statement, &[]).await, "0A000")?;
    let again = client.prepare("select * from changing").await?;
    equal(client.query_one(&again, &[]).await?.get::<_, String>(0), "1".into(), "changed")?;
    client.batch_execute("alter table changing add column b int4").await?;
    fails(client.query(&again, &[]).await, "0A000")?;
    client.batch_execute("drop table changing").await?;
    fails(client.query(&again, &[]).await, "42P01")
}

async fn simple() -> Outcome {
    let client = connect().await?;
    let messages = client.simple_query("select 1 as a; select 'x' as b, null as c; select 2 where false").await?;
    let mut seen = Vec::new();
    for message in &messages {
        match message {
            SimpleQueryMessage::Row(row) => seen.push(format!("{:?}", (0..row.len()).map(|i| row.get(i)).collect::<Vec<_>>())),
            SimpleQueryMessage::CommandComplete(count) => seen.push(count.to_string()),
            _ => (),
        }
    }
    equal(seen.join(" "), r#"[Some("1")] 1 [Some("x"), None] 1 0"#.to_string(), "messages")
}

async fn joined() -> Outcome {
    let client = connect().await?;
    let statement = client.prepare("select $1::int4").await?;
    let rows = try_join_all((0..500).map(|i| {
        let (client, statement) = (&client, &statement);
        async move { client.query_one(statement, &[&i]).await.map(|row| row.get::<_, i32>(0)) }
    }))
    .await?;
    equal(rows, (0..500).collect(), "rows")?;
    let mixed = join_all((0..100).map(|i| {
        let client = &client;
        async move {
            let text = if i % 10 == 9 { "select nosuch, $1::int4".into() } else { format!("select $1::int4 + {i}") };
            client.query_one(&text, &[&i]).await.map(|row| row.get::<_, i32>(0))
        }
    }))
    .await;
    for (i, result) in mixed.into_iter().enumerate() {
        match i % 10 {
            9 => fails(result, "42703")?,
            _ => equal(result?, 2 * i as i32, "sum")?,
        }
    }
    client.batch_execute("drop table if exists many; create table many (a int4, b text)").await?;
    let insert = client.prepare("insert into many values ($1, $2)").await?;
    let texts: Vec<(i32, String)> = (0..200).map(|i| (i, format!("b{i}"))).collect();
    let counts = try_join_all(texts.iter().map(|(i, text)| {
        let (client, insert) = (&client, &insert);
        async move { client.execute(insert, &[i, text]).await }
    }))
    .await?;
    equal(counts.iter().sum::<u64>(), 200, "inserted")?;
    equal(text_of(&client, "select sum(a) || ' ' || count(distinct b) from many").await?, Some("19900 200".into()), "sums")?;
    Ok(client.batch_execute("drop table many").await?)
}

async fn portals() -> Outcome {
    let mut client = connect().await?;
    let transaction = client.transaction().await?;
    let statement = transaction.prepare(ROWS).await?;
    let first = transaction.bind(&statement, &[&250i64]).await?;
    let second = transaction.bind(&statement, &[&3i64]).await?;
    let mut steps = Vec::new();
    let mut expected = 0i64;
    for turn in 0..4 {
        let rows = transaction.query_portal(&first, 100).await?;
        for row in &rows {
            expected += 1;
            equal(row.get::<_, String>("name"), format!("row {expected}"), "row")?;
        }
        steps.push(rows.len());
        if turn == 1 {
            equal(transaction.query_portal(&second, 0).await?.len(), 3, "another portal between")?;
            equal(transaction.query_one("select 1::int4", &[]).await?.get::<_, i32>(0), 1, "a statement between")?;
        }
    }
    equal(steps, vec![100, 100, 50, 0], "steps")?;
    transaction.commit().await?;
    equal(text_of(&client, "select 1").await?, Some("1".into()), "afterwards")
}

async fn stream(count: i64) -> Outcome {
    let client = connect().await?;
    let before = resident();
    let mut peak = before;
    let rows = client.query_raw(ROWS, [count]).await?;
    pin_mut!(rows);
    let mut expected = 0i64;
    while let Some(row) = rows.try_next().await? {
        expected += 1;
        if row.get::<_, i64>(0) != expected {
            return Err(format!("row {expected} is {}", row.get::<_, i64>(0)).into());
        }
        if expected % 10000 == 0 {
            peak = peak.max(resident());
        }
    }
    equal(expected, count, "rows")?;
    if wirehouse() && peak - before > 200 {
        return Err(format!("the server grew by {} MB", peak - before).into());
    }
    Ok(())
}

async fn many_by_portal() -> Outcome {
    let mut client = connect().await?;
    let before = resident();
    let mut peak = before;
    let transaction = client.transaction().await?;
    let portal = transaction.bind(ROWS, &[&2_000_000i64]).await?;
    let mut expected = 0i64;
    loop {
        let rows = transaction.query_portal(&portal, 10000).await?;
        for row in &rows {
            expected += 1;
            equal(row.get::<_, i64>(0), expected, "row")?;
        }
        peak = peak.max(resident());
        if rows.is_empty() {
            break;
        }
    }
    equal(expected, 2_000_000, "rows")?;
    transaction.rollback().await?;
    if wirehouse() && peak - before > 200 {
        return Err(format!("the server grew by {} MB", peak - before).into());
    }
    Ok(())
}

async fn left() -> Outcome {
    let client = connect().await?;
    {
        let rows = client.query_raw(ROWS, [300_000i64]).await?;
        pin_mut!(rows);
        equal(rows.try_next().await?.is_some(), true, "a first row")?;
    }
    equal(text_of(&client, "select 1").await?, Some("1".into()), "a statement behind the rows")
}

/// A request may come before its statement: it is repeated until it is heard.
async fn cancel() -> Outcome {
    let client = connect().await?;
    let token = client.cancel_token();
    let running = client.simple_query(SLOW);
    pin_mut!(running);
    let result = loop {
        match tokio::time::timeout(Duration::from_millis(200), &mut running).await {
            Ok(result) => break result,
            Err(_) => token.cancel_query(tls()).await?,
        }
    };
    let message = result.as_ref().err().and_then(|error| error.as_db_error()).map(|error| error.message().to_owned());
    fails(result, "57014")?;
    equal(message.as_deref(), Some("canceling statement due to user request"), "message")?;
    equal(text_of(&client, "select 1").await?, Some("1".into()), "afterwards")
}

async fn timeout(client: Client) -> Outcome {
    fails(client.query(SLOW, &[]).await, "57014")?;
    equal(text_of(&client, "show statement_timeout").await?, Some("200ms".into()), "setting")
}

pub async fn checks() {
    check("prepared statements", prepared()).await;
    check("a statement after its table has changed", changing()).await;
    check("simple queries", simple()).await;
    check("queries joined", joined()).await;
    check("portals", portals()).await;
    check("two million rows stream", stream(2_000_000)).await;
    check("two million rows by a portal", many_by_portal()).await;
    check("a stream is left", left()).await;
    check("cancel", cancel()).await;
    let mut hurried = config();
    hurried.options("-c statement_timeout=200ms");
    check("statement_timeout", async { timeout(connect_with(&hurried).await?).await }).await;
}
