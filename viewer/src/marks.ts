// Marks of groups, by colour and by form, as in the figures.
import { s } from "./dom";
import { GROUP_COLOURS } from "./vocabulary";

const FORMS: ((r: number) => string)[] = [
  (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`,
  (r) => `M0,${-r * 1.15}L${r * 1.1},${r * 0.85}L${-r * 1.1},${r * 0.85}Z`,
  (r) => `M${-r * 0.9},${-r * 0.9}H${r * 0.9}V${r * 0.9}H${-r * 0.9}Z`,
  (r) => `M0,${-r * 1.2}L${r * 1.2},0L0,${r * 1.2}L${-r * 1.2},0Z`,
  (r) => `M0,${r * 1.15}L${r * 1.1},${-r * 0.85}L${-r * 1.1},${-r * 0.85}Z`,
  (r) => `M0,${-r * 1.1}L${r * 1.05},${-r * 0.35}L${r * 0.65},${r * 0.9}H${-r * 0.65}L${-r * 1.05},${-r * 0.35}Z`,
  (r) => `M${-r},${-r * 0.4}H${-r * 0.4}V${-r}H${r * 0.4}V${-r * 0.4}H${r}V${r * 0.4}H${r * 0.4}V${r}H${-r * 0.4}V${r * 0.4}H${-r}Z`,
  (r) => `M0,${-r * 1.2}L${r * 0.3},${-r * 0.3}L${r * 1.2},0L${r * 0.3},${r * 0.3}L0,${r * 1.2}L${-r * 0.3},${r * 0.3}L${-r * 1.2},0L${-r * 0.3},${-r * 0.3}Z`,
];

/** The mark of the k-th group. */
export function marker(k: number, x: number, y: number, radius: number): SVGPathElement {
  const form = FORMS[k % FORMS.length] as (r: number) => string;
  return s("path", {
    d: form(radius), transform: `translate(${x},${y})`, fill: GROUP_COLOURS[k % GROUP_COLOURS.length] ?? "#444444", stroke: "#ffffff",
    "stroke-width": radius * 0.22, "pointer-events": "none",
  });
}
