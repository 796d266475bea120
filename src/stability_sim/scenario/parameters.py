"""The parameters of the model: their defaults, ranges, units, meanings and sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, NamedTuple

Tag = Literal["D", "P", "J"]

POSTERIOR = "posterior"  # the key beside the parameters of a scenario that names a file
POSTERIOR_MEANING = (
    "A file that `calibrate` wrote, relative to this one: posterior means as values, 90 % intervals as ranges; `uncertainty` draws "
    "from its sample. What is set here beside it stands."
)


class Parameter(NamedTuple):
    """Default, range, unit, tag, meaning and source of one parameter of the model.

    ``tag`` says where the number comes from: D identified from data, P a prior from the literature, J judgement.
    """

    value: float
    low: float
    high: float
    unit: str
    tag: Tag
    meaning: str
    source: str = "judgement of the authors"


# What governments and groups want: the sizes in the utilities of their choices, all of them judgement.
#
# What matters is their order: guarding removes most of a threat that crosses a border, talking is cheap but costs norms
# if the group is listed, a summit buys prestige whatever comes of it. Threats, weights and shares are in [0, 1].


def _size(value: float, high: float, meaning: str) -> Parameter:
    return Parameter(value, 0.0, high, "utility", "J", meaning)


PREFERENCES: dict[str, Parameter] = {
    "engage_security": _size(0.25, 0.6, "Government, engaging a group that governs: threat removed"),
    "engage_prestige": _size(0.1, 0.4, "Government, engaging a group that governs: prestige"),
    "engage_norms": _size(0.1, 0.4, "Government, engaging: norm cost"),
    "engage_cost": _size(0.05, 0.3, "Government, engaging: cost"),
    "listed_norms": _size(0.3, 0.8, "Government, engaging or recognising a group that it lists: further norm cost"),
    "recognise_security": _size(0.2, 0.6, "Government, recognising: threat removed"),
    "recognise_prestige": _size(0.15, 0.4, "Government, recognising: prestige"),
    "recognise_norms": _size(0.7, 1.5, "Government, recognising: norm cost"),
    "recognise_cost": _size(0.1, 0.3, "Government, recognising: cost"),
    "recognise_early": _size(1.0, 2.0, "Government, recognising a group that does not govern, or with which it does not talk: further cost"),
    "sanction_security": _size(0.15, 0.6, "Government, sanctioning a group that governs: threat removed"),
    "sanction_norms": _size(0.15, 0.4, "Government, sanctioning: norms kept"),
    "sanction_cost": _size(0.2, 0.5, "Government, sanctioning: cost"),
    "aid_security": _size(0.2, 0.6, "Government, giving aid under a group that governs: threat removed"),
    "aid_prestige": _size(0.1, 0.4, "Government, giving aid: prestige"),
    "aid_cost": _size(0.15, 0.4, "Government, giving aid: cost"),
    "guard_security": _size(0.5, 1.0, "Government, guarding a border that is not watched: threat removed"),
    "guard_cost": _size(0.1, 0.3, "Government, guarding: cost"),
    "drill_security": _size(0.2, 0.6, "Government, drilling with its allies: threat removed"),
    "drill_prestige": _size(0.1, 0.4, "Government, drilling: prestige"),
    "drill_cost": _size(0.2, 0.5, "Government, drilling: cost"),
    "summit_security": _size(0.1, 0.4, "Government, hosting a summit: threat removed"),
    "summit_glory": _size(0.4, 0.8, "Government, hosting a summit: prestige, for those who have some"),
    "summit_cost": _size(0.3, 0.6, "Government, hosting a summit: cost"),
    "deploy_security": _size(0.25, 0.6, "Government, sending forces to an ally at war: threat removed"),
    "deploy_prestige": _size(0.3, 0.6, "Government, sending forces: prestige"),
    "deploy_cost": _size(0.45, 0.9, "Government, sending forces: cost"),
    "poor_cost": _size(0.2, 0.5, "Government without capacity: further cost of aid and guard, and part of it of drills"),
    "drill_poor": Parameter(0.5, 0.0, 1.0, "share", "J", "Government without capacity, drilling: part of that cost"),
    "already_done": _size(0.5, 1.0, "Government: what is sanctioned or aided in full already is worth so much less"),
    "talking_already": _size(1.0, 2.0, "Government: engaging or recognising again"),
    "govern_base": _size(0.2, 0.6, "Group, staying at home: base"),
    "govern_stake": _size(0.8, 1.5, "Group, staying at home: what it has to lose if it governs"),
    "police_rivals": _size(0.8, 1.5, "Group that governs, policing: rivals at home"),
    "rivals_felt": Parameter(0.05, 0.01, 0.2, "share", "J", "Group that governs, policing: rivals that count half, relative to its own fighters"),
    "police_control": _size(0.1, 0.4, "Group, policing: control of its own fighters"),
    "police_cost": _size(0.2, 0.5, "Group, policing: cost"),
    "build_aim": _size(0.4, 0.8, "Group, building cells abroad: export aim"),
    "build_soft": _size(0.2, 0.5, "Group, building cells abroad: aim, times susceptibility of the target"),
    "build_kin": _size(0.3, 0.6, "Group, building cells abroad: aim, times kin there"),
    "build_risk": _size(0.2, 0.5, "Group, building cells abroad: risk of being seen"),
    "build_stake": _size(0.5, 1.0, "Group, building cells abroad: stake times control"),
    "raid_aim": _size(0.2, 0.6, "Group, raiding: export aim"),
    "raid_soft": _size(0.15, 0.5, "Group, raiding: aim, times susceptibility of the target"),
    "raid_hostility": _size(0.4, 0.8, "Group, raiding: aim, times hostility"),
    "raid_risk": _size(0.3, 0.6, "Group, raiding: risk of being seen"),
    "raid_stake": _size(0.7, 1.4, "Group, raiding: stake times control"),
    "raid_cost": _size(0.1, 0.4, "Group, raiding: cost"),
    "raid_governs": _size(0.4, 1.0, "Group that governs, raiding: it answers for what its men do"),
    "sanction_step": Parameter(0.2, 0.05, 0.5, "share", "J", "Government: a choice to sanction moves severity so far toward full"),
    "aid_step": Parameter(0.15, 0.05, 0.5, "share", "J", "Government: a choice to give aid moves it so far toward full"),
    "guard_step": Parameter(0.15, 0.05, 0.5, "share", "J", "Government: a choice to guard moves the watch so far toward full"),
    "own_summit_rank": Parameter(0.5, 0.2, 1.0, "share", "J", "Government: rank of the delegations at a summit that no file scheduled"),
    "own_drill_size": Parameter(0.5, 0.2, 1.0, "share", "J", "Government: size of a drill that no file scheduled"),
}  # fmt: skip

_PANEL = "estimated on the panel of states, UCDP/PRIO 1989-2014"
_UCDP = "conflicts of UCDP/PRIO 1989-2004, simulated likelihood"
_NSA = "399 dyads of NSA 3.4, 1946-2011, competing risks; level on how UCDP episodes ended 1990-2009"
_ESD = "UCDP ESD 1989-2014, 1,000 conflict-years"
_TERMINATION = "UCDP Conflict Termination 2010: begun again within five years, 1946-2009"
_GED = "months of UCDP GED 1989-2014"
_HONOUR = "Leeds 2003; Berkemeier & Fuhrmann 2018"

_PROCESSES: dict[str, Parameter] = {
    # Onset
    "onset_per_year": Parameter(0.0078, 0.005, 0.0123, "per year", "D", "New conflicts of a typical state from within, h0", _UCDP),
    "capacity_effect": Parameter(0.31, 0.16, 0.57, "log rate", "D", "How the log odds of capacity lower onset, from within and from outside, ηK", _UCDP),
    "capacity_bends": Parameter(0.5, 0.0, 0.7, "log rate", "P", "How much steeper that is for the most capable, per multiple of the typical state's income", "no onset in 707 state-years above 30,000 PPP dollars"),
    "capacity_income": Parameter(0.81, 0.6, 1.0, "exponent", "D", "Income relative to the typical state, as a power of the odds of capacity", "own count: panel of states 1990"),
    "population_effect": Parameter(0.24, 0.15, 0.45, "log rate", "D", "How population raises new conflicts, ηP", _UCDP),
    "population_reference": Parameter(9.0, 5.0, 20.0, "millions", "J", "Population at which its effect is nil"),
    "grievance_effect": Parameter(1.0, 0.0, 2.0, "log rate", "P", "How grievance raises new conflicts, ηG", "form: Epstein 2002"),
    "grievance_reference": Parameter(0.2, 0.1, 0.4, "share", "J", "Grievance at which its effect is nil"),
    "restart_per_year": Parameter(0.196, 0.145, 0.3, "per year", "D", "Conflicts that begin again, just after they ended, without a past before that", _UCDP),
    "restart_fades": Parameter(1.15, 0.8, 1.5, "exponent", "D", "How that fades with the years since, as a power of 1 + years", _UCDP),
    "restart_chronic": Parameter(1.33, 0.5, 2.0, "log rate", "D", "How much more it is for one that was always fought since it first was", _UCDP),
    "restart_capacity": Parameter(0.12, 0.0, 0.33, "log rate", "D", "How the log odds of capacity lower it", _UCDP),
    "restart_neighbours": Parameter(0.09, 0.0, 0.25, "ratio", "D", "What each neighbour at war adds to it", _UCDP),
    "restart_after_victory": Parameter(0.25, 0.1, 0.6, "ratio", "D", "Beginning again after the government won, relative to the mean", _TERMINATION),
    "restart_after_takeover": Parameter(0.5, 0.25, 1.0, "ratio", "D", "The same, after the rebels won", _TERMINATION),
    "restart_after_settlement": Parameter(0.65, 0.4, 1.0, "ratio", "D", "The same, after a settlement", _TERMINATION),
    "restart_after_fading": Parameter(1.3, 1.0, 1.6, "ratio", "D", "The same, after it faded", _TERMINATION),
    "war_remembered_years": Parameter(5.0, 3.0, 8.0, "years", "D", "How long neighbours remember a war: present and past in one", _UCDP),
    "backing_onset": Parameter(0.5, 0.0, 1.0, "log rate", "J", "How full support from abroad raises onset by the group that has it"),
    "infiltration_onset": Parameter(0.0040, 0.0, 0.008, "per year", "D", "Onset by infiltration, φF; only what kin, infiltration and refugees come to together is identified"),
    "kin_onset": Parameter(0.011, 0.0, 0.02, "per year", "D", "Onset by kin and ideas for a typical neighbour, φK", "direction: Forsberg 2014; Cederman et al. 2013"),
    "refugee_onset": Parameter(0.0016, -0.001, 0.003, "per year", "J", "Onset per refugee in 100 inhabitants, φR; the sign is disputed", "for: Salehyan & Gleditsch 2006; against: Zhou & Shaver 2021"),
    "refugee_ceiling": Parameter(10.0, 5.0, 20.0, "per 100 inhabitants", "J", "Refugees beyond which more add nothing to the risk"),
    "economic_spillover": Parameter(0.25, 0.0, 0.6, "share", "J", "Share of a neighbour's loss that reaches hardship"),
    "entanglement_onset": Parameter(0.001, 0.0, 0.005, "per year", "J", "Onset per thousand troops sent into a conflict, φA"),
    "common_ending_sd": Parameter(0.2, 0.0, 0.4, "log rate", "J", "Yearly shock to the ending rate of all conflicts at once"),
    "common_deaths_sd": Parameter(0.3, 0.0, 0.6, "log ratio", "J", "Yearly shock to the deaths of all conflicts at once"),
    "common_shock_sd": Parameter(0.3, 0.0, 0.6, "log rate", "J", "Yearly shock to the onset rate of all states at once"),
    "peacekeeping_relapse": Parameter(0.4, 0.15, 0.6, "ratio", "P", "Relapse under peacekeeping relative to none", "Fortna; Hegre, Hultman & Nygård 2019"),
    "rebels_at_onset": Parameter(1000.0, 200.0, 5000.0, "persons", "J", "Fighters that a group raises when a conflict begins"),
    "contagion_multiplies": Parameter(0.0, 0.0, 1.0, "exponent", "P", "How far contagion multiplies domestic risk (1) instead of adding to it (0)", "rival rules; the panel favours 0"),
    "contagion_reference": Parameter(0.009, 0.004, 0.05, "per year", "J", "Domestic rate at which the additive and the multiplicative rule agree"),
    "near_war_cells": Parameter(3.5, 2.0, 5.0, "none", "J", "Scale of the effect of cells: 3.5·(1 − exp(−1/3)) is about 1 at a third of X*"),
    "onset_at_war": Parameter(2.0, 1.0, 3.0, "ratio", "D", "Onset of a further conflict in a state at war, relative to one at peace", "own count of UCDP/PRIO conflicts 1990-2014: 1.7, of territorial ones 3"),
    # Strength of the two sides
    "unled_worth": Parameter(0.5, 0.2, 1.0, "ratio", "J", "Worth of a fighter of a group without control over its own, relative to one under full control"),
    "capacity_worth": Parameter(1.5, 0.5, 2.5, "log ratio", "J", "Worth of a soldier of a state of full capacity over one of none"),
    "army_melts": Parameter(2.0, 1.0, 3.0, "exponent", "J", "How an army that few believe in melts: exponent of its cohesion", "chosen on Afghanistan 2021"),
    "support_worth": Parameter(1.0, 0.5, 2.0, "ratio", "J", "What full support from abroad adds to the strength of a side"),
    "troops_worth": Parameter(3.0, 1.0, 5.0, "ratio", "J", "Worth of a foreign soldier beside one of a state of middling capacity"),
    "rebel_troops_worth": Parameter(1.5, 1.0, 3.0, "ratio", "J", "Worth of a foreign soldier beside rebels"),
    "sanctuary_worth": Parameter(0.5, 0.2, 1.0, "share", "J", "What a place where a group is safe is worth to it, of what full arms or funds are"),
    "front_division": Parameter(0.5, 0.0, 1.0, "exponent", "J", "How a government divides its forces among its conflicts: 0 alike, 1 as the rebels are strong"),
    "rising_balance": Parameter(-2.05, -2.4, -1.7, "log ratio", "D", "Log strength of rebels who rise over that of the government, mean", "NSA 3.4: .41 much weaker, .48 weaker, .09 at parity, .02 stronger"),
    "rising_balance_sd": Parameter(1.1, 0.8, 1.5, "log ratio", "D", "The same, standard deviation", "NSA 3.4"),
    "rising_balance_age": Parameter(0.15, 0.0, 0.3, "log ratio", "D", "The same, for conflicts on at the start: how far rebels who are left are weaker, by the log of 1 + age in years", "NSA 3.4"),
    # Ground
    "fortune_sd": Parameter(1.1, 0.8, 1.3, "log ratio", "J", "Fortune of war: what strengths do not say of who does better"),
    "fortune_half_life": Parameter(24.0, 12.0, 36.0, "months", "J", "How fast that is forgotten"),
    "ground_follows": Parameter(0.7, 0.5, 1.0, "ratio", "J", "Log odds of the ground that rebels come to hold, for each log ratio of strength", "chosen on five rates of rebel victory in NSA"),
    "ground_speed": Parameter(1.5, 1.0, 3.0, "per year", "J", "How fast ground follows strength", "chosen on the same rates"),
    "ground_sd": Parameter(1.0, 0.6, 1.2, "log odds", "J", "Luck in the field: spread of ground after a year", "chosen on the same rates"),
    "ground_feeds": Parameter(0.4, 0.0, 0.5, "log ratio", "J", "What a side gains by living off its ground", "chosen on the same rates"),
    "capital_falls": Parameter(1.5, 1.1, 2.0, "log odds", "J", "Ground of the rebels at which the government falls", "chosen on the same rates"),
    "ground_at_onset": Parameter(0.05, 0.01, 0.2, "share", "J", "Ground of the rebels when a conflict begins"),
    # Ending
    "ending_level": Parameter(0.6, 0.3, 0.9, "log per year", "D", "Log rate of all endings of a conflict of a year, 149 deaths a year and 9 million people, before what follows", _UCDP),
    "ending_shape": Parameter(0.79, 0.6, 1.0, "none", "D", "Weibull shape of the duration", _UCDP),
    "ending_deaths": Parameter(0.14, 0.0, 0.35, "log rate", "D", "How far a conflict ends later with each log death, κ", _UCDP),
    "ending_population": Parameter(0.34, 0.2, 0.5, "log rate", "D", "How far wars of large states last longer", _UCDP),
    "government_wins": Parameter(-2.3, -2.9, -1.9, "log rate", "D", "Victory of the government: constant", _NSA),
    "government_wins_balance": Parameter(0.33, 0.11, 0.55, "log rate", "D", "Victory of the government: strength of the rebels; visible ones are beaten, weak ones hide", _NSA),
    "government_wins_rebels_backed": Parameter(0.75, 0.0, 1.5, "log rate", "D", "Victory of the government: full support to the rebels lowers it", _NSA),
    "settles": Parameter(-1.9, -2.4, -1.5, "log rate", "D", "Settlement: constant", _NSA),
    "settles_balance": Parameter(0.57, 0.35, 0.79, "log rate", "D", "Settlement: strength of the rebels, up to parity", _NSA),
    "settles_rebels_backed": Parameter(0.44, 0.0, 0.8, "log rate", "D", "Settlement: full support to the rebels lowers it", "NSA 3.4: .14 (.30); published total"),
    "settles_government_backed": Parameter(0.13, 0.0, 0.5, "log rate", "D", "Settlement: full support to the government lowers it", _NSA),
    "fades": Parameter(-3.0, -3.6, -2.4, "log rate", "D", "Fading: constant", _NSA),
    "fades_balance": Parameter(0.06, 0.0, 0.2, "log rate", "D", "Fading: strength of the rebels lowers it", _NSA),
    "fades_rebels_backed": Parameter(0.51, 0.2, 0.8, "log rate", "D", "Fading: full support to the rebels lowers it", _NSA),
    "government_backed_lasts": Parameter(0.43, 0.03, 0.83, "log rate", "D", "Victory of the government, and fading: full support to the government lowers both", _NSA),
    "rebels_find_support": Parameter(0.33, 0.25, 0.42, "share", "D", "Conflicts in which states support the rebels", _ESD),
    "governments_find_support": Parameter(0.5, 0.4, 0.66, "share", "D", "Conflicts in which states support the government", _ESD),
    "rebels_lose_support": Parameter(0.39, 0.3, 0.53, "per year", "D", "End of the support of states to rebels", "UCDP ESD 1989-2014: a tie lasts another year in .68 of cases"),
    "governments_lose_support": Parameter(0.19, 0.14, 0.24, "per year", "D", "End of the support of states to governments", "UCDP ESD 1989-2014: .83"),
    "outmatched": Parameter(1.0, 0.0, 2.0, "log ratio", "J", "Strength of the rebels at which half of a government's chance to win, or to outlast them, is gone"),
    "peacekeeping_ends": Parameter(0.3, 0.0, 0.8, "log rate", "P", "How full peacekeeping raises the ending rate", "direction: Hegre, Hultman & Nygård 2019"),
    "talks_settle": Parameter(2.0, 1.0, 3.0, "ratio", "J", "Settlement in the 12 months after a successful summit", "direction: Beardsley 2008"),
    "takeover_capacity": Parameter(0.2, 0.0, 0.5, "share", "J", "Capacity that a state loses when a group takes it over"),
    "takeover_legitimacy": Parameter(0.3, 0.1, 0.6, "share", "J", "Legitimacy toward which a takeover moves a state"),
    "takeover_swing": Parameter(0.5, 0.2, 0.9, "share", "J", "How far a takeover moves legitimacy there"),
    "remnants": Parameter(0.3, 0.05, 0.7, "share", "J", "Fighters of a group that are left when the government wins"),
    "demobilisation": Parameter(0.03, 0.0, 0.1, "per month", "J", "Fighters at home who leave a group when nobody fights in its home any more"),
    # Deaths
    "level_mean": Parameter(4.26, 3.8, 5.0, "log deaths a year", "D", "Mean level of a conflict that begins, μ0", _UCDP),
    "level_sd": Parameter(1.65, 1.3, 2.2, "log deaths a year", "D", "How the levels of conflicts differ", _UCDP),
    "level_returns": Parameter(0.5, 0.3, 0.7, "share", "D", "How far a conflict that begins again has the level of its last fighting", _UCDP),
    "deaths_follow": Parameter(0.5, 0.3, 0.7, "log ratio", "D", "How deaths rise with the strength of the rebels", "NSA 3.4: .52 (.05) on 370 conflict-years"),
    "swing_sd": Parameter(1.1, 0.9, 1.3, "log ratio", "D", "How far deaths swing around the level of their conflict", _UCDP),
    "swing_persistence": Parameter(0.965, 0.95, 0.975, "per month", "D", "Autoregression of that swing", _UCDP),
    "silence": Parameter(-0.25, -0.55, 0.05, "logit", "D", "Months without deaths: at 149 deaths a year", _GED),
    "silence_deaths": Parameter(0.62, 0.5, 0.75, "logit", "D", "Months without deaths: each log death lowers them", _GED),
    "silence_lasts": Parameter(0.45, 0.3, 0.6, "share", "D", "Months without deaths: how far one follows another", _GED),
    "burst_sd": Parameter(1.1, 0.9, 1.3, "log ratio", "D", "How deaths of a month scatter around their rate", _GED),
    "most_killed_per_month": Parameter(0.005, 0.002, 0.02, "share", "J", "Largest share of a people that dies in battle in a month"),
    # Refugees
    "refugees_intercept": Parameter(3.76, 3.0, 4.5, "log persons a year", "D", "Log flow at one death a year", "UNHCR flows on UCDP deaths, R² 0.20"),
    "refugees_elasticity": Parameter(0.74, 0.6, 0.9, "none", "D", "Log flow per log death", "UNHCR flows on UCDP deaths, R² 0.20"),
    "refugees_sd": Parameter(1.5, 1.0, 2.0, "log persons a year", "D", "Spread of the flow around it, kept for a year", "UNHCR flows on UCDP deaths, R² 0.20"),
    "gravity_distance": Parameter(-1.13, -1.33, -0.93, "log share", "D", "Choice of refuge: log of distance + 100 km", "UNHCR flows, gravity model"),
    "gravity_adjacent": Parameter(0.89, 0.69, 1.09, "log share", "D", "Choice of refuge: a land border", "UNHCR flows, gravity model"),
    "gravity_population": Parameter(0.34, 0.14, 0.54, "log share", "D", "Choice of refuge: log population", "UNHCR flows, gravity model"),
    "gravity_income": Parameter(0.32, 0.12, 0.52, "log share", "D", "Choice of refuge: log income", "UNHCR flows, gravity model"),
    "elsewhere_share": Parameter(0.2, 0.0, 0.5, "share", "D", "Share of refugees who go to states that are no refuge in the scenario", "UNHCR stocks: 0.81 in land neighbours, pooled"),
    "openness_enough": Parameter(0.3, 0.1, 0.5, "share", "J", "Mean openness of the ways out, weighted by gravity, from which nobody who flees is kept in"),
    "return_war_per_year": Parameter(0.03, 0.0, 0.1, "per year", "J", "Return of refugees while the conflict lasts"),
    "return_peace_per_year": Parameter(0.2, 0.05, 0.5, "per year", "J", "Return of refugees after it"),
    "most_leave_per_month": Parameter(0.02, 0.005, 0.05, "share", "J", "Largest share of a people that flees in a month", "scale: Rwanda 1994 took months as well"),
    "screening_false_positives": Parameter(0.05, 0.0, 0.2, "share", "J", "Genuine refugees turned away under full screening"),
    "screening_cost": Parameter(0.02, 0.0, 0.1, "share", "J", "Hardship that screening fully one arrival a month per 100 inhabitants adds"),
    # Cells
    "hidden_share": Parameter(1e-5, 0.0, 1e-3, "share", "J", "Hidden fighters among refugees, φ"),
    "cells_half": Parameter(200.0, 50.0, 1000.0, "persons", "J", "Cells for about half the effect, X*", "scale: Batken 1999, 400-1,000 men"),
    "cells_loss": Parameter(0.03, 0.01, 0.15, "per month", "J", "Monthly loss of cells without capacity"),
    "cells_loss_capacity": Parameter(0.05, 0.0, 0.1, "per month", "J", "Further monthly loss under full capacity"),
    "cells_sent": Parameter(0.01, 0.0, 0.02, "per month", "J", "Share of fighters, times export aim, sent across a border when a group builds cells, ε"),
    "governing_sends": Parameter(0.05, 0.0, 0.5, "ratio", "J", "Fighters that a group that governs sends, relative to one that does not: by policy"),
    "cells_onward": Parameter(0.005, 0.0, 0.02, "per month", "J", "Share of cells that move on to the next state"),
    "cells_stay": Parameter(5.0, 1.0, 20.0, "persons", "J", "Cells below which none move on"),
    "guard_detects": Parameter(2.3, 1.0, 4.0, "none", "J", "How a guard sees crossings: under a full guard on flat land 1 − exp(−this) of them"),
    "terrain_hides": Parameter(0.6, 0.2, 0.9, "share", "J", "Part of a guard's worth that the most rugged border takes away"),
    "cells_serious": Parameter(0.25, 0.1, 1.0, "share", "J", "Part of X* from which a state says that it is being infiltrated, and may call its allies"),
    # Incidents, raids, attacks
    "incidents_per_month": Parameter(0.2, 0.1, 0.6, "per month", "J", "Skirmishes on a border of medium hostility, ι"),
    "incident_hostility": Parameter(1.5, 0.5, 2.5, "log rate", "J", "How hostility raises skirmishes"),
    "incident_length": Parameter(0.25, 0.0, 0.5, "log rate", "J", "How the log of the length of a border raises skirmishes"),
    "incident_reference": Parameter(700.0, 300.0, 1500.0, "km", "J", "Length of a border at which its effect is nil"),
    "raid_success": Parameter(0.35, 0.1, 0.7, "share", "J", "Chance that a raid that is chosen takes place at an unwatched border"),
    "raid_watched": Parameter(0.7, 0.3, 1.0, "share", "J", "Part of that chance that full detection takes away"),
    "attack_baseline": Parameter(-7.0, -8.0, -6.0, "logit per month", "J", "Overt attack, baseline, a0"),
    "attack_aim": Parameter(1.2, 0.5, 2.0, "logit", "J", "Overt attack: export aim"),
    "attack_force": Parameter(0.5, 0.2, 1.0, "logit", "J", "Overt attack: log ratio of forces"),
    "attack_hostility": Parameter(0.8, 0.2, 1.5, "logit", "J", "Overt attack: hostility"),
    "attack_hardship": Parameter(0.05, 0.0, 0.2, "share", "J", "Hardship that an overt attack adds in its target"),
    "state_stake": Parameter(0.5, 0.2, 0.9, "share", "J", "What a government without a group has to lose by attacking"),
    "embitters_incident": Parameter(0.005, 0.0, 0.02, "share", "J", "How far a skirmish raises hostility"),
    "embitters_raid": Parameter(0.1, 0.0, 0.3, "share", "J", "How far a raid raises hostility"),
    "embitters_attack": Parameter(0.5, 0.2, 0.9, "share", "J", "How far an overt attack raises hostility"),
    "word_broken": Parameter(0.2, 0.0, 0.5, "share", "J", "Credibility that a group loses by a raid"),
    "attack_breaks_word": Parameter(2.0, 1.0, 2.0, "ratio", "J", "Credibility that a group loses by an attack, relative to a raid"),
    "alliance_deters": Parameter(0.6, -0.2, 2.0, "logit", "P", "Overt attack: credible alliance, δA", "for: Johnson & Leeds 2011; against: Kenwick & Vasquez 2017"),
    "stake_deters": Parameter(0.8, 0.0, 2.0, "logit", "J", "Overt attack: what the attacker has to lose, δE"),
    "drill_effect": Parameter(-0.2, -0.7, 0.4, "logit", "P", "Overt attack: a fresh drill, δD; the sign is disputed", "Kuo & Blankenship 2022; Bernhardt & Sukin 2021; D'Orazio 2012"),
    "drill_half_life": Parameter(6.0, 3.0, 12.0, "months", "J", "How fast the signal of a drill fades"),
    "drill_elsewhere": Parameter(0.3, 0.0, 1.0, "share", "J", "Signal of a drill for members at whose border it is not held"),
    "drill_credit": Parameter(0.25, 0.0, 1.0, "calls", "J", "Credit of a full drill to a member's word, in honoured calls"),
    # Alliances
    "honour_rate": Parameter(0.5, 0.2, 0.75, "share", "P", "Expected share of calls honoured by a member", _HONOUR),
    "honour_weight": Parameter(4.0, 2.0, 10.0, "calls", "J", "How many remembered calls that expectation is worth"),
    "honour_external": Parameter(0.5, 0.0, 1.5, "logit", "J", "Call: the attacker is a member itself"),
    "honour_prestige": Parameter(0.8, 0.0, 2.0, "logit", "J", "Call: prestige of the lead above its reference"),
    "prestige_reference": Parameter(0.6, 0.3, 0.8, "share", "J", "Prestige of a lead that neither helps nor hurts a call"),
    "honour_overstretch": Parameter(1.5, 0.0, 3.0, "logit", "J", "Call: share of own forces already sent or at war"),
    "honour_scope": Parameter(0.5, 0.0, 1.5, "logit", "J", "Call: a raid or infiltration rather than an overt attack"),
    "honour_burden": Parameter(0.5, 0.0, 1.5, "logit", "P", "Call: own part of the forces of all who are called, above an equal part; small members ride free", "Olson & Zeckhauser 1966"),
    "consultation_promise": Parameter(0.3, 0.0, 0.6, "share", "J", "Credibility that a pledge to consult brings to bear, of that of a pledge to defend"),
    "burden_need": Parameter(0.2, 0.05, 1.0, "share", "J", "Forces that the called members send together, as a share of those of the ally"),
    "deployed_share": Parameter(0.02, 0.0, 0.1, "share", "J", "Share of forces that an honoured defence call sends"),
    "deployed_months": Parameter(12.0, 3.0, 36.0, "months", "J", "How long they stay"),
    # Summits
    "summit_baseline": Parameter(-2.0, -3.0, -1.0, "logit", "J", "Summit: success, baseline"),
    "summit_rank": Parameter(2.5, 0.0, 4.0, "logit", "J", "Summit: lowest rank among the delegations"),
    "summit_spoiler": Parameter(0.8, 0.0, 2.0, "logit", "J", "Summit: each party that stays away"),
    "summit_listed": Parameter(0.8, 0.0, 2.0, "logit", "J", "Summit: a party is listed by another", "direction: Haspeslagh 2021"),
    "summit_stalemate": Parameter(0.8, 0.0, 2.0, "logit", "J", "Summit: the conflict is older than two years or cold"),
    "summit_veto": Parameter(0.4, 0.0, 1.5, "logit", "P", "Summit: each party with a veto", "direction: Cunningham 2006"),
    "summit_outsiders": Parameter(1.0, 0.0, 2.0, "logit", "P", "Summit: all fighters in the state belong to groups that do not sit in", "direction: Stedman 1997"),
    "summit_prestige": Parameter(0.1, 0.0, 0.3, "share", "J", "Prestige that a host gains whatever comes of it"),
    "stalemate_months": Parameter(24.0, 12.0, 60.0, "months", "J", "Age from which a conflict counts as a stalemate", "idea: Zartman 2000"),
    "stalemate_deaths": Parameter(55.0, 25.0, 200.0, "deaths a year", "J", "Intensity under which a conflict counts as a stalemate"),
    "talks_months": Parameter(12.0, 6.0, 24.0, "months", "J", "How long a successful summit keeps talks going"),
    "summit_eases": Parameter(0.2, 0.0, 0.5, "share", "J", "Hostility around the state that a successful summit takes away"),
    # The five instruments of a state toward a group, and what each costs
    "listing_starves": Parameter(0.3, 0.0, 0.6, "share", "J", "Means that a group loses if all states list it", "direction: Haspeslagh 2021 for the cost to talks"),
    "sanction_starves": Parameter(0.3, 0.0, 0.6, "share", "J", "Means that a group loses under full sanctions"),
    "aid_diverted": Parameter(0.2, 0.0, 0.5, "share", "J", "Means that a group gains from full aid to the people under it", "direction: De Ree & Nillesen 2009"),
    "recognition_legitimacy": Parameter(0.2, 0.0, 0.5, "share", "P", "Legitimacy that a group's rule gains if all recognise it", "direction: Coggins 2011"),
    "recognition_costs_prestige": Parameter(0.1, 0.0, 0.3, "share", "J", "Prestige that a state loses by recognising a group that others list"),
    "engagement_eases": Parameter(0.01, 0.0, 0.05, "per month", "J", "Hostility with the state that a group governs that talks with it take away"),
    "recognised_counts": Parameter(0.7, 0.5, 1.0, "share", "J", "Part of recognition in what a group has to lose; the rest is engagement"),
    # Choice and perception
    "choice_precision": Parameter(4.0, 1.0, 8.0, "per utility", "J", "Precision of the logit choice, ψ"),
    "review_months": Parameter(6.0, 1.0, 24.0, "months", "J", "How often a government reconsiders its policy"),
    "perception_noise": Parameter(0.6, 0.2, 0.9, "share", "J", "How far the odds that a government sees can be off"),
    "perception_memory": Parameter(0.7, 0.3, 0.95, "per month", "J", "How much of a belief is kept from month to month"),
    "embassy_sees": Parameter(0.5, 0.0, 0.9, "share", "J", "How far an embassy or talks reduce that noise"),
    "talks_see": Parameter(0.5, 0.2, 0.8, "share", "J", "Part of talks in what reduces that noise; the rest is an embassy"),
    "groups_misjudge": Parameter(0.5, 0.0, 1.0, "ratio", "J", "How far the odds that a group sees of an alliance can be off, relative to those that a government sees"),
    "word_believed": Parameter(0.5, 0.0, 0.9, "share", "J", "Part of the threat behind a border that full credibility of the group takes away"),
    "fighters_seen": Parameter(0.02, 0.005, 0.1, "cells", "J", "Threat of a fighter behind the border relative to a hidden one inside"),
    # Slow variables
    "hardship_war": Parameter(0.03, 0.01, 0.06, "per month", "J", "Growth of hardship toward 1 in conflict"),
    "hardship_recovery": Parameter(0.02, 0.005, 0.05, "per month", "J", "Return of hardship to its long-run level"),
    "aid_relief": Parameter(0.4, 0.1, 0.7, "share", "J", "Share of hardship that full aid relieves"),
    "aid_cut_shock": Parameter(0.3, 0.0, 0.6, "share", "P", "Hardship that a full cut of aid adds at once", "direction: Nielsen et al. 2011"),
    "sanction_hardship": Parameter(0.2, 0.0, 0.5, "share", "P", "Hardship that full sanctions add", "direction: Escribà-Folch & Wright 2010"),
    "legitimacy_rate": Parameter(0.01, 0.002, 0.03, "per month", "J", "Drift of legitimacy to its level: lower in conflict"),
    "capacity_war": Parameter(0.003, 0.0, 0.01, "per month", "J", "Loss of capacity in conflict"),
    "capacity_recovery": Parameter(0.005, 0.001, 0.02, "per month", "J", "Return of capacity to its long-run level"),
    "prestige_fading": Parameter(0.03, 0.01, 0.1, "per month", "J", "Return of prestige to its long-run level"),
    "hostility_fading": Parameter(0.05, 0.01, 0.2, "per month", "J", "Return of hostility to its long-run level"),
    "guard_relaxing": Parameter(0.03, 0.0, 0.1, "per month", "J", "Return of a raised guard to its long-run level"),
    "stake_rate": Parameter(0.03, 0.01, 0.1, "per month", "J", "Drift of a group's stake to what recognition and aid offer"),
    "credibility_rate": Parameter(0.02, 0.005, 0.1, "per month", "J", "Growth of a group's credibility in a month without raids"),
    "word_uncontrolled": Parameter(0.5, 0.2, 0.9, "share", "J", "Credibility to which a group without control of its fighters returns; under full control to 1"),
    "stake_rule": Parameter(0.2, 0.0, 0.5, "share", "J", "Stake that a group gains by governing, without recognition and aid"),
    "stake_base": Parameter(0.1, 0.0, 0.3, "share", "J", "Stake of a group that governs nothing"),
    "stake_recognition": Parameter(0.4, 0.0, 0.6, "share", "J", "Stake that full recognition adds"),
    "stake_aid": Parameter(0.3, 0.0, 0.5, "share", "J", "Stake that full aid adds"),
    "legitimacy_war": Parameter(0.8, 0.5, 1.0, "ratio", "J", "Legitimacy toward which a state in conflict drifts, relative to its level"),
    "recruits": Parameter(0.01, 0.0, 0.03, "per month", "J", "Growth of a group that gathers at home, where hardship is full and capacity nil"),
    "rivals_policed": Parameter(0.03, 0.0, 0.1, "per month", "J", "Rivals' fighters and cells that a group in control takes out when it polices"),
    "rivalry_losses": Parameter(0.004, 0.0, 0.02, "per month", "J", "Losses in fights between groups of one home, of the harmonic mean of their fighters"),
}  # fmt: skip
PRIORS: dict[str, Parameter] = {**_PROCESSES, **PREFERENCES}
FITTED: dict[str, float] = json.loads((Path(__file__).parent / "fitted.json").read_text(encoding="utf-8"))["values"]


def fitted_until(year: int) -> dict[str, float]:
    """Return the values fitted to the panel up to a year, for forecasts of the years after it; empty if none ship."""
    path = Path(__file__).parent / f"fitted-{year}.json"
    values: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["values"] if path.exists() else {}
    return values


def _fitted(name: str, prior: Parameter) -> Parameter:
    """Return a parameter with the value that was fitted to the panel in the place of its prior."""
    return prior._replace(
        value=FITTED[name], source=f"fitted to the facts of the world panel, prior {prior.value:g}; {prior.source}"
    )


PARAMETERS: dict[str, Parameter] = {name: _fitted(name, prior) if name in FITTED else prior for name, prior in PRIORS.items()}


def outside_range(name: str, value: float) -> str:
    """Return what is wrong with a value outside the documented range of a parameter; nothing if it is within."""
    spec = PARAMETERS[name]
    if spec.low <= value <= spec.high:
        return ""
    return f"{value:g} is outside the documented range of {name}, {spec.low:g} to {spec.high:g} ({spec.unit})"


__all__ = ["PARAMETERS", "PRIORS", "Parameter", "Tag", "fitted_until", "outside_range"]
