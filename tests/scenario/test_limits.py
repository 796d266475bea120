"""Files that are far too long are refused at once; long ones that are valid are read with little work."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import pytest

from stability_sim.scenario import InvalidScenario, load, loads, problems, variants
from stability_sim.scenario import document as reading
from stability_sim.scenario.document import MEMBERS
from stability_sim.scenario.problems import MOST_PRINTED

HEAD = "scenario: big\nquestion: q\nstart: 2020-01\nmap: {projection: network}\nstates: {A: {}, B: {}}\n"
MANY = ", ".join(f"n{k}" for k in range(20_000))
VARIANTS = "variants:\n" + "".join(f"  v{k}: {{set: {{states.A.capacity: 0.3}}}}\n" for k in range(10_000))
CODES = [f"S{k:03d}" for k in range(400)]


def _loading_module() -> Any:
    """Return the module that the room hides behind the function of its name."""
    return sys.modules[load.__module__]


def _refused(text: str) -> InvalidScenario:
    with pytest.raises(InvalidScenario) as caught:
        loads(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "spot", "message"),
    [
        (VARIANTS, (7, 3), "10000 entries, but at most 100 fit here"),
        (VARIANTS + "states: 3\nmonths: no\n", (7, 3), "10000 entries, but at most 100 fit here"),
        (f"alliances:\n  p: {{members: [{MANY}]}}\n", (7, 16), "20000 entries, but at most 400 fit here"),
        (f"groups:\n  g: {{home: A, fighters: {{{MANY.replace(',', ': 1,')}: 1}}}}\n", (7, 26), "20000 entries, but at most 400"),
        (f"events:\n- {{on: 2020-01, summit: s, host: A, about: A, parties: [{MANY}]}}\n", (7, 56), "20000 entries, but at most 1000"),
        (f"variants:\n  v: {{remove: [{MANY}]}}\n", (7, 15), "20000 entries, but at most 2000 fit here"),
        (f"parameters: {{{MANY.replace(',', ': 1,')}: 1}}\n", (6, 13), "20000 entries, but at most 500 fit here"),
    ],
)  # fmt: skip
def test_a_list_that_is_too_long_is_the_only_problem(text: str, spot: tuple[int, int], message: str) -> None:
    found = [one for one in _refused(HEAD + text).problems if "given twice" not in one.message]
    assert [(one.line, one.column) for one in found] == [spot]
    assert found[0].message.startswith(message)


def test_too_many_states_to_draw_are_refused() -> None:
    (problem,) = _refused(HEAD.replace("network", f"network, states: [{MANY}]")).problems
    assert (problem.line, problem.message) == (4, "20000 entries, but at most 400 fit here")


def test_a_list_that_a_variant_adds_is_held_to_the_same_limit() -> None:
    (problem,) = _refused(HEAD + f"variants:\n  v:\n    add: {{alliances: {{p: {{members: [{MANY}]}}}}}}\n").problems
    assert (problem.line, problem.message) == (8, "20000 entries, but at most 400 fit here")


def test_every_list_of_names_and_every_section_has_a_limit() -> None:
    """Of those below a limit, the work of checking is bounded; a new list without one is a file that hangs."""
    from stability_sim.scenario.document import _longest
    from stability_sim.scenario.events import EVENT_KINDS
    from stability_sim.scenario.schema import Map, Scenario

    for record in (Scenario, Map, *MEMBERS.values(), *EVENT_KINDS.values()):
        for name, info in record.model_fields.items():
            form = str(info.annotation)
            assert name in _longest(record) or not ("list[" in form or "dict[" in form), (record, name)


def test_only_what_is_printed_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand paths that lead nowhere, and two thousand keys that are none."""
    excerpts, hints = [], []
    excerpt, closest = problems.excerpt, problems.closest
    monkeypatch.setattr(_loading_module(), "excerpt", lambda *given: excerpts.append(1) or excerpt(*given))
    monkeypatch.setattr(problems, "closest", lambda *given: hints.append(1) or closest(*given))
    paths = "".join(f"      states.A.capcity{k}: 0.3\n" for k in range(2000))
    refused = _refused(f"{HEAD}variants:\n  v:\n    set:\n{paths}")
    assert (len(refused.problems), len(excerpts), len(hints)) == (2000, MOST_PRINTED, MOST_PRINTED)
    assert all(one.excerpt and "did you mean 'capacity'?" in one.hint for one in refused.problems[:MOST_PRINTED])
    keys = "".join(f"    capcity{k}: 0.3\n" for k in range(2000))
    refused = _refused(HEAD.replace("{A: {}, B: {}}", f"\n  A:\n{keys}"))
    assert (len(refused.problems), len(excerpts), len(hints)) == (2000, 2 * MOST_PRINTED, 2 * MOST_PRINTED)


