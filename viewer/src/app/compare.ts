// Compare: A pinned, B edited, run, guess, reveal; below it the viewer of the report.
import type { Bundle } from "../bundle";
import { h, said, save } from "../dom";
import type { Moment, Stage } from "../stage";
import { viewer } from "../viewer";
import { Cancelled } from "./api";
import type { Api, Desk, Side } from "./api";
import { editor, sideWords } from "./editor";
import { predict } from "./predict";
import { sweepCard } from "./sweep";

const RUNS = [50, 100, 200, 500, 1000, 2000] as const;
const BASE: Side = { variant: null, edits: {}, month: 0 };

const EXPORTS: [string, string][] = [
  ["report", "Report: one HTML file for everybody"], ["yaml", "Scenario file of what ran last (YAML)"],
  ["figures", "Figures (PNG and SVG, zipped)"], ["gif", "Moving map (GIF)"],
  ["lesson", "Lesson of 50 minutes: plan, hand-out, questions (zipped)"],
];

class Compare {
  private a: Side = BASE;
  private job = "";
  private stage: Stage | undefined;
  private stop: AbortController | undefined;
  private readonly panel;
  private readonly place = h("div", { class: "stage-place" }, h("p", { class: "wait" }, "Running A as the file says ..."));
  private readonly aside;
  private readonly status = h("p", { role: "status", class: "status" });
  private readonly saved = h("p", { role: "status", class: "status" });
  private readonly bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the run", hidden: true });
  private readonly pinned = h("p", { class: "pinned" });
  private readonly go = h("button", { type: "button", class: "go", click: () => void this.run() }, "Run");
  private readonly cancel = h("button", { type: "button", hidden: true, click: () => this.stop?.abort() }, "Cancel");
  private readonly pin = h("button", { type: "button", click: () => this.pinB() }, "Make B the new A");
  private readonly first = h("input", { id: "predict-first", type: "checkbox" });
  private readonly runs = h("select", { id: "runs" }, RUNS.map((n) => h("option", { value: n }, String(n))));
  private readonly seed = h("input", { id: "seed", type: "number", min: 0, max: 4294967295, step: 1 });

  constructor(room: HTMLElement, private readonly api: Api, private readonly desk: Desk, private readonly tell: (stage: Stage) => void, private readonly home: () => void) {
    this.panel = editor(desk, () => this.stale());
    this.runs.value = String(RUNS.find((n) => n >= desk.replicates) ?? 200);
    this.seed.value = String(desk.seed);
    this.aside = h("aside", { id: "side", class: "card side", "aria-label": "What A and B are" },
      h("div", { class: "sides" },
        h("h2", {}, h("span", { class: "badge badge-a" }, "A"), "stays"), this.pinned,
        h("h2", {}, h("span", { class: "badge badge-b" }, "B"), "is changed"),
        h("div", { class: "run-row" }, this.go, this.cancel, this.pin), this.bar, this.status,
        h("p", { class: "row" }, this.first, h("label", { for: "predict-first" }, "predict first, then reveal")),
        this.panel.head),
      h("div", { class: "levers" }, this.panel.levers,
        h("details", {}, h("summary", {}, "Runs and dice"),
          h("div", { class: "field" }, h("label", { for: "runs" }, "Runs of each"), this.runs),
          h("div", { class: "field" }, h("label", { for: "seed" }, "Seed of the dice"), this.seed)),
        this.exports()));
    room.replaceChildren(h("div", { class: "bench" }, this.aside, this.place));
    this.tellPinned();
  }

  private exports(): HTMLElement {
    const offered = EXPORTS.filter(([kind]) => kind !== "lesson" || this.desk.lesson);
    const buttons = offered.map(([kind, text]) => h("button", { type: "button", "data-export": kind, click: (event: Event) => void this.take(kind, event.currentTarget as HTMLButtonElement) }, text));
    return h("details", { class: "exports" }, h("summary", {}, "About and export"),
      h("p", { class: "quiet" }, "Everything was computed on this machine; nothing left it. The report is one file that opens without internet."), buttons, this.saved);
  }

  private async take(kind: string, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    this.saved.textContent = kind === "lesson" ? "Running and writing ... this takes some seconds." : "Writing ...";
    try {
      save(...(await this.api.file(this.job, kind)));
      this.saved.textContent = "Saved among your downloads.";
    } catch (error) {
      this.saved.textContent = (error as Error).message;
    }
    button.disabled = false;
  }

  private tellPinned(): void {
    this.pinned.replaceChildren(said(sideWords(this.desk, this.a)));
  }

