//! The suite of pgwire-lite: libpq underneath, a connection for each query, text only.
//! It hands its text to libpq without an end of its own, so each carries one; it has no NULL:
//! a NULL is an empty text; of several statements it shows the first.

#[path = "../tokio-postgres/src/suite.rs"]
#[allow(dead_code)]
mod suite;

use pgwire_lite::{PgwireLite, QueryResult};
use suite::{equal, record, values, variable, Outcome};

fn client(verbosity: &str) -> Result<PgwireLite, Box<dyn std::error::Error>> {
    PgwireLite::new(&variable("PGHOST"), variable("PGPORT").parse()?, !variable("PGSSLROOTCERT").is_empty(), verbosity)
}

fn query(client: &PgwireLite, sql: &str) -> Result<QueryResult, Box<dyn std::error::Error>> {
    client.query(&format!("{sql};\0"))
}

fn one(client: &PgwireLite, sql: &str) -> Result<String, Box<dyn std::error::Error>> {
    let result = query(client, sql)?;
    let column = result.column_names.first().ok_or("no column")?;
    let value = result.rows.first().and_then(|row| row.get(column)).ok_or("no row")?;
    Ok(value.as_str().ok_or("no text")?.to_owned())
}

fn check(name: &str, outcome: Outcome) {
    record(name, outcome.map_err(|error| error.to_string()));
}

fn literals(client: &PgwireLite) -> Outcome {
    for value in values()? {
        let got = one(client, &format!("select {} as v", value.sql));
        check(&format!("literal {}", value.sql), got.and_then(|text| equal(text, value.text, "text")));
    }
    Ok(())
}

fn shape(client: &PgwireLite) -> Outcome {
    let result = query(client, "select i::int4 as id, 'row ' || i as name, null as nothing from generate_series(1, 1000) as t(i) order by i")?;
    equal((result.row_count, result.col_count, result.rows.len()), (1000, 3, 1000), "counts")?;
    equal(result.column_names.join(" "), "id name nothing".into(), "names")?;
    for (i, row) in result.rows.iter().enumerate() {
        equal(row["id"].as_i64(), Some(i as i64 + 1), "id")?;
        equal(row["name"].as_str(), Some(format!("row {}", i + 1).as_str()), "name")?;
        equal(row["nothing"].as_str(), Some(""), "nothing")?;
    }
    let typed = query(client, "select true as b, 1.5::float8 as f, 7::int8 as i")?;
    let row = &typed.rows[0];
    equal((row["b"].as_bool(), row["f"].as_f64(), row["i"].as_i64()), (Some(true), Some(1.5), Some(7)), "conversions")
}

fn statements(client: &PgwireLite) -> Outcome {
    query(client, "drop table if exists lite")?;
    equal(query(client, "create table lite (a int4, b text)")?.row_count, 0, "create")?;
    query(client, "insert into lite values (1, 'x'), (2, null)")?;
    equal(one(client, "select count(*) || ' ' || count(b) from lite")?, "2 1".into(), "counts")?;
    equal(query(client, "select * from lite where a > 5")?.rows.len(), 0, "no rows")?;
    query(client, "begin; insert into lite values (3, 'y'); rollback")?;
    equal(one(client, "select count(*) from lite")?, "2".into(), "after a rollback")?;
    query(client, "drop table lite").map(drop)
}

const ERRORS: [(&str, &str); 6] = [
    ("selec 1", "42601"), ("select nosuch", "42703"), ("select * from nosuch", "42P01"),
    ("select nofunction(1)", "42883"), ("select 'x'::int4", "22P02"), ("select 70000::int4::int2", "22003"),
];

fn errors() -> Outcome {
    let states = client("sqlstate")?;
    for (sql, code) in &ERRORS {
        let text = query(&states, sql).err().map(|error| error.to_string()).unwrap_or_default();
        check(&format!("error of {sql}"), equal(text, format!("ERROR:  {code}"), "message"));
    }
    let verbose = client("default")?;
    let text = query(&verbose, "select nosuch").err().ok_or("no error")?.to_string();
    equal(text.contains("LINE 1: select nosuch"), true, "the place of the error")
}

fn notices(client: &PgwireLite) -> Outcome {
    let result = query(client, "commit")?;
    equal(result.notice_count, 1, "notices")?;
    equal(result.notices[0].fields.get("severity").map(String::as_str), Some("WARNING"), "severity")
}

fn session(client: &PgwireLite) -> Outcome {
    equal(one(client, "show application_name")?, "pgwire-lite-client".into(), "application_name")?;
    equal(one(client, "show client_encoding")?, "UTF8".into(), "client_encoding")
}

fn main() {
    match client("default") {
        Ok(client) => {
            let mood = suite::mood_statement().and_then(|make| {
                query(&client, "drop type if exists mood")?;
                query(&client, &make).map(drop)
            });
            check("an enum is made", mood);
            check("literals", literals(&client));
            check("the shape of results", shape(&client));
            check("statements", statements(&client));
            check("errors", errors());
            check("notices", notices(&client));
            check("session", session(&client));
        }
        Err(error) => record("client", Err(error.to_string())),
    }
    suite::finish()
}
