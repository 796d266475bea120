"""The exponential function, of sums and products alone: the same bits on every machine, several at once in a loop.

That of the C library differs by a bit between systems, and a loop that calls it works on one number at a time. A third of
the time of a month was spent there (docs/decisions/0014).
"""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

import numpy as np

from stability_sim.kernels.compile import inlined

_LEAST, _MOST = -708.0, 709.0  # between these a result is a normal number
_PER_DOUBLING = 1.0 / math.log(2.0)
_DOUBLING = 6.93147180369123816490e-01  # ln 2 in two parts: a small whole number times the first is exact (Cody & Waite 1980)
_DOUBLING_REST = 1.90821492927058770002e-10
_WHOLE = 6755399441055744.0  # 1.5·2**52: what is added to it is rounded to a whole number, which its last bits then hold
_EXPONENT_AT = np.int64(52)
_EXPONENT_OF_ONE = np.int64(1023)
_A2, _A3, _A4, _A5, _A6, _A7, _A8, _A9, _A10, _A11, _A12, _A13 = (1.0 / math.factorial(k) for k in range(2, 14))


@inlined
def exp(x):
    """Return eˣ, to within two units in the last place; x below −708 counts as −708, above 709 as 709.

    With k = round(x / ln 2) and r = x − k·ln 2, eˣ = 2ᵏ·eʳ: eʳ by its series, 2ᵏ by writing k into the exponent.
    """
    x = min(max(np.float64(x), _LEAST), _MOST)
    shifted = x * _PER_DOUBLING + _WHOLE
    k = shifted - _WHOLE
    r = (x - k * _DOUBLING) - k * _DOUBLING_REST
    r2 = r * r
    r4 = r2 * r2
    low = (_A2 + _A3 * r) + (_A4 + _A5 * r) * r2
    middle = (_A6 + _A7 * r) + (_A8 + _A9 * r) * r2
    high = (_A10 + _A11 * r) + (_A12 + _A13 * r) * r2
    series = low + (middle + high * r4) * r4
    power = np.int64((np.float64(shifted).view(np.int64) + _EXPONENT_OF_ONE) << _EXPONENT_AT).view(np.float64)
    return (1.0 + (r + r2 * series)) * power
