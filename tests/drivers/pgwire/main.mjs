// pgwire for Node: a client that shows the messages of the protocol, each by itself. What the
// other clients never do is done here: portals kept and resumed by name, statements described
// without being executed, queries in one round trip, statements that are closed while in use.
import { pgconnection } from "pgwire";
import { address, assert, arrayOid, authority, check, finish, literal, memoryStaysBounded, mood, SLOW, typeOid, types }
  from "./suite.mjs";

if (authority) Object.assign(address, { sslmode: "require", sslrootcert: authority });

const equal = assert.deepStrictEqual;

// Rows are objects of the client: their values.
const cells = (rows) => rows.map((row) => [...row]);

async function withPg(options, run) {
  const pg = pgconnection({ ...address, port: String(address.port), ...options });
  try {
    return await run(pg);
  } finally {
    await pg.end();
  }
}

// The client throws an error whose cause is what the server reported.
async function fails(promise, code) {
  const error = await promise.then(() => null, (caught) => caught);
  equal(error?.cause?.code, code, error?.message ?? "no error");
}

async function values(pg) {
  for (const type of types) {
    await check(`literals of ${type.name}`, async () => {
      const all = [...type.values, ...type.arrays];
      const texts = all.map((value) => `select ${literal(value)} as v`);
      const results = [(await pg.query(texts.join(";"))).results,
        (await pg.query(...texts.map((statement) => ({ statement })))).results];
      for (const [index, value] of all.entries()) {
        const oid = index < type.values.length ? typeOid(type) : arrayOid(type);
        for (const result of results) {
          const { columns, rows } = result[index];
          if (oid) equal(columns[0].typeOid, oid, `the OID of ${literal(value)}`);
          equal([columns[0].name, rows.length], ["v", 1]);
        }
        equal(cells(results[0][index].rows), cells(results[1][index].rows), literal(value));
      }
    });
  }
  await check("values that the client reads", async () => {
    const sql = "select true, 1::int2, 2::int4, 9223372036854775807::int8, 1.5::float4, 'NaN'::float8, 'x', null::int4, " +
      `'{"a": 1}'::json, array[1, null]::int4[], array['a,b', null]::text[], array[array[1, 2], array[3, 4]]::int4[][]`;
    const { rows } = await pg.query({ statement: sql });
    equal(cells(rows), [[true, 1, 2, 9223372036854775807n, 1.5, NaN, "x", null, { a: 1 }, [1, null], ["a,b", null], [[1, 2], [3, 4]]]]);
  });
  await check("values in binary", async () => {
    const { rows, columns } = await pg.query({ statement: "select 1::int4, 'naïve'::text, array[7]::int4[]", binary: [1] });
    equal(columns.map((column) => Boolean(column.binary)), [true, true, true]);
    equal([...rows[0]].map((cell) => Buffer.from(cell).toString("hex")), ["00000001", Buffer.from("naïve").toString("hex"),
      "00000001000000000000001700000001000000010000000400000007"]);
  });
  await check("parameters", async () => {
    const params = [["bool", true], ["int2", -7], ["int4", 70000], ["int8", 9007199254740993n], ["float8", 0.1], ["text", "it's"],
      ["json", { a: [1] }], ["int4[]", [1, null]], ["text[]", ["a,b", 'c"d', null]], ["uuid", "00112233-4455-6677-8899-aabbccddeeff"],
      ["int4", null]];
    const places = params.map((_, i) => `$${i + 1}`).join(", ");
    const { rows } = await pg.query({ statement: `select ${places}`,
      params: params.map(([type, value]) => ({ type, value })) });
    equal([...rows[0]], params.map(([, value]) => value));
  });
}

