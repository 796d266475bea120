// The colours of report/figures/canvas.py, so that page and figures agree (a test compares them).

export const INK = "#1b1b2f";
export const QUIET = "#5c6370";
export const GRID = "#e3e6ea";
export const SEA = "#e6eff7";
export const LAND = "#f0efeb";
export const EDGE = "#c9c6bd";
export const BLOC = "#0b3c6f";

export const VARIANT_LINES = ["#0072b2", "#d55e00"] as const;
export const VARIANT_TEXT = ["#00629b", "#a84600"] as const;

export const GROUP_COLOURS = [
  "#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#e69f00", "#7f3c8d", "#444444",
] as const;
export const CHANNEL_COLOURS: Record<string, string> = {
  start: "#3b3b46", domestic: "#8c8c94", infiltration_crossing: "#d55e00", infiltration_refugees: "#e69f00",
  kin: "#cc79a7", refugees: "#009e73", economy: "#56b4e9", entanglement: "#0072b2",
};
export const CHANNEL_NAMES: Record<string, string> = {
  start: "at war from the start", domestic: "from within", infiltration_crossing: "cells that crossed",
  infiltration_refugees: "cells among refugees", kin: "kin and ideas", refugees: "refugees",
  economy: "economy", entanglement: "entanglement abroad", event: "event of the scenario",
};

export const STEPS = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0] as const;
export const SHARES = [
  "#ffffe0", "#fff3b2", "#fee187", "#feca66", "#feab49", "#fc7034", "#df171d", "#8a0026",
] as const;

// Less is teal, more is brown: a pair that the colour-blind can tell apart, and that the map of shares does not use.
export const GAPS = [-0.1, -0.02, -0.005, -0.001, 0.001, 0.005, 0.02, 0.1] as const;
export const GAP_COLOURS = [
  "#01665e", "#35978f", "#80cdc1", "#c7eae5", "#fbfbf9", "#f6e8c3", "#dfc27d", "#bf812d", "#8c510a",
] as const;
export const AT_PEACE = "#fff9cf";
export const AT_WAR = "#8a0026";
export const NO_VALUE = "#d8d8d8";

export function shareColour(value: number): string {
  let place = 0;
  while (place < SHARES.length - 1 && value >= (STEPS[place + 1] ?? 1)) place += 1;
  return SHARES[place] ?? NO_VALUE;
}

export function gapColour(value: number): string {
  let place = 0;
  while (place < GAPS.length && value >= (GAPS[place] ?? 1)) place += 1;
  return GAP_COLOURS[place] ?? NO_VALUE;
}

export function channelColour(channel: string): string {
  return CHANNEL_COLOURS[channel] ?? INK;
}

export function channelName(channel: string): string {
  return CHANNEL_NAMES[channel || "event"] ?? channel.replaceAll("_", " ");
}
