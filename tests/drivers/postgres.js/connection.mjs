// Pools of postgres.js for the checks; notices are kept, not printed.
import postgres from "postgres";
import { address, authority } from "./suite.mjs";

if (authority) address.ssl = { ca: authority };

export const open = (options = {}) => postgres({ ...address, onnotice: () => {}, ...options });

export async function withSql(options, run) {
  const sql = open(options);
  try {
    return await run(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

export { postgres };
