// One lever from end to end, all else as in B: what an outcome does on the way.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

import { h, narrow, s, said } from "../dom";
import { GRID, INK, OUTCOME_LABELS, VARIANT_LINES } from "../vocabulary";
import { axisNumber, count, signed } from "../words";
import type { Api, Desk, Side, Swept } from "./api";

const WIDTH = narrow() ? 380 : 620;
const HEIGHT = 240;
const LEFT = 62;

const large = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

function chart(swept: Swept): SVGSVGElement {
  const { rows } = swept;
  // The interval is that of the difference to the first point, drawn around the mean: the luck that all points share is left out.
  const first = rows[0]?.[1] ?? 0;
  const low = Math.min(...rows.map((row) => first + row[3]));
  const high = Math.max(...rows.map((row) => first + row[4]));
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  const x = scaleLinear([0, Math.max(1, rows.length - 1)], [LEFT + 30, WIDTH - 50]);
  const y = scaleLinear([Math.max(0, low - room), high + room], [HEIGHT - 34, 10]).nice(4);
  const told = rows.map((row) => `${row[0]}: ${count(row[1])}`).join("; ");
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": `${swept.outcome} by ${swept.label}. ${told}` });
  for (const tick of y.ticks(4)) {
    svg.append(s("line", { x1: LEFT, x2: WIDTH - 10, y1: y(tick), y2: y(tick), stroke: GRID }));
    svg.append(s("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end", "font-size": 12, fill: INK }, axisNumber(tick, high)));
  }
  const path = line<Swept["rows"][number]>((_, k) => x(k), (row) => y(row[1]))(rows) ?? "";
  svg.append(s("path", { d: path, fill: "none", stroke: VARIANT_LINES[1], "stroke-width": 2 }));
  rows.forEach((row, k) => {
    svg.append(s("line", { x1: x(k), x2: x(k), y1: y(first + row[3]), y2: y(first + row[4]), stroke: VARIANT_LINES[1], "stroke-width": 3, "stroke-opacity": 0.5 }));
    svg.append(s("circle", { cx: x(k), cy: y(row[1]), r: 5, fill: "#ffffff", stroke: VARIANT_LINES[1], "stroke-width": 2.5 }));
    svg.append(s("text", { x: x(k), y: HEIGHT - 12, "text-anchor": "middle", "font-size": rows.length > 4 ? 12 : 11, fill: INK }, row[0]));
  });
  return svg;
}

function table(swept: Swept): HTMLElement {
  const caption = `${large(swept.outcome)}, mean of ${swept.replicates} runs`;
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, ["value", "mean", "against the first (95 %)"].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, swept.rows.map(([value, mean, gap, low, high], k) => h("tr", {}, h("th", { scope: "row" }, value), h("td", {}, count(mean)),
        h("td", {}, k ? `${signed(gap)} (${signed(low)} to ${signed(high)})` : ""))))));
}

/** The section of the sweep; what it holds the others at is B as it is edited now. */
export function sweepCard(api: Api, desk: Desk, side: () => Side, dice: () => [number, number]): HTMLElement {
  const lever = h("select", { id: "sweep-lever" }, desk.levers.map((one) => h("option", { value: one.path }, `${one.topic}: ${one.label}`)));
  const outcome = h("select", { id: "sweep-outcome" }, Object.entries(OUTCOME_LABELS).map(([key, text]) => h("option", { value: key }, text)));
  outcome.value = "crossed";
  const status = h("p", { role: "status", class: "status" });
  const place = h("div", {});
  const go = h("button", { type: "button", class: "go", click: () => void run() }, "Sweep");
  const run = async (): Promise<void> => {
    go.disabled = true;
    status.textContent = "Running ...";
    const began = performance.now();
    try {
      const swept = await api.sweep(desk.id, side(), lever.value, outcome.value, ...dice());
      place.replaceChildren(h("h3", {}, said(`${large(swept.outcome)}, by “${swept.label}”`)), h("div", { class: "swept" }, h("figure", {}, chart(swept)), table(swept)));
      status.textContent = `${swept.rows.length} × ${swept.replicates} runs in ${((performance.now() - began) / 1000).toFixed(1)} s. Bars: 95 % of the paired difference to the first point; luck alone.`;
    } catch (error) { status.textContent = (error as Error).message; }
    go.disabled = false;
  };
  return h("section", { id: "sweep", class: "card", "aria-labelledby": "sweep-title" }, h("h2", { id: "sweep-title" }, "Sweep: one lever from end to end, the rest as in B"),
    h("div", { class: "row" }, h("label", { for: "sweep-lever" }, "Lever"), lever, h("label", { for: "sweep-outcome" }, "Outcome"), outcome, go), status, place);
}
