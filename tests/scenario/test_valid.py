"""Valid files load, resolve once, and come back from what is written of them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability_sim.scenario import (
    InvalidScenario,
    Scenario,
    UnknownKey,
    apply_settings,
    apply_variant,
    content_hash,
    directed,
    dump,
    explain,
    explanations,
    json_schema,
    load,
    loads,
    parse_trigger,
    quantities,
    resolve,
)
from stability_sim.scenario.load import shipped
from stability_sim.scenario.parameters import PARAMETERS

FILES = [*sorted((Path(__file__).parent / "valid").glob("*.yaml")), *shipped().values()]


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def loaded(request: pytest.FixtureRequest):
    return load(request.param)


def test_resolving_twice_changes_nothing(loaded) -> None:
    once = resolve(loaded.scenario)
    assert resolve(once) == once


def test_what_is_dumped_loads_as_the_same(loaded) -> None:
    once = resolve(loaded.scenario)
    again = resolve(loads(dump(once)).scenario)
    assert again == once
    assert content_hash(again) == content_hash(once)


def test_the_schema_accepts_it(loaded) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(json.dumps(loaded.document)))


def test_every_variant_applies(loaded) -> None:
    base = resolve(loaded.scenario)
    for name in loaded.scenario.variants:
        changed = apply_variant(base, name)
        assert changed.variants == {}
        assert changed != apply_variant(base, None)


def test_every_number_in_force_has_a_basis(loaded) -> None:
    found = quantities(resolve(loaded.scenario))
    assert {path.removeprefix("parameters.") for path, _ in found if path.startswith("parameters.")} == set(PARAMETERS)
    for path, quantity in found:
        assert quantity.basis in ("sourced", "elicited", "assumed"), path
        assert quantity.source or quantity.basis == "assumed", path


def _small(**changes: object) -> Scenario:
    given_ = {
        "scenario": "s", "question": "q", "start": "2020-01", "months": 24, "map": {"projection": "network"},
        "states": {"A": {}, "B": {}, "C": {}}, "borders": {"A-B": {"guard": 0.2}, "A>B": {"openness": 0.9}, "B-C": {}},
        "alliances": {"P": {"members": ["B", "C"]}},
        "events": [{"on": "2020-03", "drill": "P", "at": "B"}, {"on": "2020-04", "deploy": "B", "to": "C"}],
    }  # fmt: skip
    return Scenario.model_validate(given_ | changes)


def test_one_direction_can_differ() -> None:
    ways = directed(resolve(_small()))
    assert ways["A", "B"].openness == 0.9
    assert ways["B", "A"].openness == 0.5
    assert ways["A", "B"].guard == ways["B", "A"].guard == 0.2


def test_removing_an_alliance_takes_its_drills_and_deployments() -> None:
    scenario = _small(variants={"v": {"remove": ["alliances.P"]}})
    changed = apply_variant(resolve(scenario), "v")
    assert changed.alliances == {}
    assert changed.events == []


def test_a_removed_border_of_the_map_stays_removed() -> None:
    scenario = _small(
        map={}, states={"AFG": {}, "TJK": {}}, borders={}, alliances={}, events=[],
        variants={"v": {"remove": ["borders.AFG-TJK"]}},
    )  # fmt: skip
    base = resolve(scenario)
    assert list(directed(base)) == [("AFG", "TJK"), ("TJK", "AFG")]
    assert directed(resolve(apply_variant(base, "v"))) == {}


def test_settings_of_the_command_line() -> None:
    base = resolve(_small())
    assert apply_settings(base, ["months=6", "states.A.capacity=0.9"]).states["A"].capacity.value == 0.9
    for text, message in (
        ("states.A.capacty=1", "capacity"),
        ("months=abc", "whole number"),
        ("months", "="),
        ("nope.x=1", "no section"),
    ):
        with pytest.raises(InvalidScenario, match=message):
            apply_settings(base, [text])


def test_no_stays_a_country_code() -> None:
    text = (
        "scenario: s\nquestion: q\nstart: 2020-01\nmap: {projection: network}\nstates: {NO: {}, SE: {}}\nborders: {NO-SE: {}}\n"
    )
    assert list(loads(text).scenario.states) == ["NO", "SE"]


def test_triggers() -> None:
    (first, second) = parse_trigger("incidents(A-B) >= 5 in 3 months and hardship(A) > 0.5")
    assert (first.metric, first.arguments, first.comparison, first.threshold, first.window_months) == (
        "incidents", ("A-B",), ">=", 5.0, 3,
    )  # fmt: skip
    assert second.metric == "hardship"


def test_every_key_is_explained() -> None:
    for found in explanations():
        assert found.meaning, found.key
        assert explain(found.key)[0].key == found.key
    assert {found.key for found in explain("guard")} == {"borders.guard", "corridors.guard"}
    assert (explain("borders.guard")[0].low, explain("borders.guard")[0].high) == (0.0, 1.0)
    with pytest.raises(UnknownKey) as caught:
        explain("capcity")
    assert "capacity" in caught.value.hint


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("abAB:{}[]-,&*!#'\"|> \n\t0123.<?%@")), max_size=120))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        loads(text)
    except InvalidScenario as error:
        assert error.problems


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["states", "months", "events", "borders", "variants", "groups", "parameters", "map", "alliances"]),
        st.recursive(
            st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_no_structure_raises_anything_else(changes: dict[str, object]) -> None:
    base = {"scenario": "s", "question": "q", "start": "2020-01", "map": {"projection": "network"}, "states": {"A": {}}}
    try:
        loads(json.dumps(base | changes))
    except InvalidScenario as error:
        assert error.problems
