// The scenarios to choose from.
import { h, said } from "../dom";
import { monthName } from "../words";
import type { Card } from "./api";

export function library(cards: Card[], open: (id: string) => void): HTMLElement {
  const items = cards.map((card) => {
    if (card.wrong) return h("li", { class: "card shelf-card" }, h("h2", {}, said(card.title)), h("pre", { tabindex: 0, "aria-label": "What is wrong with it" }, card.wrong));
    const many = (n: number | undefined, word: string): string => `${n ?? 0} ${word}${n === 1 ? "" : "s"}`;
    const facts = [`${many(card.months, "month")} from ${monthName(card.start ?? "")}`, many(card.states, "state"), many(card.groups, "group"), many(card.variants, "variant"), ...(card.lesson ? ["with a lesson of 50 minutes"] : [])].join(" · ");
    return h("li", { class: "card shelf-card" },
      h("p", { class: "kicker" }, said(card.title)), h("h2", { dir: "auto" }, card.question), h("p", { class: "quiet" }, facts),
      card.about ? h("details", {}, h("summary", {}, "The case"), h("p", { dir: "auto" }, card.about)) : null,
      h("p", {}, h("button", { type: "button", class: "go", click: () => open(card.id), "aria-label": `Open ${card.title}` }, "Open")));
  });
  return h("main", {}, h("h1", {}, "Which case?"),
    h("p", { class: "quiet" }, "Each shows what follows from stated assumptions. None is a forecast."),
    h("ul", { class: "shelf" }, items));
}
