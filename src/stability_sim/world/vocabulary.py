"""The numbers that stand for words inside the kernels; the recorder turns them back into words."""

from __future__ import annotations

CHANNELS = (
    "domestic", "infiltration_crossing", "infiltration_refugees", "kin", "refugees", "economy", "entanglement",
)  # fmt: skip
DOMESTIC, CROSSING, HIDDEN, KIN, REFUGEES, ECONOMY, ENTANGLEMENT = range(len(CHANNELS))
N_CHANNELS = len(CHANNELS)

FEWEST_COUNTED = 25.0  # battle deaths in a calendar year from which UCDP counts an armed conflict
ENDINGS = ("government", "takeover", "settlement", "fades")
GOVERNMENT, TAKEOVER, SETTLEMENT, FADES = range(len(ENDINGS))

SHOCKS = ("onset", "ending", "deaths")  # that all states share in a year
ON_ONSET, ON_ENDING, ON_DEATHS = range(len(SHOCKS))

STATE_ACTIONS = ("none", "engage", "recognise", "sanction", "aid", "guard", "drill", "summit", "deploy")
NONE, ENGAGE, RECOGNISE, SANCTION, AID, GUARD, DRILL, SUMMIT, DEPLOY = range(len(STATE_ACTIONS))

GROUP_ACTIONS = ("none", "govern", "police", "build", "raid")
IDLE, GOVERN, POLICE, BUILD, RAID = range(len(GROUP_ACTIONS))

THREATS = ("overt_attack", "raid", "infiltration")
BY_ATTACK, BY_RAID, BY_INFILTRATION = range(len(THREATS))

OBLIGATIONS = ("defence", "consultation", "neutrality", "non_aggression")
DEFENCE, CONSULTATION, NEUTRALITY, NON_AGGRESSION = range(len(OBLIGATIONS))

LOG_KINDS = (
    "onset", "ending", "raid", "attack", "call_honoured", "call_abandoned", "deployment", "summit_success",
    "summit_failure", "action", "event", "outbreak",
)  # fmt: skip
(
    LOG_ONSET, LOG_ENDING, LOG_RAID, LOG_ATTACK, LOG_HONOURED, LOG_ABANDONED, LOG_DEPLOYMENT, LOG_SUMMIT_SUCCESS,
    LOG_SUMMIT_FAILURE, LOG_ACTION, LOG_EVENT, LOG_OUTBREAK,
) = range(len(LOG_KINDS))  # fmt: skip

OPERATIONS = (
    "summit", "drill", "engage", "recognise", "listed", "embassy", "sanction", "aid", "withdraw_state",
    "withdraw_group", "set_state", "set_dyad", "set_group", "displacement", "outbreak", "peace", "attack", "deploy",
    "support", "withdraw_support", "set_members",
)  # fmt: skip
(
    OP_SUMMIT, OP_DRILL, OP_ENGAGE, OP_RECOGNISE, OP_LISTED, OP_EMBASSY, OP_SANCTION, OP_AID, OP_WITHDRAW_STATE,
    OP_WITHDRAW_GROUP, OP_SET_STATE, OP_SET_DYAD, OP_SET_GROUP, OP_DISPLACEMENT, OP_OUTBREAK, OP_PEACE, OP_ATTACK,
    OP_DEPLOY, OP_SUPPORT, OP_WITHDRAW_SUPPORT, OP_SET_MEMBERS,
) = range(len(OPERATIONS))  # fmt: skip

METRICS = (
    "incidents", "raids", "attacks", "crossings", "conflict", "conflicts", "cells", "refugees", "deaths", "hardship",
    "legitimacy", "month",
)  # fmt: skip
(
    IS_INCIDENTS, IS_RAIDS, IS_ATTACKS, IS_CROSSINGS, IS_CONFLICT, IS_CONFLICTS, IS_CELLS, IS_REFUGEES, IS_DEATHS,
    IS_HARDSHIP, IS_LEGITIMACY, IS_MONTH,
) = range(len(METRICS))  # fmt: skip
SUPPORTS = ("troops", "arms", "funds", "sanctuary")
TROOPS, ARMS, FUNDS, SANCTUARY = range(len(SUPPORTS))
MEMBERS = ("fighters", "cells")
FIGHTERS, CELLS = range(len(MEMBERS))

COMPARISONS = (">=", ">", "<=", "<", "==")
NO_TRIGGER = -1
SAME_AS_BEFORE = -2  # a further operation of the event in the row before
