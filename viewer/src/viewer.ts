// The page of one or two variants: maps in step, log, fans, differences, trees, carpets, causes, assumptions.
import type { Bundle } from "./bundle";
import { carpet } from "./carpet";
import { contrasts, outcomes } from "./contrasts";
import { h, said, unique } from "./dom";
import type { Child } from "./dom";
import { fanChart, tellingApart } from "./fan";
import { carpetScale, marks, scale } from "./legend";
import { apartWords, everyEvent, latestEvents } from "./log";
import { ChoroplethMap } from "./map";
import { Slides, present } from "./slides";
import { SPEEDS, Stage } from "./stage";
import type { Shown } from "./stage";
import { assumptions, card, files, limits, manifest } from "./tables";
import { cascade, channelKeys } from "./tree";
import { why } from "./why";
import { CHANNEL_NAMES } from "./vocabulary";
import { cut, monthName } from "./words";

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return h("section", { id, class: "card", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), ...children);
}

function badge(letter: string): HTMLElement {
  return h("span", { class: `badge badge-${letter.toLowerCase()}` }, letter);
}

function choice<T extends string>(label: string, options: [T, string][], value: T, pick: (value: T) => void): [HTMLElement, HTMLSelectElement] {
  const id = unique("choice");
  const select = h("select", { id, change: () => pick(select.value as T) }, options.map(([key, text]) => h("option", { value: key }, text)));
  select.value = value;
  return [h("span", { class: "choice" }, h("label", { for: id }, label), " ", select), select];
}

/** A number of any run, where a machine behind the page can tell its log. */
function anyRun(bundle: Bundle, stage: Stage): HTMLElement {
  const first = bundle.variants[0];
  const low = first?.firstReplicate ?? 0;
  const id = unique("any-run");
  const input = h("input", { id, type: "number", min: low, max: low + (first?.replicates ?? 1) - 1, step: 1, class: "any-run" });
  const told = h("span", { class: "quiet", role: "status" });
  const show = async (): Promise<void> => {
    const replicate = Number(input.value);
    if (!input.value || !input.checkValidity()) { told.textContent = `a number from ${input.min} to ${input.max}`; return; }
    try {
      if (!bundle.replicates.some(([k]) => k === replicate)) await stage.fetchRun?.(replicate);
      told.textContent = "";
      stage.set({ replicate });
    } catch (error) { told.textContent = (error as Error).message; }
  };
  const box = h("form", { class: "choice", hidden: true, submit: (event: Event) => { event.preventDefault(); void show(); } },
    h("label", { for: id }, "or any run"), input, h("button", { type: "submit" }, "Show"), told);
  queueMicrotask(() => { box.hidden = !stage.fetchRun; });
  return box;
}

export function runChoice(bundle: Bundle, stage: Stage): HTMLElement {
  const [box, select] = choice("Run", bundle.replicates.map(([k, reason]): [string, string] => [String(k), cut(`${k}: ${reason}`, 80)]),
    String(stage.now.replicate), (value) => stage.set({ replicate: Number(value) }));
  stage.follow(["replicate"], () => {
    const known = bundle.replicates.map(([k, reason]) => h("option", { value: k }, cut(`${k}: ${reason}`, 80)));
    select.replaceChildren(...known);
    select.value = String(stage.now.replicate);
  });
  return h("div", { class: "row" }, box, anyRun(bundle, stage));
}

/** Play, month, speed, what is shown. */
function toolbar(bundle: Bundle, stage: Stage): HTMLElement {
  const last = bundle.months.length - 1;
  const play = h("button", { type: "button", class: "play", click: () => stage.play() });
  const slider = h("input", { type: "range", min: 0, max: last, step: 1, "aria-label": "Month", input: () => stage.go(Number(slider.value)) });
  const month = h("output", { class: "month" });
  stage.follow(["playing"], () => play.replaceChildren(h("span", { "aria-hidden": "true" }, stage.now.playing ? "❚❚ " : "▶ "), stage.now.playing ? "Pause" : "Play"));
  stage.follow(["month"], () => {
    slider.value = String(stage.now.month);
    const words = monthName(bundle.months[stage.now.month] ?? "");
    slider.setAttribute("aria-valuetext", words);
    month.replaceChildren(h("b", {}, words), h("span", { class: "quiet of" }, `  ${stage.now.month + 1} of ${last + 1}`));
  });
  const [speed] = choice("Speed", SPEEDS.map((one): [string, string] => [String(one), `${one} ${one === 1 ? "month" : "months"}/s`]), String(stage.now.monthsPerSecond),
    (value) => stage.set({ monthsPerSecond: Number(value) }));
  const options: [Shown, string][] = [["risk", "risk within 12 months"], ["incidence", "share of runs at war"], ["run", "one run"]];
  const [shown] = choice("Maps show", bundle.replicates.length ? options : options.slice(0, 2), stage.now.shown, (value) => stage.set({ shown: value }));
  const parts: Child[] = [play, slider, month, speed, shown];
  if (bundle.variants.length > 1) {
    const id = unique("gap");
    const box = h("input", { id, type: "checkbox", change: () => stage.set({ gap: box.checked }) });
    stage.follow(["gap"], () => { box.checked = stage.now.gap; });
    parts.push(h("span", { class: "choice" }, box, " ", h("label", { for: id }, "show B − A")));
  }
  return h("div", { class: "toolbar card", role: "group", "aria-label": "Playback" }, ...parts);
}

