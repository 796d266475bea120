"""Keyed draws in plain Python: Philox4x32-10 (Salmon et al. 2011), and what is made of it."""

from __future__ import annotations

import hashlib
import math
from enum import IntEnum

WORD = 0xFFFFFFFF


class Purpose(IntEnum):
    """What a draw is for."""

    ONSET = 1
    CHANNEL = 2
    SOURCE = 3
    ENDING = 4
    INTENSITY = 6
    INTENSITY_AT_START = 7
    REFUGEES = 8
    INCIDENTS = 9
    RAID = 10
    ATTACK = 11
    HONOUR = 12
    SUMMIT = 13
    STATE_SEES = 14
    GROUP_SEES = 15
    STATE_REVIEWS = 16
    STATE_CHOICE = 17
    GROUP_CHOICE = 18
    COMMON_SHOCK = 19
    RISING = 22
    FORTUNE = 23
    GROUND = 24
    SILENCE = 25
    BURST = 26
    FORTUNE_AT_START = 27
    PAIR = 28
    COMMON_ENDING = 29
    COMMON_DEATHS = 30
    SPONSORS = 31
    SPONSORS_AT_START = 32


def number_of(name: str) -> int:
    """Return the 64-bit number of an entity."""
    return int.from_bytes(hashlib.blake2s(name.encode(), digest_size=8).digest(), "little")


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return four random words of 32 bits for a counter and a key."""
    a, b, c, d = counter
    k, m = key
    for _ in range(10):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (right >> 32) ^ b ^ k, right & WORD, (left >> 32) ^ d ^ m, left & WORD
        k, m = (k + 0x9E3779B9) & WORD, (m + 0xBB67AE85) & WORD
    return a, b, c, d


def unit(high: int, low: int) -> float:
    """Return a number strictly between 0 and 1 with 52 random bits."""
    return (((high << 20) ^ (low >> 12)) + 0.5) * 2.0**-52


class Dice:
    """The draws of one replicate; each is a function of month, purpose and entity, never of the order of asking."""

    def __init__(self, seed: int, replicate: int) -> None:
        self.key = (seed, replicate)

    def two(self, month: int, purpose: Purpose, entity: int) -> tuple[float, float]:
        """Return two uniform numbers in (0, 1)."""
        a, b, c, d = philox((entity & WORD, entity >> 32, month | purpose << 16, 0), self.key)
        return unit(a, b), unit(c, d)

    def uniform(self, month: int, purpose: Purpose, entity: int) -> float:
        """Return a uniform number in (0, 1)."""
        return self.two(month, purpose, entity)[0]

    def normal(self, month: int, purpose: Purpose, entity: int) -> float:
        """Return a standard normal number (Box and Muller 1958)."""
        u, v = self.two(month, purpose, entity)
        return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


def poisson(mean: float, u: float) -> int:
    """Return the Poisson count at quantile ``u``."""
    count, term = 0, math.exp(-mean)
    reached = term
    while u > reached and count < 1000:
        count += 1
        term *= mean / count
        reached += term
    return count


def pick(weights: list[float], u: float) -> int | None:
    """Return the place at quantile ``u`` of weights, None if all are nil."""
    left = u * sum(weights)
    chosen = None
    for place, weight in enumerate(weights):
        if weight > 0.0:
            chosen = place
            left -= weight
            if left < 0.0:
                break
    return chosen
