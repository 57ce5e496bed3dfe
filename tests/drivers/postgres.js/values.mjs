// Values: as the server writes them, as the client's own types, as parameters.
import { withSql } from "./connection.mjs";
import { assert, check, literal, mood, typeName, typeOid, arrayOid, tableColumns, tableRows, types, words } from "./suite.mjs";

const equal = assert.deepStrictEqual;
const date = (text) => new Date(text);
const bytes = (text) => text === null ? null : Buffer.from(text.slice(2), "hex");
const text = (cell) => cell === null ? null : Buffer.from(cell).toString("utf8");

// [SQL, what the client makes of it by default]; it has no null in arrays of its own.
const NATIVE = [
  ["true", true], ["'false'::bool", false], ["'-7'::int2", -7], ["'-70000'::int4", -70000],
  ["'9223372036854775807'::int8", "9223372036854775807"], ["'1.5'::float4", 1.5], ["'0.1'::float8", 0.1],
  ["'-0'::float8", -0], ["'NaN'::float8", NaN], ["'Infinity'::float8", Infinity], ["'-Infinity'::float4", -Infinity],
  ["'1.50'::numeric(10,2)", "1.50"],
  ["'99999999999999999999999999999999999999'::numeric(38,0)", "99999999999999999999999999999999999999"],
  [words.hugeint, "170141183460469231731687303715884105727"], [words.ubigint, "18446744073709551615"],
  ["'naïve 🦆'::text", "naïve 🦆"], ["'one'::varchar(20)", "one"],
  ["'2024-02-29'::date", date("2024-02-29")], ["'12:34:56.789'::time", "12:34:56.789"],
  ["'12:34:56+05:30'::timetz", "12:34:56+05:30"],
  ["'2024-02-29 12:34:56.789'::timestamp", date("2024-02-29 12:34:56.789")],
  ["'2024-02-29 12:34:56.789+02'::timestamptz", date("2024-02-29T10:34:56.789Z")],
  ["'1 year 2 mons 3 days 04:05:06.789'::interval", "1 year 2 mons 3 days 04:05:06.789"],
  ["'00112233-4455-6677-8899-aabbccddeeff'::uuid", "00112233-4455-6677-8899-aabbccddeeff"],
  [`'{"a": [1, null, "x"]}'::json`, { a: [1, null, "x"] }], ["'17'::json", 17], ["'very happy'::mood", "very happy"],
  ["array[1, -3]::int4[]", [1, -3]], ["array[array[1, 2], array[3, 4]]::int4[][]", [[1, 2], [3, 4]]],
  ["array[]::int4[]", []], ["array[9007199254740993]::int8[]", ["9007199254740993"]],
  ["array['-0', '1e300']::float8[]", [-0, 1e300]], ["array[true, false]", [true, false]],
  ["array['a,b', 'c\"d', 'NULL', '', '\\']::text[]", ["a,b", 'c"d', "NULL", "", "\\"]],
  ["array['2024-02-29']::date[]", [date("2024-02-29")]],
  ["array['2024-02-29 12:00:00+00']::timestamptz[]", [date("2024-02-29T12:00:00Z")]],
  ["array['1.50']::numeric(10,2)[]", ["1.50"]],
  ["array['00112233-4455-6677-8899-aabbccddeeff']::uuid[]", ["00112233-4455-6677-8899-aabbccddeeff"]],
  [`array['{"a": 1}']::json[]`, [{ a: 1 }]], ["array['sad']::mood[]", ["sad"]],
  ["null::int4", null], ["null::text[]", null], ["null", null],
];

async function literals(sql) {
  for (const type of types) {
    await check(`literals of ${type.name}`, async () => {
      for (const [index, value] of [...type.values, ...type.arrays].entries()) {
        for (const simple of [true, false]) {
          const rows = await sql.unsafe(`select ${literal(value)} as v`, [], { simple }).raw();
          equal(text(rows[0][0]), value.text, literal(value));
          const oid = index < type.values.length ? typeOid(type) : arrayOid(type);
          if (oid) equal(rows.columns[0].type, oid, `the OID of ${literal(value)}`);
        }
      }
    });
  }
}

