// Fans of quantiles: the median of all runs, and the bands that hold half and nine tenths of them.
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";

import { monthAxis } from "./axis";
import type { Bundle, Fan } from "./bundle";
import { h, narrow, s } from "./dom";
import type { Stage } from "./stage";
import { GRID, INK, SERIES, VARIANT_LINES, VARIANT_TEXT } from "./vocabulary";
import { axisNumber, count } from "./words";

const BOX = { left: 46, right: 88, top: 10, bottom: 24 };

function labels(ends: [number, string, string][], width: number): SVGTextElement[] {
  const placed = [...ends].sort((a, b) => a[0] - b[0]);
  let last = -Infinity;
  return placed.map(([y, text, colour]) => {
    const at = Math.max(y, last + 15);
    last = at;
    return s("text", { x: width - BOX.right + 6, y: at + 4, "font-size": 12.5, "font-weight": 700, fill: colour }, text);
  });
}

/** The series in which A and B differ most come first, as a share of what is on the axis; without a B, in the order of the bundle. */
export function tellingApart(bundle: Bundle): string[] {
  const [a, b] = bundle.variants;
  const names = Object.keys(a?.fan ?? {});
  const usual = ["states_in_conflict", "cells"].filter((name) => names.includes(name));
  const order = [...usual, ...names.filter((name) => !usual.includes(name))];
  const gap = (name: string): number => {
    const [own, other] = [a?.fan[name] ?? [], b?.fan[name] ?? []];
    const high = Math.max(1e-9, ...own.map((row) => row[4]), ...other.map((row) => row[4]));
    return Math.max(0, ...own.flatMap((row, month) => [1, 2, 3].map((k) => Math.abs((row[k] ?? 0) - (other[month]?.[k] ?? 0))))) / high;
  };
  return b ? order.map((name) => ({ name, size: gap(name) })).sort((one, two) => two.size - one.size).map(({ name }) => name) : order;
}

/** One series of the whole region, both variants over each other. */
export function fanChart(bundle: Bundle, stage: Stage, name: string, width = narrow() ? 340 : 420, height = 215): HTMLElement {
  const [title, unit] = SERIES[name] ?? [name, ""];
  const fans = bundle.variants.map((variant) => variant.fan[name] ?? []);
  const n = bundle.months.length;
  const high = Math.max(1e-9, ...fans.flat().map((row) => row[4]));
  const x = scaleLinear([0, Math.max(1, n - 1)], [BOX.left, width - BOX.right]);
  const y = scaleLinear([0, high], [height - BOX.bottom, BOX.top]).nice(5);
  const told = fans.map((fan, k) => {
    const end = fan[n - 1];
    return end ? `${"AB"[k]}: ${count(end[2])} ${unit} (${count(end[0])} to ${count(end[4])})` : "";
  });
  const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": `${title} at the end: median of all runs and range of nine in ten. ${told.join("; ")}` });
  for (const tick of y.ticks(height > 200 ? 5 : 3).filter((value) => high > 5 || Number.isInteger(value))) {
    svg.append(s("line", { x1: BOX.left, x2: width - BOX.right, y1: y(tick), y2: y(tick), stroke: GRID }));
    svg.append(s("text", { x: BOX.left - 6, y: y(tick) + 4, "text-anchor": "end", "font-size": 11, fill: INK }, axisNumber(tick, high)));
  }
  svg.append(monthAxis(bundle, x, BOX.top, height - BOX.bottom, width - BOX.left - BOX.right, 11, false));
  const band = (fan: Fan, low: 0 | 1, up: 3 | 4): string =>
    area<Fan[number]>((_, k) => x(k), (row) => y(row[low]), (row) => y(row[up]))(n > 1 ? fan : [...fan, ...fan]) ?? "";
  fans.forEach((fan, k) => {
    svg.append(s("path", { d: band(fan, 0, 4), fill: VARIANT_LINES[k] ?? INK, "fill-opacity": 0.13 }));
    svg.append(s("path", { d: band(fan, 1, 3), fill: VARIANT_LINES[k] ?? INK, "fill-opacity": 0.24 }));
  });
  fans.forEach((fan, k) => {
    const middle = line<Fan[number]>((_, m) => x(m), (row) => y(row[2]))(fan) ?? "";
    svg.append(s("path", { d: middle, fill: "none", stroke: VARIANT_LINES[k] ?? INK, "stroke-width": 2.4, ...(k ? { "stroke-dasharray": "7 4" } : {}) }));
  });
  const cursor = s("line", { y1: BOX.top, y2: height - BOX.bottom, stroke: INK, "stroke-dasharray": "2 3" });
  const ends = s("g", {});
  svg.append(cursor, ends);
  stage.follow(["month"], () => {
    const { month } = stage.now;
    cursor.setAttribute("x1", String(x(month)));
    cursor.setAttribute("x2", String(x(month)));
    const values = fans.map((fan, k): [number, string, string] => {
      const row = fan[month];
      const letter = fans.length > 1 ? `${"AB"[k]} ` : "";
      return [row ? y(row[2]) : 0, row ? `${letter}${count(row[2])}` : "", VARIANT_TEXT[k] ?? INK];
    });
    ends.replaceChildren(...labels(values, width));
  });
  svg.addEventListener("click", (event) => {
    const frame = svg.getBoundingClientRect();
    stage.go(Math.round(x.invert(((event.clientX - frame.left) / frame.width) * width)));
  });
  return h("figure", { class: "fan" }, h("figcaption", {}, title, " ", h("span", { class: "quiet" }, unit)), svg);
}
