// Connections of node-postgres for the checks.
import pg from "pg";
import { address, authority, mood } from "./suite.mjs";

if (authority) Object.assign(address, { ssl: { ca: authority }, enableChannelBinding: true });

export async function connect(options = {}) {
  const client = new pg.Client({ ...address, ...options });
  await client.connect();
  return client;
}

// with_client(OPTIONS, RUN): a connection for one check.
export async function withClient(options, run) {
  const client = await connect(options);
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

export async function makeMood(client) {
  await client.query(`drop table if exists moods`);
  await client.query(`drop type if exists ${mood.name}`);
  await client.query(mood.create);
}

// Every value as the server wrote it.
export const raw = { getTypeParser: () => (value) => value.toString("utf8") };

export { pg };