def test_an_excerpt_looks_at_no_more_of_a_line_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []
    printable = problems.printable
    monkeypatch.setattr(problems, "printable", lambda text: lengths.append(len(text)) or printable(text))
    shown = problems.excerpt(["x" * 500_000 + "\x1b" + "y" * 500_000], 1, 500_001)
    assert max(lengths) <= problems.WIDEST_EXCERPT
    assert shown.splitlines()[0].index(" y") == shown.splitlines()[1].index("^")


def test_a_variant_copies_and_reads_only_what_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """400 states under 100 variants: the work of one variant is that of what it says."""
    states = "".join(f"  {code}: {{capacity: {{value: 0.4, range: [0.3, 0.5]}}}}\n" for code in CODES)
    borders = "".join(f"  {a}-{b}: {{guard: 0.3}}\n" for a, b in itertools.pairwise(CODES))
    changes = "".join(
        f"  v{k}: {{set: {{states.{CODES[k]}.capacity: 0.3}}, remove: [states.{CODES[-1 - k]}]}}\n" for k in range(100)
    )
    text = f"{HEAD.split('states')[0]}states:\n{states}borders:\n{borders}variants:\n{changes}"
    documents: list[Any] = []
    read = reading.read_scenario
    monkeypatch.setattr(variants, "read_scenario", lambda document: documents.append(document) or read(document))
    assert len(loads(text).scenario.variants) == 100
    assert len(documents) == 100
    for document in documents:
        assert sum(isinstance(state, dict) for state in document["states"].values()) == 1
        assert not any(isinstance(border, dict) for border in document["borders"].values())


def test_variants_leave_each_other_and_the_base_alone() -> None:
    """Nested parts, lists and directions of borders that one variant changes are as they were for the next."""
    text = (
        HEAD.replace("A: {}, B: {}", "A: {weights: {norms: 0.4}}, B: {}, C: {}")
        + "borders: {A-B: {}, B-C: {}}\n"
        + "alliances: {p: {members: [A, B, C], reliability: {C: 0.5}}}\nevents: [{on: 2020-02, peace: A}]\n"
        + "variants:\n"
        "  a: {set: {states.A.weights.norms: 0.9, borders.A>B.guard: 0.9, alliances.p.reliability.C: 0.9, events.0.note: x}}\n"
        "  b: {remove: [states.C]}\n  c: {set: {states.A.weights.norms.source: s, states.A.weights.norms.basis: sourced}}\n"
    )
    loaded = loads(text)
    for name in ("c", "b", "a", "b", "c"):
        alone = loads(
            "\n".join(line for line in text.splitlines() if line[:4] not in {f"  {k}:" for k in "abc"} - {f"  {name}:"})
        )
        assert variants.apply_variant(loaded.scenario, name) == variants.apply_variant(alone.scenario, name)
    assert loaded.scenario.states["A"].weights.norms.value == 0.4


def test_hundreds_of_states_in_a_hundred_alliances_are_read() -> None:
    states = ", ".join(f"{code}: {{}}" for code in CODES)
    pacts = "".join(f"  p{k}: {{members: [{', '.join(CODES[k % 7 :])}]}}\n" for k in range(100))
    text = (
        f"{HEAD.split('states')[0]}states: {{{states}}}\nalliances:\n{pacts}events: [{{on: 2020-02, deploy: S000, to: S399}}]\n"
    )
    assert len(loads(text).scenario.alliances) == 100
    assert "share no alliance" in str(_refused(text.replace("members: [S000, ", "members: [")))


def test_load_is_what_the_command_reads(tmp_path: Any) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(HEAD + VARIANTS)
    with pytest.raises(InvalidScenario, match=r"many.yaml:7:3: 10000 entries, but at most 100 fit here"):
        load(path)
