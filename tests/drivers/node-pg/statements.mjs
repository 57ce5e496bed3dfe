// Statements: prepared ones, pipelines, cursors and streams, cancels.
import Cursor from "pg-cursor";
import QueryStream from "pg-query-stream";
import { connect, withClient, pg } from "./connection.mjs";
import { assert, check, fails, memoryStaysBounded, address, SLOW } from "./suite.mjs";

const equal = assert.deepStrictEqual;

async function prepared() {
  await check("a named statement is used again", () => withClient({}, async (client) => {
    for (let i = 0; i < 20; i++) {
      const { rows } = await client.query({ name: "twice", text: "select $1::int8 * 2 as v", values: [i] });
      equal(rows[0].v, String(i * 2));
    }
    equal((await client.query({ name: "other", text: "select $1::text as v", values: ["x"] })).rows[0].v, "x");
  }));
  await check("a named statement after its table has changed", () => withClient({}, async (client) => {
    await client.query("drop table if exists changing");
    await client.query("create table changing (a int4)");
    await client.query("insert into changing values (1)");
    const query = { name: "changing", text: "select * from changing" };
    equal((await client.query(query)).rows[0].a, 1);
    await client.query("alter table changing alter column a type text");
    await fails(client.query(query), "0A000");
    equal((await client.query({ ...query, name: "again" })).rows[0].a, "1");
    await client.query("alter table changing add column b int4");
    await fails(client.query({ ...query, name: "again" }), "0A000");
    await client.query("drop table changing");
    await fails(client.query({ ...query, name: "again" }), "42P01");
  }));
  await check("rowMode, fields, command and rowCount", () => withClient({}, async (client) => {
    await client.query("drop table if exists counted");
    await client.query("create table counted (a int4, b text)");
    const inserted = await client.query("insert into counted values ($1, $2), (2, 'y')", [1, "x"]);
    equal([inserted.command, inserted.rowCount], ["INSERT", 2]);
    const updated = await client.query("update counted set b = $1", ["z"]);
    equal([updated.command, updated.rowCount], ["UPDATE", 2]);
    const read = await client.query({ text: "select a, b from counted order by a", rowMode: "array" });
    equal([read.command, read.rowCount], ["SELECT", 2]);
    equal(read.fields.map((field) => [field.name, field.dataTypeID]), [["a", 23], ["b", 25]]);
    equal(read.rows, [[1, "z"], [2, "z"]]);
    const returned = await client.query("insert into counted values (3, 'r') returning a + 1 as n");
    equal(returned.rows, [{ n: 4 }].map((row) => Object.assign(Object.create(Object.getPrototypeOf(returned.rows[0])), row)));
    const deleted = await client.query("delete from counted where a > $1", [1]);
    equal([deleted.command, deleted.rowCount], ["DELETE", 2]);
    await client.query("drop table counted");
  }));
  await check("several statements in one text", () => withClient({}, async (client) => {
    const results = await client.query("select 1::int4 as a; select 'x' as b; select 2::int4 as a where false");
    equal(results.map((result) => result.rows.length), [1, 1, 0]);
    equal(results[1].rows[0].b, "x");
  }));
  await check("an empty text", () => withClient({}, async (client) => {
    equal((await client.query("")).rows, []);
    equal((await client.query("-- nothing")).rows, []);
    equal((await client.query({ text: "", values: [] })).rows, []);
  }));
}

