// Predict first, then reveal: what the class says is set beside what the model does.
import type { Bundle, ContrastRow } from "../bundle";
import { h, said, unique } from "../dom";
import type { Child } from "../dom";
import { count, cut, signed } from "../words";

type Guess = "less" | "same" | "more";
const WORDS: Record<Guess, string> = { less: "fewer in B", same: "no difference to speak of", more: "more in B" };
const ASKED: [string, string][] = [
  ["onsets", "Conflicts that begin"], ["crossed", "Hidden fighters who cross unseen"], ["raids", "Raids"], ["attacks", "Overt attacks"],
];

const HEAD = ["you said", "in the model", "in B against A, the same dice"] as const;

/** A difference as a class can read it: so many of so many pairs of runs, and the mean with its interval. */
function inPairs(row: ContrastRow, runs: number): Child[] {
  const [, , , mean, low, high, , , less, , more] = row;
  if (less === 0 && more === 0) return [`the same in all ${runs} pairs of runs`];
  const many = (share: number): string => count(Math.round(share * runs));
  return [`fewer in ${many(less)} of ${runs} pairs of runs, more in ${many(more)}; on average ${signed(mean)} a run`, h("span", { class: "quiet" }, ` (${signed(low)} to ${signed(high)})`)];
}

/** A smaller change is none to speak of; lesson/answers.py has the same number. */
const LEAST = 0.02;

/** What the model says: less or more if the change is more than one in fifty and its 95 % interval leaves zero out, else the same. */
export function verdict(row: ContrastRow): Guess {
  const [, a, b, mean, low, high] = row;
  if (Math.abs(mean) < LEAST * Math.max(a, b)) return "same";
  return high < 0 ? "less" : low > 0 ? "more" : "same";
}

function mostMoved(bundle: Bundle): string {
  let best: [number, string] = [0, ""];
  const [a, b] = bundle.variants;
  if (!a || !b) return "";
  for (const code of a.states) {
    const other = b.states.indexOf(code);
    const own = a.risk[a.states.indexOf(code)] ?? [];
    const sum = own.reduce((total, value, month) => total + Math.abs(value - (b.risk[other]?.[month] ?? value)), 0);
    if (sum > best[0]) best = [sum, code];
  }
  return best[1];
}

/** The form; calls back with a panel that compares guesses and outcomes. */
export function predict(bundle: Bundle, b: string, reveal: (outcome: HTMLElement | null) => void): HTMLElement {
  const asked = ASKED.filter(([name]) => bundle.contrasts.some((row) => row[0] === name));
  const guesses = new Map<string, Guess>();
  const ready = h("button", { type: "submit", class: "go" }, "Reveal");
  const fields = asked.map(([name, title]) => {
    const group = unique("guess");
    return h("fieldset", {}, h("legend", {}, title), (Object.keys(WORDS) as Guess[]).map((key) => {
      const id = unique("guess");
      return h("span", { class: "guess" }, h("input", { id, type: "radio", name: group, value: key, required: true, change: () => guesses.set(name, key) }), " ", h("label", { for: id }, WORDS[key]));
    }));
  });
  const select = h("select", { id: unique("where") }, h("option", { value: "" }, "choose a state"), bundle.map.states.map((code) => h("option", { value: code }, cut(bundle.names[code] ?? code, 60))));
  const form = h("form", { class: "predict" },
    h("h2", {}, "Predict first"), h("p", {}, "A is as it was. In B: ", said(b), ". What will the model say?"), fields,
    h("p", { class: "row" }, h("label", { for: select.id }, "Where does the risk change most? "), select),
    h("p", { class: "row" }, ready, h("button", { type: "button", click: () => reveal(null) }, "Show without a guess")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    reveal(outcome(bundle, asked, guesses, select.value));
  });
  return h("section", { class: "card predict-card", "aria-label": "Predict first" }, form);
}

function outcome(bundle: Bundle, asked: [string, string][], guesses: Map<string, Guess>, where: string): HTMLElement {
  let right = 0;
  const rows = asked.map(([name, title]) => {
    const row = bundle.contrasts.find((one) => one[0] === name) as ContrastRow;
    const truth = verdict(row);
    const guess = guesses.get(name) ?? "same";
    if (truth === guess) right += 1;
    return h("tr", { class: truth === guess ? "hit" : "miss" }, h("th", { scope: "row" }, title), h("td", { "data-head": HEAD[0] }, WORDS[guess]), h("td", { "data-head": HEAD[1] }, h("b", {}, WORDS[truth])),
      h("td", { "data-head": HEAD[2] }, inPairs(row, bundle.variants[0]?.replicates ?? 1)), h("td", { class: "verdict" }, truth === guess ? "as guessed" : "a surprise"));
  });
  const moved = mostMoved(bundle);
  const place = moved ? (bundle.names[moved] ?? moved) : "nowhere";
  const guessed = where ? h("p", {}, "Where the risk changes most: you said ", h("b", {}, said(bundle.names[where] ?? where)), "; in the model ", h("b", {}, said(place)), where === moved ? ". As guessed." : ". A surprise.") : moved ? h("p", {}, "The risk changes most in ", h("b", {}, said(place)), ".") : null;
  return h("section", { id: "reveal", class: "card outcome", "aria-label": "Your prediction and the model", tabindex: -1 },
    h("h2", {}, `Your prediction: ${right} of ${asked.length} as the model says`),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Predictions" }, h("table", { class: "guesses stacks" },
      h("thead", {}, h("tr", {}, h("td", {}), [...HEAD, ""].map((text) => (text ? h("th", { scope: "col" }, text) : h("td", {}))))), h("tbody", {}, rows))),
    guessed, h("p", { class: "quiet" }, `“No difference to speak of” is a mean change of less than one in fifty, or one that luck alone can make (its 95 % interval, in brackets, holds zero). A guess that the model does not share may still be right about the world: ask which assumption stands between them.`));
}
