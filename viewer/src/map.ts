// One map: states filled by what the stage shows, blocs outlined and hatched, groups, flows, names.
import { geoIdentity, geoPath } from "d3-geo";
import type { GeometryCollection, GeometryObject } from "topojson-specification";
import { feature } from "topojson-client";

import { byState } from "./bundle";
import type { Bundle, Drawing, Variant } from "./bundle";
import { h, narrow, s, unique } from "./dom";
import { marker } from "./marks";
import { AT_PEACE, AT_WAR, NO_VALUE, gapColour, shareColour } from "./palette";
import type { Stage } from "./stage";
import { BLOC, EDGE, GROUP_COLOURS, LAND } from "./vocabulary";
import { cut, minus, percent, stateName } from "./words";

const PRESENT = 10;
const RADIUS = 62;

interface Outline {
  code: string;
  path: string;
  size: number;
}

interface Outlines {
  states: Outline[];
  others: Outline[];
  blocs: Map<string, string>;
}

const drawn = new WeakMap<Drawing, Outlines>();

/** The shapes of a drawing as SVG paths, made once for all maps that show it. */
function outlines(drawing: Drawing): Outlines {
  const known = drawn.get(drawing);
  if (known) return known;
  const found: Outlines = { states: [], others: [], blocs: new Map() };
  const topology = drawing.topology;
  if (topology) {
    const draw = geoPath(geoIdentity());
    const paths = (collection: GeometryCollection): Outline[] =>
      collection.geometries.map((shape: GeometryObject) => ({ code: String(shape.id), path: draw(feature(topology, shape)) ?? "", size: draw.area(feature(topology, shape)) }));
    found.states = paths(topology.objects.states).filter(({ path }) => path);
    found.others = paths(topology.objects.others).filter(({ path }) => path);
    for (const { code, path } of paths(topology.objects.blocs)) found.blocs.set(code, path);
  }
  drawn.set(drawing, found);
  return found;
}

function circle(x: number, y: number, radius: number): string {
  return `M${x - radius},${y}a${radius},${radius} 0 1,0 ${2 * radius},0a${radius},${radius} 0 1,0 ${-2 * radius},0Z`;
}

/** What a map shows of a state in the month of the stage, or undefined where it has no value. */
export type Reading = (code: string, month: number) => number | undefined;

export interface MapView {
  element: HTMLElement;
  /** The value that a state has now, in words. */
  tell(code: string): string;
}

