// What the page is given: the shape of the JSON that report/bundle/ writes.
import type { GeometryCollection, Topology } from "topojson-specification";

export const FORMAT = 1;
export const SHARE = 10_000;

export type LoggedEvent = [
  month: number, kind: string, state: string, source: string, channel: string, group: string, value: number,
];
export type Fan = [low: number, lower: number, middle: number, upper: number, high: number][];
export type OutcomeRow = [
  name: string, label: string, mean: number, low: number, median: number, high: number, any: number,
];
export type ContrastRow = [
  name: string, a: number, b: number, mean: number, low: number, high: number, q05: number, q95: number,
  less: number, same: number, more: number,
];
export type AssumptionRow = [
  path: string, a: number | null, b: number | string | null, low: number | null, high: number | null,
  basis: string, source: string, note: string,
];

export interface SingleRun {
  replicate: number;
  events: LoggedEvent[];
}

export interface Variant {
  name: string;
  variant: string;
  note: string;
  seed: number;
  replicates: number;
  firstReplicate: number;
  states: string[];
  atWar: number[];
  risk: number[][];
  incidence: number[][];
  ever: number[];
  fan: Record<string, Fan>;
  outcomes: OutcomeRow[];
  hazard: number[][];
  links: [channel: string, source: string, target: string, mean: number][];
  flows: [source: string, target: string, moved: number[]][];
  presence: [group: string, state: string, cells: number[]][];
  /** Who fights whom; by month the share of runs that fight, and the mean share of what is fought over that the rebels hold. */
  pairs: [state: string, group: string, counts: number, fought: number[], held: number[]][];
  /** Who supports whom, by month. */
  supports: [of: string, to: string, troops: number[], arms: number[], funds: number[], sanctuary: number[]][];
  alliances: Record<string, string[]>;
  scheduled: [month: number, words: string, note: string][];
  triggered: Record<string, string>;
  runs: SingleRun[];
  manifest: Record<string, unknown>;
  yaml: string;
}

export type Shapes = Topology<{ states: GeometryCollection; others: GeometryCollection; blocs: GeometryCollection }>;

export interface Drawing {
  kind: "map" | "network";
  width: number;
  height: number;
  labels: Record<string, [number, number]>;
  states: string[];
  links: [number, number][];
  disclaimer: string;
  topology?: Shapes;
}

export interface Bundle {
  format: number;
  scenario: string;
  title: string;
  question: string;
  about: string;
  happened: string;
  against: string;
  sources: string[];
  conditional: string;
  months: string[];
  names: Record<string, string>;
  groups: Record<string, string>;
  groupHomes: Record<string, string>;
  allianceNames: Record<string, string>;
  channels: string[];
  map: Drawing;
  replicates: [replicate: number, why: string][];
  paired: boolean;
  contrasts: ContrastRow[];
  stateContrasts: ContrastRow[];
  assumptions: { rows: AssumptionRow[]; meanings: Record<string, [meaning: string, unit: string]> };
  limits: string[];
  /** What happened against the runs of A: what, observed, what the runs say, share that fits, inside or outside, source. */
  card: [what: string, observed: string, runs: string, share: string, verdict: string, source: string][];
  variants: Variant[];
  /** What the page opens on, if not on the last month of all runs. */
  opens?: { shown: "risk" | "incidence" | "run"; month: number; replicate: number };
}

export const LETTERS = ["A", "B"] as const;
export type Letter = (typeof LETTERS)[number];

/** The value of a row by state, or undefined where a variant lacks the state. */
export function byState(variant: Variant, rows: number[][], code: string, month: number): number | undefined {
  const place = variant.states.indexOf(code);
  const value = rows[place]?.[month];
  return value === undefined ? undefined : value / SHARE;
}
