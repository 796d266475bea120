// Made by scripts/build_vocabulary.py from results/vocabulary.py and report/figures/canvas.py: change these, not this file.
export const INK = "#1b1b2f";
export const QUIET = "#5c6370";
export const GRID = "#e3e6ea";
export const SEA = "#e6eff7";
export const LAND = "#f0efeb";
export const EDGE = "#c9c6bd";
export const BLOC = "#0b3c6f";
export const LESS = "#35978f";
export const SAME = "#e4e4e0";
export const MORE = "#bf812d";
export const VARIANT_LINES = ["#0072b2", "#d55e00"] as const;
export const VARIANT_TEXT = ["#00629b", "#a84600"] as const;
export const GROUP_COLOURS = ["#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#e69f00", "#7f3c8d", "#444444"] as const;
export const STEPS = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0] as const;
export const SHARE_COLOURS = ["#ffffe0", "#fff3b2", "#fee187", "#feca66", "#feab49", "#fc7034", "#df171d", "#8a0026"] as const;
export const UNNAMED = "rebels without a name";

export const OUTCOME_LABELS: Record<string, string> = {
  onsets: "conflicts that began",
  cross_border_onsets: "conflicts brought in from another state",
  outbreaks: "times that fighting broke out",
  months_in_conflict: "state-months in conflict",
  most_states_in_conflict: "most states in conflict at once",
  incidents: "border skirmishes",
  raids: "raids",
  attacks: "overt attacks",
  attacks_on_allies: "overt attacks on a member of an alliance",
  crossing_attempts: "attempts of groups to cross",
  crossed: "hidden fighters that crossed unseen",
  hidden_among_refugees: "hidden fighters among refugees",
  refugees_at_end: "refugees abroad at the end",
  deaths: "battle deaths",
  calls_honoured: "alliance calls honoured",
  calls_abandoned: "alliance calls abandoned",
};

export const SERIES: Record<string, [title: string, unit: string]> = {
  states_in_conflict: ["States in conflict", "states"],
  refugees_hosted: ["Refugees abroad", "persons"],
  cells: ["Hidden members of groups abroad", "persons"],
  incidents_cumulative: ["Border skirmishes since the start", "skirmishes"],
  deaths_12_months: ["Battle deaths in the past 12 months", "deaths"],
};

export const CHANNEL_NAMES: Record<string, string> = {
  start: "at war from the start",
  domestic: "from within",
  infiltration_crossing: "cells that crossed",
  infiltration_refugees: "cells among refugees",
  kin: "kin and ideas",
  refugees: "refugees",
  economy: "economy",
  entanglement: "entanglement abroad",
  event: "event of the scenario",
};

export const CHANNEL_COLOURS: Record<string, string> = {
  start: "#3b3b46",
  domestic: "#8c8c94",
  infiltration_crossing: "#d55e00",
  infiltration_refugees: "#e69f00",
  kin: "#cc79a7",
  refugees: "#009e73",
  economy: "#56b4e9",
  entanglement: "#0072b2",
};

export const ENDING_NAMES: Record<string, string> = {
  government: "the government prevails",
  takeover: "the group takes over",
  settlement: "a settlement",
  fades: "it fades out",
};

export const THREAT_NAMES: Record<string, string> = {
  overt_attack: "an overt attack",
  raid: "a raid",
  infiltration: "infiltration",
};
