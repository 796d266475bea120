"""The commands as functions, for notebooks and scripts; scenarios by name, path, or as loaded; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stability_sim.ensemble.run import prepare
from stability_sim.ensemble.sweep import Sweep
from stability_sim.ensemble.sweep import sweep as run_sweep
from stability_sim.report.page.html import render
from stability_sim.report.tables import CONDITIONAL, OutcomeRow, StateRow, outcome_rows, state_rows
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import UNITS
from stability_sim.scenario import Loaded, apply_settings, resolve, variant_scenarios
from stability_sim.scenario.load import load_named
from stability_sim.studies import attribute as attribution
from stability_sim.studies import compare as comparisons
from stability_sim.studies import sensitivity as sensitivities
from stability_sim.studies import uncertainty as uncertainties
from stability_sim.studies.points import check_size, run_named

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

ScenarioLike = str | Path | Loaded
Settings = Mapping[str, Any]
_MOST_ROWS = 12


def load(scenario: ScenarioLike, settings: Settings | None = None, posterior: str | Path | None = None) -> Loaded:
    """Load a scenario by name or path, or take a loaded one, and lay settings over it.

    Parameters
    ----------
    scenario : str, Path or Loaded
        Name of a shipped scenario, path of a file, or a loaded one.
    settings : mapping, optional
        Path → value, such as ``{"borders.AFG-TJK.guard": 0.9}``.
    posterior : str or Path, optional
        A file of ``calibrate``: parameters from it, and its sample for ``uncertainty``.

    Returns
    -------
    Loaded
        The scenario, its text, and the settings laid over it.

    Raises
    ------
    InvalidScenario
        With every problem of the file.
    FileNotFoundError
        If there is no such file or shipped scenario.
    ValueError
        If a posterior is named with a scenario that is loaded already.
    """
    overrides = [f"{path}={value}" for path, value in (settings or {}).items()]
    if isinstance(scenario, Loaded):
        if posterior is not None:
            raise ValueError("a posterior is read with its scenario: give the name or the path of the file, not a loaded one")
        loaded = replace(scenario, overrides=(*scenario.overrides, *overrides))
        variant_scenarios(loaded)
        return loaded
    return load_named(str(scenario), overrides, Path(posterior) if posterior else None)


def _page(title: str, below: str, tables: Sequence[tuple[str, pd.DataFrame]], note: str) -> str:
    """Return tables, each cut to its first rows, as a piece of HTML."""
    cut = [(caption, table.head(_MOST_ROWS)) for caption, table in tables]
    return render("report/page/tables.html.j2", title=title, below=below, tables=cut, note=note, float_format="{:.4g}".format)


@dataclass(frozen=True)
class Run:
    """An ensemble of one variant: its ``results``, and views of them for xarray, pandas and notebooks."""

    results: Results

    @cached_property
    def dataset(self) -> xr.Dataset:
        """All variables on named axes, each with its unit and meaning as attributes."""
        return self.results.to_xarray()

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Outcomes of the region, one row each: mean, quantiles over replicates in ``unit``, and the probability of any."""
        import pandas as pd

        return pd.DataFrame(outcome_rows(self.results), columns=OutcomeRow._fields).assign(
            unit=lambda rows: rows["outcome"].map(UNITS)
        )

    @cached_property
    def states(self) -> pd.DataFrame:
        """Each state: whether a conflict began, risk and burden at the end."""
        import pandas as pd

        return pd.DataFrame(state_rows(self.results), columns=StateRow._fields)

    @cached_property
    def log(self) -> pd.DataFrame:
        """The log, one row an event with its cause; ``month`` counts from 0, ``date`` is YYYY-MM."""
        import pandas as pd

        months = self.results.coords["month"]
        return pd.DataFrame(self.results.log.columns).assign(date=lambda rows: [months[month] for month in rows["month"]])

    def _repr_html_(self) -> str:
        about = self.results.attributes
        below = (
            f"variant {about['variant']}, {about['replicates']:,} replicates, seed {about['seed']}, "
            f"{about['months']} months from {about['start']}"
        )
        tables = [("Outcomes of a run", self.outcomes.drop(columns="outcome")), ("States", self.states.drop(columns="code"))]
        return _page(str(about["title"]), below, tables, CONDITIONAL)


@dataclass(frozen=True)
class Compared:
    """Variants beside their base on the same draws; ``comparison`` holds all tables."""

    comparison: comparisons.Comparison

    @property
    def contrasts(self) -> pd.DataFrame:
        """Paired differences, one row a variant and outcome, as of ``analysis.contrasts.contrast``."""
        return self.comparison.contrasts

    @property
    def pathways(self) -> pd.DataFrame:
        """The difference in conflicts brought in, by border, channel and step of the chain."""
        return self.comparison.pathways

    @property
    def divergence(self) -> pd.DataFrame:
        """The first month in which each replicate differs from the base, and the event that makes the difference."""
        return self.comparison.divergence

    @property
    def words(self) -> str:
        """What changed, as Markdown."""
        return self.comparison.words

    @cached_property
    def runs(self) -> dict[str, Run]:
        """The ensembles by name; ``base`` is the scenario itself."""
        return {name: Run(results) for name, results in self.comparison.results.items()}

    @cached_property
    def dataset(self) -> xr.Dataset:
        """All ensembles along an axis ``variant``; what a variant lacks is missing there."""
        import xarray as xr

        names = list(self.runs)
        parts = [run.dataset for run in self.runs.values()]
        axis = xr.DataArray(names, dims="variant", name="variant")
        return xr.concat(parts, dim=axis, join="outer", combine_attrs="drop_conflicts")

    @cached_property
    def differences(self) -> xr.DataArray:
        """Outcome of each variant less that of the base in the same replicate; axes variant, replicate, outcome."""
        outcomes = self.dataset["outcome_per_replicate"]
        return (outcomes.drop_sel(variant="base") - outcomes.sel(variant="base", drop=True)).rename("difference")

    def _repr_html_(self) -> str:
        from stability_sim.analysis.contrasts import clear_rows

        about = self.comparison.base.attributes
        columns = ["label", "base_mean", "variant_mean", "difference", "low", "high", "share_differs"]
        tables = []
        for name in self.comparison.variants:
            clear = clear_rows(self.contrasts[self.contrasts["variant"] == name])
            tables.append((f"{name}: {len(clear)} clear differences", clear[columns]))
        below = f"{about['replicates']:,} paired replicates, seed {about['seed']}"
        return _page(str(about["title"]), below, tables, CONDITIONAL)


