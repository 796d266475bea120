"""Intrastate conflicts of the panel, as UCDP/PRIO counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from stability_sim.panel.panel import Flags, Floats, Rebel, Whole
from stability_sim.panel.tables import Columns, PanelError

INTRASTATE = (3, 4)  # UCDP/PRIO type_of_conflict: intrastate, internationalised intrastate
US_AL_QAIDA = 418  # coded as a conflict over the government of the USA, fought elsewhere: dropped
FEWEST_DEATHS = 25
# UCDP External Support: troops, joint operations and access, weapons, materiel, training, funding, intelligence
SUPPORT_KINDS = tuple(f"ext_{kind}_s" for kind in "xpywmtfi")
STATE = "Government of"  # how UCDP names a supporter that is a state


def _month(date: str) -> str:
    """Return a date of UCDP (DD-MM-YYYY or YYYY-MM-DD) as YYYY-MM."""
    parts = date[:10].split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        year, month = (parts[0], parts[1]) if len(parts[0]) == 4 else (parts[2], parts[1])
        if len(year) == 4 and 1 <= int(month) <= 12:
            return f"{year}-{int(month):02d}"
    raise PanelError(f"ucdp_acd_v241.csv: column 'start_date': {date!r} is not a date")


def _supporters(table: Columns) -> Counter[tuple[int, int]]:
    """Return how many states supported the armed opposition, by conflict and year."""
    supported = np.any([table[kind] == 1 for kind in SUPPORT_KINDS], axis=0) & (table["actor_nonstate"] == 1)
    rows = zip(*(table[name][supported] for name in ("conflict_id", "year", "supporter")), strict=True)
    return Counter((int(c), int(y)) for c, y, supporter in set(rows) if str(supporter).startswith(STATE))


def rebels_of(tables: Mapping[str, Columns], gw: Mapping[int, str]) -> tuple[Rebel, ...]:
    """Return the conflicts with the government of a state on side A, by state, year and conflict.

    Parameters
    ----------
    tables : mapping
        The columns of ``ucdp_acd_v241``, ``battle_deaths_conf_v241``, ``external_support_ucdp_esd``.
    gw : mapping
        Gleditsch-Ward code → ISO 3166 code of the states of the panel.
    """
    acd, toll, support = (tables[n] for n in ("ucdp_acd_v241", "battle_deaths_conf_v241", "external_support_ucdp_esd"))
    deaths = {(int(c), int(y)): float(d) for c, y, d in zip(toll["conflict_id"], toll["year"], toll["bd_best"], strict=True)}
    supporters = _supporters(support)
    rebels = []
    for k in range(len(acd["year"])):
        conflict, year = int(acd["conflict_id"][k]), int(acd["year"][k])
        if acd["type_of_conflict"][k] not in INTRASTATE or conflict == US_AL_QAIDA:
            continue
        side_a = str(acd["gwno_a"][k]).split(",")[0].strip()
        if not side_a.isdigit() or int(side_a) not in gw:
            continue
        rebels.append(
            Rebel(
                state=gw[int(side_a)],
                year=year,
                conflict=conflict,
                name=str(acd["side_b"][k]),
                deaths=deaths.get((conflict, year), float(FEWEST_DEATHS)),
                start=_month(str(acd["start_date"][k])),
                supporters=supporters[conflict, year],
            )
        )
    return tuple(sorted(rebels))


def incidence_of(rebels: tuple[Rebel, ...], place: Mapping[str, int], first: int, exists: Flags) -> tuple[Flags, Floats]:
    """Return where a conflict was active and its battle deaths, both on (state, year)."""
    deaths = np.zeros(exists.shape)
    active = np.zeros_like(exists)
    for rebel in rebels:
        t = rebel.year - first
        if 0 <= t < exists.shape[1]:
            active[place[rebel.state], t] = True
            deaths[place[rebel.state], t] += rebel.deaths
    active &= exists
    return active, np.where(active, deaths, 0.0)


QUIET_YEARS = 2  # UCDP's onset2: a conflict is new after two years without one


def after_quiet_years(exists: Flags, incidence: Flags, quiet_before: Whole, n_quiet: int = QUIET_YEARS) -> Flags:
    """Return where ``n_quiet`` years without conflict precede the year.

    Parameters
    ----------
    exists : (state, year) bool
    incidence : (..., state, year) bool
    quiet_before : (state,) int
        Quiet years before the first year of each state: what cannot be seen is taken from here.
    n_quiet : int
        Years.

    Returns
    -------
    (..., state, year) bool
    """
    first = exists.argmax(axis=1)
    years = np.arange(exists.shape[1])
    quiet = np.ones_like(incidence)
    for back in range(1, n_quiet + 1):
        quiet[..., back:] &= ~incidence[..., :-back]
    unseen = np.maximum(n_quiet - (years[None, :] - first[:, None]), 0)
    return exists & quiet & (quiet_before[:, None] >= unseen)
