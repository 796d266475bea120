// What B is: a variant of the file, and levers moved from a month on.
import { h, said, unique } from "../dom";
import { count, cut, monthName } from "../words";
import type { Desk, Lever, Side } from "./api";

export interface Editor {
  /** What B begins as, and what is moved in it. */
  head: HTMLElement;
  /** The levers, by topic. */
  levers: HTMLElement;
  side(): Side;
  /** Whether B says the same as A. */
  same(): boolean;
  load(side: Side): void;
}

function shown(lever: Lever, value: number | string): string {
  if (lever.kind === "number") return `${count(Number(value))} ${lever.unit}`;
  return typeof value === "number" ? `${Math.round(value * 100)} %` : (lever.choices.find(([key]) => key === value)?.[1] ?? value);
}

class Row {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement | HTMLSelectElement;
  private readonly told = h("output", { class: "lever-value" });

  constructor(readonly lever: Lever, before: Lever | undefined, private readonly changed: () => void) {
    const id = unique("lever");
    if (lever.kind === "choice") {
      this.input = h("select", { id }, lever.choices.map(([key, text]) => h("option", { value: key }, text)));
    } else this.input = h("input", { id, type: "range", min: 0, max: 100, step: 1 });
    this.input.addEventListener("input", () => { this.tell(); this.changed(); });
    // What the lever above says already is not said again, but it is there for those who do not see the lever above.
    const help = lever.help ? h("div", { class: before?.help === lever.help ? "hidden" : "quiet", id: `${id}-help` }, lever.help, lever.timed ? "" : " From the start only.") : null;
    if (help) this.input.setAttribute("aria-describedby", `${id}-help`);
    this.element = h("div", { class: "lever" }, h("label", { for: id }, said(lever.label)), h("div", { class: "lever-row" }, this.input, this.told), help);
    this.set(lever.value);
  }

  get value(): number | string {
    const { kind, high } = this.lever;
    if (kind === "choice") return this.input.value;
    const share = Math.round(Number(this.input.value)) / 100;
    return kind === "share" ? share : Number((share * high).toPrecision(6));
  }

  get moved(): boolean {
    const { value } = this.lever;
    return typeof value === "number" ? Math.abs(Number(this.value) - value) > 0.0049 * this.lever.high : this.value !== value;
  }

  set(value: number | string): void {
    this.input.value = typeof value === "number" ? String(Math.round((value / this.lever.high) * 100)) : value;
    this.tell();
  }

  private tell(): void {
    const text = shown(this.lever, this.value);
    const slides = this.lever.kind !== "choice";
    if (slides) this.input.setAttribute("aria-valuetext", text);
    this.told.replaceChildren(slides ? text : "", this.moved ? h("span", { class: "was" }, ` file: ${shown(this.lever, this.lever.value)}`) : "");
    this.element.classList.toggle("moved", this.moved);
  }
}

/** The panel of B. */
export function editor(desk: Desk, changed: () => void): Editor {
  const rows: Row[] = [];
  const list = h("ul", { class: "changes" });
  const variant = h("select", { id: "b-variant" }, h("option", { value: "" }, "as the file says"), desk.variants.map(([name]) => h("option", { value: name }, name)));
  const note = h("p", { class: "quiet", dir: "auto" });
  const month = h("select", { id: "b-month" }, desk.months.map((label, k) => h("option", { value: k }, k ? monthName(label) : `the start (${monthName(label)})`)));
  const update = (): void => {
    note.textContent = desk.variants.find(([name]) => name === variant.value)?.[1] ?? "";
    const moved = rows.filter((row) => row.moved);
    list.replaceChildren(...moved.map((row) => h("li", {}, said(`${row.lever.label}: ${shown(row.lever, row.value)}`),
      h("button", { type: "button", class: "undo", "aria-label": `Undo ${row.lever.label}`, click: () => { row.set(row.lever.value); update(); changed(); } }, "undo"))));
    if (!moved.length) list.replaceChildren(h("li", { class: "quiet" }, "No lever is moved."));
  };
  const act = (): void => { update(); changed(); };
  variant.addEventListener("change", act);
  month.addEventListener("change", act);
  const topics = [...new Set(desk.levers.map((lever) => lever.topic))].map((topic, k) => {
    const own = desk.levers.filter((lever) => lever.topic === topic).map((lever, n, all) => new Row(lever, all[n - 1], act));
    rows.push(...own);
    return h("details", { class: "topic", ...(k === 0 ? { open: true } : {}) }, h("summary", {}, topic), h("div", { class: "topic-rows" }, own.map((row) => row.element)));
  });
  update();
  const head = h("div", {},
    h("div", { class: "field" }, h("label", { for: "b-variant" }, "B begins as"), variant, note),
    h("div", { class: "field" }, h("label", { for: "b-month" }, "Levers move from"), month),
    h("h3", {}, "Moved in B"), list);
  return {
    head,
    levers: h("div", {}, topics),
    side: () => ({
      variant: variant.value || null,
      edits: Object.fromEntries(rows.filter((row) => row.moved).map((row) => [row.lever.path, row.value])),
      month: Number(month.value),
    }),
    same: () => !variant.value && !rows.some((row) => row.moved),
    load: (side) => {
      variant.value = side.variant ?? "";
      month.value = String(side.month);
      for (const row of rows) row.set(side.edits[row.lever.path] ?? row.lever.value);
      update();
    },
  };
}

/** A side in a few words. */
export function sideWords(desk: Desk, side: Side): string {
  const moved = Object.entries(side.edits).map(([path, value]) => {
    const lever = desk.levers.find((one) => one.path === path);
    return lever ? `${lever.label}: ${shown(lever, value)}` : path;
  });
  return cut([...(side.variant || !moved.length ? [side.variant ?? "as the file says"] : []), ...moved].join("; "), 120);
}
