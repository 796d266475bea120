// Months along the bottom of a chart.
import type { Bundle } from "./bundle";
import { s } from "./dom";
import { GRID, INK } from "./vocabulary";
import { shortMonth } from "./words";

/** Vertical lines and labels of some months, between y0 and y1. */
export function monthAxis(
  bundle: Bundle, at: (month: number) => number, y0: number, y1: number, room: number, size = 11, lines = true,
): SVGGElement {
  const n = bundle.months.length;
  const fit = Math.max(2, Math.floor(room / (size * 7.6)));
  const step = [1, 2, 3, 6, 12, 24, 48, 60, 120, 240, 600].find((months) => n / months <= fit) ?? 1200;
  const axis = s("g", { class: "axis", "aria-hidden": "true" });
  for (let month = 0; month < n; month += step) {
    const x = at(month);
    if (lines) axis.append(s("line", { x1: x, x2: x, y1: y0, y2: y1, stroke: GRID }));
    const end = x > room * 0.93 ? "end" : "middle";
    axis.append(s("text", { x, y: y1 + size + 4, "text-anchor": month === 0 ? "start" : end, "font-size": size, fill: INK }, shortMonth(bundle.months[month] ?? "")));
  }
  return axis;
}