function mapCard(bundle: Bundle, stage: Stage, which: number): HTMLElement {
  const letter = "AB"[which] ?? "";
  const name = bundle.variants[which]?.name ?? "";
  const two = bundle.variants.length > 1;
  const map = new ChoroplethMap(bundle, stage, which, false, `Map of ${letter}: ${name}`);
  const plain = h("div", { class: "map-plain" }, map.element, h("div", { class: "map-foot" }, scale(stage, false), marks(bundle, stage)));
  const note = bundle.variants[which]?.note ?? "";
  const named = (): HTMLElement[] => [said(cut(name, 80)), ...(note ? [h("span", { class: "quiet note", title: note, dir: "auto" }, note)] : [])];
  const title = h("h2", { class: "map-title" }, two ? badge(letter) : null, named());
  const card = h("section", { class: "card map-card", "aria-label": `${letter}: ${name}` }, title, plain);
  if (which === 1) {
    const gap = new ChoroplethMap(bundle, stage, 1, true, "Map of B minus A");
    const box = h("div", { class: "map-gap", hidden: true }, gap.element, scale(stage, true));
    card.append(box);
    stage.follow(["gap"], () => {
      plain.hidden = stage.now.gap;
      box.hidden = !stage.now.gap;
      title.replaceChildren(stage.now.gap ? h("span", { class: "badge badge-gap" }, "B − A") : badge("B"), ...named());
    });
  }
  const logTitle = h("h3", { class: "log-title" });
  stage.follow(["replicate"], () => {
    const reason = bundle.replicates.find(([k]) => k === stage.now.replicate)?.[1] ?? "";
    logTitle.textContent = stage.now.replicate < 0 ? "No run was logged" : `In run ${stage.now.replicate}${reason ? `: ${reason}` : ""}`;
  });
  card.append(logTitle, latestEvents(bundle, stage, which));
  return card;
}

function keys(bundle: Bundle, stage: Stage, slides: Slides): void {
  document.addEventListener("keydown", (event) => {
    const at = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA|BUTTON|SUMMARY)$/.test(at.tagName) || at.closest(".state")) return;
    if (event.key === " " && !at.closest("[tabindex]")) { event.preventDefault(); stage.play(); }
    else if (event.key === "ArrowRight" && !at.closest(".scroll")) stage.go(stage.now.month + 1);
    else if (event.key === "ArrowLeft" && !at.closest(".scroll")) stage.go(stage.now.month - 1);
    else if (event.key === "d" && bundle.variants.length > 1) stage.set({ gap: !stage.now.gap });
    else if (event.key === "p") present(!document.documentElement.classList.contains("presenting"));
    else if (event.key === "Escape") present(false);
    else if (event.key === "PageDown" && slides.turn(1)) event.preventDefault();
    else if (event.key === "PageUp" && slides.turn(-1)) event.preventDefault();
  }, { signal: stage.over });
}

/** What a projector shows below the maps: two charts and the log, in letters for the back row. */
function front(bundle: Bundle, stage: Stage): HTMLElement {
  const charts = tellingApart(bundle).slice(0, 2);
  const logs = bundle.variants.map((_, k) => h("div", {}, bundle.variants.length > 1 ? badge("AB"[k] ?? "") : null, latestEvents(bundle, stage, k, bundle.variants.length > 1 ? 2 : 4)));
  const run = h("h3", {});
  stage.follow(["replicate"], () => { run.textContent = `In run ${stage.now.replicate}`; });
  return h("div", { class: "front card" }, charts.map((name) => fanChart(bundle, stage, name, 380, 150)), h("div", { class: "front-log" }, run, logs));
}

/** Everything above the fold: toolbar, maps, and what their marks mean. */
export function theatre(bundle: Bundle, stage: Stage): HTMLElement {
  const cards = bundle.variants.map((_, k) => mapCard(bundle, stage, k));
  return h("div", { class: "theatre", id: "maps" },
    toolbar(bundle, stage),
    h("div", { class: cards.length > 1 ? "maps two" : "maps" }, cards),
    front(bundle, stage),
    h("div", { class: "below card" }, marks(bundle, stage), bundle.replicates.length ? runChoice(bundle, stage) : null,
      h("p", { class: "quiet boundary" }, bundle.conditional, bundle.map.disclaimer ? ` ${bundle.map.disclaimer}` : "")));
}

