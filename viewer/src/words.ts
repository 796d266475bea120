// Numbers, months and logged events in words.
import type { Bundle, LoggedEvent, Variant } from "./bundle";
import { channelName } from "./palette";
import { ENDING_NAMES, THREAT_NAMES, UNNAMED } from "./vocabulary";

const MONTHS = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
];

export function monthName(label: string): string {
  return `${MONTHS[Number(label.slice(5, 7)) - 1] ?? label} ${label.slice(0, 4)}`;
}

export function shortMonth(label: string): string {
  return `${(MONTHS[Number(label.slice(5, 7)) - 1] ?? label).slice(0, 3)} ${label.slice(0, 4)}`;
}

export function percent(share: number, digits?: number): string {
  const value = share * 100;
  const places = digits ?? (value !== 0 && Math.abs(value) < 9.95 && Math.abs(value - Math.round(value)) > 0.04 ? 1 : 0);
  return `${minus(value.toFixed(places))} %`;
}

export function minus(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

export function count(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return minus(`${(value / 1e6).toFixed(2)} M`);
  if (size >= 1000) return minus(Math.round(value).toLocaleString("en-GB"));
  if (size >= 100) return minus(value.toFixed(0));
  return minus(size >= 10 || Number.isInteger(value) ? value.toFixed(size >= 10 && !Number.isInteger(value) ? 1 : 0) : value.toFixed(2));
}

/** A tick of an axis: all ticks in the same unit. */
export function axisNumber(value: number, high: number): string {
  return high >= 1e6 ? minus(`${Number((value / 1e6).toFixed(2))} M`) : minus(value.toLocaleString("en-GB", { maximumFractionDigits: 2 }));
}

/** A share of many in whole per cent, in which a few are not none and not all. */
export function some(share: number): string {
  if (share > 0 && share < 0.005) return "<1 %";
  if (share < 1 && share > 0.995) return ">99 %";
  return percent(share, 0);
}

export function signed(value: number): string {
  const text = count(value);
  return value > 0 && !/^0(\.0*)?$/.test(text) ? `+${text}` : text;
}

/** Text cut by letters, not by halves of them. */
export function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}

/** A name that keeps its own direction inside a sentence. */
export function apart(text: string): string {
  return `\u2068${text}\u2069`;
}

export function stateName(bundle: Bundle, code: string): string {
  return apart(bundle.names[code] ?? code);
}

/** Who fights a government: a group, or rebels without a name. */
export function rebelsName(bundle: Bundle, group: string): string {
  return group ? (bundle.groups[group] ?? group) : UNNAMED;
}

function rebels(bundle: Bundle, group: string): string {
  return group ? actor(bundle, group) : UNNAMED;
}

function actor(bundle: Bundle, key: string): string {
  return apart(bundle.groups[key] ?? bundle.allianceNames[key] ?? key);
}

/** Which kinds of event weigh most on a reader's eye. */
export const MAJOR = new Set(["onset", "ending", "attack", "call_honoured", "call_abandoned", "deployment"]);

/** One row of the log as a sentence; causes are those that the engine logged. */
export function sentence(bundle: Bundle, variant: Variant, event: LoggedEvent): string {
  const [, kind, state, source, channel, group, value] = event;
  const here = stateName(bundle, state);
  const there = stateName(bundle, source);
  const who = group ? actor(bundle, group) : "";
  switch (kind) {
    case "outbreak":
    case "onset": {
      const from = source && source !== state ? `, from ${there}` : "";
      const begins = kind === "onset" ? "Conflict begins" : "Fighting breaks out";
      return `${begins} in ${here}: ${channelName(channel || (source ? "event" : "start"))}${from} (${rebels(bundle, group)})`;
    }
    case "ending":
      return `Conflict of ${here} with ${rebels(bundle, group)} ends after ${count(value)} ${value === 1 ? "month" : "months"}: ${ENDING_NAMES[channel] ?? channel}`;
    case "raid":
      return `Raid on ${here}${who ? ` by ${who}` : ""}, from ${there}`;
    case "attack":
      return `Open attack on ${here} by ${who ? `${who}, from ${there}` : there}`;
    case "call_honoured":
      return `${here} stands by ${there} after ${THREAT_NAMES[channel] ?? channel}: it keeps the pledge of ${who}`;
    case "call_abandoned":
      return `${here} leaves ${there} alone after ${THREAT_NAMES[channel] ?? channel}: it breaks the pledge of ${who}`;
    case "deployment":
      return `Forces of ${here} arrive in ${there} under ${who}`;
    case "summit_success":
      return `Talks hosted by ${here} on ${there} succeed`;
    case "summit_failure":
      return `Talks hosted by ${here} on ${there} fail`;
    case "event": {
      const told = Object.values(variant.triggered);
      return told.length === 1 && told[0] ? `Condition met: ${apart(told[0])}` : `A condition of the file is met: ${channel.replaceAll("_", " ")}`;
    }
    case "action":
      return `${here} chooses: ${channel} (${who || there})`;
    default:
      return `${kind.replaceAll("_", " ")}: ${here}`;
  }
}