async function pipelines() {
  await check("queries sent without waiting", () => withClient({}, async (client) => {
    const results = await Promise.all(Array.from({ length: 100 }, (_, i) => client.query("select $1::int4 as v", [i])));
    equal(results.map((result) => result.rows[0].v), Array.from({ length: 100 }, (_, i) => i));
  }));
  await check("the client's pipeline", () => withClient({ pipeline: true }, async (client) => {
    const all = Array.from({ length: 200 }, (_, i) => i % 50 === 49
      ? client.query("select nosuch").then(() => "none", (error) => error.code)
      : client.query({ name: i % 2 ? "odd" : undefined, text: "select $1::int4 as v", values: [i] })
        .then((result) => result.rows[0].v));
    equal(await Promise.all(all), Array.from({ length: 200 }, (_, i) => (i % 50 === 49 ? "42703" : i)));
  }));
  await check("a pool", async () => {
    const pool = new pg.Pool({ ...address, max: 4 });
    const results = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.query("select $1::int4 as v", [i])));
    equal(results.reduce((sum, result) => sum + result.rows[0].v, 0), 780);
    await pool.end();
  });
}

const ROWS = "select i as id, 'row ' || i as name, repeat('x', 60) as filling from generate_series(1, $1::int8) as t(i)";

async function cursors() {
  await check("a cursor reads in steps", () => withClient({}, async (client) => {
    const cursor = client.query(new Cursor(ROWS, [250]));
    let count = 0;
    for (const expected of [100, 100, 50, 0]) {
      const rows = await cursor.read(100);
      equal(rows.length, expected);
      for (const row of rows) equal(row.name, `row ${++count}`);
    }
    await cursor.close();
    equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
  }));
  await check("a cursor is closed before its end", () => withClient({}, async (client) => {
    const cursor = client.query(new Cursor(ROWS, [1000000]));
    equal((await cursor.read(10)).length, 10);
    await cursor.close();
    equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
  }));
  await check("cursors in a transaction", () => withClient({}, async (client) => {
    await client.query("begin");
    const cursor = client.query(new Cursor(ROWS, [30]));
    equal((await cursor.read(20)).length, 20);
    equal((await cursor.read(20)).length, 10);
    await cursor.close();
    equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
    await client.query("commit");
  }));
  await check("a cursor's error", () => withClient({}, async (client) => {
    const cursor = client.query(new Cursor("select 10 / (i - 50) as q, nosuch from generate_series(1, 100) as t(i)", []));
    await fails(cursor.read(10), "42703");
    equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
  }));
  await check("two million rows stream", () => withClient({}, async (client) => {
    await memoryStaysBounded(async () => {
      const stream = client.query(new QueryStream(ROWS, [2_000_000], { batchSize: 5000, rowMode: "array" }));
      let count = 0;
      for await (const row of stream) {
        if (row[1] !== `row ${++count}`) assert.fail(`row ${count} is ${row[1]}`);
      }
      equal(count, 2_000_000);
    });
  }));
  await check("a stream is left early", () => withClient({}, async (client) => {
    const stream = client.query(new QueryStream(ROWS, [1_000_000]));
    let count = 0;
    for await (const row of stream) if (++count === 500) break;
    equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
  }));
}

// The client's own way: a second connection that asks to cancel, again until it is heard,
// since a request may come before its statement.
async function cancelled(client) {
  const running = client.query(SLOW).then(() => null, (error) => error);
  const timer = setInterval(() => {
    const canceller = new pg.Client(address);
    canceller.on("error", () => {});
    canceller.connection.on("error", () => {});
    canceller.cancel(client, client._getActiveQuery());
  }, 200);
  const error = await running;
  clearInterval(timer);
  return error;
}

async function interrupts() {
  await check("cancel", async () => {
    const client = await connect();
    const error = await cancelled(client);
    equal([error?.code, error?.message], ["57014", "canceling statement due to user request"]);
    await client.end();
  });
  await check("statement_timeout of the connection", () => withClient({ statement_timeout: 200 }, async (client) => {
    await fails(client.query(SLOW), "57014", { message: "canceling statement due to statement timeout" });
    equal((await client.query("show statement_timeout")).rows[0].statement_timeout, "200ms");
    equal((await client.query("select 1::int4 as a")).rows[0].a, 1);
  }));
}

export async function statementChecks() {
  await prepared();
  await pipelines();
  await cursors();
  await interrupts();
}
