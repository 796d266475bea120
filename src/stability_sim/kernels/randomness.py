"""The only source of random numbers: counter-based, keyed by what is drawn, never by the order of drawing.

A draw is a pure function of (seed, replicate, month, stream, entity): Philox4x32-10 (Salmon et al. 2011) with the
key (seed, replicate) and the counter (entity low, entity high, month + stream, block). Taking away an actor, a
border or a policy leaves every other draw as it was.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from stability_sim.kernels.compile import inlined

# The streams: what a draw is for. A number is never given a second meaning; new purposes get new numbers.
STREAM_ONSET = np.uint64(1)
STREAM_CHANNEL = np.uint64(2)
STREAM_SOURCE = np.uint64(3)
STREAM_ENDING = np.uint64(4)
STREAM_OUTCOME = np.uint64(5)
STREAM_INTENSITY = np.uint64(6)
STREAM_INTENSITY_START = np.uint64(7)
STREAM_REFUGEES = np.uint64(8)
STREAM_INCIDENTS = np.uint64(9)
STREAM_RAID = np.uint64(10)
STREAM_ATTACK = np.uint64(11)
STREAM_HONOUR = np.uint64(12)
STREAM_SUMMIT = np.uint64(13)
STREAM_STATE_SEES = np.uint64(14)
STREAM_GROUP_SEES = np.uint64(15)
STREAM_STATE_REVIEWS = np.uint64(16)
STREAM_STATE_CHOICE = np.uint64(17)
STREAM_GROUP_CHOICE = np.uint64(18)
STREAM_COMMON_SHOCK = np.uint64(19)
STREAM_CROSSING = np.uint64(20)
STREAM_AGENT = np.uint64(21)
STREAM_RISING = np.uint64(22)
STREAM_FORTUNE = np.uint64(23)
STREAM_GROUND = np.uint64(24)
STREAM_SILENCE = np.uint64(25)
STREAM_BURST = np.uint64(26)
STREAM_FORTUNE_START = np.uint64(27)
STREAM_PAIR = np.uint64(28)
STREAM_COMMON_ENDING = np.uint64(29)
STREAM_COMMON_DEATHS = np.uint64(30)
STREAM_SPONSORS = np.uint64(31)
STREAM_SPONSORS_START = np.uint64(32)
# Outside a run: what analysis draws.
STREAM_RESAMPLE = np.uint64(40)
STREAM_BASELINE = np.uint64(41)
STREAM_BASELINE_DEATHS = np.uint64(42)
STREAM_PRIOR = np.uint64(43)
STREAM_ANCESTOR = np.uint64(44)
STREAM_PROPOSAL = np.uint64(45)
STREAM_SYNTHETIC = np.uint64(46)
STREAM_RESAMPLING = np.uint64(200)
STREAM_DESIGN = np.uint64(900)  # of experiments, not of the world

MAX_MONTH = 65535
_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_STREAM_SHIFT = np.uint64(16)
_HIGH_SHIFT = np.uint64(21)
_LOW_SHIFT = np.uint64(11)
_DOUBLE = 1.0 / 9007199254740992.0  # 2**-53
_TWO_PI = 2.0 * math.pi
_MONTHS = 12  # of a year


def entity_id(name: str) -> int:
    """Return the 64-bit number of an entity: a hash of its name, so that a new entity shifts nobody's draws."""
    return int.from_bytes(hashlib.blake2s(name.encode(), digest_size=8).digest(), "little")


@inlined
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return the four 32-bit words of Philox4x32-10 for one counter and one key, all as uint64 below 2**32."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (
            ((p1 >> _SHIFT) ^ c1 ^ k0) & _MASK,
            p1 & _MASK,
            ((p0 >> _SHIFT) ^ c3 ^ k1) & _MASK,
            p0 & _MASK,
        )
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@inlined
def _unit(high, low):  # type: ignore[no-untyped-def]
    """Return a number strictly between 0 and 1 with 52 random bits, from two words of 32 bits."""
    bits = ((high << _HIGH_SHIFT) ^ (low >> _LOW_SHIFT)) >> np.uint64(1)
    return (np.float64(bits) + 0.5) * (2.0 * _DOUBLE)


