// Report and notebook: the bundle stands in the page itself.
import { FORMAT } from "./bundle";
import type { Bundle } from "./bundle";
import { h } from "./dom";
import type { Stage } from "./stage";
import { viewer } from "./viewer";

declare global {
  interface Window {
    stabilityStage?: Stage;
  }
}

const root = document.getElementById("page");
const bundle = JSON.parse(document.getElementById("bundle")?.textContent ?? "null") as Bundle | null;
if (root && bundle?.format === FORMAT) window.stabilityStage = viewer(root, bundle);
else root?.append(h("p", {}, "This page holds no results that it can read."));
