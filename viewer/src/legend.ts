// What colours and marks mean.
import { GAPS, GAP_COLOURS, AT_PEACE, AT_WAR } from "./palette";
import { h, s, said } from "./dom";
import { marker } from "./marks";
import type { Bundle } from "./bundle";
import type { Stage } from "./stage";
import { SHARE_COLOURS, STEPS } from "./vocabulary";
import { cut, minus } from "./words";

function bar(colours: readonly string[], marks: string[], ends: [string, string], label: string): HTMLElement {
  const width = 26;
  const svg = s("svg", { viewBox: `0 0 ${colours.length * width} 30`, class: "scale", role: "img", "aria-label": label });
  colours.forEach((fill, k) => svg.append(s("rect", { x: k * width, y: 0, width, height: 13, fill })));
  svg.append(s("rect", { x: 0.25, y: 0.25, width: colours.length * width - 0.5, height: 12.5, fill: "none", stroke: "#8d949e", "stroke-width": 0.5 }));
  marks.forEach((text, k) => {
    if (text) svg.append(s("text", { x: (k + 1) * width, y: 26, "text-anchor": "middle", class: "scale-mark" }, text));
  });
  return h("div", { class: "scale-row" }, h("span", {}, ends[0]), svg, h("span", {}, ends[1]));
}

function shares(kind: string): HTMLElement {
  const marks = STEPS.slice(1, -1).map((step) => `${Math.round(step * 100)} %`);
  const label = kind === "risk" ? "Probability that fighting breaks out within 12 months" : "Share of the runs in which the state is at war";
  return h("div", {}, h("div", { class: "scale-title" }, label), bar(SHARE_COLOURS, marks, ["0 %", kind === "risk" ? "100 %: at war" : "100 %"], label));
}

function gaps(run: boolean): HTMLElement {
  const marks = GAPS.map((step) => `${step > 0 ? "+" : ""}${minus(String(Math.round(step * 1000) / 10))}`);
  const label = run ? "B − A in this run: brown at war in B alone, teal in A alone" : "B − A in percentage points; white: less than 0.1";
  return h("div", {}, h("div", { class: "scale-title" }, label), bar(GAP_COLOURS, marks, ["less in B", "more in B"], label));
}

function key(colour: string, text: string): HTMLElement {
  const box = s("svg", { viewBox: "0 0 18 14", class: "key", "aria-hidden": "true" });
  box.append(s("rect", { x: 0.5, y: 0.5, width: 17, height: 13, fill: colour, stroke: "#8d949e" }));
  return h("span", { class: "key-row" }, box, text);
}

/** The scale of what the maps show; the difference has its own. */
export function scale(stage: Stage, gap: boolean): HTMLElement {
  const box = h("div", { class: "legend" });
  stage.follow(["shown"], () => {
    const { shown } = stage.now;
    if (gap) box.replaceChildren(gaps(shown === "run"));
    else if (shown === "run") box.replaceChildren(h("div", { class: "scale-title" }, "In this one run"), key(AT_WAR, "at war"), key(AT_PEACE, "at peace"));
    else box.replaceChildren(shares(shown));
  });
  return box;
}

/** The scale of the carpets, which show shares of runs whatever the maps show. */
export function carpetScale(): HTMLElement {
  return h("div", { class: "legend" }, shares("incidence"));
}

/** Marks: groups, alliances, flows. */
export function marks(bundle: Bundle, stage: Stage): HTMLElement {
  const list = h("ul", { class: "marks", "aria-label": "Marks on the maps" });
  Object.values(bundle.groups).slice(0, 8).forEach((name, k) => {
    list.append(h("li", {}, s("svg", { viewBox: "-12 -12 24 24", class: "key", "aria-hidden": "true" }, marker(k, 0, 0, 9)), said(cut(name, 60))));
  });
  const alliances = [...new Set(bundle.variants.flatMap((one) => Object.keys(one.alliances)))];
  for (const name of alliances) {
    const box = s("svg", { viewBox: "0 0 24 18", class: "key", "aria-hidden": "true" });
    box.append(s("rect", { x: 1, y: 1, width: 22, height: 16, fill: "#ffffff", stroke: "#0b3c6f", "stroke-width": 2 }));
    box.append(s("path", { d: "M3,16L17,2M9,16L22,3M2,10L10,2", stroke: "#0b3c6f", "stroke-opacity": 0.5 }));
    list.append(h("li", {}, box, said(cut(bundle.allianceNames[name] ?? name, 60))));
  }
  if (bundle.variants.some((one) => one.flows.length)) {
    const arrow = s("svg", { viewBox: "0 0 34 14", class: "key wide", "aria-hidden": "true" });
    arrow.append(s("path", { d: "M1,7H24", stroke: "#2b1a45", "stroke-width": 3 }), s("path", { d: "M22,1L33,7L22,13Z", fill: "#2b1a45" }));
    const item = h("li", {}, arrow, "hidden fighters who crossed so far (mean)");
    stage.follow(["shown"], () => { item.hidden = stage.now.shown === "run"; }); // one run has no arrows
    list.append(item);
  }
  return list;
}
