// Values: as the server writes them, as the client's own types, as parameters.
import { raw, withClient, makeMood, pg } from "./connection.mjs";
import { assert, check, literal, typeName, typeOid, arrayOid, tableColumns, tableRows, types, words } from "./suite.mjs";

const equal = assert.deepStrictEqual;
const local = (...parts) => new Date(...parts);
const utc = (...parts) => new Date(Date.UTC(...parts));
const interval = (parts) => Object.assign(pg.types.getTypeParser(1186)("00:00:00"), parts);
const year1 = local(2000, 0, 1);
year1.setFullYear(1);

// [SQL, what the client makes of it by default]
const NATIVE = [
  ["'true'::bool", true], ["false", false],
  ["'-7'::int2", -7], ["'-70000'::int4", -70000], ["'9223372036854775807'::int8", "9223372036854775807"],
  ["'1.5'::float4", 1.5], ["'0.1'::float4", 0.1], ["'0.1'::float8", 0.1], ["'-0'::float8", -0],
  ["'NaN'::float8", NaN], ["'Infinity'::float8", Infinity], ["'-Infinity'::float4", -Infinity],
  ["'1.50'::numeric(10,2)", "1.50"],
  ["'99999999999999999999999999999999999999'::numeric(38,0)", "99999999999999999999999999999999999999"],
  [words.hugeint, "170141183460469231731687303715884105727"], [words.ubigint, "18446744073709551615"],
  ["'naïve 🦆'::text", "naïve 🦆"], ["'one'::varchar(20)", "one"],
  ["'2024-02-29'::date", local(2024, 1, 29)], ["'0001-01-01'::date", year1],
  ["'infinity'::date", Infinity], ["'-infinity'::timestamp", -Infinity],
  ["'12:34:56.789'::time", "12:34:56.789"], ["'12:34:56+05:30'::timetz", "12:34:56+05:30"],
  ["'2024-02-29 12:34:56.789'::timestamp", local(2024, 1, 29, 12, 34, 56, 789)],
  ["'2024-02-29 12:34:56.789+02'::timestamptz", utc(2024, 1, 29, 10, 34, 56, 789)],
  ["'1 year 2 mons 3 days 04:05:06.789'::interval",
    interval({ years: 1, months: 2, days: 3, hours: 4, minutes: 5, seconds: 6, milliseconds: 789 })],
  ["'00112233-4455-6677-8899-aabbccddeeff'::uuid", "00112233-4455-6677-8899-aabbccddeeff"],
  [`'{"a": [1, null, "x"]}'::json`, { a: [1, null, "x"] }], ["'17'::json", 17],
  ["'very happy'::mood", "very happy"],
  ["array[1, null, -3]::int4[]", [1, null, -3]], ["array[array[1, 2], array[3, null]]::int4[][]", [[1, 2], [3, null]]],
  ["array[]::int4[]", []], ["array[9007199254740993]::int8[]", ["9007199254740993"]],
  ["array['NaN', '-0', '1e300']::float8[]", [NaN, -0, 1e300]], ["array[true, null, false]", [true, null, false]],
  ["array['a,b', 'c\"d', null, 'NULL', '', '\\']::text[]", ["a,b", 'c"d', null, "NULL", "", "\\"]],
  ["array['2024-02-29', null]::date[]", [local(2024, 1, 29), null]],
  ["array['2024-02-29 12:00:00+00']::timestamptz[]", [utc(2024, 1, 29, 12)]],
  ["array['1.50', null]::numeric(10,2)[]", [1.5, null]],
  ["array['00112233-4455-6677-8899-aabbccddeeff']::uuid[]", ["00112233-4455-6677-8899-aabbccddeeff"]],
  [`array['{"a": 1}', null]::json[]`, [{ a: 1 }, null]], ["null::int4", null], ["null::text[]", null], ["null", null],
];