def run(
    scenario: ScenarioLike,
    variant: str | None = None,
    *,
    settings: Settings | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
) -> Run:
    """Run an ensemble.

    Parameters
    ----------
    scenario, settings
        As for ``load``.
    variant : str, optional
        A variant of it; the base if not given.
    replicates, seed : int, optional
        In place of those of the scenario.
    workers : int, optional
        Threads; the results do not depend on them.
    """
    chosen = variant_scenarios(load(scenario, settings), variant=variant)
    n = replicates or chosen.replicates
    check_size(chosen, n, 1)
    prepare()
    return Run(run_named(chosen, variant or "base", n, chosen.seed if seed is None else seed, workers))


def compare(
    scenario: ScenarioLike,
    *variants: str,
    settings: Settings | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    from_month: str | int | None = None,
    workers: int | None = None,
) -> Compared:
    """Run variants beside the base on the same draws, and say what differs; all variants of the file if none is named.

    Parameters
    ----------
    scenario, settings
        As for ``load``; settings are laid over base and variants.
    variants : str
        Names of variants.
    replicates, seed, workers : int, optional
        As for ``run``.
    from_month : str or int, optional
        The same past, a new policy: months before the variants' changes come, or their month as YYYY-MM.
    """
    loaded = load(scenario, settings)
    compared = comparisons.compare(loaded, variants, replicates=replicates, seed=seed, from_month=from_month, workers=workers)
    return Compared(compared)


def sweep(scenario: ScenarioLike, *vary: str, settings: Settings | None = None, **options: Any) -> Sweep:  # noqa: ANN401
    """Run a scenario at every point of a design, all of them on the same draws.

    Parameters
    ----------
    scenario, settings
        As for ``load``.
    *vary : str
        What is varied: path=low:high:levels, such as ``states.TJK.capacity=0.2:0.5:7``.
    **options
        As of ``ensemble.sweep.sweep``: ``lhs``, ``variant``, ``replicates``, ``seed``, ``folder``, ``engine``, ...

    Returns
    -------
    Sweep
        Its ``to_xarray`` and ``to_pandas`` give the numbers.

    Raises
    ------
    DesignError, InvalidScenario
        If the design, or the scenario at one of its points, is wrong.
    """
    loaded = load(scenario, settings)
    prepare()
    return run_sweep(apply_settings(resolve(loaded.scenario), loaded.overrides), vary, **options)


def attribute(scenario: ScenarioLike, *, settings: Settings | None = None, **options: Any) -> attribution.Attribution:  # noqa: ANN401
    """Say which channel matters and who exports conflict, from a run with every set of the channels from abroad.

    Parameters
    ----------
    scenario, settings
        As for ``load``.
    **options
        As of ``studies.attribute.attribute``: ``variant``, ``outcome``, ``replicates``, ``seed``, ``workers``, ``say``.

    Raises
    ------
    InvalidScenario
        With every problem of the file.
    UsageError
        If there is no such outcome, or the study is larger than is allowed.
    """
    return attribution.attribute(load(scenario, settings), **options)


def sensitivity(scenario: ScenarioLike, *, settings: Settings | None = None, **options: Any) -> sensitivities.Sensitivity:  # noqa: ANN401
    """Say which number moves which outcome: Morris screening of all numbers with a range, Sobol indices of the top.

    Parameters
    ----------
    scenario, settings
        As for ``load``.
    **options
        As of ``studies.sensitivity.sensitivity``: ``variant``, ``outcomes``, ``factors``, ``top``, ``replicates``, ``seed``, ...

    Returns
    -------
    Sensitivity
        ``morris``, ``sobol``, ``basis`` and ``tornado`` are tables, ``sample`` the points and their outcomes.

    Raises
    ------
    InvalidScenario
        With every problem of the file.
    UsageError
        If an outcome or a factor is unknown, or the study is larger than is allowed.
    """
    return sensitivities.sensitivity(load(scenario, settings), **options)


def uncertainty(
    scenario: ScenarioLike, *, settings: Settings | None = None, posterior: str | Path | None = None, **options: Any  # noqa: ANN401
) -> uncertainties.Uncertainty:  # fmt: skip
    """Split the variance of headline numbers into luck, parameters and structure.

    Parameters
    ----------
    scenario, settings, posterior
        As for ``load``.
    **options
        As of ``studies.uncertainty.uncertainty``: ``variant``, ``contrast``, ``outcomes``, ``n_points``, ``replicates``, ...

    Returns
    -------
    Uncertainty
        ``parts`` are shares of the variance by outcome and source, ``intervals`` the headline numbers with all of them.

    Raises
    ------
    InvalidScenario
        With every problem of the file or of the posterior.
    UsageError
        If an outcome is unknown, the runs cannot be paired, or the study is larger than is allowed.
    """
    return uncertainties.uncertainty(load(scenario, settings, posterior), **options)


__all__ = ["Compared", "Run", "attribute", "compare", "load", "run", "sensitivity", "sweep", "uncertainty"]
