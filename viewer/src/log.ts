// What happened in one run, with the causes that the engine logged.
import type { Bundle, LoggedEvent, Variant } from "./bundle";
import { h, said } from "./dom";
import type { Stage } from "./stage";
import { MAJOR, apart, sentence, shortMonth } from "./words";

const SHOWN = 5;

interface Line {
  month: number;
  text: string;
  kind: string;
}

function lines(bundle: Bundle, variant: Variant, events: LoggedEvent[]): Line[] {
  const happened = events.map((event) => ({ month: event[0], text: sentence(bundle, variant, event), kind: event[1] }));
  const planned = variant.scheduled.map(([month, words, note]) => ({
    month, text: note ? `${apart(words)}. ${apart(note)}` : apart(words), kind: "file",
  }));
  return [...planned, ...happened].sort((a, b) => a.month - b.month);
}

function item(bundle: Bundle, line: Line): HTMLElement {
  const how = line.kind === "file" ? "file" : MAJOR.has(line.kind) ? "major" : "minor";
  const tag = line.kind === "file" ? h("span", { class: "tag" }, "file") : null;
  return h("li", { class: how }, h("span", { class: "when" }, shortMonth(bundle.months[line.month] ?? "")), tag, said(line.text));
}

/** The latest events of the picked run up to the month of the stage, and all of them on request. */
export function eventLog(bundle: Bundle, stage: Stage, which: number, shown = SHOWN): HTMLElement {
  const variant = bundle.variants[which] as Variant;
  const letter = "AB"[which] ?? "";
  const latest = h("ol", { class: "log latest", "aria-label": `Latest events in run, ${letter}` });
  const every = h("ol", { class: "log", tabindex: 0, "aria-label": `All events of the run, ${letter}` });
  const summary = h("summary", {}, "All events of this run");
  let told: Line[] = [];
  const update = (): void => {
    const past = told.filter((line) => line.month <= stage.now.month);
    const recent = past.slice(-shown).reverse();
    latest.replaceChildren(...recent.map((line) => item(bundle, line)));
    if (!recent.length) latest.append(h("li", { class: "minor" }, "Nothing yet."));
  };
  stage.follow(["replicate"], () => {
    const run = stage.run(which);
    told = lines(bundle, variant, run?.events ?? []);
    every.replaceChildren(...told.map((line) => item(bundle, line)));
    summary.textContent = run ? `All ${told.length} events of run ${run.replicate}` : "No run was logged";
    update();
  });
  stage.follow(["month"], update);
  return h("div", { class: "event-log" }, latest, h("details", {}, summary, every));
}
