"""The scenario file, made trustworthy."""

from stability_sim.scenario.events import Condition, TriggerError, parse_trigger
from stability_sim.scenario.explain import (
    Explanation,
    UnknownKey,
    content_hash,
    dump,
    explain,
    explanations,
    json_schema,
    quantities,
    without_remarks,
)
from stability_sim.scenario.load import Loaded, load, loads, variant_scenarios
from stability_sim.scenario.problems import InvalidScenario, MechanismError, Problem
from stability_sim.scenario.resolve import DirectedBorder, directed, resolve
from stability_sim.scenario.rules import Rules, parameters_of, rivals
from stability_sim.scenario.schema import Scenario
from stability_sim.scenario.values import with_rules, with_values
from stability_sim.scenario.variants import apply_settings, apply_variant

__all__ = [
    "Condition",
    "DirectedBorder",
    "Explanation",
    "InvalidScenario",
    "Loaded",
    "MechanismError",
    "Problem",
    "Rules",
    "Scenario",
    "TriggerError",
    "UnknownKey",
    "apply_settings",
    "apply_variant",
    "content_hash",
    "directed",
    "dump",
    "explain",
    "explanations",
    "json_schema",
    "load",
    "loads",
    "parameters_of",
    "parse_trigger",
    "quantities",
    "resolve",
    "rivals",
    "variant_scenarios",
    "with_rules",
    "with_values",
    "without_remarks",
]
