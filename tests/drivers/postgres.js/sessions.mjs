// Sessions: errors, transactions, settings.
import { withSql } from "./connection.mjs";
import { assert, check, fails, words } from "./suite.mjs";

const equal = assert.deepStrictEqual;
const count = async (sql, table) => (await sql`select count(*)::int4 as n from ${sql(table)}`)[0].n;

// [SQL, parameters, SQLSTATE, position of the error]
const ERRORS = [
  ["selec 1", [], "42601", "1"], ["select 1 frm x y", [], "42601", "14"], ["select nosuch", [], "42703", "8"],
  ["select * from nosuch", [], "42P01", "15"], ["select nofunction(1)", [], "42883", "8"],
  ["select 'x'::int4", [], "22P02"], ["select $1::int4", ["x"], "22P02"], ["select $1::int2", [70000], "22003"],
  ["select 70000::int4::int2", [], "22003"], ["select $1::uuid", ["x"], "22P02"],
  ["insert into keyed values (1, 1)", [], "23505"], ["insert into keyed values ($1, $2)", [2, null], "23502"],
  ["insert into keyed values ($1, $2)", [3, 10], "23514"], ["create table keyed (a int4)", [], "42P07"],
];

async function errors() {
  await withSql({ max: 1 }, async (sql) => {
    await sql.unsafe("drop table if exists keyed");
    await sql.unsafe("create table keyed (a int4 primary key, b int4 not null, check (b < 9))");
    await sql.unsafe("insert into keyed values (1, 1)");
    for (const [text, values, code, position] of ERRORS) {
      await check(`error of ${text}`, async () => {
        const modes = [{ prepare: true, simple: false }, { simple: false }];
        if (!values.length) modes.push({ simple: true });
        for (const mode of modes) {
          const error = await fails(sql.unsafe(text, [...values], mode), code);
          equal(error.severity, "ERROR");
          if (position) equal(error.position, position);
        }
        equal((await sql`select 1::int4 as a`)[0].a, 1);
      });
    }
    await sql.unsafe("drop table keyed");
  });
}

async function transactions() {
  await check("commit and rollback", () => withSql({ max: 1 }, async (sql) => {
    await sql`drop table if exists block`;
    await sql`create table block (a int4)`;
    await assert.rejects(sql.begin(async (tx) => {
      await tx`insert into block values (${1})`;
      throw new RangeError("undo");
    }), RangeError);
    equal(await count(sql, "block"), 0);
    await sql.begin((tx) => tx`insert into block values (${1})`);
    equal(await count(sql, "block"), 1);
    await sql`drop table block`;
  }));
  await check("an error inside a transaction", () => withSql({ max: 1 }, async (sql) => {
    await sql`drop table if exists failing`;
    await sql`create table failing (a int4)`;
    await fails(sql.begin(async (tx) => {
      await tx`insert into failing values (1)`;
      await fails(tx`select nosuch`, "42703");
      await fails(tx`select 1`, "25P02");
    }), "42703");
    equal(await count(sql, "failing"), 0);
    await sql`drop table failing`;
  }));
  await check("a transaction that only reads", () => withSql({ max: 1 }, async (sql) => {
    await sql`drop table if exists reading`;
    await sql`create table reading (a int4)`;
    await fails(sql.begin("read only", async (tx) => {
      equal((await tx`show transaction_read_only`)[0].transaction_read_only, "on");
      await tx`insert into reading values (1)`;
    }), "25006");
    await sql`drop table reading`;
  }));
  await check("isolation levels", () => withSql({ max: 1 }, async (sql) => {
    for (const level of ["read uncommitted", "read committed", "repeatable read", words.isolation]) {
      equal((await sql.begin(`isolation level ${level}`, (tx) => tx`select 1::int4 as a`))[0].a, 1);
    }
  }));
  await check("a reserved connection", () => withSql({ max: 2 }, async (sql) => {
    const mine = await sql.reserve();
    await mine`create temp table mine (a int4)`;
    await mine`insert into mine values (1)`;
    equal(await count(mine, "mine"), 1);
    await fails(sql`select * from mine`, "42P01");
    mine.release();
  }));
}

async function settings() {
  await check("settings of the connection", () => withSql({ max: 1,
    connection: { application_name: "postgres.js suite", TimeZone: "Asia/Tokyo" } }, async (sql) => {
    equal((await sql`show application_name`)[0].application_name, "postgres.js suite");
    equal((await sql`select current_setting('application_name') as v`)[0].v, "postgres.js suite");
    equal(sql.parameters.TimeZone, "Asia/Tokyo");
    assert.match(sql.parameters.server_version, /^15\./);
    equal((await sql`select ${"2024-07-01T12:00:00Z"}::timestamptz::text as v`)[0].v, "2024-07-01 21:00:00+09");
    const [raw] = await sql`select ${"2024-07-01T12:00:00Z"}::timestamptz as v`.raw();
    equal(Buffer.from(raw[0]).toString(), "2024-07-01 21:00:00+09");
  }));
  await check("the default application_name", () => withSql({ max: 1 }, async (sql) => {
    equal((await sql`show application_name`)[0].application_name, "postgres.js");
  }));
  await check("the session's time zone is the results'", () => withSql({ max: 1 }, async (sql) => {
    for (const [zone, utc, text] of [["America/New_York", "16:00", "08:00:00-04"], ["Asia/Kolkata", "06:30", "17:30:00+05:30"],
      ["UTC", "12:00", "12:00:00+00"]]) {
      await sql.unsafe(`set timezone to '${zone}'`);
      const [row] = await sql`select ${"2024-07-01 12:00:00"}::text::timestamptz as v, ${"2024-07-01T12:00:00Z"}::timestamptz::text as t`;
      equal(row.v, new Date(`2024-07-01T${utc}:00Z`));
      equal(row.t, `2024-07-01 ${text}`);
    }
  }));
  await check("notices", async () => {
    const notices = [];
    await withSql({ max: 1, onnotice: (notice) => notices.push([notice.severity, notice.code]) },
      (sql) => sql.unsafe("commit"));
    equal(notices, [["WARNING", "25P01"]]);
  });
  await check("notifications", () => withSql({ max: 1 }, async (sql) => {
    let heard;
    const payload = new Promise((resolve) => { heard = resolve; });
    const { unlisten } = await sql.listen("news", heard);
    await sql.notify("news", "hello");
    equal(await payload, "hello");
    await unlisten();
  }));
  await check("no such database", () => withSql({ database: "nosuch" }, (sql) => fails(sql`select 1`, "3D000")));
}

export async function sessionChecks() {
  await errors();
  await transactions();
  await settings();
}