// The client takes the columns' types from the server's description of the parameters, and
// makes a value of what has a serializer of its own: those are given to the server as text.
async function table(sql, type) {
  const name = sql(`values_${type.name}`);
  const own = ["bool", "date", "timestamp", "timestamptz", "json", "jsonb"].includes(type.name);
  await sql`drop table if exists ${name}`;
  await sql.unsafe(`create table values_${type.name} (${tableColumns(type)})`);
  const kind = sql.unsafe(typeName(type));
  const rows = tableRows(type);
  for (const [id, [v, a, m]] of rows.entries()) {
    if (own) await sql`insert into ${name} select ${id}::int4, ${sql.typed(v, 25)}::text::${kind}, ${a}::${kind}[], ${m}::${kind}[][]`;
    else await sql`insert into ${name} values (${id}, ${type.name === "bytea" ? bytes(v) : v}, ${a}, ${m})`;
  }
  const back = await sql`select v, a, m from ${name} order by id`.raw();
  equal([...back].map((row) => [...row].map(text)), rows);
  const [found] = await sql`select count(*)::int4 as n from ${name} where id = any(${[0, 1, 4]}) and v is not null`;
  equal(found.n, [0, 1, 4].filter((i) => i < type.values.length).length);
  await sql`drop table ${name}`;
}

async function native(sql) {
  for (const [literal, expected] of NATIVE) {
    await check(`native ${literal}`, async () => {
      for (const options of [{ simple: true }, { prepare: true, simple: false }, { prepare: false, simple: false }]) {
        const [row] = await sql.unsafe(`select ${literal} as v`, [], options);
        equal(row.v, expected);
      }
    });
  }
  await check("native bytea", async () => {
    const type = types.find((one) => one.name === "bytea");
    const [row] = await sql.unsafe(`select ${literal(type.values[1])} as v`);
    equal(row.v, Buffer.from([0, 255, 39, 92]));
  });
}

// An array whose first element shows its type needs the client's word for arrays.
const array = (...elements) => (sql) => sql.array(elements);

// [type, value given, value back]; the client asks the server for a parameter's type.
const PARAMETERS = [
  ["bool", true, true], ["bool", false, false], ["int2", 7, 7], ["int4", -70000, -70000],
  ["int8", "9007199254740993", "9007199254740993"], ["int8", 9007199254740993n, "9007199254740993"],
  ["float4", 1.5, 1.5], ["float8", 0.1, 0.1], ["float8", NaN, NaN], ["float8", -Infinity, -Infinity],
  ["numeric(38,10)", "1234567890123456789012345678.9012345678", "1234567890123456789012345678.9012345678"],
  ["text", "it's \"naïve\" \\ 🦆", "it's \"naïve\" \\ 🦆"], ["varchar(20)", "one", "one"],
  ["bytea", Buffer.from([0, 255, 39, 92]), Buffer.from([0, 255, 39, 92])], ["bytea", Buffer.from(""), Buffer.from("")],
  ["date", "2024-02-29", date("2024-02-29")], ["time", "12:34:56.789", "12:34:56.789"],
  ["timetz", "12:34:56-08", "12:34:56-08"],
  ["timestamptz", date("2024-02-29T12:34:56.789Z"), date("2024-02-29T12:34:56.789Z")],
  ["timestamptz", "2024-02-29T12:34:56.789Z", date("2024-02-29T12:34:56.789Z")],
  ["interval", "2 mons 3 days 00:00:05", "2 mons 3 days 00:00:05"],
  ["uuid", "00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff"],
  ["json", { a: [1, null, "é"] }, { a: [1, null, "é"] }], ["json", "text", "text"], ["mood", "ok", "ok"],
  ["int4[]", [1, -3], [1, -3]], ["int4[]", [], []], ["int4[][]", [[1, 2], [3, 4]], [[1, 2], [3, 4]]],
  ["int8[]", ["9007199254740993"], ["9007199254740993"]], ["int8[]", array(9007199254740993n), ["9007199254740993"]],
  ["float8[]", [-0.5, 1.5], [-0.5, 1.5]], ["bool[]", array(true, false), [true, false]],
  ["text[]", ["a,b", 'c"d', "NULL", "", "\\", "{x}"], ["a,b", 'c"d', "NULL", "", "\\", "{x}"]],
  ["date[]", ["2024-02-29"], [date("2024-02-29")]], ["uuid[]", ["00112233-4455-6677-8899-aabbccddeeff"], ["00112233-4455-6677-8899-aabbccddeeff"]],
  ["timestamptz[]", array(date("2024-02-29T12:00:00Z")), [date("2024-02-29T12:00:00Z")]],
  ["mood[]", ["sad", "ok"], ["sad", "ok"]],
];

