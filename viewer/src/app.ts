// The app: library, compare, about and export; everything is computed on this machine.
import { Api } from "./app/api";
import type { Card } from "./app/api";
import { compare } from "./app/compare";
import { library } from "./app/library";
import { h } from "./dom";
import { presentButton } from "./slides";
import type { Stage } from "./stage";

declare global {
  interface Window {
    stabilityStage?: Stage;
  }
}

interface PageData {
  token: string;
  library: Card[];
  first: string;
}

const root = document.getElementById("page");
const pageData = JSON.parse(document.getElementById("page-data")?.textContent ?? "null") as PageData | null;
if (root && pageData) start(root, pageData);

function start(root: HTMLElement, { token, library: cards, first }: PageData): void {
  const api = new Api(token);
  const room = h("div", { class: "room" });
  const back = h("button", { type: "button", class: "back", click: () => shelf() }, "Library");
  const title = h("span", { class: "app-title" }, "stability-sim");
  const bar = h("nav", { class: "screens", "aria-label": "Screens" }, title, back, presentButton());
  root.replaceChildren(bar, room);
  let left = new AbortController();
  const leave = (): AbortSignal => {
    left.abort();
    left = new AbortController();
    return left.signal;
  };
  const shelf = (): void => {
    leave();
    back.hidden = true;
    window.scrollTo(0, 0);
    document.title = "stability-sim";
    room.replaceChildren(library(cards, (id) => void open(id)));
  };
  const open = async (id: string): Promise<void> => {
    const signal = leave();
    back.hidden = false;
    room.replaceChildren(h("p", { role: "status", class: "wait" }, "Opening ..."));
    window.scrollTo(0, 0);
    await compare(room, api, id, (stage) => { window.stabilityStage = stage; }, signal, shelf);
  };
  if (first) void open(first);
  else shelf();
}
