import { finish } from "./suite.mjs";
import { sessionChecks } from "./sessions.mjs";
import { statementChecks } from "./statements.mjs";
import { valueChecks } from "./values.mjs";

await valueChecks();
await statementChecks();
await sessionChecks();
finish();
