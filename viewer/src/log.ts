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

function item(bundle: Bundle, line: Line, apart = false): HTMLElement {
  const how = line.kind === "file" ? "file" : MAJOR.has(line.kind) ? "major" : "minor";
  const tag = line.kind === "file" ? h("span", { class: "tag" }, "file") : null;
  return h("li", { class: apart ? `${how} apart` : how }, h("span", { class: "when" }, shortMonth(bundle.months[line.month] ?? "")), tag, said(line.text));
}

function told(bundle: Bundle, stage: Stage, which: number): Line[] {
  return lines(bundle, bundle.variants[which] as Variant, stage.run(which)?.events ?? []);
}

/** The latest events of the picked run up to the month of the stage. */
export function latestEvents(bundle: Bundle, stage: Stage, which: number, shown = SHOWN): HTMLElement {
  const list = h("ol", { class: "log latest", "aria-label": `Latest events in run, ${"AB"[which] ?? ""}` });
  let all: Line[] = [];
  const update = (): void => {
    const recent = all.filter((line) => line.month <= stage.now.month).slice(-shown).reverse();
    list.replaceChildren(...recent.map((line) => item(bundle, line)));
    if (!recent.length) list.append(h("li", { class: "minor" }, "Nothing yet."));
  };
  stage.follow(["replicate"], () => { all = told(bundle, stage, which); update(); });
  stage.follow(["month"], update);
  return list;
}

const key = (line: Line): string => `${line.month} ${line.text}`;

/** What happened in a variant and not in the other, in the picked run. */
function only(bundle: Bundle, stage: Stage, which: number): Set<string> {
  if (bundle.variants.length < 2) return new Set();
  const other = new Set(told(bundle, stage, 1 - which).map(key));
  return new Set(told(bundle, stage, which).map(key).filter((one) => !other.has(one)));
}

/** Whether the picked run went the same way in both variants. */
export function apartWords(bundle: Bundle, stage: Stage): HTMLElement | null {
  if (bundle.variants.length < 2) return null;
  const words = h("p", { class: "quiet" });
  stage.follow(["replicate"], () => {
    const [a, b] = [only(bundle, stage, 0).size, only(bundle, stage, 1).size];
    words.textContent = a + b ? `With the same dice, ${a} of these events happened in A alone and ${b} in B alone; a bar at their left marks them.` : "With the same dice both went the same way: in this run, B makes no difference to anything that is logged.";
  });
  return words;
}

/** All events of the picked run, from the first month to the last. */
export function everyEvent(bundle: Bundle, stage: Stage, which: number): HTMLElement {
  const letter = "AB"[which] ?? "";
  const list = h("ol", { class: "log", "aria-label": `All events of the run, ${letter}` });
  const box = h("div", { class: "scroll tall log-box", tabindex: 0, role: "region", "aria-label": `Log of the run, ${letter}` }, list);
  stage.follow(["replicate"], () => {
    const own = told(bundle, stage, which);
    const alone = only(bundle, stage, which);
    list.replaceChildren(...own.map((line) => item(bundle, line, alone.has(key(line)))));
    if (!own.length) list.append(h("li", { class: "minor" }, "Nothing was logged in this run."));
    box.scrollTop = 0;
  });
  return box;
}
