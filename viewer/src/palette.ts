// Colours of the maps, and what stands for a value.
import { CHANNEL_COLOURS, CHANNEL_NAMES, INK, LESS, MORE, SHARE_COLOURS, STEPS } from "./vocabulary";

// Less is teal, more is brown: a pair that the colour-blind can tell apart, and that the map of shares does not use.
export const GAPS = [-0.1, -0.02, -0.005, -0.001, 0.001, 0.005, 0.02, 0.1] as const;
export const GAP_COLOURS = [
  "#01665e", LESS, "#80cdc1", "#c7eae5", "#fbfbf9", "#f6e8c3", "#dfc27d", MORE, "#8c510a",
] as const;
export const AT_PEACE = "#fff9cf";
export const AT_WAR = "#8a0026";
export const NO_VALUE = "#d8d8d8";

export function shareColour(value: number): string {
  let place = 0;
  while (place < SHARE_COLOURS.length - 1 && value >= (STEPS[place + 1] ?? 1)) place += 1;
  return SHARE_COLOURS[place] ?? NO_VALUE;
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
