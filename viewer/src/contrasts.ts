// B − A, pair of runs by pair of runs: the same dice in both.
import type { Bundle, ContrastRow } from "./bundle";
import { h, s } from "./dom";
import { LESS, MORE, OUTCOME_LABELS, SAME } from "./vocabulary";
import { apart, count, cut, minus, percent, signed } from "./words";

const RARE = 0.01;

function labelled(name: string): string {
  return OUTCOME_LABELS[name] ?? name.replaceAll("_", " ");
}

function pairs(row: ContrastRow): SVGSVGElement {
  const [, , , , , , , , less, same, more] = row;
  const svg = s("svg", { viewBox: "0 0 100 12", class: "pairs", "aria-hidden": "true", preserveAspectRatio: "none" });
  let from = 0;
  for (const [share, fill] of [[less, LESS], [same, SAME], [more, MORE]] as const) {
    svg.append(s("rect", { x: from * 100, y: 0, width: Math.max(0, share) * 100, height: 12, fill }));
    from += share;
  }
  return svg;
}

function line(bundle: Bundle, row: ContrastRow, share: boolean, head: string[]): HTMLTableRowElement {
  const [name, a, b, mean, low, high, , , less, same, more] = row;
  const label = share ? (bundle.names[name] ?? name) : labelled(name);
  const value = share ? (v: number): string => percent(v) : count;
  const points = (v: number): string => (share ? `${v > 0.0005 ? "+" : ""}${minus((v * 100).toFixed(1))}` : signed(v));
  const many = (v: number): string => count(Math.round(v * (bundle.variants[0]?.replicates ?? 1)));
  const none = less === 0 && more === 0;
  return h("tr", {},
    h("th", { scope: "row" }, h("bdi", {}, cut(label, 60))), h("td", { "data-head": "A" }, value(a)), h("td", { "data-head": "B" }, value(b)),
    h("td", { class: "gap", "data-head": head[3] }, none ? "no difference in any pair" : h("span", {}, h("b", {}, points(mean)), h("span", { class: "quiet" }, ` (${points(low)} to ${points(high)})`))),
    h("td", { class: "pairs-cell", "data-head": head[4] }, pairs(row), h("span", { class: "quiet" }, `${many(less)} fewer, ${many(same)} same, ${many(more)} more`)));
}

function table(bundle: Bundle, rows: ContrastRow[], share: boolean, caption: string): HTMLElement {
  const head = ["", "A", "B", share ? "B − A, points (95 %)" : "B − A (95 %)", `in B, of ${count(bundle.variants[0]?.replicates ?? 0)} pairs of runs`];
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h("table", { class: "contrasts stacks" }, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, head.map((text, k) => (k ? h("th", { scope: "col" }, text) : h("td", {}))))),
      h("tbody", {}, rows.map((row) => line(bundle, row, share, head)))));
}

/** What cannot be compared because only one of the two has an alliance: without it nobody is its member, and nobody is called. */
function unlike(bundle: Bundle): string[] {
  const names = bundle.variants.map((variant) => Object.keys(variant.alliances));
  return names.flatMap((own, k) => {
    const lacks = (names[1 - k] ?? []).filter((name) => !own.includes(name)).map((name) => apart(bundle.allianceNames[name] ?? name));
    return lacks.length ? [`Without ${lacks.join(", ")} in ${"AB"[k]}, no attack there counts as one on its members and no call goes out: compare overt attacks as a whole.`] : [];
  });
}

/** Tables of contrasts, or why there are none. */
export function contrasts(bundle: Bundle): HTMLElement {
  if (!bundle.paired) {
    return h("p", {}, "The two runs have different dice (seed, replicates or months), so their runs cannot be paired. Run both with the same seed and number of replicates.");
  }
  const moved = bundle.stateContrasts.filter(([, , , , , , , , less, , more]) => less > 0 || more > 0);
  const rest = bundle.stateContrasts.length - moved.length;
  // What differs now and then only would hide what differs: it is one click away.
  const rare = (row: ContrastRow): boolean => row[8] + row[10] < RARE;
  const [often, seldom] = [bundle.contrasts.filter((row) => !rare(row)), bundle.contrasts.filter(rare)];
  const names = seldom.map(([name]) => labelled(name)).join(", ");
  return h("div", {},
    ...unlike(bundle).map((text) => h("p", {}, text)),
    often.length ? table(bundle, often, false, "The whole region, over a run") : null,
    seldom.length ? h("details", {}, h("summary", {}, h("b", {}, "The same in more than 99 of 100 pairs of runs: "), `${names}.`),
      table(bundle, seldom, false, "Differ in fewer than one pair of a hundred")) : null,
    moved.length ? table(bundle, moved, true, "Share of runs in which a conflict begins, by state") : null,
    rest ? h("p", { class: "quiet" }, moved.length ? `In the other ${rest} states B changes the outcome of no run.` : "B changes in no run whether a conflict begins in a state.") : null,
    h("p", { class: "quiet" }, "Mean of B − A over pairs of runs with the same dice, with its 95 % interval; luck alone is in it. Outcomes of the same run, not of the same world."));
}

/** The outcomes of a single variant. */
export function outcomes(bundle: Bundle): HTMLElement {
  const rows = bundle.variants[0]?.outcomes ?? [];
  const caption = "The whole region, over a run";
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("td", {}), ["mean", "5 %", "median", "95 %", "in how many runs"].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, rows.map(([, label, mean, low, middle, high, any]) =>
        h("tr", {}, h("th", { scope: "row" }, label), [mean, low, middle, high].map((v) => h("td", {}, count(v))), h("td", {}, percent(any, 0)))))));
}
