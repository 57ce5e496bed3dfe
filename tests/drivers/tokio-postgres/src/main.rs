//! The suite of tokio-postgres: everything in binary, by prepared statements.

mod binary;
mod sessions;
mod statements;
mod suite;
mod values;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    values::checks().await;
    statements::checks().await;
    sessions::checks().await;
    suite::finish()
}
