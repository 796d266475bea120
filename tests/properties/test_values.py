"""Whatever number of whatever scenario gets whatever value: it is refused, or the outcome is as valid as a file."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from properties import examples
from properties.strategies import documents
from stability_sim.scenario import InvalidScenario, dump, loads, quantities, resolve, with_values

VALUES = st.floats() | st.floats(0, 1) | st.floats(-1e3, 1e6) | st.integers() | st.booleans() | st.none() | st.text(max_size=3)


@examples(60, 2000)
@given(documents(), st.data())
def test_a_changed_scenario_is_valid_or_refused(document: dict[str, Any], data: st.DataObject) -> None:
    scenario = resolve(loads(json.dumps(document)).scenario)
    paths = [path for path, _ in quantities(scenario)]
    values = data.draw(st.dictionaries(st.sampled_from(paths), VALUES, min_size=1, max_size=3))
    try:
        changed = with_values(scenario, values)
    except InvalidScenario as refused:
        assert refused.problems
        return
    written = loads(dump(changed)).scenario
    assert written == changed
    after = dict(quantities(written))
    assert all(after[path].value == value for path, value in values.items() if ">" not in path)


@examples(40, 1000)
@given(documents(), st.data())
def test_the_value_that_is_there_is_never_refused(document: dict[str, Any], data: st.DataObject) -> None:
    scenario = resolve(loads(json.dumps(document)).scenario)
    path, quantity = data.draw(st.sampled_from(quantities(scenario)))
    assert dict(quantities(with_values(scenario, {path: quantity.value})))[path].value == quantity.value