async function messages(pg) {
  await check("many statements in one round trip", async () => {
    const { results } = await pg.query(...Array.from({ length: 200 }, (_, i) =>
      ({ statement: "select $1", params: [{ type: "int4", value: i }] })));
    equal(results.map((result) => [...result.rows[0]][0]), Array.from({ length: 200 }, (_, i) => i));
  });
  await check("an error ends the round trip and what it did", async () => {
    await pg.query("drop table if exists trip; create table trip (a int4)");
    await fails(pg.query({ statement: "insert into trip values (1)" }, { statement: "select nosuch" },
      { statement: "insert into trip values (2)" }), "42703");
    equal(cells((await pg.query("select count(*)::int4 from trip")).rows), [[0]]);
    await pg.query("drop table trip");
  });
  await check("statements and portals by name", async () => {
    const { results } = await pg.query(
      { message: "Parse", statement: "select i::int4 from generate_series(1, $1) as t(i)", statementName: "s", paramTypes: ["int8"] },
      { message: "Bind", statementName: "s", portal: "a", params: [{ type: "int8", value: 5 }] },
      { message: "Bind", statementName: "s", portal: "b", params: [{ type: "int8", value: 3 }] },
      { message: "Execute", portal: "a", limit: 2 },
      { message: "Execute", portal: "b" },
      { message: "Execute", portal: "a", limit: 2 },
      { message: "Execute", portal: "a", limit: 2 });
    equal(results.map((result) => [result.status, cells(result.rows).flat()]),
      [["PortalSuspended", [1, 2]], ["SELECT 3", [1, 2, 3]], ["PortalSuspended", [3, 4]], ["SELECT 1", [5]]]);
    await fails(pg.query({ message: "Execute", portal: "a" }), "34000");
    const again = await pg.query({ message: "Bind", statementName: "s", portal: "a", params: [{ type: "int8", value: 1 }] },
      { message: "Execute", portal: "a" });
    equal(cells(again.rows), [[1]]);
    await pg.query({ message: "CloseStatement", statementName: "s" });
    await fails(pg.query({ message: "Bind", statementName: "s", params: [{ type: "int8", value: 1 }] }), "26000");
  });
  await check("a statement is described, not executed", async () => {
    const seen = [];
    for await (const chunk of pg.stream(
      { message: "Parse", statement: "select $1::int4 as a, $2::text as b", statementName: "d" },
      { message: "DescribeStatement", statementName: "d" }, { message: "CloseStatement", statementName: "d" })) {
      if (chunk.tag === "ParameterDescription") seen.push([...chunk.payload]);
      if (chunk.tag === "RowDescription") seen.push(chunk.payload.map((column) => [column.name, column.typeOid]));
    }
    equal(seen, [[23, 25], [["a", 23], ["b", 25]]]);
  });
  await check("two million rows stream", () => memoryStaysBounded(async () => {
    let count = 0;
    for await (const chunk of pg.stream({ statement: "select i, 'row ' || i from generate_series(1, $1) as t(i)",
      params: [{ type: "int8", value: 2_000_000 }] })) {
      for (const [, name] of chunk.rows) if (name !== `row ${++count}`) assert.fail(`row ${count} is ${name}`);
    }
    equal(count, 2_000_000);
  }));
  await check("a stream that is left is cancelled", async () => {
    for await (const chunk of pg.stream("select i from generate_series(1, 100000000) as t(i)")) if (chunk.rows.length) break;
    equal(cells((await pg.query("select 1::int4")).rows), [[1]]);
  });
}

async function sessions() {
  await check("transactions", () => withPg({}, async (pg) => {
    await pg.query("begin");
    assert.ok(pg.inTransaction);
    await fails(pg.query("select nosuch"), "42703");
    await fails(pg.query({ statement: "select 1" }), "25P02");
    await pg.query("rollback");
    assert.ok(!pg.inTransaction);
    const result = await pg.query("commit");
    equal(result.notices.map((notice) => [notice.severity, notice.code]), [["WARNING", "25P01"]]);
  }));
  await check("settings are reported", () => withPg({ application_name: "pgwire suite", TimeZone: "Asia/Tokyo" }, async (pg) => {
    equal(cells((await pg.query("select '2024-07-01 12:00:00+00'::timestamptz")).rows), [["2024-07-01 21:00:00+09"]]);
    equal([pg.parameters.application_name, pg.parameters.TimeZone], ["pgwire suite", "Asia/Tokyo"]);
    await pg.query("set application_name to 'other'; set timezone to 'UTC'");
    equal([pg.parameters.application_name, pg.parameters.TimeZone], ["other", "UTC"]);
  }));
  await check("statement_timeout", () => withPg({ statement_timeout: "200" }, (pg) => fails(pg.query(SLOW), "57014")));
  await check("no such database", () => withPg({ database: "nosuch" }, (pg) => fails(pg.query("select 1"), "3D000")));
}

await withPg({}, async (pg) => {
  await pg.query(`drop type if exists ${mood.name}`);
  await pg.query(mood.create);
  await values(pg);
  await messages(pg);
});
await sessions();
finish();
