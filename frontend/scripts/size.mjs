// Fails when the viewer's JavaScript, gzipped, is above its budget (170 kB; kB = 1000 bytes).
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 170_000;
const root = new URL("../../backend/ganatlas/server/static/", import.meta.url).pathname;

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

const sizes = { js: 0, css: 0 };
for (const path of files(root)) {
  const kind = path.endsWith(".js") ? "js" : path.endsWith(".css") ? "css" : null;
  if (kind) sizes[kind] += gzipSync(readFileSync(path), { level: 9 }).length;
}
console.log(`JavaScript ${(sizes.js / 1000).toFixed(1)} kB gzipped (limit ${LIMIT / 1000} kB), CSS ${(sizes.css / 1000).toFixed(1)} kB`);
if (sizes.js === 0 || sizes.js > LIMIT) {
  console.error(sizes.js === 0 ? "No JavaScript found: run `npm run build` first." : "The viewer's JavaScript is above its limit.");
  process.exit(1);
}
