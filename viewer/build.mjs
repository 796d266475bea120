// Bundles the page into src/stability_sim/report/assets/. The same sources give the same bytes.
import { build } from "esbuild";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = process.argv[2] ?? join(here, "../src/stability_sim/report/assets");
mkdirSync(target, { recursive: true });

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "ascii",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
};
const scripts = await build({
  ...common,
  entryPoints: { report: "src/report.ts", app: "src/app.ts" },
  outdir: target,
  format: "iife",
  target: "es2022",
});
await build({ ...common, entryPoints: { page: "src/style/page.css", app: "src/style/app.css" }, outdir: target });

const used = new Set();
for (const path of Object.keys(scripts.metafile.inputs)) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (found) used.add(found[1]);
}
const parts = [...used].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
  const licence = readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8").trim();
  return `${name} ${version}\n\n${licence}\n`;
});
const head = "The scripts beside this file contain these packages, each under its own licence.\n\n";
writeFileSync(join(target, "LICENSES.txt"), head + parts.join(`\n${"-".repeat(78)}\n\n`));