  private pinB(): void {
    this.a = this.panel.side();
    this.tellPinned();
    this.stale();
    this.status.textContent = "A is now what B was. Change B and run.";
  }

  private stale(): void {
    this.go.classList.add("due");
    this.status.textContent = "B has changed: run it.";
  }

  /** Run A, and B if it differs; show both. */
  async run(): Promise<void> {
    this.stop?.abort();
    const stop = (this.stop = new AbortController());
    const side = this.panel.side();
    const two = JSON.stringify(side) !== JSON.stringify(this.a) && !(this.panel.same() && this.a === BASE);
    const [replicates, seed] = [Number(this.runs.value), Number(this.seed.value)];
    this.busy(true);
    const began = performance.now();
    try {
      const found = await this.api.run(this.desk.id, this.a, two ? side : null, replicates, seed, ({ done, total, phase }) => {
        this.bar.value = total ? done / total : 0;
        this.status.textContent = phase || `${done} of ${total} runs`;
      }, stop.signal);
      if (stop.signal.aborted) throw new Cancelled();
      this.job = found.job;
      this.go.classList.remove("due");
      this.status.textContent = `${replicates} runs of ${two ? "A and of B" : "A"} in ${((performance.now() - began) / 1000).toFixed(1)} s`;
      if (two && this.first.checked && found.bundle.paired) this.ask(found.bundle, sideWords(this.desk, side));
      else this.show(found.bundle, null);
    } catch (error) {
      this.status.textContent = error instanceof Cancelled ? "Cancelled; what is shown is from before." : (error as Error).message;
      if (!this.stage) this.place.replaceChildren(h("p", { class: "wait" }, "No run has ended yet: see what is said beside Run."));
    }
    if (this.stop === stop) this.busy(false);
  }

  /** End what runs and what listens. */
  close(): void {
    this.stop?.abort();
    this.stage?.close();
  }

  private busy(on: boolean): void {
    this.go.disabled = on;
    this.cancel.hidden = !on;
    this.bar.hidden = !on;
    this.bar.value = 0;
  }

  private ask(bundle: Bundle, words: string): void {
    this.aside.classList.remove("slide");
    window.scrollTo(0, 0);
    this.place.replaceChildren(h("main", {}, h("h1", {}, this.desk.question), predict(bundle, words, (outcome) => this.show(bundle, outcome))));
    this.place.querySelector<HTMLInputElement>("input")?.focus();
  }

  private show(bundle: Bundle, outcome: HTMLElement | null): void {
    const was = this.stage?.now;
    this.stage?.close();
    const dice = (): [number, number] => [Number(this.runs.value), Number(this.seed.value)];
    const stage = viewer(this.place, bundle, { top: outcome, below: [sweepCard(this.api, this.desk, () => this.panel.side(), dice)], side: this.aside, buttons: [h("button", { type: "button", class: "back", click: this.home }, "Library")] });
    this.stage = stage;
    this.tell(stage);
    stage.fetchRun = async (replicate) => {
      const logs = await this.api.log(this.job, replicate);
      bundle.variants.forEach((variant, k) => variant.runs.push({ replicate, events: logs[k] ?? [] }));
      bundle.replicates.push([replicate, "picked"]);
    };
    if (was) stage.set(kept(was, bundle));
    if (was && (window.innerWidth <= 1100 || document.documentElement.classList.contains("presenting"))) window.scrollTo(0, 0); // B is changed below the maps
    outcome?.focus();
  }
}

function kept(was: Moment, bundle: Bundle): Partial<Moment> {
  const last = bundle.months.length - 1;
  const change: Partial<Moment> = { month: Math.min(was.month, last), shown: was.shown, monthsPerSecond: was.monthsPerSecond };
  if (bundle.names[was.state] !== undefined) change.state = was.state;
  if (bundle.replicates.some(([k]) => k === was.replicate)) change.replicate = was.replicate;
  if (bundle.variants.length > 1) change.gap = was.gap;
  return change;
}

/** Open a scenario: A as the file says is run at once. When the signal says so, the screen was left: its run ends. */
export async function compare(room: HTMLElement, api: Api, id: string, tell: (stage: Stage) => void, left: AbortSignal, home: () => void): Promise<void> {
  try {
    const desk = await api.desk(id);
    if (left.aborted) return;
    document.title = `${desk.title} · stability-sim`;
    const screen = new Compare(room, api, desk, tell, home);
    left.addEventListener("abort", () => screen.close());
    await screen.run();
  } catch (error) {
    if (!left.aborted) room.replaceChildren(h("p", { role: "alert", class: "wait" }, (error as Error).message));
  }
}