export class ChoroplethMap implements MapView {
  readonly element: HTMLElement;
  private readonly svg: SVGSVGElement;
  private readonly paths = new Map<string, SVGPathElement>();
  private readonly fills = new Map<string, string>();
  private readonly flowLayer = s("g", { class: "flows" });
  private readonly groupLayer = s("g", { class: "groups" });
  private readonly tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true });
  private wars = new Map<string, Uint8Array>();

  constructor(
    private readonly bundle: Bundle,
    private readonly stage: Stage,
    private readonly which: number,
    private readonly gap: boolean,
    label: string,
  ) {
    const { width, height, kind } = bundle.map;
    this.svg = s("svg", {
      viewBox: `0 0 ${width} ${height}`, class: `map ${kind}`, role: "group", "aria-label": label, preserveAspectRatio: "xMidYMid meet",
    });
    this.ground();
    this.element = h("div", { class: "map-frame" }, this.svg, this.tip);
    this.element.style.setProperty("--ratio", String(width / height));
    this.svg.addEventListener("keydown", (event) => this.move(event));
    stage.follow(["replicate"], () => { this.wars = stage.wars(which); });
    stage.follow(["month", "shown", "replicate"], () => this.paint());
    stage.follow(["state"], () => this.pick());
    stage.follow(["playing", "month", "shown", "replicate"], () => this.announce());
  }

  private get variant(): Variant {
    return this.bundle.variants[this.which] as Variant;
  }

  private ground(): void {
    const { map } = this.bundle;
    const shapes = outlines(map);
    const hatch = unique("hatch");
    const line = s("path", { d: "M0,16L16,0M-4,4L4,-4M12,20L20,12", stroke: BLOC, "stroke-width": 1.6, "stroke-opacity": 0.42 });
    const arrow = s("marker", {
      id: `${hatch}-arrow`, viewBox: "0 0 10 10", refX: 7, refY: 5, markerWidth: 3.6, markerHeight: 3.6, orient: "auto-start-reverse",
    }, s("path", { d: "M0,0L10,5L0,10z", fill: "#2b1a45" }));
    this.svg.append(s("defs", {}, s("pattern", { id: hatch, width: 16, height: 16, patternUnits: "userSpaceOnUse" }, line), arrow));
    this.flowLayer.setAttribute("data-arrow", `${hatch}-arrow`);
    if (map.kind === "map") this.land(shapes);
    else this.net();
    const places = new Map(shapes.states.map(({ code, path }) => [code, path]));
    if (map.kind === "network") for (const code of map.states) places.set(code, circle(...(map.labels[code] ?? [0, 0]), RADIUS));
    const states = s("g", { class: "states" });
    for (const code of map.states) {
      const path = places.get(code);
      if (path) states.append(this.state(code, path));
    }
    this.svg.append(states, this.blocs(shapes, places, hatch), this.flowLayer, this.groupLayer, this.names(shapes));
  }

  private land(shapes: Outlines): void {
    const others = shapes.others.map(({ path }) => s("path", { d: path, fill: LAND, stroke: EDGE, "stroke-width": 1.4 }));
    this.svg.append(s("g", { class: "others" }, others));
  }

  private net(): void {
    const { map } = this.bundle;
    const place = (k: number): [number, number] => map.labels[map.states[k] ?? ""] ?? [0, 0];
    const lines = map.links.map(([a, b]) => {
      const [[x1, y1], [x2, y2]] = [place(a), place(b)];
      return s("line", { x1, y1, x2, y2, stroke: "#9aa3ad", "stroke-width": 5 });
    });
    this.svg.append(s("g", { class: "links" }, lines));
  }

  private state(code: string, path: string): SVGPathElement {
    const shape = s("path", {
      d: path, class: "state", role: "button", tabindex: this.paths.size ? -1 : 0, "data-code": code, stroke: this.gap ? "#b4bac2" : "#ffffff", "stroke-width": 2.4,
    });
    shape.addEventListener("click", () => this.stage.set({ state: code }));
    shape.addEventListener("pointermove", (event) => this.showTip(code, event));
    shape.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    shape.addEventListener("focus", () => this.rove(code));
    this.paths.set(code, shape);
    return shape;
  }

  private blocs(shapes: Outlines, places: Map<string, string>, hatch: string): SVGGElement {
    const layer = s("g", { class: "blocs", "pointer-events": "none" });
    for (const [name, members] of Object.entries(this.variant.alliances)) {
      const inside = members.map((code) => places.get(code)).filter((path): path is string => path !== undefined);
      layer.append(...inside.map((path) => s("path", { d: path, fill: `url(#${hatch})` })));
      const outline = shapes.blocs.get(name);
      if (outline) layer.append(s("path", { d: outline, fill: "none", stroke: BLOC, "stroke-width": 5, "stroke-linejoin": "round" }));
      else if (this.bundle.map.kind === "network") {
        layer.append(...inside.map((path) => s("path", { d: path, fill: "none", stroke: BLOC, "stroke-width": 7 })));
      }
    }
    return layer;
  }

  private names(shapes: Outlines): SVGGElement {
    const layer = s("g", { class: "names", "pointer-events": "none" });
    const { map } = this.bundle;
    const crowd = Object.keys(map.labels).length;
    const size = (crowd > 60 ? 28 : crowd > 25 ? 34 : 42) * (narrow() ? 1.4 : 1);
    const sizes = new Map(shapes.states.map((one) => [one.code, one.size]));
    const order = [...map.states].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
    const taken: [number, number, number, number][] = [];
    for (const code of order) {
      const [x, at] = map.labels[code] ?? [NaN, NaN];
      if (Number.isNaN(x)) continue;
      const y = map.kind === "network" ? at + RADIUS + size : at;
      const text = [cut(this.bundle.names[code] ?? code, 22), cut(code, 8)].find((one) => {
        const half = [...one].length * size * 0.34;
        return !taken.some(([l, t, r, b]) => x - half < r && x + half > l && y - size * 0.55 < b && y + size * 0.55 > t);
      });
      if (text === undefined && crowd > 25) continue;
      const name = text ?? code;
      const half = [...name].length * size * 0.34;
      const inside = Math.max(half + 12, Math.min(map.width - half - 12, x));
      taken.push([x - half, y - size * 0.55, x + half, y + size * 0.55]);
      layer.append(s("text", { x: inside, y, "font-size": size, class: "name", "text-anchor": "middle", "dominant-baseline": "central" }, name));
    }
    return layer;
  }

  private reading(code: string): number | undefined {
    const { month, shown } = this.stage.now;
    const of = (variant: Variant | undefined, which: number): number | undefined => {
      if (!variant) return undefined;
      if (shown === "run") return (this.gap ? this.stage.wars(which) : this.wars).get(code)?.[month];
      return byState(variant, shown === "risk" ? variant.risk : variant.incidence, code, month);
    };
    if (!this.gap) return of(this.variant, this.which);
    const [a, b] = [of(this.bundle.variants[0], 0), of(this.bundle.variants[1], 1)];
    return a === undefined || b === undefined ? undefined : b - a;
  }

  private colour(value: number | undefined): string {
    if (value === undefined) return NO_VALUE;
    if (this.gap) return gapColour(value);
    if (this.stage.now.shown === "run") return value ? AT_WAR : AT_PEACE;
    return shareColour(value);
  }

  private paint(): void {
    for (const [code, path] of this.paths) {
      const colour = this.colour(this.reading(code));
      if (this.fills.get(code) !== colour) {
        this.fills.set(code, colour);
        path.setAttribute("fill", colour);
      }
    }
    this.flows();
    this.groups();
  }

  private flows(): void {
    const { month, shown } = this.stage.now;
    this.flowLayer.replaceChildren();
    if (this.gap || shown === "run") return;
    const at = this.bundle.map.labels;
    const largest = Math.max(1, ...this.bundle.variants.flatMap((one) => one.flows.map(([, , moved]) => moved.at(-1) ?? 0)));
    const visible = this.variant.flows.filter(([source, target, moved]) => at[source] && at[target] && (moved[month] ?? 0) >= 1);
    for (const [source, target, moved] of visible.slice(0, 7)) {
      const [[x0, y0], [x1, y1]] = [at[source] as [number, number], at[target] as [number, number]];
      const [dx, dy] = [x1 - x0, y1 - y0];
      const long = Math.hypot(dx, dy) || 1;
      const [leave, arrive] = [Math.min(0.16, 80 / long), 1 - Math.min(0.2, 105 / long)];
      const [sx, sy, ex, ey] = [x0 + leave * dx, y0 + leave * dy, x0 + arrive * dx, y0 + arrive * dy];
      const bend = `M${sx},${sy}Q${(sx + ex) / 2 + 0.2 * dy},${(sy + ey) / 2 - 0.2 * dx} ${ex},${ey}`;
      this.flowLayer.append(s("path", {
        d: bend, fill: "none", stroke: "#2b1a45", "stroke-opacity": 0.85, "stroke-width": 4 + 13 * Math.sqrt((moved[month] ?? 0) / largest),
        "marker-end": `url(#${this.flowLayer.getAttribute("data-arrow") ?? ""})`,
      }));
    }
  }

  private groups(): void {
    this.groupLayer.replaceChildren();
    if (this.gap) return;
    const { month } = this.stage.now;
    const order = Object.keys(this.bundle.groups);
    const shown = order.slice(0, GROUP_COLOURS.length);
    const here = new Map<string, [number, boolean][]>();
    for (const [group, state, cells] of this.variant.presence) {
      const k = shown.indexOf(group);
      const home = this.bundle.groupHomes[group] === state;
      if (k >= 0 && (home || (cells[month] ?? 0) >= PRESENT)) here.set(state, [...(here.get(state) ?? []), [k, home]]);
    }
    for (const [state, present] of here) {
      const place = this.bundle.map.labels[state];
      if (!place) continue;
      present.sort((a, b) => a[0] - b[0]).forEach(([k, home], n) => {
        const x = place[0] + 44 * (n - (present.length - 1) / 2);
        this.groupLayer.append(marker(k, x, place[1] + 54, home ? 19 : 12));
      });
    }
  }

  private pick(): void {
    for (const [code, path] of this.paths) path.classList.toggle("picked", code === this.stage.now.state);
    const picked = this.paths.get(this.stage.now.state);
    if (picked) picked.parentNode?.append(picked);
  }

  tell(code: string): string {
    const value = this.reading(code);
    if (value === undefined) return "not in this variant";
    if (this.gap) return `${value > 0 ? "+" : ""}${minus((value * 100).toFixed(1))} points`;
    if (this.stage.now.shown === "run") return value ? "at war" : "at peace";
    return this.stage.now.shown === "risk" ? `risk ${percent(value)}` : `at war in ${percent(value)} of runs`;
  }

  private announce(): void {
    if (this.stage.now.playing) return;
    for (const [code, path] of this.paths) path.setAttribute("aria-label", `${stateName(this.bundle, code)}: ${this.tell(code)}`);
  }

  private showTip(code: string, event: PointerEvent): void {
    this.tip.replaceChildren(h("b", {}, stateName(this.bundle, code)), h("br"), this.tell(code));
    this.tip.hidden = false;
    const frame = this.element.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    const wide = this.tip.offsetWidth;
    this.tip.style.left = `${Math.max(0, Math.min(frame.width - wide, x + 14))}px`;
    this.tip.style.top = `${y + 18}px`;
  }

  private rove(code: string): void {
    for (const [other, path] of this.paths) path.setAttribute("tabindex", other === code ? "0" : "-1");
  }

  /** Arrow keys go to the nearest state in their direction; Enter and space pick it. */
  private move(event: KeyboardEvent): void {
    const here = (event.target as Element).getAttribute("data-code");
    if (!here) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.stage.set({ state: here });
      this.paths.get(here)?.focus();
      return;
    }
    const ways: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    const from = this.bundle.map.labels[here];
    if (!way || !from) return;
    event.preventDefault();
    event.stopPropagation();
    let best: [number, string] | undefined;
    for (const code of this.paths.keys()) {
      const at = this.bundle.map.labels[code];
      if (!at || code === here) continue;
      const [dx, dy] = [at[0] - from[0], at[1] - from[1]];
      const along = dx * way[0] + dy * way[1];
      const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      if (along > 0 && aside <= 1.6 * along && (!best || along + aside < best[0])) best = [along + aside, code];
    }
    if (best) this.paths.get(best[1])?.focus();
  }
}

