// Why a state is as it is: what its risk is made of, from whom it came, and the chain of causes in the picked run.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

import { monthAxis } from "./axis";
import { SHARE } from "./bundle";
import type { Bundle, Variant } from "./bundle";
import { h, narrow, s, said } from "./dom";
import type { Child } from "./dom";
import { channelColour, channelName } from "./palette";
import type { Stage } from "./stage";
import { channelKeys, episodes } from "./tree";
import type { Episode } from "./tree";
import { GRID, INK, VARIANT_LINES, VARIANT_TEXT } from "./vocabulary";
import { count, cut, monthName, percent, rebelsName, shortMonth, some, stateName } from "./words";

const WIDTH = narrow() ? 350 : 440;

function hazards(bundle: Bundle, code: string): HTMLElement {
  const parts = bundle.variants.map((variant) => (variant.hazard[variant.states.indexOf(code)] ?? []).map((value) => Math.max(0, value)));
  const totals = parts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const x = scaleLinear([0, Math.max(1e-6, ...totals)], [26, WIDTH - 74]);
  const height = parts.length * 34 + 6;
  const told = parts.map((row, k) => `${"AB"[k]}: ${bundle.channels.map((name, c) => `${channelName(name)} ${percent(row[c] ?? 0, 2)}`).join(", ")}`);
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "chart", role: "img", "aria-label": `Hazard of fighting a year, by channel. ${told.join("; ")}` });
  parts.forEach((row, k) => {
    let from = 0;
    svg.append(s("text", { x: 4, y: k * 34 + 23, "font-size": 13, "font-weight": 700, fill: VARIANT_TEXT[k] ?? INK }, bundle.variants.length > 1 ? ("AB"[k] ?? "") : ""));
    bundle.channels.forEach((name, c) => {
      const value = row[c] ?? 0;
      svg.append(s("rect", { x: x(from), y: k * 34 + 6, width: Math.max(0, x(from + value) - x(from)), height: 24, fill: channelColour(name) }));
      from += value;
    });
    svg.append(s("text", { x: x(from) + 6, y: k * 34 + 23, "font-size": 13, fill: INK }, percent(from, 1)));
  });
  return h("figure", {}, svg);
}

