"""Arrays that refuse an index which is not one of theirs, negative ones too: what interpreted kernels get in a rehearsal.

Kernels read worlds without looking (handles.py), and -1 stands for "none" in a world: as an index it is always a fault.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = np.ndarray[Any, np.dtype[Any]]
_NUMBERS = (int, float, np.integer, np.floating, np.bool_)  # a kernel turns all of them into indices
_ENTRIES = "entries"


def _is_mask(part: Any) -> bool:  # noqa: ANN401 - any part of a key
    return isinstance(part, np.ndarray) and part.dtype.kind == "b"


class WrongIndex(IndexError):  # noqa: N818 - reads as a statement where it is caught
    """An index that a field does not have; its text says which, and how many there are."""


class Guarded(Arrays):
    """An array that knows its name and what stands along its axes; whatever is computed from it is free of both."""

    __numba_array_subtype_dispatch__ = True  # numba shall not take it for an array: see `rehearsal`
    field: str
    axes: tuple[str, ...]

    def __array_finalize__(self, source: object) -> None:
        self.field, self.axes = "", ()

    def _refuse(self, index: Any, axis: int) -> None:  # noqa: ANN401 - any kind of number
        raise WrongIndex(f"{self.field} has {self.shape[axis]} {self.axes[axis]}, index {int(index)} was asked")

    def _check(self, parts: tuple[Any, ...]) -> None:
        """Look at what only numpy takes: slices, arrays of indices. Masks and new axes are left to it."""
        if any(part is Ellipsis or part is None or _is_mask(part) for part in parts):
            return
        for axis, (part, extent) in enumerate(zip(parts, self.shape, strict=False)):
            if not isinstance(part, slice):
                indices = np.asarray(part)
                wrong = indices[(indices < 0) | (indices >= extent)]
                if wrong.size:
                    self._refuse(wrong.flat[0], axis)

    def _key(self, key: Any) -> tuple[Any, bool]:  # noqa: ANN401 - whatever numpy takes
        """Return the key that numpy is asked for, and whether it is numbers alone; WrongIndex if it leads out of the array."""
        parts = key if type(key) is tuple else (key,)
        numbers = all(isinstance(part, _NUMBERS) for part in parts)
        if not numbers:
            self._check(parts)
            return key, False
        for axis, (part, extent) in enumerate(zip(parts, self.shape, strict=False)):
            if not 0 <= part < extent:
                self._refuse(part, axis)
        return tuple(map(int, parts)), True

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - whatever numpy takes
        if not self.field:
            return super().__getitem__(key)
        key, numbers = self._key(key)
        value = super().__getitem__(key)
        if isinstance(value, Guarded):
            value.field = self.field
            value.axes = self.axes[self.ndim - value.ndim :] if numbers else (_ENTRIES,) * value.ndim
            return value
        # A kernel reckons with whole numbers of eight bytes, however small those of the array are.
        return np.int64(value) if isinstance(value, np.signedinteger) else value

    def __setitem__(self, key: Any, value: Any) -> None:  # noqa: ANN401 - whatever numpy takes
        super().__setitem__(self._key(key)[0] if self.field else key, value)


def guarded(values: NDArray[Any], field: str, axes: tuple[str, ...]) -> Guarded:
    """Return a view of an array that refuses wrong indices by this name."""
    view = values.view(Guarded)
    view.field, view.axes = field, axes
    return view


class GuardedFields(SimpleNamespace):
    """What a kernel takes in place of a named tuple: its arrays, guarded, and its floats as numpy's, which divide as kernels do."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - only for what is not there
        raise AttributeError(f"there is no field {name}")

    @property
    def fields(self) -> GuardedFields:
        """Itself: where a process is not compiled, it finds the arrays of a handle under this name."""
        return self


def guarded_fields(fields: Any, kinds: dict[int, str]) -> GuardedFields:  # noqa: ANN401 - a named tuple
    """Return the fields of a named tuple, guarded; ``kinds`` names the entities by their number."""
    name = type(fields).__name__

    def guard(field: str, values: Any) -> Any:  # noqa: ANN401 - an array or a float
        if not isinstance(values, np.ndarray):
            return np.float64(values)
        axes = tuple(kinds.get(size, _ENTRIES) if k < 2 else _ENTRIES for k, size in enumerate(values.shape))
        return guarded(values, f"{name}.{field}", axes)

    return GuardedFields(**{field: guard(field, values) for field, values in fields._asdict().items()})
