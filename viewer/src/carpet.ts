// Where and when: the share of runs in which each state is at war, month by month.
import { scaleLinear } from "d3-scale";

import { monthAxis } from "./axis";
import { SHARE } from "./bundle";
import type { Bundle, Variant } from "./bundle";
import { h, narrow, s } from "./dom";
import { shareColour } from "./palette";
import type { Stage } from "./stage";
import { INK } from "./vocabulary";
import { cut, percent, stateName } from "./words";

const WIDTH = narrow() ? 370 : 560;
const ROW = 19;
const LEFT = narrow() ? 98 : 128;
const MOST = 60;

function mean(variant: Variant, code: string): number {
  const row = variant.incidence[variant.states.indexOf(code)] ?? [];
  return row.reduce((sum, value) => sum + value, 0);
}

/** The states in the order of all carpets: the most troubled first. */
export function carpetOrder(bundle: Bundle): string[] {
  const total = (code: string): number => Math.max(...bundle.variants.map((variant) => mean(variant, code)));
  const codes = [...new Set(bundle.variants.flatMap((variant) => variant.states))];
  return codes.map((code) => ({ code, size: total(code) })).sort((a, b) => b.size - a.size).slice(0, MOST).map(({ code }) => code);
}

export function carpet(bundle: Bundle, stage: Stage, which: number): HTMLElement {
  const variant = bundle.variants[which] as Variant;
  const codes = carpetOrder(bundle);
  const n = bundle.months.length;
  const height = codes.length * ROW + 24;
  const x = scaleLinear([0, n], [LEFT, WIDTH - 6]);
  const troubled = codes.slice(0, 5).map((code) => `${stateName(bundle, code)} ${percent(mean(variant, code) / SHARE / n)}`);
  const svg = s("svg", {
    viewBox: `0 0 ${WIDTH} ${height}`, class: "chart carpet", role: "img",
    "aria-label": `Share of months in conflict, over all runs; most: ${troubled.join(", ")}`,
  });
  const names = codes.map((code, row) => {
    const text = s("text", { x: LEFT - 8, y: row * ROW + ROW / 2 + 4, "text-anchor": "end", "font-size": 12, fill: INK }, cut(bundle.names[code] ?? code, narrow() ? 13 : 17));
    text.addEventListener("click", () => stage.set({ state: code }));
    return text;
  });
  codes.forEach((code, row) => {
    const values = variant.incidence[variant.states.indexOf(code)] ?? [];
    let begin = 0;
    for (let month = 1; month <= values.length; month += 1) {
      const colour = shareColour((values[begin] ?? 0) / SHARE);
      if (month < values.length && shareColour((values[month] ?? 0) / SHARE) === colour) continue;
      svg.append(s("rect", { x: x(begin), y: row * ROW + 1, width: Math.max(0.5, x(month) - x(begin) - 0.4), height: ROW - 2, fill: colour }));
      begin = month;
    }
  });
  svg.append(...names);
  svg.append(monthAxis(bundle, (month) => x(month), 0, codes.length * ROW, WIDTH - LEFT, 11, false));
  const cursor = s("line", { y1: 0, y2: codes.length * ROW, stroke: INK, "stroke-dasharray": "2 3" });
  svg.append(cursor);
  stage.follow(["month"], () => {
    const at = x(stage.now.month + 0.5);
    cursor.setAttribute("x1", String(at));
    cursor.setAttribute("x2", String(at));
  });
  stage.follow(["state"], () => names.forEach((text, k) => text.setAttribute("font-weight", codes[k] === stage.now.state ? "700" : "400")));
  svg.addEventListener("click", (event) => {
    const frame = svg.getBoundingClientRect();
    const month = Math.floor(x.invert(((event.clientX - frame.left) / frame.width) * WIDTH));
    if (month >= 0) stage.go(month);
  });
  return h("figure", { class: "carpet-figure" }, svg);
}
