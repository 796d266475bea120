"""Observations of a scenario compared with its runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.results.results import Results
from stability_sim.scenario.observed import MEASURES, Observation, Reading, parse_measure

Basis = Literal["replicates", "quantiles", "mean"]


class CardRow(NamedTuple):
    """One observation against the runs: the share of replicates that fit it, and quantiles over the replicates.

    ``basis``: ``replicates`` if there is a value for each of ``n`` replicates; ``quantiles`` if only quantiles of the series are
    stored, ``mean`` if only the mean is: then there is no probability.
    """

    what: str
    measure: str
    within: int
    low: float
    high: float
    unit: str
    probability: float
    q05: float
    median: float
    q95: float
    inside: bool
    basis: Basis
    n: int
    source: str


class _Run(NamedTuple):
    """Results, and the months and replicates that count."""

    results: Results
    within: int
    n_logged: int

    def tally(self, keep: NDArray[np.bool_], weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Return the sum of rows of the log in each logged replicate, within the months that count."""
        columns = self.results.log.columns
        keep = keep & (columns["month"] < self.within)
        place = columns["replicate"][keep] - int(self.results.coords["replicate"][0])
        some = None if weights is None else weights[keep]
        return np.bincount(place.astype(np.int64), some, self.n_logged)[: self.n_logged].astype(float)

    def rows(self, kind: str, **where: str) -> NDArray[np.bool_]:
        """Return which rows of the log are of a kind, and have these words in these columns."""
        columns = self.results.log.columns
        return np.logical_and.reduce([columns[name] == word for name, word in {"kind": kind, **where}.items()])

    def number(self, kind: str, **where: str) -> NDArray[np.float64]:
        """Return how many such rows there are in each logged replicate."""
        return self.tally(self.rows(kind, **where))


def _onset(run: _Run, state: str) -> NDArray[np.float64]:
    month = run.results["onset_month"][:, run.results.index("state", state)]
    return ((month >= 0) & (month < run.within)).astype(float)


def _conflict(run: _Run, state: str) -> NDArray[np.float64]:
    """Return the months in which any conflict of a state counts: each from its onset, or from the start, to its ending."""
    columns, first = run.results.log.columns, int(run.results.coords["replicate"][0])
    started = [group for code, group in run.results.wars_at_start if code == state]
    here = (columns["state"] == state) & (columns["month"] < run.within) & (columns["replicate"] < first + run.n_logged)
    at_war = np.zeros((run.n_logged, run.within), dtype=bool)
    for group in {*started, *columns["group"][here & (columns["kind"] == "onset")].tolist()}:
        change = np.zeros((run.n_logged, run.within), dtype=np.int64)
        change[:, :1] = started.count(group)
        for kind, more in (("onset", 1), ("ending", -1)):
            rows = here & (columns["kind"] == kind) & (columns["group"] == group)
            at = columns["replicate"][rows].astype(np.int64) - first, columns["month"][rows].astype(np.int64)
            np.add.at(change, at, more)
        running = np.cumsum(change, axis=1)
        # a takeover ends what did not count as well: nothing is below none
        running -= np.minimum(np.minimum.accumulate(running, axis=1), 0)
        at_war |= running > 0
    return at_war.sum(axis=1).astype(float)


def _spread(run: _Run, dyad: str) -> NDArray[np.float64]:
    source, target = dyad.replace("-", ">").split(">")
    return run.number("onset", source=source, state=target)


def _attacks_on(run: _Run, target: str) -> NDArray[np.float64]:
    members = run.results.attributes["alliances"].get(target)
    if members is None:
        return run.number("attack", state=target)
    columns = run.results.log.columns
    on_member, by_member = (np.isin(columns[name].astype(str), members) for name in ("state", "source"))
    return run.tally(run.rows("attack") & on_member & ~by_member)


def _calls(run: _Run, alliance: str) -> NDArray[np.float64]:
    return run.number("call_honoured", group=alliance) + run.number("call_abandoned", group=alliance)


def _honoured(run: _Run, alliance: str) -> NDArray[np.float64]:
    calls, honoured = _calls(run, alliance), run.number("call_honoured", group=alliance)
    return honoured[calls > 0] / calls[calls > 0]


_PER_REPLICATE: dict[str, Callable[..., NDArray[np.float64]]] = {
    "onset": _onset,
    "ended": lambda run, state: np.minimum(run.number("ending", state=state), 1.0),
    "takeover": lambda run, state: np.minimum(run.number("ending", state=state, channel="takeover"), 1.0),
    "conflict": _conflict,
    "onsets": lambda run: run.number("onset"),
    "spread": _spread,
    "spread_from": lambda run, state: run.number("onset", source=state) - run.number("onset", source=state, state=state),
    "attacks_on": _attacks_on,
    "raids_on": lambda run, state: run.number("raid", state=state),
    "raids_by": lambda run, group: run.number("raid", group=group),
    "calls": _calls,
    "honoured": _honoured,
    "deployments": lambda run, alliance: run.number("deployment", group=alliance),
}
_OUTCOMES = {"attempts": "crossing_attempts", "deaths": "deaths", "incidents": "incidents", "refugees": "refugees_at_end"}
_QUANTILES = (0.05, 0.5, 0.95)
_SERIES = {"incidents": "incidents_cumulative", "refugees": "refugees_hosted"}


