// Writes src/api/schema.d.ts from the server's OpenAPI, or with --check says whether it is current.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const target = new URL("../src/api/schema.d.ts", import.meta.url);
const venv = new URL("../../.venv/bin/python", import.meta.url).pathname;
const python = process.env.PYTHON ?? (existsSync(venv) ? venv : "python3");
const document = execFileSync(python, ["-m", "ganatlas.server.openapi"], { encoding: "utf8", maxBuffer: 1 << 26 });
const text = `/* Generated from the server's OpenAPI by \`npm run types\`; do not edit. */\n\n${astToString(await openapiTS(JSON.parse(document)))}`;

if (process.argv.includes("--check")) {
  const current = existsSync(target) ? readFileSync(target, "utf8") : "";
  if (current !== text) {
    console.error("src/api/schema.d.ts differs from the server's OpenAPI: run `npm run types` and commit the result.");
    process.exit(1);
  }
  console.log("src/api/schema.d.ts is current.");
} else {
  writeFileSync(target, text);
  console.log("Wrote src/api/schema.d.ts.");
}
