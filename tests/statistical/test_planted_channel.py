"""Four Rivers: the channel that was planted is found by attribution and by knock-out.

Attribution is asked of 60 ensembles of 200 replicates, 60 blocks of consecutive replicates, which are independent since every
draw is keyed by its replicate. All 60 must rank the planted channel first: a model in which only 95 % of ensembles
do so passes with probability 0.95^60 < 5 %. A false alarm is negligible: the planted channel has about 125 of 170 onsets from
abroad in an ensemble, the next about 25.
"""

from __future__ import annotations

import numpy as np
import pytest

from stability_sim.ensemble.run import run
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, load, resolve
from stability_sim.scenario.load import shipped

PLANTED = "infiltration_refugees"
BLOCKS, SIZE = 60, 200
KNOCK_OUTS = {
    "without-hidden-fighters": PLANTED, "without-crossing": "infiltration_crossing", "without-kin": "kin",
    "without-burden": "refugees", "without-spillover": "economy", "without-entanglement": "entanglement",
}  # fmt: skip


@pytest.fixture(scope="module")
def four_rivers() -> Scenario:
    return resolve(load(shipped()["four-rivers"]).scenario)


def _by_block(results: Results) -> np.ndarray:
    """Return the onsets from abroad of each block by channel: (block, channel)."""
    log = results.log.where(kind="onset").columns
    abroad = (log["source"] != log["state"]) & (log["channel"] != "")
    first = results.coords["replicate"][0]
    block = (log["replicate"][abroad] - first) // SIZE
    channel = np.array([results.index("channel", name) for name in log["channel"][abroad]])
    counts = np.zeros((results.n_replicates // SIZE, len(results.coords["channel"])), dtype=int)
    np.add.at(counts, (block.astype(int), channel), 1)
    return counts


def test_attribution_ranks_the_planted_channel_first(four_rivers: Scenario) -> None:
    half = BLOCKS // 2 * SIZE
    counts = []
    for first in (0, half):
        results = run(four_rivers, replicates=half, first=first)
        assert results.attributes["replicates_logged"] == half
        counts.append(_by_block(results))
    every = np.concatenate(counts)
    assert len(every) == BLOCKS
    planted = results.index("channel", PLANTED)
    others = np.delete(every, planted, axis=1)
    assert (every[:, planted] > others.max(axis=1)).all()


def test_knocking_it_out_lowers_onsets_from_abroad_most(four_rivers: Scenario) -> None:
    """The same dice in every variant; the two largest effects differ by about twenty standard errors."""
    assert {name for name in four_rivers.variants if name.startswith("without-")} == set(KNOCK_OUTS)
    base = run(four_rivers, replicates=600)
    column = base.index("outcome", "cross_border_onsets")
    before = base["outcome_per_replicate"][:, column]
    lowered = {}
    for variant, channel in KNOCK_OUTS.items():
        knocked = run(four_rivers, variant=variant, replicates=600)
        assert knocked["transmissions"][base.index("channel", channel)].sum() == 0, f"{variant} leaves some of {channel}"
        lowered[variant] = (before - knocked["outcome_per_replicate"][:, column]).mean()
    assert max(lowered, key=lambda name: lowered[name]) == "without-hidden-fighters"
    assert lowered["without-hidden-fighters"] > 0.3 * before.mean()
