// Sessions: errors, transactions, settings.
import { connect, withClient } from "./connection.mjs";
import { assert, check, fails, words } from "./suite.mjs";

const equal = assert.deepStrictEqual;

// [SQL, parameters, SQLSTATE, position of the error]
const ERRORS = [
  ["selec 1", [], "42601", "1"], ["select 1 frm x y", [], "42601", "14"], ["select nosuch", [], "42703", "8"],
  ["select * from nosuch", [], "42P01", "15"], ["select nofunction(1)", [], "42883", "8"],
  ["select 'x'::int4", [], "22P02"], ["select $1::int4", ["x"], "22P02"], ["select $1::int2", [70000], "22003"],
  ["select 70000::int4::int2", [], "22003"],
  ["select $1::date", ["2024-02-30"], "22008"], ["select $1::uuid", ["x"], "22P02"],
  ["insert into keyed values (1, 1)", [], "23505"], ["insert into keyed values ($1, $2)", [2, null], "23502"],
  ["insert into keyed values ($1, $2)", [3, 10], "23514"], ["create table keyed (a int4)", [], "42P07"],
];

async function errors() {
  await withClient({}, async (client) => {
    await client.query("drop table if exists keyed");
    await client.query("create table keyed (a int4 primary key, b int4 not null, check (b < 9))");
    await client.query("insert into keyed values (1, 1)");
    for (const [sql, values, code, position] of ERRORS) {
      await check(`error of ${sql}`, async () => {
        if (!values.length) await fails(client.query(sql), code, position ? { position } : {});
        const error = await fails(client.query({ text: sql, values: [...values], queryMode: "extended" }), code);
        equal(error.severity, "ERROR");
        if (position) equal(error.position, position);
        equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
      });
    }
    await check("division by zero", async () => {
      const quotient = client.query("select (1 / (1 - $1::int4))::text as v", [1]);
      const told = await quotient.then((result) => result.rows[0].v, (error) => error.code);
      equal(told, words.quotient);
    });
    await client.query("drop table keyed");
  });
}

async function transactions() {
  await check("commit and rollback", () => withClient({}, async (client) => {
    const count = async () => (await client.query("select count(*)::int4 as n from block")).rows[0].n;
    await client.query("drop table if exists block");
    await client.query("create table block (a int4)");
    await client.query("begin");
    await client.query("insert into block values ($1)", [1]);
    await client.query("rollback");
    equal(await count(), 0);
    await client.query("begin");
    await client.query("insert into block values ($1)", [1]);
    await client.query("commit");
    equal(await count(), 1);
    await client.query("drop table block");
  }));
  await check("an error inside a transaction", () => withClient({}, async (client) => {
    await client.query("drop table if exists failing");
    await client.query("create table failing (a int4)");
    await client.query("begin");
    await client.query("insert into failing values (1)");
    await fails(client.query("select nosuch"), "42703");
    await fails(client.query("select 1"), "25P02");
    await fails(client.query("select $1::int4", [1]), "25P02");
    equal((await client.query("commit")).command, "ROLLBACK");
    equal((await client.query("select count(*)::int4 as n from failing")).rows[0].n, 0);
    await client.query("drop table failing");
  }));
  await check("a transaction that only reads", () => withClient({}, async (client) => {
    await client.query("drop table if exists reading");
    await client.query("create table reading (a int4)");
    await client.query("begin read only");
    equal((await client.query("show transaction_read_only")).rows[0].transaction_read_only, "on");
    await fails(client.query("insert into reading values (1)"), "25006");
    await client.query("rollback");
    await client.query("drop table reading");
  }));
  await check("isolation levels", () => withClient({}, async (client) => {
    for (const level of ["read uncommitted", "read committed", "repeatable read", words.isolation]) {
      await client.query(`begin isolation level ${level}`);
      equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
      await client.query("commit");
    }
  }));
  await check("another session does not see what is not committed", async () => {
    const one = await connect();
    const two = await connect();
    await one.query("drop table if exists seen");
    await one.query("create table seen (a int4)");
    await one.query("begin");
    await one.query("insert into seen values (1)");
    equal((await two.query("select * from seen")).rows.length, 0);
    await one.query("commit");
    equal((await two.query("select * from seen")).rows.length, 1);
    await two.query("drop table seen");
    await one.end();
    await two.end();
  });
}

async function settings() {
  await check("application_name", () => withClient({ application_name: "node suite" }, async (client) => {
    equal((await client.query("show application_name")).rows[0].application_name, "node suite");
    equal((await client.query("select current_setting('application_name') as v")).rows[0].v, "node suite");
    await client.query("set application_name to 'other'");
    equal((await client.query("show application_name")).rows[0].application_name, "other");
  }));
  await check("options of the connection", () => withClient({ options: "-c timezone=Asia/Tokyo -c statement_timeout=7s" },
    async (client) => {
      equal((await client.query("show timezone")).rows[0].TimeZone, "Asia/Tokyo");
      equal((await client.query("show statement_timeout")).rows[0].statement_timeout, "7s");
    }));
  await check("the session's time zone is the results'", () => withClient({}, async (client) => {
    const text = async () =>
      (await client.query("select '2024-07-01 12:00:00+00'::timestamptz::text as v")).rows[0].v;
    const value = async (zone) => {
      await client.query(`set timezone to '${zone}'`);
      return (await client.query("select '2024-07-01 12:00:00'::timestamptz as v")).rows[0].v;
    };
    equal(await value("America/New_York"), new Date("2024-07-01T16:00:00Z"));
    equal(await text(), "2024-07-01 08:00:00-04");
    equal(await value("Asia/Kolkata"), new Date("2024-07-01T06:30:00Z"));
    equal(await text(), "2024-07-01 17:30:00+05:30");
    equal(await value("UTC"), new Date("2024-07-01T12:00:00Z"));
  }));
  await check("notices", () => withClient({}, async (client) => {
    const notices = [];
    client.on("notice", (notice) => notices.push([notice.severity, notice.code]));
    await client.query("commit");
    equal(notices, [["WARNING", "25P01"]]);
  }));
  await check("notifications", () => withClient({}, (listener) => withClient({}, async (sender) => {
    const heard = new Promise((resolve) => listener.on("notification", resolve));
    await listener.query("listen news");
    await sender.query("select pg_notify('news', $1)", ["hello"]);
    const { channel, payload, processId } = await heard;
    equal([channel, payload, processId], ["news", "hello", sender.processID]);
  })));
  await check("no such database", async () => {
    await fails(withClient({ database: "nosuch" }, async () => {}), "3D000");
  });
  await check("connection's report", () => withClient({}, async (client) => {
    assert.match((await client.query("show server_version")).rows[0].server_version, /^15\./);
    assert.ok(client.processID > 0);
  }));
}

export async function sessionChecks() {
  await errors();
  await transactions();
  await settings();
}
