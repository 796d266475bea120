"""Baselines without a model: everybody's past, the last year, the country's own past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stability_sim.analysis.baselines.forecast import Flags, Floats, Forecast
from stability_sim.panel import Panel

HISTORY_YEARS = 20


def _held(rate: Floats, years: int) -> tuple[Floats, Floats]:
    """Return a yearly probability held for some years, and that of conflict in any of them if years were independent."""
    each = np.repeat(rate[:, None], years, axis=1)
    return each, np.asarray(1.0 - np.cumprod(1.0 - each, axis=1), dtype=np.float64)


def _past(panel: Panel, codes: Sequence[str], origin: int) -> tuple[Flags, Flags, Floats]:
    """Return incidence, existence and deaths of some states up to the origin."""
    rows = [panel.state_index(code) for code in codes]
    cut = slice(0, panel.year_index(origin) + 1)
    return panel.incidence[rows, cut], panel.exists[rows, cut], panel.deaths[rows, cut]


def climatology(panel: Panel, codes: Sequence[str], origin: int, years: int) -> Forecast:
    """Return the share of all country-years up to the origin for everybody; deaths are those of the origin's year."""
    incidence, exists, deaths = _past(panel, codes, origin)
    each, any_by = _held(np.full(len(codes), incidence[exists].mean()), years)
    members = np.broadcast_to(deaths[:, -1], (len(codes), years, len(codes)))
    return Forecast("climatology", origin, tuple(codes), each, any_by, members)


def persistence(panel: Panel, codes: Sequence[str], origin: int, years: int) -> Forecast:
    """Return what was so in the origin's year: 0 or 1, and its deaths."""
    incidence, _, deaths = _past(panel, codes, origin)
    each = np.repeat(incidence[:, -1:].astype(np.float64), years, axis=1)
    members = np.repeat(deaths[:, -1:, None], years, axis=1)
    return Forecast("persistence", origin, tuple(codes), each, each.copy(), members)


def country_history(panel: Panel, codes: Sequence[str], origin: int, years: int) -> Forecast:
    """Return the share of a country's last twenty years with conflict, or of as many as the data have."""
    incidence, exists, deaths = _past(panel, codes, origin)
    incidence, exists, deaths = incidence[:, -HISTORY_YEARS:], exists[:, -HISTORY_YEARS:], deaths[:, -HISTORY_YEARS:]
    known = exists.sum(axis=1)
    rate = np.where(exists, incidence, False).sum(axis=1) / np.maximum(known, 1)
    each, any_by = _held(rate, years)
    first = exists.argmax(axis=1)
    place = np.maximum(np.arange(exists.shape[1])[None, :], first[:, None])  # a young state has its first year for those before
    own: Floats = np.take_along_axis(deaths, place, axis=1)
    members: Floats = np.broadcast_to(own[:, None, :], (len(codes), years, own.shape[1]))
    return Forecast("country history", origin, tuple(codes), each, any_by, members)
