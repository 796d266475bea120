"""Ensembles that share the past of a base and go on as a variant."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from stability_sim.calendar import month_index
from stability_sim.engine.fork import Fork, go_on, joined_beginning, places
from stability_sim.engine.record import Rows, Tallies, add, empty_rows, empty_tallies, record
from stability_sim.engine.run import Chunk, LogPart, count_onsets, flatten, go_on_until, start
from stability_sim.ensemble.results import assemble
from stability_sim.ensemble.run import run
from stability_sim.ensemble.threads import Ensemble, check_numbers, chunk_size, default_workers, joined_log
from stability_sim.kernels.handles import handle
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario
from stability_sim.world.entities import Names
from stability_sim.world.initial import begin
from stability_sim.world.vocabulary import LOG_ABANDONED, LOG_DEPLOYMENT, LOG_HONOURED

_KIND, _STATE, _SOURCE, _GROUP, _BORDER = 1, 2, 3, 5, 6


class ForkError(ValueError):
    """A fork that cannot be made."""


def _recoded(log: LogPart, names: Names, joined: Names) -> LogPart:
    """Return a log whose codes are those of the joined names."""
    rows = log.rows.copy()

    def move(column: int, mine: list[object], all_: list[object], where: NDArray[np.bool_]) -> None:
        table = np.append(places(mine, all_), -1)
        rows[where, column] = table[rows[where, column]]

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
    states, dyads = places(names.states, joined.states), places(names.dyads, joined.dyads)
    at = dict.fromkeys(Tallies._fields[:8], states) | dict.fromkeys(Tallies._fields[8:13], dyads)
    at |= {"incidents": places(names.borders, joined.borders)}
    at |= {name: places(names.ties, joined.ties) for name in ("tie_cells", "tie_fighters")}
    for name, place in at.items():
        getattr(total, name)[:, place] += getattr(part, name)
    total.hazard[states] += part.hazard
    total.ever_onset[states] += part.ever_onset
    np.add(total.histogram, part.histogram, out=total.histogram)


def _run_months(chunk: Chunk, until: int, tallies: Tallies, rows: Rows) -> None:
    kept = handle(tallies), handle(rows)
    while chunk.month_number < until:
        go_on_until(chunk, until, record, kept)


def _log_of(chunk: Chunk, joined: Names) -> LogPart:
    return _recoded(flatten(chunk.log, chunk.replicates), chunk.beginning.names, joined)


def _chunk(fork: Fork, seed: int, first: int, size: int, n_months: int) -> tuple[Tallies, Rows, LogPart]:
    """Run some replicates: the base up to the fork, the variant from there on."""
    base, future = fork.base, fork.future
    joined = joined_beginning(fork)
    past = start(base, seed, first, size)
    tallies, rows = empty_tallies(base.frame, n_months), empty_rows(base.frame, size)
    _run_months(past, fork.month, tallies, rows)
    total = empty_tallies(joined.frame, n_months)
    _spread(tallies, base.names, joined.names, total)
    place = places(future.names.states, base.names.states)
    known = np.append(rows.first_onset, np.full((size, 1), -1, np.int16), axis=1)
    later = Rows(rows.outcomes, np.ascontiguousarray(known[:, place]), rows.past_deaths)
    chunk = go_on(fork, past)
    tallies = empty_tallies(future.frame, n_months)
    _run_months(chunk, n_months, tallies, later)
    _spread(tallies, future.names, joined.names, total)
    known = np.append(later.first_onset, rows.first_onset, axis=1)
    of_all = np.array([(future.names.states + base.names.states).index(code) for code in joined.names.states])
    outcome = Rows(later.outcomes, known[:, of_all], later.past_deaths)
    parts = [_log_of(past, joined.names), _log_of(chunk, joined.names)]
    both = LogPart(*(np.concatenate([part[k] for part in parts]) for k in range(3)))
    order = np.argsort(both.replicate, kind="stable")
    log = LogPart(*(column[order] for column in both))  # type: ignore[arg-type]
    count_onsets(log, first, total, outcome)
    check_numbers(outcome, first)
    return total, outcome, log


def _tell_of_the_past(base: Scenario, variant: Scenario, month: int, say: Callable[[str], None]) -> None:
    for event in variant.events:
        if event.on is not None and event not in base.events and month_index(event.on, variant.start) < month:
            say(f"an event of the variant on {event.on} lies before the fork: it does not happen")


def run_forked(
    base: Scenario,
    variant: Scenario,
    month: int,
    *,
    replicates: int,
    seed: int,
    first: int = 0,
    workers: int | None = None,
    say: Callable[[str], None] = lambda text: None,  # noqa: ARG005
) -> Results:
    """Run an ensemble of a variant that has the past of its base up to the beginning of a month.

    Parameters
    ----------
    base, variant : Scenario
        Resolved, with the same first month and length.
    month : int
        Months that the base runs; 0 gives the variant as it is.
    replicates, seed, first : int
        How many, keyed by what, from which on.
    workers : int, optional
        Threads; they change no bit.
    say : callable
        Told of events that come too late.

    Raises ForkError if the two do not fit together or the month is not one of the run.
    """
    if (base.start, base.months) != (variant.start, variant.months):
        raise ForkError("a fork needs a variant with the first month and the length of its base")
    if not 0 <= month < base.months:
        raise ForkError(f"the fork is at month {month}, but the run has the months 0 to {base.months - 1}")
    if month == 0:
        return run(variant, replicates=replicates, seed=seed, first=first, workers=workers)
    _tell_of_the_past(base, variant, month, say)
    fork = Fork(begin(base), begin(variant), month)
    workers = workers or default_workers()
    size = chunk_size(fork.base, replicates, workers)
    end = first + replicates
    starts = range(first, end, size)
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_chunk, fork, seed, k, min(size, end - k), base.months) for k in starts]
        try:
            done = [future.result() for future in futures]
        except BaseException:  # an interrupt waits for the chunks under way alone
            for future in futures:
                future.cancel()
            raise
    tallies = done[0][0]
    for more, _, _ in done[1:]:
        add(tallies, more)
    rows = Rows(*(np.concatenate([one[1][k] for one in done]) for k in range(len(Rows._fields))))
    log, n_logged = joined_log([one[2] for one in done], first, replicates)
    joined = joined_beginning(fork)
    given = {"seed": seed, "variant": "fork", "from_month": month}
    results = assemble(joined, Ensemble(tallies, rows, log, n_logged), first=first, n_months=base.months, given=given)
    names = results.attributes["alliance_names"]
    names |= {key: alliance.name or key for key, alliance in base.alliances.items() if key not in names}
    return results
