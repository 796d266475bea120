// What it all rests on: assumptions with their basis, limits, manifest, the scenario file.
import type { AssumptionRow, Bundle } from "./bundle";
import { h, said, save, unique } from "./dom";

const MOST = 150;
const BASES = ["sourced", "fitted", "elicited", "assumed"];

function number(value: number | string | null): string {
  if (value === null) return "";
  return typeof value === "string" ? value : String(Number(value.toPrecision(6))).replace("-", "−");
}

function keyOf(bundle: Bundle, path: string): [string, string] | undefined {
  const { meanings } = bundle.assumptions;
  if (meanings[path]) return meanings[path];
  const steps = path.split(".");
  for (const key of [`${steps[0]}.${steps[2]}.${steps[3]}`, `${steps[0]}.${steps[2]}`]) if (meanings[key]) return meanings[key];
  return undefined;
}

function assumption(bundle: Bundle, row: AssumptionRow): HTMLTableRowElement {
  const [path, a, b, low, high, basis, source, note] = row;
  const [meaning, unit] = keyOf(bundle, path) ?? ["", ""];
  const span = low === null || high === null ? "" : `${number(low)} to ${number(high)}`;
  return h("tr", {},
    h("th", { scope: "row" }, h("code", {}, said(path)), meaning ? h("div", { class: "quiet" }, meaning) : null),
    h("td", { "data-head": bundle.variants.length > 1 ? "A" : "value" }, a === null ? "none" : number(a)),
    bundle.variants.length > 1 ? h("td", { "data-head": "B" }, b === null ? "same" : h("b", {}, number(b))) : null,
    h("td", { "data-head": "unit" }, unit), h("td", { "data-head": "range" }, span), h("td", { "data-head": "basis" }, h("span", { class: `basis ${basis}` }, basis)),
    h("td", { "data-head": "source and note" }, said([source, note].filter((text) => text && text !== "default").join(". ")), note === "default" ? h("span", { class: "quiet" }, source ? "; default" : "default") : null));
}

/** Every number in force, with where it comes from; a filter for words, basis and what differs. */
export function assumptions(bundle: Bundle): HTMLElement {
  const { rows } = bundle.assumptions;
  const two = bundle.variants.length > 1;
  const ids = [unique("words"), unique("basis"), unique("differs")] as const;
  const words = h("input", { id: ids[0], type: "search", placeholder: "such as guard or TJK", input: () => update() });
  const basis = h("select", { id: ids[1], change: () => update() }, ["all", ...BASES].map((one) => h("option", { value: one }, one)));
  const differs = h("input", { id: ids[2], type: "checkbox", change: () => update() });
  const body = h("tbody", {});
  const told = h("p", { class: "quiet", role: "status" });
  const update = (): void => {
    const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = rows.filter((row) => {
      const text = `${row[0]} ${row[6]} ${row[7]} ${keyOf(bundle, row[0])?.[0] ?? ""}`.toLowerCase();
      return asked.every((word) => text.includes(word)) && (basis.value === "all" || row[5] === basis.value) && (!differs.checked || row[2] !== null);
    });
    body.replaceChildren(...chosen.slice(0, MOST).map((row) => assumption(bundle, row)));
    told.textContent = chosen.length > MOST ? `${chosen.length} numbers; the first ${MOST} are shown: narrow them down with a word` : `${chosen.length} numbers`;
  };
  const sums = BASES.map((one) => [rows.filter((row) => row[5] === one).length, one] as const).filter(([n]) => n > 0).map(([n, one]) => `${n} ${one}`);
  const head = ["number", two ? "A" : "value", ...(two ? ["B"] : []), "unit", "range", "basis", "source and note"];
  const table = h("table", { class: "assumptions stacks" }, h("caption", { class: "hidden" }, "Assumptions"),
    h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col" }, text)))), body);
  update();
  return h("div", {},
    h("p", {}, `${rows.length} numbers are in force: ${sums.join(", ")}. What nobody published and no expert was asked for is an assumption of the author.`),
    h("div", { class: "row" }, h("label", { for: ids[0] }, "Words "), words, h("label", { for: ids[1] }, "Basis "), basis,
      two ? h("span", {}, differs, " ", h("label", { for: ids[2] }, "only what differs between A and B")) : null),
    told, h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": "Table of assumptions" }, table));
}

const CARD = ["what happened", "observed", "runs: median (5 to 95 %)", "runs that fit", "within nine tenths", "source"];

/** What happened in fact, beside the runs of A. */
export function card(bundle: Bundle): HTMLElement | null {
  if (!bundle.card.length) return null;
  const caption = `What happened, beside the runs of A (${bundle.variants[0]?.name ?? ""})`;
  return h("div", {},
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "What happened, beside the runs of A" },
      h("table", { class: "card-table stacks" }, h("caption", {}, said(caption)),
        h("thead", {}, h("tr", {}, CARD.map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, bundle.card.map(([what, ...rest]) => h("tr", {}, h("th", { scope: "row" }, said(what)), rest.map((text, k) => h("td", { "data-head": CARD[k + 1] }, said(text.replace(/(\d)%/g, "$1 %"))))))))),
    h("p", { class: "quiet" }, "Luck alone: what is not known of the numbers and of the model is not in it. One case proves little."));
}

export function limits(bundle: Bundle): HTMLElement {
  return h("ul", { class: "limits" }, bundle.limits.map((text) => h("li", {}, text)));
}

function flat(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(flat).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([key, one]) => `${key} ${flat(one)}`).join(", ");
  return String(value);
}

/** What made the runs, so that they can be made again. */
export function manifest(bundle: Bundle): HTMLElement {
  return h("div", { class: bundle.variants.length > 1 ? "pair" : "" }, bundle.variants.map((variant, k) =>
    h("div", {}, h("h3", {}, `${"AB"[k]}: `, said(variant.name)),
      h("dl", { class: "manifest" }, Object.entries(variant.manifest).flatMap(([key, value]) => [
        h("dt", {}, key.replaceAll("_", " ")), h("dd", {}, said(flat(value)))])))));
}

/** The scenario as it ran, to read and to save. */
export function files(bundle: Bundle): HTMLElement {
  return h("div", {}, bundle.variants.map((variant, k) => {
    const name = `${bundle.scenario}-${"ab"[k]}.yaml`;
    return h("details", {}, h("summary", {}, `Scenario file of ${"AB"[k]}: `, said(variant.name)),
      h("p", {}, h("button", { type: "button", click: () => save(name, variant.yaml, "application/yaml") }, `Save ${name}`)),
      h("pre", { tabindex: 0, "aria-label": `Scenario file of ${"AB"[k]}` }, variant.yaml));
  }));
}
