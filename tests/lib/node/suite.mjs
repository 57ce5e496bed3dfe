// A suite of a Node client: checks with names, the shared values, and what the two servers
// call differently. The closing line counts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const server = process.env.SERVER_NAME;
export const wirehouse = server === "wirehouse";
export const address = {
  host: process.env.PGHOST, port: Number(process.env.PGPORT),
  database: process.env.PGDATABASE, user: process.env.PGUSER,
};
// Of the authority that has signed the server's certificate, when it wants TLS and a password.
export const authority = process.env.PGSSLROOTCERT && readFileSync(process.env.PGSSLROOTCERT, "utf8");
if (authority) address.password = process.env.PGPASSWORD;

// Everything in which the servers differ stands here.
export const words = wirehouse
  ? { hugeint: "170141183460469231731687303715884105727::hugeint",
      ubigint: "18446744073709551615::ubigint", isolation: "repeatable read", quotient: "inf" }
  : { hugeint: "170141183460469231731687303715884105727::numeric",
      ubigint: "18446744073709551615::numeric", isolation: "serializable", quotient: "22012" };
export const SLOW = "select count(*) from generate_series(1, 1000000) as a(i), "
  + "generate_series(1, 1000000) as b(j) where (i + j) % 7 = 3";

const shared = JSON.parse(readFileSync(process.env.VALUES, "utf8"));
export const mood = shared.enum;
export const types = shared.types;
export const literal = (value) => (wirehouse && value.wirehouse) || value.sql;
export const typeName = literal;
export const typeOid = (type) => (wirehouse && type.wirehouse_oid) || type.oid;
export const arrayOid = (type) => (wirehouse && type.wirehouse_array_oid) || type.array_oid;

// What a table of a type takes, row by row: a value, an array, an array of arrays, which the
// engine keeps in a column of its own. A list may be shorter than the others.
export function tableRows(type) {
  const flat = type.arrays.filter((value) => !value.text.startsWith("{{"));
  const nested = type.arrays.filter((value) => value.text.startsWith("{{"));
  const columns = [type.values, flat, nested];
  const count = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: count }, (_, row) => columns.map((column) => column[row]?.text ?? null));
}

export const tableColumns = (type) => `id int4, v ${literal(type)}, a ${literal(type)}[], m ${literal(type)}[][]`;

let passed = 0;
let failed = 0;

// A check that never ends is one that failed: the rest of the suite still runs.
const LIMIT = 120_000;

export async function check(name, run) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), LIMIT);
  });
  try {
    await Promise.race([run(), limit]);
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}\n  ${String(error?.message ?? error).replace(/\n/g, "\n  ")}`);
    if (error?.code && error.code !== "ERR_ASSERTION") console.log(`  code ${error.code}`);
  } finally {
    clearTimeout(timer);
  }
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed, 0 skipped`);
  process.exit(failed ? 1 : 0);
}

export async function fails(promise, code, more = {}) {
  let error;
  try {
    await promise;
  } catch (caught) {
    error = caught;
  }
  assert.ok(error, `expected an error ${code}`);
  assert.equal(error.code, code, `code ${error.code}: ${error.message}`);
  for (const [key, value] of Object.entries(more)) assert.equal(error[key], value, key);
  return error;
}

// The server's resident memory in MB, and its highest while `run` runs. PostgreSQL has a
// process for each connection and is not measured.
const status = (key) => {
  const text = readFileSync(`/proc/${process.env.server_pid}/status`, "utf8");
  return Number(text.match(new RegExp(`${key}:\\s+(\\d+)`))[1]) / 1024;
};

export async function memoryStaysBounded(run, limit = 200) {
  const before = wirehouse ? status("VmRSS") : 0;
  let peak = before;
  const timer = setInterval(() => { if (wirehouse) peak = Math.max(peak, status("VmRSS")); }, 20);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
  assert.ok(peak - before < limit, `the server grew by ${Math.round(peak - before)} MB`);
}

export { assert };