function outlook(bundle: Bundle, stage: Stage): HTMLElement {
  const names = Object.keys(bundle.variants[0]?.fan ?? {});
  return section("fans", "What may come of it", h("div", { class: "fans" }, names.map((name) => fanChart(bundle, stage, name))),
    h("p", { class: "quiet" }, "Line: the median run. Dark band: half of the runs. Light band: nine in ten. The bands show luck alone; what is not known of the numbers and of the model is not in them."));
}

/** The rest: what may come, what differs, who destabilised whom, where and when, why. */
export function study(bundle: Bundle, stage: Stage): HTMLElement[] {
  const two = bundle.variants.length > 1;
  const each = (make: (which: number) => HTMLElement): HTMLElement =>
    h("div", { class: two ? "pair" : "" }, bundle.variants.map((variant, k) => h("div", {}, two ? h("h3", {}, badge("AB"[k] ?? ""), said(cut(variant.name, 60))) : null, make(k))));
  const parts: HTMLElement[] = [
    outlook(bundle, stage),
    two ? section("contrasts", "What B changes", contrasts(bundle)) : section("contrasts", "What came out", outcomes(bundle)),
    section("carpet", "Where and when: share of runs at war", each((k) => carpet(bundle, stage, k)), carpetScale()),
    section("why", "Why?", why(bundle, stage)),
  ];
  if (bundle.replicates.length) {
    const used = Object.keys(CHANNEL_NAMES).filter((name) => name !== "event");
    parts.splice(2, 0, section("log", "What happened in one run", runChoice(bundle, stage), apartWords(bundle, stage), each((k) => everyEvent(bundle, stage, k)),
      h("p", { class: "quiet" }, h("span", { class: "tag" }, "file"), "The scenario says that this happens, in every run. All else came out of this one.")),
      section("tree", "Who destabilised whom, in one run", runChoice(bundle, stage), each((k) => cascade(bundle, stage, k)), channelKeys(used)));
  }
  return parts;
}

/** What it rests on. */
export function grounds(bundle: Bundle): HTMLElement[] {
  const words: [string, string][] = [["The case", bundle.about], ["What happened", bundle.happened], ["What would count against the model", bundle.against]];
  const told = words.filter(([, text]) => text);
  const parts: HTMLElement[] = [section("limits", "What must not be concluded", limits(bundle))];
  if (told.length || bundle.sources.length) {
    parts.push(section("case", "The case", told.map(([title, text]) => [title === "The case" ? null : h("h3", {}, title), h("p", { dir: "auto" }, text)]),
      card(bundle),
      bundle.sources.length ? [h("h3", {}, "Sources"), h("ul", {}, bundle.sources.map((text) => h("li", { dir: "auto" }, text)))] : null));
  }
  parts.push(
    section("assumptions", "Assumptions", assumptions(bundle)),
    section("manifest", "How it was made", manifest(bundle)),
    section("files", "The scenario file", files(bundle)),
  );
  return parts;
}

/** What the links to the parts say, in the order of the page; what is not there has no link. */
const LINKS: [string, string][] = [
  ["side", "Change B"], ["reveal", "Your guess"], ["maps", "Maps"], ["fans", "Outlook"], ["contrasts", "Difference"], ["log", "One run"], ["tree", "Who to whom"],
  ["carpet", "Where and when"], ["why", "Why?"], ["sweep", "Sweep"], ["limits", "Limits"], ["case", "The case"], ["assumptions", "Assumptions"],
  ["manifest", "Manifest"], ["files", "File"],
];

/** What the app adds to the page: an outcome on top, what can be tried below, and the panel at its side. */
export interface Added {
  top?: HTMLElement | null;
  below?: HTMLElement[];
  side?: HTMLElement;
  /** Buttons beside the links. */
  buttons?: HTMLElement[];
}

function asked(question: string): { class?: string } {
  const letters = [...question].length;
  return letters > 160 ? { class: "long" } : letters > 95 ? { class: "lengthy" } : {};
}

/** The whole page into an element. */
export function viewer(root: HTMLElement, bundle: Bundle, added: Added = {}): Stage {
  const stage = new Stage(bundle);
  const parts = [...(added.top ? [added.top] : []), theatre(bundle, stage), ...study(bundle, stage), ...(added.below ?? []), ...grounds(bundle)];
  const everywhere = new Map([...(added.side ? [added.side] : []), ...parts].map((part) => [part.id, part]));
  const linked = LINKS.flatMap(([id, words]): [HTMLElement, string][] => {
    const part = everywhere.get(id);
    return part ? [[part, id === "contrasts" && bundle.variants.length < 2 ? "Outcomes" : words]] : [];
  });
  const slides = new Slides(linked, added.side ? 1 : 0, added.buttons);
  root.replaceChildren(
    h("header", { class: "page-head" }, h("p", { class: "kicker" }, said(bundle.title)), h("h1", { dir: "auto", ...asked(bundle.question) }, bundle.question),
      slides.element),
    h("main", { class: "parts" }, ...parts),
  );
  keys(bundle, stage, slides);
  slides.open(window.location.hash);
  return stage;
}
