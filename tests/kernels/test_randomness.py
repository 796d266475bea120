"""The generator gives the known answers, and a draw is a function of its key alone."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stability_sim.kernels import randomness as rnd

ALL = 0xFFFFFFFF
# Random123 (Salmon et al. 2011), kat_vectors: philox4x32, 10 rounds.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL, ALL, ALL, ALL), (ALL, ALL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@numba.njit
def _compiled(c0, c1, c2, c3, k0, k1):
    return rnd.philox(c0, c1, c2, c3, k0, k1)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
@pytest.mark.parametrize("function", [_compiled, rnd.philox], ids=["compiled", "interpreted"])
def test_known_answers(function, counter, key, words) -> None:
    given_ = [np.uint64(x) for x in (*counter, *key)]
    assert tuple(int(word) for word in function(*given_)) == words


@given(st.integers(0, ALL), st.integers(0, ALL), st.integers(0, rnd.MAX_MONTH), st.integers(1, 21), st.integers(0, 2**64 - 1))
def test_filling_gives_the_single_draws(seed: int, replicate: int, month: int, stream: int, entity: int) -> None:
    ids = np.array([entity, 1, 2**63], dtype=np.uint64)
    draws = np.zeros(4)
    key, purpose = (np.uint64(seed), np.uint64(replicate), month), np.uint64(stream)
    rnd.fill_uniform(draws, key, purpose, ids)
    for k in range(3):
        assert draws[k] == rnd.uniform(key, purpose, ids[k])
        assert 0.0 < draws[k] < 1.0
    assert draws[3] == 0


def test_entities_are_even_and_independent_of_their_neighbours() -> None:
    n = 20_000
    ids = np.array([rnd.entity_id(f"state:{k}") for k in range(n)], dtype=np.uint64)
    draws = np.zeros(n)
    rnd.fill_uniform(draws, (np.uint64(1), np.uint64(2), 3), rnd.STREAM_ONSET, ids)
    counts = np.bincount((draws * 50).astype(int), minlength=50)
    chi2 = ((counts - n / 50) ** 2 / (n / 50)).sum()
    assert chi2 < 94.0  # 49 degrees of freedom: exceeded with probability 1e-4
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 5 / np.sqrt(n)


def test_normal_and_poisson_have_their_moments() -> None:
    n = 20_000
    key, stream = (np.uint64(7), np.uint64(0), 0), rnd.STREAM_REFUGEES
    normal = np.array([rnd.normal(key, stream, np.uint64(k)) for k in range(n)])
    assert abs(normal.mean()) < 5 / np.sqrt(n)
    assert abs(normal.var() - 1) < 5 * np.sqrt(2 / n)
    counts = np.array([rnd.poisson(2.5, np.exp(-2.5), rnd.uniform(key, stream, np.uint64(k))) for k in range(n)])
    assert abs(counts.mean() - 2.5) < 5 * np.sqrt(2.5 / n)
    assert abs(counts.var() - 2.5) < 0.2


def test_streams_are_numbered_once() -> None:
    numbers = [int(value) for name, value in vars(rnd).items() if name.startswith("STREAM_")]
    assert len(numbers) == len(set(numbers))


def test_arrays_of_keys_give_the_same_numbers() -> None:
    names = np.array([rnd.entity_id("a"), rnd.entity_id("b")], dtype=np.uint64)
    found = rnd.uniform_array(5, np.arange(3)[:, None], 7, rnd.STREAM_RESAMPLE, names[None, :])
    for r in range(3):
        for k in range(2):
            assert found[r, k] == rnd.uniform((np.uint64(5), np.uint64(r), 7), rnd.STREAM_RESAMPLE, names[k])
    with pytest.raises(TypeError):
        rnd.uniform_array(5, np.array([0.5]), 7, rnd.STREAM_RESAMPLE, names)


def test_what_is_drawn_for_a_year_is_drawn_for_its_first_month() -> None:
    seed, replicate = np.uint64(5), np.uint64(6)
    assert [rnd.year_of((seed, replicate, t)) for t in (0, 11, 12, 35)] == [(seed, replicate, t) for t in (0, 0, 12, 24)]
