// Present mode: large letters, one part of the page at a time, so that a back row can read every part and not the maps alone.
import { h } from "./dom";

const root = document.documentElement;

function presenting(): boolean {
  return root.classList.contains("presenting");
}

function tell(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button.present")) {
    button.setAttribute("aria-pressed", String(presenting()));
    button.textContent = presenting() ? "Leave" : "Present";
  }
}

/** Switch large letters on or off. */
export function present(on: boolean): void {
  root.classList.toggle("presenting", on);
  tell();
  window.scrollTo(0, 0);
}

/** The button that switches present mode; all buttons of its kind say the same. */
export function presentButton(): HTMLButtonElement {
  const button = h("button", { type: "button", class: "present", "aria-pressed": String(presenting()), click: () => present(!presenting()) });
  button.textContent = presenting() ? "Leave" : "Present";
  return button;
}

function goTo(target: HTMLElement): void {
  target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
  if (presenting()) window.scrollTo(0, 0);
  else target.scrollIntoView({ block: "start", behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/** Links to parts of the page; in present mode the part that was chosen last is the only one to be seen. */
export class Slides {
  readonly element: HTMLElement;
  private readonly links: HTMLAnchorElement[];
  private at = 0;

  constructor(private readonly parts: [part: HTMLElement, words: string][], begin = 0, more: HTMLElement[] = []) {
    this.links = parts.map(([part, words], k) => h("a", { href: `#${part.id}`, click: (event: Event) => { event.preventDefault(); this.go(k); goTo(part); } }, words));
    this.element = h("nav", { class: "parts-nav", "aria-label": "Parts of this page" }, h("ul", { class: "links" }, this.links.map((link) => h("li", {}, link))), ...more, presentButton());
    this.go(begin);
  }

  private go(k: number): void {
    this.at = Math.max(0, Math.min(this.parts.length - 1, k));
    this.parts.forEach(([part], n) => part.classList.toggle("slide", n === this.at));
    this.links.forEach((link, n) => {
      if (n === this.at) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  /** What the address asks for: a part, as in #why, or a part in large letters, as in #present:why. */
  open(hash: string): void {
    const [, large, id] = /^#(present:)?([\w-]+)$/.exec(hash) ?? [];
    const k = this.parts.findIndex(([part]) => part.id === id);
    if (k < 0) return;
    if (large) present(true);
    this.go(k);
    const target = this.parts[k]?.[0];
    if (target && k > 0) goTo(target);
  }

  /** The next part or the one before, as a remote control asks for; not while the part goes on beyond the window's edge. */
  turn(by: 1 | -1): boolean {
    const more = by > 0 ? root.scrollHeight - window.scrollY - window.innerHeight > 4 : window.scrollY > 4;
    if (!presenting() || more) return false;
    this.go(this.at + by);
    window.scrollTo(0, 0);
    return true;
  }
}