def _mean(run: _Run, reading: Reading) -> float:
    """Return a measure of which only the mean over the replicates is stored."""
    results, name = run.results, reading.measure
    if name in ("hosted", "hosted_share"):
        hosted = results["refugees_hosted"][run.within - 1]
        in_states = sum(float(hosted[results.index("state", code)]) for code in dict.fromkeys(reading.arguments))
        total = sum(hosted.tolist())
        return in_states if name == "hosted" else (in_states / total if total else math.nan)
    if name == "refuge_share":
        return _refuge(run, *reading.arguments)
    axis, variable = ("dyad", "refugee_flow") if name == "moved" else ("border", "incidents")
    labels = results.coords[axis]
    label = reading.arguments[0].replace("-", ">") if name == "moved" else reading.arguments[0]
    reversed_label = "-".join(reversed(label.split("-")))
    place = labels.index(label if label in labels else reversed_label)
    return sum(results[variable][: run.within, place].tolist())


def _refuge(run: _Run, origin: str, *refuges: str) -> float:
    """Return the share of those who left a state that went to some others; NaN if nobody left."""
    moved = run.results["refugee_flow"][: run.within]
    ends = [(k, label.split(">")) for k, label in enumerate(run.results.coords["dyad"])]
    by_refuge = {target: sum(moved[:, k].tolist()) for k, (source, target) in ends if source == origin}
    everybody = sum(by_refuge.values())
    return sum(by_refuge.get(state, 0.0) for state in dict.fromkeys(refuges)) / everybody if everybody else math.nan


def _spread_of(run: _Run, reading: Reading) -> tuple[Basis, NDArray[np.float64]]:
    """Return the basis of a measure, and its values: one a replicate, three quantiles, or one mean."""
    name, results = reading.measure, run.results
    if name in _PER_REPLICATE:
        return "replicates", _PER_REPLICATE[name](run, *reading.arguments)
    if name in _OUTCOMES and run.within == len(results.coords["month"]):
        return "replicates", results.outcome(_OUTCOMES[name])
    if name in _SERIES:
        fan = results["fan"][run.within - 1, results.index("outcome_series", _SERIES[name])]
        return "quantiles", np.array([fan[results.coords["quantile"].index(q)] for q in _QUANTILES])
    return "mean", np.array([_mean(run, reading)])


def _fit(values: NDArray[np.float64], observed: Observation) -> NDArray[np.bool_]:
    """Return which values lie within what was observed."""
    return (values >= observed.low) & (values <= observed.high)


def _row(results: Results, observed: Observation) -> CardRow:
    run = _Run(results, observed.within, int(results.attributes["replicates_logged"]))
    reading = parse_measure(observed.measure)
    basis, values = _spread_of(run, reading)
    probability = low = middle = high = math.nan
    if basis == "replicates" and len(values):
        low, middle, high = np.quantile(values, _QUANTILES, method="inverted_cdf").astype(float).tolist()
        probability = float(_fit(values, observed).sum() / len(values))
    elif basis == "quantiles":
        low, middle, high = values.tolist()
    elif basis == "mean":
        low = middle = high = float(values[0])
    return CardRow(
        observed.what, observed.measure, observed.within, observed.low, observed.high, MEASURES[reading.measure].unit,
        probability, low, middle, high, low <= observed.high and high >= observed.low, basis, len(values), observed.source,
    )  # fmt: skip


def card(results: Results) -> list[CardRow]:
    """Return a row for each observation of the scenario that was run; none if it has none.

    Measures that count single events are over the replicates whose log is stored.
    """
    return [_row(results, Observation.model_validate(entry)) for entry in results.attributes.get("observed", [])]


def fits(results: Results) -> dict[str, NDArray[np.bool_]]:
    """Return, for each observation that can be compared with single replicates, which of them fit it; all of equal length.

    Left out are observations of which only means or quantiles are stored, and shares that are undefined in some replicates.
    """
    n = int(results.attributes["replicates_logged"])
    fitting = {}
    for entry in results.attributes.get("observed", []):
        observed = Observation.model_validate(entry)
        run = _Run(results, observed.within, n)
        basis, values = _spread_of(run, parse_measure(observed.measure))
        if basis == "replicates" and len(values) >= n:
            fitting[f"{observed.measure} in {observed.within} months"] = _fit(values[:n], observed)
    return fitting
