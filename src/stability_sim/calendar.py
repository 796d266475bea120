"""The only conversions: rates to probabilities, calendar to months."""

from __future__ import annotations

MONTHS_PER_YEAR = 12


def month_index(date: str, start: str) -> int:
    """Return the months from ``start`` (YYYY-MM) to ``date`` (YYYY-MM or YYYY-MM-DD); negative if before."""
    year, month = int(date[:4]), int(date[5:7])
    return (year - int(start[:4])) * MONTHS_PER_YEAR + month - int(start[5:7])


def month_labels(start: str, n_months: int) -> list[str]:
    """Return ``n_months`` calendar months as YYYY-MM, the first of them ``start``."""
    first = int(start[:4]) * MONTHS_PER_YEAR + int(start[5:7]) - 1
    return [f"{m // MONTHS_PER_YEAR:04d}-{m % MONTHS_PER_YEAR + 1:02d}" for m in range(first, first + n_months)]
