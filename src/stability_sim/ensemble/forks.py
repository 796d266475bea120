"""What is special of a batch that shares the past of a base and goes on as a variant: names of both in one result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.fork import Fork, go_on, places
from stability_sim.engine.record import TALLIES, Rows, Tallies, empty_rows, empty_tallies
from stability_sim.engine.run import Batch, BatchResult, LogPart, Stop, count_onsets, flatten, never, run_months
from stability_sim.world.entities import Names
from stability_sim.world.initial import Beginning
from stability_sim.world.vocabulary import LOG_ABANDONED, LOG_DEPLOYMENT, LOG_HONOURED

_KIND, _STATE, _SOURCE, _GROUP, _BORDER = 1, 2, 3, 5, 6


def _recoded(log: LogPart, names: Names, joined: Names) -> LogPart:
    """Return a log whose codes are those of the joined names."""
    rows = log.rows.copy()

    def move(column: int, mine: list[object], all_: list[object], chosen: NDArray[np.bool_]) -> None:
        table = np.append(places(mine, all_), -1)
        rows[chosen, column] = table[rows[chosen, column]]

    every = np.ones(len(rows), dtype=bool)
    by_alliance = np.isin(rows[:, _KIND], (LOG_HONOURED, LOG_ABANDONED, LOG_DEPLOYMENT))
    move(_STATE, [*names.states], [*joined.states], every)
    move(_SOURCE, [*names.states], [*joined.states], every)
    move(_GROUP, [*names.groups], [*joined.groups], ~by_alliance)
    move(_GROUP, [*names.alliances], [*joined.alliances], by_alliance)
    move(_BORDER, [*names.borders], [*joined.borders], every)
    return log._replace(rows=rows)


def _spread(part: Tallies, names: Names, joined: Names, total: Tallies) -> None:
    """Add the tallies of one side of a fork to those by joined names."""
    labels = {"state": "states", "source": "states", "target": "states", "dyad": "dyads", "border": "borders",
              "group": "groups", "tie": "ties", "conflict": "conflicts", "support": "supports"}  # fmt: skip
    at = {axis: places(getattr(names, label), getattr(joined, label)) for axis, label in labels.items()}
    for tally, sums, more in zip(TALLIES, total, part, strict=True):
        index = np.ix_(*(at.get(axis, np.arange(n)) for axis, n in zip(tally.axes, more.shape, strict=True)))
        sums[index] += more


def _log_of(batch: Batch, joined: Names) -> LogPart:
    return _recoded(flatten(batch.log, batch.replicates), batch.beginning.names, joined)


def run_forked_batch(
    past: Batch, fork: Fork, labels: Beginning, n_months: int, tallies: Tallies, stop: Stop = never
) -> BatchResult:
    """Run a batch of the base up to the month of a fork and of the variant from there on, and add both to the tallies.

    Parameters
    ----------
    past : Batch
        Of the base, at its first month.
    fork : Fork
        Base, variant and month.
    labels : Beginning
        All names of both (``joined_beginning``): tallies, rows and log are by these.
    n_months : int
        Length of base and fork together.
    tallies : Tallies
        Sums over replicates, added to in place.
    stop : callable
        Asked once a year whether the batch is no longer wanted.

    Raises
    ------
    Stopped
        If ``stop()`` says so; the tallies are then half filled and of no use.
    """
    base, future, size = fork.base, fork.future, len(past.replicates)
    before, rows = empty_tallies(base.frame, n_months), empty_rows(base.frame, size)
    run_months(past, fork.month, before, rows, stop)
    _spread(before, base.names, labels.names, tallies)
    first_onset = np.append(rows.first_onset, np.full((size, 1), -1, np.int16), axis=1)
    place = places(future.names.states, base.names.states)
    later = Rows(rows.outcomes, np.ascontiguousarray(first_onset[:, place]), rows.past_deaths)
    batch = go_on(fork, past)
    after = empty_tallies(future.frame, n_months)
    run_months(batch, n_months, after, later, stop)
    _spread(after, future.names, labels.names, tallies)
    first_onset = np.append(later.first_onset, rows.first_onset, axis=1)
    of_all = np.array([(future.names.states + base.names.states).index(code) for code in labels.names.states])
    result = Rows(later.outcomes, first_onset[:, of_all], later.past_deaths)
    logs = [_log_of(past, labels.names), _log_of(batch, labels.names)]
    both = LogPart(*(np.concatenate([log[k] for log in logs]) for k in range(3)))
    order = np.argsort(both.replicate, kind="stable")
    log = LogPart(*(column[order] for column in both))  # type: ignore[arg-type]
    count_onsets(log, int(past.replicates[0]), tallies, result)
    return BatchResult(result, log)
