"""Where studies go if nobody says: the same study to the same place, another one never over it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pandas as pd
import pytest

from stability_sim.scenario import Loaded, Scenario, content_hash, dump
from stability_sim.scenario.load import loads
from stability_sim.studies import sensitivity as sensitivities
from stability_sim.studies import uncertainty as uncertainties
from stability_sim.studies.compare import Comparison, compare
from stability_sim.studies.compare import default_folder as place_of_comparison
from stability_sim.studies.uncertainty import default_folder, write_uncertainty


@pytest.fixture(scope="module")
def loaded(small: Scenario) -> Loaded:
    variants = {f"v{k}": {"set": {"borders.A-B.guard": k / 10}} for k in range(5)}
    return loads(dump(small.model_copy(update={"variants": Scenario.model_validate(
        {"scenario": "x", "question": "q", "start": "2020-01", "states": {"A": {}}, "variants": variants}
    ).variants})))  # fmt: skip


@pytest.fixture(scope="module")
def compared(loaded: Loaded) -> Comparison:
    return compare(loaded, replicates=4)


def test_another_uncertainty_goes_to_another_place(loaded: Loaded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = uncertainties.uncertainty(loaded, n_points=2, replicates=8, outcomes=("incidents",))
    of_onsets = found.parts.assign(outcome="onsets")
    more = dataclasses.replace(found.numbers, points=[*found.numbers.points, found.numbers.points[0]])
    fitted = dataclasses.replace(found.numbers, posterior_sha256="0" * 64)
    others = (
        {"is_contrast": True}, {"parts": of_onsets}, {"numbers": more}, {"numbers": fitted}, {"refused": {"attacks": "never"}},
    )  # fmt: skip
    places = [default_folder(one) for one in (found, *(dataclasses.replace(found, **one) for one in others))]
    assert len(set(places)) == 1 + len(others)
    assert write_uncertainty(found, figures=False) == places[0]
    manifest = json.loads((places[0] / "manifest.json").read_text())
    assert (manifest["kind"], manifest["scenario"], manifest["variant"]) == ("uncertainty", "small", "base")
    assert (manifest["seed"], manifest["replicates"], manifest["scenario_hash"]) == (5, 8, content_hash(found.scenario))


def test_another_sensitivity_goes_to_another_place(loaded: Loaded, compared: Comparison) -> None:
    sample = pd.DataFrame({"states.B.capacity": [0.2, 0.4], "outcome.onsets": [1.0, 2.0]})
    nothing = pd.DataFrame()
    found = sensitivities.Sensitivity(
        compared.scenarios["base"], compared.base, [], {"morris": 6, "sobol": 64}, nothing, nothing, nothing, nothing, sample
    )
    others = (
        {"sample": sample.rename(columns={"outcome.onsets": "outcome.deaths"})}, {"design": {"morris": 9, "sobol": 64}},
        {"scenario": compared.scenarios["v1"]}, {"sample": sample.rename(columns={"states.B.capacity": "states.C.capacity"})},
    )  # fmt: skip
    places = [sensitivities.default_folder(one) for one in (found, *(dataclasses.replace(found, **one) for one in others))]
    assert len(set(places)) == 1 + len(others)


def test_a_comparison_of_other_variants_goes_to_another_place(loaded: Loaded, compared: Comparison) -> None:
    fewer = compare(loaded, ["v0", "v1", "v2", "v3"], replicates=4)
    turned = dataclasses.replace(
        compared,
        scenarios=dict(
            zip(compared.scenarios, [compared.scenarios["base"], *list(compared.scenarios.values())[:0:-1]], strict=True)
        ),
    )
    places = [place_of_comparison(one) for one in (compared, fewer, turned)]
    assert len(set(places)) == 3
    assert all(place.name.startswith("compare-all-n4-s5-") for place in places)


def test_a_long_name_is_cut_and_still_its_own(loaded: Loaded) -> None:
    names = [f"a-variant-with-a-very-long-name-that-somebody-chose-{k}" for k in (1, 2)]
    whole = loads(loaded.text.replace("  v0:", f"  {names[0]}:").replace("  v1:", f"  {names[1]}:"))
    places = [place_of_comparison(compare(whole, [name], replicates=2)) for name in names]
    assert places[0] != places[1]
    assert max(len(place.name) for place in places) < 80