// [SQL, value]: types that the client decodes from binary, within what it decodes rightly: no
// negative numbers, no fractions, no moments, no NULL in arrays.
const BINARY = [
  ["true", true], ["false", false], ["'7'::int2", 7], ["'70000'::int4", 70000],
  ["'4294967296'::int8", "4294967296"], ["'2'::float4", 2], ["'2'::float8", 2],
  ["'12'::numeric(10,2)", 12], ["'0'::numeric(5,2)", 0],
  ["'naïve'::text", "naïve"], ["null::int4", null],
  ["array[1, 3]::int4[]", [1, 3]], ["array[1, 2]::int8[]", [1, 2]],
  ["array['a', 'NULL']::text[]", ["a", "NULL"]],
  ["array[array[1, 2], array[3, 4]]::int4[][]", [[1, 2], [3, 4]]],
];

async function literals(client) {
  for (const type of types) {
    const rows = [...type.values, ...type.arrays];
    await check(`literals of ${type.name}`, async () => {
      for (const [index, value] of rows.entries()) {
        const result = await client.query({ text: `select ${literal(value)} as v`, types: raw, rowMode: "array" });
        equal(result.rows[0][0], value.text, literal(value));
        const oid = index < type.values.length ? typeOid(type) : arrayOid(type);
        if (oid) equal(result.fields[0].dataTypeID, oid, `the OID of ${literal(value)}`);
      }
    });
  }
}

// Texts as parameters into a table's columns, and back; compared in the server, too.
async function table(client, type) {
  const name = `values_${type.name}`;
  await client.query(`drop table if exists ${name}`);
  await client.query(`create table ${name} (${tableColumns(type)})`);
  const rows = tableRows(type);
  for (const [id, row] of rows.entries()) {
    await client.query({ name: `insert ${name}`, text: `insert into ${name} values ($1, $2, $3, $4)`,
      values: [id, ...row] });
  }
  const back = await client.query({ text: `select v, a, m from ${name} order by id`, types: raw, rowMode: "array" });
  equal(back.rows, rows);
  const found = await client.query(`select count(*) as n from ${name} where id = any($1) and v is not null`,
    [[0, 1, 4, null]]);
  equal(found.rows[0].n, String([0, 1, 4].filter((i) => i < type.values.length).length));
  await client.query(`drop table ${name}`);
}

async function native(client) {
  for (const [sql, expected] of NATIVE) {
    await check(`native ${sql}`, async () => {
      const { rows } = await client.query(`select ${sql} as v`);
      equal(rows[0].v, expected);
      const again = await client.query({ text: `select ${sql} as v where $1`, values: [true] });
      equal(again.rows[0].v, expected);
    });
  }
  await check("native bytea", async () => {
    const bytes = Buffer.from([0, 255, 39, 92]);
    const type = types.find((one) => one.name === "bytea");
    const { rows } = await client.query(`select ${literal(type.values[1])} as v, ${literal(type.arrays[0])} as a`);
    equal(rows[0].v, bytes);
    equal(rows[0].a, [Buffer.from(""), null, bytes, Buffer.from("a")]);
  });
}