function course(bundle: Bundle, code: string): HTMLElement {
  const n = bundle.months.length;
  const rows = bundle.variants.map((variant) => (variant.risk[variant.states.indexOf(code)] ?? []).map((value) => value / SHARE));
  const high = Math.max(0.01, ...rows.flat());
  const x = scaleLinear([0, Math.max(1, n - 1)], [48, WIDTH - 74]);
  const y = scaleLinear([0, high], [150, 8]).nice(4);
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} 176`, class: "chart", role: "img", "aria-label": `Risk over time: ${rows.map((row, k) => `${"AB"[k]} from ${percent(row[0] ?? 0)} to ${percent(row.at(-1) ?? 0)}`).join("; ")}` });
  for (const tick of y.ticks(4)) {
    svg.append(s("line", { x1: 48, x2: WIDTH - 74, y1: y(tick), y2: y(tick), stroke: GRID }));
    svg.append(s("text", { x: 42, y: y(tick) + 4, "font-size": 11, "text-anchor": "end", fill: INK }, percent(tick)));
  }
  svg.append(monthAxis(bundle, x, 8, 150, WIDTH - 122, 11, false));
  let last = -Infinity;
  const ends = rows.map((row, k): [number, number] => [y(row.at(-1) ?? 0), k]).sort((a, b) => a[0] - b[0]);
  rows.forEach((row, k) => {
    const path = line<number>((_, m) => x(m), (value) => y(value))(row) ?? "";
    svg.append(s("path", { d: path, fill: "none", stroke: VARIANT_LINES[k] ?? INK, "stroke-width": 2.4, ...(k ? { "stroke-dasharray": "7 4" } : {}) }));
  });
  for (const [at, k] of ends) {
    last = Math.max(at, last + 15);
    const letter = rows.length > 1 ? `${"AB"[k]} ` : "";
    svg.append(s("text", { x: WIDTH - 68, y: last + 4, "font-size": 12.5, "font-weight": 700, fill: VARIANT_TEXT[k] ?? INK }, `${letter}${percent(rows[k]?.at(-1) ?? 0)}`));
  }
  return h("figure", {}, svg);
}

/** How often something happened in all runs together. */
function times(mean: number, runs: number): string {
  const n = Math.round(mean * runs);
  return `${count(n)} ${n === 1 ? "time" : "times"} in ${count(runs)} runs`;
}

function senders(bundle: Bundle, code: string): HTMLElement {
  const rows = bundle.variants.map((variant) => {
    const incoming = variant.links.filter(([, source, target]) => target === code && source !== code).slice(0, 4);
    const told = incoming.map(([channel, source, , mean]) => h("li", {}, said(bundle.names[source] ?? source), `: ${channelName(channel)}, ${times(mean, variant.replicates)}`));
    return told.length ? h("ul", { class: "plain" }, told) : h("p", { class: "quiet" }, "No conflict here came from abroad in any run.");
  });
  return h("div", { class: rows.length > 1 ? "pair" : "" }, rows.map((row, k) => h("div", {}, rows.length > 1 ? h("b", { class: `letter-${"ab"[k]}` }, "AB"[k] ?? "") : null, row)));
}

function chain(bundle: Bundle, stage: Stage, which: number, code: string): HTMLElement {
  const found = episodes(stage, which);
  const own = found.filter((episode) => episode.state === code);
  if (!own.length) return h("p", { class: "quiet" }, `At peace throughout run ${stage.now.replicate}.`);
  const list = h("ol", { class: "plain chain" });
  for (const start of own) {
    const steps: Episode[] = [];
    for (let one: Episode | undefined = start; one; one = found[one.parent]) steps.push(one);
    const words = steps.map((one) => {
      const when = one.channel === "start" && !one.begins ? "from the start" : shortMonth(bundle.months[one.begins] ?? "");
      return h("span", {}, said(bundle.names[one.state] ?? one.state), " (", said(rebelsName(bundle, one.group)), `; ${channelName(one.channel)}${one.channel === "start" && !one.begins ? "" : `, ${when}`})`);
    });
    list.append(h("li", {}, words.flatMap((word, k) => (k ? [" ← ", word] : [word]))));
  }
  return list;
}

/** What a state gives in a month, in words; nothing if it gives nothing. */
function given(support: Variant["supports"][number], month: number): string {
  const [, , troops, arms, funds, sanctuary] = support.map((part) => (typeof part === "string" ? 0 : (part[month] ?? 0))) as number[];
  const share = (value: number | undefined, name: string): string[] => (value && value >= 0.005 ? [`${name} ${percent(value, 0)}`] : []);
  return [...(troops && troops >= 0.005 ? [`${count(troops)} thousand troops`] : []), ...share(arms, "arms"), ...share(funds, "money"), ...share(sanctuary, "sanctuary")].join(", ");
}

/** Who fights the government of a state in a month of all runs, what they hold, and who helps either side. */
function sides(bundle: Bundle, code: string, month: number): HTMLElement {
  const columns = bundle.variants.map((variant) => {
    const own = variant.pairs.filter(([state]) => state === code);
    const fights = own.filter(([, , , fought]) => (fought[month] ?? 0) >= 0.005);
    const helped = (key: string): HTMLElement[] => variant.supports.filter(([, to]) => to === key)
      .map((support): [string, string] => [support[0], given(support, month)]).filter(([, words]) => words)
      .map(([of, words]) => h("li", { class: "quiet" }, "helped by ", said(bundle.names[of] ?? of), `: ${words}`));
    const rows = fights.map(([, group, , fought, held], k) => {
      const share = fought[month] ?? 0;
      const holds = ` in ${some(share)} of the runs; where they do, they hold ${some((held[month] ?? 0) / share)} of what is fought over`;
      const further = !group && fights.slice(0, k).some(([, before]) => !before) ? "further " : "";
      return h("li", {}, further, said(rebelsName(bundle, group)), " fight", holds, h("ul", { class: "plain" }, helped(group)));
    });
    const government = helped(code);
    if (government.length) rows.unshift(h("li", {}, "The government", h("ul", { class: "plain" }, government)));
    return rows.length ? h("ul", { class: "plain" }, rows) : h("p", { class: "quiet" }, "Nobody fights here in any run.");
  });
  return h("div", { class: columns.length > 1 ? "pair" : "" }, columns.map((column, k) => h("div", {}, columns.length > 1 ? h("b", { class: `letter-${"ab"[k]}` }, "AB"[k] ?? "") : null, column)));
}

/** The panel of one state. */
export function why(bundle: Bundle, stage: Stage): HTMLElement {
  const codes = [...new Set(bundle.variants.flatMap((variant) => variant.states))];
  const select = h("select", { id: "why-state", change: () => stage.set({ state: select.value }) },
    codes.map((code) => h("option", { value: code }, cut(bundle.names[code] ?? code, 60))));
  const body = h("div", { class: "why-body", role: "group" });
  const fighting = h("div", { class: "why-part" });
  stage.follow(["state", "month"], () => {
    const { month, state } = stage.now;
    fighting.replaceChildren(h("h3", {}, `Who fights, ${monthName(bundle.months[month] ?? "")}`), sides(bundle, state, month));
  });
  stage.follow(["state", "replicate"], () => {
    const code = stage.now.state;
    select.value = code;
    const ever = bundle.variants.map((variant, k) => {
      const share = variant.ever[variant.states.indexOf(code)];
      const text = share === undefined ? "not in this variant" : `${count(Math.round(share * variant.replicates))} of ${count(variant.replicates)} runs`;
      return h("span", { class: "figure" }, bundle.variants.length > 1 ? h("b", { class: `letter-${"ab"[k]}` }, `${"AB"[k]} `) : null, text);
    });
    const part = (title: string, ...children: Child[]): HTMLElement => h("div", { class: "why-part" }, h("h3", {}, title), ...children);
    body.replaceChildren(
      h("div", {},
        part("A conflict begins here in", h("p", { class: "figures" }, ever)),
        part("Risk that fighting breaks out within 12 months", course(bundle, code)),
        part(`Chain of logged causes in run ${stage.now.replicate}`,
          bundle.variants.map((_, k) => h("div", {}, bundle.variants.length > 1 ? h("b", { class: `letter-${"ab"[k]}` }, "AB"[k] ?? "") : null, chain(bundle, stage, k, code))))),
      h("div", {},
        part("What its risk is made of: chance a year that fighting breaks out", hazards(bundle, code), channelKeys(bundle.channels)),
        part("Who brought it, over all runs", senders(bundle, code)),
        fighting),
    );
    body.setAttribute("aria-label", `Why ${stateName(bundle, code)} is as it is`);
  });
  return h("div", {}, h("p", { class: "row" }, h("label", { for: "why-state" }, "State "), select, h("span", { class: "quiet" }, "or click it on a map")), body);
}
