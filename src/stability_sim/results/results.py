"""What came out: numbers on named axes, and a log of what happened.

The results know nothing of how they were made: figures, tables and analysis read only this.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOG_COLUMNS = ("replicate", "month", "kind", "state", "source", "channel", "group", "value")


@dataclass(frozen=True)
class Variable:
    """An array with the names of its axes (one for each of its dimensions), its unit and its meaning."""

    dims: tuple[str, ...]
    values: NDArray[Any]
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class EventLog:
    """A table of what happened: one row an event, text columns as text.

    Columns: ``replicate``, ``month`` (counted from 0), ``kind`` (onset, ending, raid, attack, ...), ``state`` (where),
    ``source`` (state from which it came, or empty), ``channel`` (of an onset: domestic, infiltration ...; of others:
    how), ``group`` (name or empty), ``value`` (a number whose meaning depends on the kind).
    """

    columns: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.columns["month"])

    def where(self, **equals: Any) -> EventLog:  # noqa: ANN401 - any value of a column
        """Return the rows whose columns equal the given values.

        Parameters
        ----------
        **equals : str or int
            Column name and value.
        """
        keep = np.ones(len(self), dtype=bool)
        for name, value in equals.items():
            keep &= self.columns[name] == value
        return EventLog({name: column[keep] for name, column in self.columns.items()})

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as mappings, in the order of the log."""
        names = list(self.columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*(self.columns[n].tolist() for n in names), strict=True)]


@dataclass(frozen=True)
class Results:
    """The outcome of one ensemble of one variant.

    ``coords`` gives the labels of every axis (``month`` as YYYY-MM, ``state`` codes, ``group`` names, ``border`` and
    ``dyad`` names, ``channel``, ``outcome``, ``quantile``, ``replicate`` numbers); ``attributes`` what made it.
    """

    coords: dict[str, list[Any]]
    variables: dict[str, Variable]
    log: EventLog
    attributes: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.variables[name].values

    @property
    def n_replicates(self) -> int:
        """Number of replicates in the ensemble."""
        return int(self.attributes["replicates"])

    @property
    def wars_at_start(self) -> list[tuple[str, str]]:
        """The conflicts that count at the start: state and group, which is empty for rebels without a name.

        Of runs of earlier versions, which know no conflicts, the states at war.
        """
        if "initial_conflicts" not in self.variables:
            at_war = zip(self.coords["state"], self["initial_conflict"].tolist(), strict=True)
            return [(state, "") for state, counts in at_war if counts]
        labels = [self.coords["conflict"][c].split("/", 1) for c in np.flatnonzero(self["initial_conflicts"])]
        return [(state, "" if rebels.startswith("#") else rebels) for state, rebels in labels]

    def index(self, axis: str, label: str) -> int:
        """Return the position of a label on an axis; KeyError if it has none."""
        try:
            return self.coords[axis].index(label)
        except ValueError:
            raise KeyError(f"{label!r} is not on the axis {axis!r}") from None

    def outcome(self, name: str) -> NDArray[Any]:
        """Return an outcome of the region in each replicate, (replicate,); KeyError if there is none of that name."""
        return self["outcome_per_replicate"][:, self.index("outcome", name)]

    def hash(self) -> str:
        """Return the SHA-256 over all numbers, labels and log rows, in hexadecimal: equal bytes, equal hash."""
        digest = hashlib.sha256()
        for name in sorted(self.variables):
            variable = self.variables[name]
            values = np.ascontiguousarray(variable.values)
            values = values.astype(values.dtype.newbyteorder("<"))
            digest.update(f"{name}{variable.dims}{values.dtype.str}{values.shape}".encode())
            digest.update(values.tobytes())
        for axis in sorted(self.coords):
            digest.update(f"{axis}{self.coords[axis]}".encode())
        for name in LOG_COLUMNS:
            column = self.log.columns[name]
            digest.update(repr(column.tolist()).encode())
        return digest.hexdigest()

    def to_xarray(self) -> Any:  # noqa: ANN401 - xarray is imported late
        """Return the variables as an ``xarray.Dataset`` with labelled axes; ``units`` and ``long_name`` are attributes of each."""
        import xarray

        used = {dim for variable in self.variables.values() for dim in variable.dims}
        return xarray.Dataset(
            {
                name: (variable.dims, variable.values, {"units": variable.unit, "long_name": variable.meaning})
                for name, variable in self.variables.items()
            },
            coords={axis: labels for axis, labels in self.coords.items() if axis in used},
            attrs={key: value for key, value in self.attributes.items() if isinstance(value, str | int | float)},
        )