// [the parameter's type, the value given, the value back]
const PARAMETERS = [
  ["bool", true, true], ["bool", false, false], ["int2", 7, 7], ["int4", -70000, -70000],
  ["int8", "9007199254740993", "9007199254740993"], ["int8", 9007199254740993n, "9007199254740993"],
  ["float4", 1.5, 1.5], ["float8", 0.1, 0.1], ["float8", NaN, NaN], ["float8", -Infinity, -Infinity],
  ["numeric(38,10)", "1234567890123456789012345678.9012345678", "1234567890123456789012345678.9012345678"],
  ["text", "it's \"naïve\" \\ 🦆", "it's \"naïve\" \\ 🦆"], ["varchar(20)", "one", "one"],
  ["bytea", Buffer.from([0, 255, 39, 92]), Buffer.from([0, 255, 39, 92])],
  ["bytea", Buffer.from(""), Buffer.from("")], ["bytea", "\\x00ff", Buffer.from([0, 255])],
  ["date", "2024-02-29", local(2024, 1, 29)], ["date", local(2024, 1, 29), local(2024, 1, 29)],
  ["time", "12:34:56.789", "12:34:56.789"], ["timetz", "12:34:56-08", "12:34:56-08"],
  ["timestamp", local(2024, 1, 29, 12, 34, 56, 789), local(2024, 1, 29, 12, 34, 56, 789)],
  ["timestamptz", utc(2024, 1, 29, 12, 34, 56, 789), utc(2024, 1, 29, 12, 34, 56, 789)],
  ["interval", interval({ months: 2, days: 3, seconds: 5 }), interval({ months: 2, days: 3, seconds: 5 })],
  ["uuid", "00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff"],
  ["json", { a: [1, null, "é"] }, { a: [1, null, "é"] }], ["json", "17", 17], ["mood", "ok", "ok"],
  ["int4[]", [1, null, -3], [1, null, -3]], ["int4[]", [], []], ["int4[][]", [[1, 2], [3, null]], [[1, 2], [3, null]]],
  ["int8[]", ["9007199254740993"], ["9007199254740993"]], ["float8[]", [NaN, 1.5], [NaN, 1.5]],
  ["text[]", ["a,b", 'c"d', null, "NULL", "", "\\", "{x}"], ["a,b", 'c"d', null, "NULL", "", "\\", "{x}"]],
  ["bool[]", [true, null], [true, null]], ["date[]", ["2024-02-29", null], [local(2024, 1, 29), null]],
  ["timestamptz[]", [utc(2024, 1, 29, 12)], [utc(2024, 1, 29, 12)]],
  ["uuid[]", ["00112233-4455-6677-8899-aabbccddeeff"], ["00112233-4455-6677-8899-aabbccddeeff"]],
  ["bytea[]", [Buffer.from([0, 255]), null], [Buffer.from([0, 255]), null]],
];

async function parameters(client) {
  for (const [type, given, expected] of PARAMETERS) {
    await check(`parameter ${type} ${String(given)}`, async () => {
      const { rows } = await client.query(`select $1::${type} as v`, [given]);
      equal(rows[0].v, expected);
    });
  }
  for (const type of types) {
    await check(`a null parameter of ${type.name}`, async () => {
      const { rows } = await client.query(
        `select $1::${typeName(type)} as v, $2::${typeName(type)}[] as a`, [null, undefined]);
      equal({ ...rows[0] }, { v: null, a: null });
    });
  }
  await check("parameters without a type", async () => {
    const { rows } = await client.query("select $1 as a, $2 + 1 as b, $3 || 'x' as c, $4::int4 is null as d",
      ["one", 41, "y", null]);
    equal({ ...rows[0] }, { a: "one", b: 42, c: "yx", d: true });
  });
  await check("arrays for any()", async () => {
    const ints = await client.query("select i from generate_series(1, 10) as t(i) where i = any($1) order by i", [[3, 7, 99, null]]);
    equal(ints.rows.map((row) => Number(row.i)), [3, 7]);
    const texts = await client.query("select 'b,c' = any($1) as yes, 'z' = any($1) as no", [["a", "b,c"]]);
    equal({ ...texts.rows[0] }, { yes: true, no: false });
    const ids = await client.query("select '00112233-4455-6677-8899-aabbccddeeff'::uuid = any($1::uuid[]) as v",
      [["00112233-4455-6677-8899-aabbccddeeff"]]);
    equal(ids.rows[0].v, true);
  });
}

async function binary() {
  await withClient({ binary: true }, async (client) => {
    await check("binary values", async () => {
      for (const [sql, expected] of BINARY) {
        const { rows, fields } = await client.query(`select ${sql} as v where $1`, [true]);
        equal(rows[0].v, expected, sql);
        equal(fields[0].format, "binary");
      }
    });
  });
}

export async function valueChecks() {
  await withClient({}, async (client) => {
    await makeMood(client);
    await literals(client);
    for (const type of types) await check(`a table of ${type.name}`, () => table(client, type));
    await native(client);
    await parameters(client);
  });
  await binary();
}
