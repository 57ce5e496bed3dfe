// Statements: prepared ones, pipelines, cursors, streams, cancels.
import { withSql } from "./connection.mjs";
import { assert, check, fails, memoryStaysBounded, SLOW } from "./suite.mjs";

const equal = assert.deepStrictEqual;
const one = async (sql) => equal((await sql`select 1::int4 as a`)[0].a, 1);

async function prepared() {
  await check("a statement is used again", () => withSql({ max: 1 }, async (sql) => {
    for (let i = 0; i < 20; i++) equal((await sql`select ${i}::int8 * 2 as v`)[0].v, String(i * 2));
  }));
  await check("a statement after its table has changed is prepared anew", () => withSql({ max: 1 }, async (sql) => {
    await sql`drop table if exists changing`;
    await sql`create table changing (a int4)`;
    await sql`insert into changing values (1)`;
    const read = () => sql`select * from changing`;
    equal((await read())[0].a, 1);
    await sql`alter table changing alter column a type text`;
    equal((await read())[0].a, "1");
    await sql`alter table changing add column b int4`;
    equal({ ...(await read())[0] }, { a: "1", b: null });
    await sql`drop table changing`;
    await fails(read(), "42P01");
  }));
  await check("describe", () => withSql({ max: 1 }, async (sql) => {
    const described = await sql`select ${1}::int4 as a, ${"x"}::text as b`.describe();
    equal(described.types, [23, 25]);
    equal(described.columns.map((column) => [column.name, column.type]), [["a", 23], ["b", 25]]);
    await one(sql);
  }));
  await check("simple queries of several statements", () => withSql({ max: 1 }, async (sql) => {
    const results = await sql`select 1::int4 as a; select 'x' as b; select 2::int4 as c where false`.simple();
    equal(results.map((result) => result.length), [1, 1, 0]);
    equal(results[1][0].b, "x");
    equal((await sql.unsafe("select $1::int4 as a", [5]))[0].a, 5);
  }));
  await check("values, raw and an empty text", () => withSql({ max: 1 }, async (sql) => {
    equal([...(await sql`select 1::int4, 'x', null`.values())], [[1, "x", null]]);
    equal([...(await sql.unsafe(""))], []);
    equal([...(await sql.unsafe("-- nothing"))], []);
    await one(sql);
  }));
}

async function pipelines() {
  await check("queries in flight on one connection", () => withSql({ max: 1 }, async (sql) => {
    const all = Array.from({ length: 500 }, (_, i) => i % 100 === 99
      ? sql`select nosuch, ${i}::int4`.then(() => "none", (error) => error.code)
      : sql`select ${i}::int4 as v`.then(([row]) => row.v));
    equal(await Promise.all(all), Array.from({ length: 500 }, (_, i) => (i % 100 === 99 ? "42703" : i)));
  }));
  await check("different statements in flight, unprepared", () => withSql({ max: 1, prepare: false }, async (sql) => {
    const all = Array.from({ length: 100 }, (_, i) => sql.unsafe(`select $1::int4 + ${i} as v`, [i]));
    equal((await Promise.all(all)).map(([row]) => row.v), Array.from({ length: 100 }, (_, i) => 2 * i));
  }));
  await check("a pool of four", () => withSql({ max: 4 }, async (sql) => {
    const all = await Promise.all(Array.from({ length: 200 }, (_, i) => sql`select ${i}::int4 as v`));
    equal(all.reduce((sum, [row]) => sum + row.v, 0), 19900);
  }));
  await check("inserts in flight in a transaction", () => withSql({ max: 2 }, async (sql) => {
    await sql`drop table if exists many`;
    await sql`create table many (a int4, b text)`;
    await sql.begin((tx) => Array.from({ length: 100 }, (_, i) => tx`insert into many values (${i}, ${"b" + i})`));
    const [row] = await sql`select count(*)::int4 as n, sum(a)::int4 as s from many`;
    equal({ ...row }, { n: 100, s: 4950 });
    await sql`drop table many`;
  }));
}

async function streams() {
  const rows = (sql, count) =>
    sql`select i as id, 'row ' || i as name, repeat('x', 60) as filling from generate_series(1, ${count}::int8) as t(i)`;
  await check("a cursor reads in steps", () => withSql({ max: 1 }, async (sql) => {
    const steps = [];
    let count = 0;
    for await (const part of rows(sql, 250).cursor(100)) {
      steps.push(part.length);
      for (const row of part) equal(row.name, `row ${++count}`);
    }
    equal(steps, [100, 100, 50]);
    await one(sql);
  }));
  await check("a cursor is left", () => withSql({ max: 1 }, async (sql) => {
    let count = 0;
    for await (const part of rows(sql, 1_000_000).cursor(10)) {
      count += part.length;
      if (count === 50) break;
    }
    equal(count, 50);
    await one(sql);
  }));
  await check("a cursor in a transaction, with its function", () => withSql({ max: 1 }, async (sql) => {
    let count = 0;
    await sql.begin(async (tx) => {
      await rows(tx, 95).cursor(10, (part) => { count += part.length; });
      await one(tx);
    });
    equal(count, 95);
  }));
  await check("two million rows by a cursor", () => withSql({ max: 1 }, async (sql) => {
    let count = 0;
    await memoryStaysBounded(async () => {
      for await (const part of rows(sql, 2_000_000).cursor(10000)) {
        for (const row of part) if (row.name !== `row ${++count}`) assert.fail(`row ${count} is ${row.name}`);
      }
    });
    equal(count, 2_000_000);
  }));
  await check("two million rows one by one", () => withSql({ max: 1 }, async (sql) => {
    let count = 0;
    await memoryStaysBounded(() => rows(sql, 2_000_000).forEach((row) => {
      if (row.name !== `row ${++count}`) assert.fail(`row ${count} is ${row.name}`);
    }));
    equal(count, 2_000_000);
  }));
}

async function interrupts() {
  await check("cancel", () => withSql({ max: 1 }, async (sql) => {
    const query = sql.unsafe(SLOW);
    const running = query.then(() => null, (error) => error);
    // A request may come before its statement: it is repeated until it is heard.
    const timer = setInterval(() => { query.canceller?.(query); }, 200);
    const error = await running;
    clearInterval(timer);
    equal([error?.code, error?.message], ["57014", "canceling statement due to user request"]);
    await one(sql);
  }));
  await check("statement_timeout of the connection", () => withSql({ max: 1, connection: { statement_timeout: 200 } },
    async (sql) => {
      await fails(sql.unsafe(SLOW), "57014", { message: "canceling statement due to statement timeout" });
      equal((await sql`show statement_timeout`)[0].statement_timeout, "200ms");
      await one(sql);
    }));
}

export async function statementChecks() {
  await prepared();
  await pipelines();
  await streams();
  await interrupts();
}
