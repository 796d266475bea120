// Who destabilised whom in one run: a bar for each conflict, below the one that it came from.
import { scaleLinear } from "d3-scale";

import { monthAxis } from "./axis";
import type { Bundle, Variant } from "./bundle";
import { h, narrow, s } from "./dom";
import { channelColour, channelName } from "./palette";
import type { Stage } from "./stage";
import { INK, QUIET } from "./vocabulary";
import { cut, rebelsName } from "./words";

export interface Episode {
  state: string;
  group: string;
  begins: number;
  ends: number;
  channel: string;
  source: string;
  parent: number;
}

const WIDTH = narrow() ? 390 : 640;
const LEFT = narrow() ? 104 : 150;
const RIGHT = 8;
const ROW = 24;
const MOST = 40;

/** The conflicts of the picked run in the order in which they began, each with the one that it came from. */
export function episodes(stage: Stage, which: number): Episode[] {
  const variant = stage.bundle.variants[which] as Variant;
  const last = stage.bundle.months.length;
  const found: Episode[] = [];
  const open = new Map<string, number[]>();
  const latest = new Map<string, number>();
  const begin = (episode: Episode): void => {
    const pair = `${episode.state}/${episode.group}`;
    open.set(pair, [...(open.get(pair) ?? []), found.length]);
    latest.set(episode.state, found.length);
    found.push(episode);
  };
  for (const [state, group, counts] of variant.pairs) if (counts) begin({ state, group, begins: 0, ends: last, channel: "start", source: "", parent: -1 });
  const rows = (stage.run(which)?.events ?? []).filter(([, kind]) => kind === "onset" || kind === "ending");
  rows.sort((a, b) => a[0] - b[0] || Number(a[1] === "onset") - Number(b[1] === "onset"));
  for (const [month, kind, state, source, channel, group] of rows) {
    if (kind === "ending") {
      const episode = found[open.get(`${state}/${group}`)?.shift() ?? -1];
      if (episode) episode.ends = month + 1;
    } else {
      const from = source !== state ? source : "";
      begin({ state, group, begins: month, ends: last, channel: channel || (source ? "event" : "start"), source: from, parent: from ? (latest.get(from) ?? -1) : -1 });
    }
  }
  return found;
}

function asTree(found: Episode[]): [place: number, depth: number][] {
  const children = new Map<number, number[]>();
  found.forEach((episode, k) => children.set(episode.parent, [...(children.get(episode.parent) ?? []), k]));
  const ordered: [number, number][] = [];
  const stack: [number, number][] = (children.get(-1) ?? []).map((k): [number, number] => [k, 0]).reverse();
  for (let next = stack.pop(); next; next = stack.pop()) {
    ordered.push(next);
    const [k, depth] = next;
    stack.push(...(children.get(k) ?? []).map((child): [number, number] => [child, depth + 1]).reverse());
  }
  return ordered;
}

function how(bundle: Bundle, episode: Episode): string {
  const from = episode.source ? `, from ${cut(bundle.names[episode.source] ?? episode.source, 20)}` : "";
  return `${cut(rebelsName(bundle, episode.group), 24)}: ${channelName(episode.channel)}${from}`;
}

/** The tree of the picked run in a variant. */
export function cascade(bundle: Bundle, stage: Stage, which: number): HTMLElement {
  const box = h("figure", { class: "cascade" });
  stage.follow(["replicate"], () => {
    const found = episodes(stage, which);
    const ordered = asTree(found).slice(0, MOST);
    const rows = new Map(ordered.map(([k], row) => [k, row]));
    const n = bundle.months.length;
    const height = Math.max(2, ordered.length) * ROW + 30;
    const x = scaleLinear([0, n], [LEFT, WIDTH - RIGHT]);
    const told = ordered.map(([k]) => found[k] as Episode).map((one) => `${bundle.names[one.state] ?? one.state}: ${how(bundle, one)}`);
    const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "chart", role: "img", "aria-label": `Conflicts of run ${stage.now.replicate}. ${told.join("; ") || "none"}` });
    svg.append(monthAxis(bundle, x, 0, height - 30, WIDTH - LEFT));
    for (const [k, depth] of ordered) {
      const episode = found[k] as Episode;
      const y = (rows.get(k) ?? 0) * ROW + ROW / 2;
      const [x0, x1] = [x(episode.begins), Math.max(x(episode.ends), x(episode.begins) + 5)];
      const colour = channelColour(episode.channel);
      const parent = rows.get(episode.parent);
      if (parent !== undefined) svg.append(s("line", { x1: x0, x2: x0, y1: parent * ROW + ROW / 2, y2: y, stroke: "#43405f", "stroke-width": 1.6 }));
      svg.append(s("rect", { x: x0, y: y - 7.5, width: x1 - x0, height: 15, fill: colour }));
      svg.append(s("circle", { cx: x0, cy: y, r: 5.5, fill: "#ffffff", stroke: colour, "stroke-width": 2.6 }));
      svg.append(s("text", { x: 2 + 12 * Math.min(depth, 5), y: y + 4, "font-size": 12.5, fill: INK }, cut(bundle.names[episode.state] ?? episode.state, (narrow() ? 13 : 20) - Math.min(depth, 5))));
      const words = how(bundle, episode);
      const wide = words.length * 5.9;
      const beside = x1 + 8 + wide < WIDTH ? { x: x1 + 8, "text-anchor": "start" } : x0 - 12 - wide > LEFT - 4 ? { x: Math.min(x0 - 12, WIDTH - 4), "text-anchor": "end" } : null;
      if (beside) svg.append(s("text", { ...beside, y: y + 4, "font-size": 11, fill: QUIET }, words));
      else svg.append(s("text", { x: x0 + 12, y: y + 4, "font-size": 11, fill: episode.channel === "entanglement" || episode.channel === "start" ? "#ffffff" : INK }, words));
    }
    box.replaceChildren(svg);
    if (!ordered.length) box.append(h("p", { class: "quiet" }, "No conflict in this run."));
  });
  return box;
}

/** The colours of the channels that occur. */
export function channelKeys(names: Iterable<string>): HTMLElement {
  const list = h("ul", { class: "marks", "aria-label": "Colours of channels" });
  for (const name of names) {
    const box = s("svg", { viewBox: "0 0 18 14", class: "key", "aria-hidden": "true" }, s("rect", { width: 18, height: 14, fill: channelColour(name) }));
    list.append(h("li", {}, box, channelName(name)));
  }
  return list;
}