async function parameters(sql, label) {
  for (const [type, given, expected] of PARAMETERS) {
    await check(`${label}: parameter ${type} ${String(given)}`, async () => {
      const value = typeof given === "function" ? given(sql) : given;
      const [row] = await sql`select ${value}::${sql.unsafe(type)} as v`;
      equal(row.v, expected);
    });
  }
  for (const type of types) {
    await check(`${label}: a null parameter of ${type.name}`, async () => {
      const name = sql.unsafe(typeName(type));
      const [row] = await sql`select ${null}::${name} as v, ${null}::${name}[] as a`;
      equal({ ...row }, { v: null, a: null });
    });
  }
  await check(`${label}: parameters without a type`, async () => {
    const [row] = await sql`select ${"one"} as a, ${41} + 1 as b, ${"y"} || 'x' as c, ${null}::int4 is null as d`;
    equal({ ...row }, { a: "one", b: 42, c: "yx", d: true });
  });
  await check(`${label}: typed parameters`, async () => {
    const [row] = await sql`select ${sql.json({ a: 1 })} as j, ${sql.array([1, 2], 1007)} as i,
      ${sql.array(["x", "y,z"])} as t, ${sql.typed("7", 20)} as n`;
    equal({ ...row }, { j: { a: 1 }, i: [1, 2], t: ["x", "y,z"], n: "7" });
  });
  await check(`${label}: nulls in arrays`, async () => {
    const [row] = await sql`select (${sql.array([1, null, 3], 1007)})[2] is null as n, (${sql.array(["a", null])}::text[])[2] is null as t`;
    equal([row.n, row.t], [true, true]);
  });
  await check(`${label}: arrays for any() and lists for in`, async () => {
    const rows = await sql`select i::int4 as i from generate_series(1, 10) as t(i) where i = any(${[3, 7, 99]}) order by i`;
    equal(rows.map((row) => row.i), [3, 7]);
    const list = await sql`select i::int4 as i from generate_series(1, 10) as t(i) where i in ${sql([4, 8])} order by i`;
    equal(list.map((row) => row.i), [4, 8]);
    const [row] = await sql`select 'b,c' = any(${["a", "b,c"]}) as yes, 'z' = any(${["a"]}) as no`;
    equal({ ...row }, { yes: true, no: false });
  });
}

async function rows(sql, label) {
  await check(`${label}: rows by the client's helpers`, async () => {
    await sql`drop table if exists people`;
    await sql`create table people (id int4 primary key, name text, born date, moods mood[], score numeric(6,2), tags text[], info json)`;
    const people = [
      { id: 1, name: "Ada", born: "1815-12-10", moods: ["ok", "sad"], score: "1.25", tags: ["a", "b,c"], info: { x: [1] } },
      { id: 2, name: "O'Neil", born: null, moods: null, score: "-9999.99", tags: [], info: null },
    ];
    const inserted = await sql`insert into people ${sql(people)} returning id`;
    equal(inserted.map((row) => row.id), [1, 2]);
    equal([inserted.count, inserted.command], [2, "INSERT"]);
    const back = await sql`select * from people order by id`;
    equal({ ...back[0] }, { ...people[0], born: date("1815-12-10") });
    equal({ ...back[1] }, people[1]);
    const updated = await sql`update people set ${sql({ name: "Grace", born: "1906-12-09" })} where id = ${2}`;
    equal(updated.count, 1);
    const [one] = await sql`select ${sql("name")}, born from people where id = ${2}`;
    equal({ ...one }, { name: "Grace", born: date("1906-12-09") });
    await sql`drop table people`;
  });
}

export async function valueChecks() {
  await withSql({ max: 1 }, async (sql) => {
    await sql.unsafe(`drop table if exists people; drop type if exists ${mood.name}`);
    await sql.unsafe(mood.create);
  });
  await withSql({ max: 2 }, async (sql) => {
    await literals(sql);
    for (const type of types) await check(`a table of ${type.name}`, () => table(sql, type));
    await native(sql);
    await parameters(sql, "prepared");
    await rows(sql, "prepared");
  });
  await withSql({ max: 1, prepare: false }, async (sql) => {
    await parameters(sql, "unprepared");
    await rows(sql, "unprepared");
  });
}