@inlined
def uniforms(key, stream, entity):  # type: ignore[no-untyped-def]
    """Return two independent uniform numbers in (0, 1) for one key.

    Parameters
    ----------
    key : tuple of (uint64, uint64, int)
        Seed and replicate below 2**32; the month of the run, from 0, below 2**16.
    stream, entity : uint64
        A stream of this module, an ``entity_id``.
    """
    seed, replicate, month = key
    purpose = np.uint64(month) | (stream << _STREAM_SHIFT)
    w0, w1, w2, w3 = philox(entity & _MASK, entity >> _SHIFT, purpose, np.uint64(0), seed, replicate)
    return _unit(w0, w1), _unit(w2, w3)


@inlined
def fill_uniform(draws, key, stream, entities):  # type: ignore[no-untyped-def]
    """Write ``uniform`` of each entity into ``draws``: the same numbers, several at once."""
    seed, replicate, month = key
    purpose = np.uint64(month) | (stream << _STREAM_SHIFT)
    for k in range(entities.shape[0]):
        entity = entities[k]
        w0, w1, _, _ = philox(entity & _MASK, entity >> _SHIFT, purpose, np.uint64(0), seed, replicate)
        draws[k] = _unit(w0, w1)


@inlined
def uniform(key, stream, entity):  # type: ignore[no-untyped-def]
    """Return one uniform number in (0, 1) for one key."""
    return uniforms(key, stream, entity)[0]


@inlined
def normal(key, stream, entity):  # type: ignore[no-untyped-def]
    """Return one standard normal number for one key (Box and Muller 1958)."""
    first, second = uniforms(key, stream, entity)
    return math.sqrt(-2.0 * math.log(first)) * math.cos(_TWO_PI * second)


@inlined
def year_of(key):  # type: ignore[no-untyped-def]
    """Return the key of the first month of the year of the run that a key is in: what is drawn for it lasts a year."""
    seed, replicate, month = key
    return seed, replicate, month - month % _MONTHS


def uniform_array(seed, replicate, month, stream, entity):  # type: ignore[no-untyped-def]
    """Return `uniform` over arrays of keys, which broadcast: the same bits, without a compiled kernel.

    Parameters
    ----------
    seed, replicate, month, entity : int or integer array
        As `uniforms` takes them.
    stream : uint64
        A stream of this module.

    Raises
    ------
    TypeError
        A key is not made of whole numbers (numpy turns large ones of mixed size into floats: give them a dtype).
    """
    if any(isinstance(key, np.ndarray) and key.dtype.kind not in "iu" for key in (seed, replicate, month, entity)):
        raise TypeError("keys are whole numbers")
    seeds, replicates, months, entities = (np.asarray(key, dtype=np.uint64) for key in (seed, replicate, month, entity))
    shape = np.broadcast_shapes(seeds.shape, replicates.shape, months.shape, entities.shape)
    seeds, replicates, entities = (np.broadcast_to(key, shape) for key in (seeds, replicates, entities))
    purpose = np.broadcast_to(months | (stream << _STREAM_SHIFT), shape)
    block = np.zeros(shape, dtype=np.uint64)
    high, low, _, _ = philox(entities & _MASK, entities >> _SHIFT, purpose, block, seeds, replicates)
    return _unit(high, low)


@inlined
def poisson(mean, none, u):  # type: ignore[no-untyped-def]
    """Return the Poisson count at the quantile ``u`` by inversion, at most 1,000, given the probability ``none`` of 0."""
    term = none
    total = term
    count = 0
    while u > total and count < 1000:
        count += 1
        term *= mean / count
        total += term
    return count
