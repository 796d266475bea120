// What all parts of the page show together: the month, the run, the state that was picked, and the clock that moves it.
import type { Bundle, SingleRun } from "./bundle";

export type Shown = "risk" | "incidence" | "run";
type Listener = () => void;

export interface Moment {
  month: number;
  playing: boolean;
  monthsPerSecond: number;
  shown: Shown;
  gap: boolean;
  replicate: number;
  state: string;
}

export const SPEEDS = [1, 2, 4, 8, 16] as const;

/** The state of the page; a listener hears which of its fields changed. */
export class Stage {
  readonly now: Moment;
  private readonly listeners: [Set<keyof Moment>, Listener][] = [];
  private readonly known = new Map<number, { replicate: number; wars: Map<string, Uint8Array> }>();
  private frame = 0;
  private due = 0;
  private last = 0;
  frames = 0;
  /** Where any run can be had from, if the page has a machine behind it. */
  fetchRun: ((replicate: number) => Promise<void>) | undefined;
  private readonly end = new AbortController();

  constructor(readonly bundle: Bundle) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.now = {
      month: bundle.months.length - 1,
      playing: false,
      monthsPerSecond: still ? 1 : 4,
      shown: "risk",
      gap: false,
      replicate: bundle.replicates[0]?.[0] ?? -1,
      ...bundle.opens,
      state: bundle.map.states.find((code) => !this.atWarFromStart(code)) ?? bundle.map.states[0] ?? "",
    };
  }

  private atWarFromStart(code: string): boolean {
    const first = this.bundle.variants[0];
    return first !== undefined && first.atWar[first.states.indexOf(code)] === 1;
  }

  /** Call a listener when one of the fields changes, and once now. */
  follow(fields: (keyof Moment)[], listener: Listener): void {
    this.listeners.push([new Set(fields), listener]);
    listener();
  }

  set(change: Partial<Moment>): void {
    const changed = (Object.keys(change) as (keyof Moment)[]).filter((key) => this.now[key] !== change[key]);
    if (!changed.length) return;
    Object.assign(this.now, change);
    for (const [fields, listener] of this.listeners) if (changed.some((key) => fields.has(key))) listener();
    if (changed.includes("playing")) this.turn();
  }

  /** Ends with the page that shows this stage. */
  get over(): AbortSignal {
    return this.end.signal;
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.end.abort();
  }

  /** Go to a month, kept within the run. */
  go(month: number): void {
    this.set({ month: Math.max(0, Math.min(this.bundle.months.length - 1, month)) });
  }

  play(): void {
    if (this.now.playing) return this.set({ playing: false });
    if (this.now.month >= this.bundle.months.length - 1) this.set({ month: 0 });
    this.set({ playing: true });
  }

  private turn(): void {
    cancelAnimationFrame(this.frame);
    if (!this.now.playing) return;
    this.last = performance.now();
    this.due = 0;
    const tick = (time: number): void => {
      this.frames += 1;
      this.due += ((time - this.last) / 1000) * this.now.monthsPerSecond;
      this.last = time;
      const whole = Math.floor(this.due);
      if (whole > 0) {
        this.due -= whole;
        this.go(this.now.month + whole);
        if (this.now.month >= this.bundle.months.length - 1) return this.set({ playing: false });
      }
      this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  /** The log of the picked run in a variant. */
  run(variant: number): SingleRun | undefined {
    return this.bundle.variants[variant]?.runs.find((run) => run.replicate === this.now.replicate);
  }

  /** Whether each state is at war at the end of each month of the picked run. */
  wars(variant: number): Map<string, Uint8Array> {
    const known = this.known.get(variant);
    if (known?.replicate === this.now.replicate) return known.wars;
    const told = this.bundle.variants[variant];
    const wars = new Map<string, Uint8Array>();
    if (!told) return wars;
    this.known.set(variant, { replicate: this.now.replicate, wars });
    told.states.forEach((code) => wars.set(code, new Uint8Array(this.bundle.months.length)));
    const fill = (state: string, from: number, to: number): void => { wars.get(state)?.fill(1, from, to); };
    const running = new Map<string, number[]>();
    for (const [state, group, counts] of told.pairs) if (counts) running.set(`${state}/${group}`, [...(running.get(`${state}/${group}`) ?? []), 0]);
    for (const [month, kind, state, , , group] of this.run(variant)?.events ?? []) {
      const pair = `${state}/${group}`;
      if (kind === "onset") running.set(pair, [...(running.get(pair) ?? []), month]);
      if (kind !== "ending") continue;
      const began = running.get(pair)?.shift();
      if (began !== undefined) fill(state, began, month);
    }
    for (const [pair, months] of running) for (const began of months) fill(pair.split("/")[0] ?? "", began, this.bundle.months.length);
    return wars;
  }
}
