// Requests to this machine; each carries the token of the page.
import type { Bundle, LoggedEvent } from "../bundle";

export interface Card {
  id: string;
  title: string;
  question: string;
  about?: string;
  start?: string;
  months?: number;
  states?: number;
  groups?: number;
  variants?: number;
  /** Whether a lesson comes with it. */
  lesson?: boolean;
  wrong?: string;
}

export interface Lever {
  path: string;
  topic: string;
  label: string;
  help: string;
  kind: "share" | "number" | "choice";
  value: number | string;
  choices: [string, string][];
  timed: boolean;
  /** Of a number: to which it can be raised, and its unit. */
  high: number;
  unit: string;
}

export interface Desk {
  id: string;
  title: string;
  question: string;
  months: string[];
  seed: number;
  replicates: number;
  variants: [string, string][];
  levers: Lever[];
  lesson: boolean;
}

export interface Side {
  variant: string | null;
  edits: Record<string, number | string>;
  month: number;
}

export interface Progress {
  state: "running" | "done" | "cancelled" | "failed";
  done: number;
  total: number;
  error: string;
  phase: string;
}

export interface Swept {
  label: string;
  outcome: string;
  rows: [value: string, mean: number, gap: number, low: number, high: number][];
  replicates: number;
}

export class Cancelled extends Error {}

const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

export class Api {
  constructor(private readonly token: string) {}

  private async ask(path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { "x-stability-sim-token": this.token };
    const asked: RequestInit = body === undefined ? { headers } : { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(path, asked).catch(() => { throw new Error("The program on this machine does not answer: was it ended?"); });
    if (!answer.ok) {
      const text = await answer.text();
      let message = text;
      try { message = (JSON.parse(text) as { error: string }).error; } catch { /* not JSON: the text itself */ }
      throw new Error(message);
    }
    return answer;
  }

  async desk(id: string): Promise<Desk> {
    return (await (await this.ask(`/api/scenario/${encodeURIComponent(id)}`)).json()) as Desk;
  }

  /** Run one side or two; tells how far it is; throws Cancelled when the signal says so. */
  async run(
    scenario: string, a: Side, b: Side | null, replicates: number, seed: number, tell: (progress: Progress) => void, signal: AbortSignal,
  ): Promise<{ job: string; bundle: Bundle }> {
    const { job } = (await (await this.ask("/api/run", { scenario, a, b, replicates, seed })).json()) as { job: string };
    for (let wait = 25; ; wait = Math.min(200, wait * 1.5)) {
      if (signal.aborted) {
        await this.ask(`/api/job/${job}/cancel`, {});
        throw new Cancelled();
      }
      const now = (await (await this.ask(`/api/job/${job}`)).json()) as Progress;
      tell(now);
      if (now.state === "done") return { job, bundle: (await (await this.ask(`/api/job/${job}/bundle`)).json()) as Bundle };
      if (now.state === "cancelled") throw new Cancelled();
      if (now.state === "failed") throw new Error(now.error);
      await pause(wait);
    }
  }

  async sweep(scenario: string, side: Side, path: string, outcome: string, replicates: number, seed: number): Promise<Swept> {
    return (await (await this.ask("/api/sweep", { scenario, side, path, outcome, replicates, seed })).json()) as Swept;
  }

  async log(job: string, replicate: number): Promise<LoggedEvent[][]> {
    return ((await (await this.ask(`/api/job/${job}/log/${replicate}`)).json()) as { events: LoggedEvent[][] }).events;
  }

  async file(job: string, kind: string): Promise<[string, Blob]> {
    const answer = await this.ask(`/api/job/${job}/export/${kind}`);
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? kind;
    return [name, await answer.blob()];
  }
}
