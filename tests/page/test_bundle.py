"""The bundle: the same numbers as the results, in a form that cannot break out of a page."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from stability_sim.ensemble.run import run
from stability_sim.geography import projected, world
from stability_sim.geography.topology import topology
from stability_sim.report.figures import canvas as style
from stability_sim.report.page.bundle import Run, build, chosen, logged, to_json
from stability_sim.report.page.html import asset, html_page
from stability_sim.report.page.words import paired, scheduled
from stability_sim.results.vocabulary import CHANNEL_COLOURS, CHANNEL_NAMES
from stability_sim.scenario import Scenario, apply_variant, quantities

VIEWER = Path(__file__).parents[2] / "viewer" / "src"
PALETTE = "".join((VIEWER / name).read_text(encoding="utf-8") for name in ("palette.ts", "vocabulary.ts"))


@pytest.fixture(scope="module")
def two(central_asia: Scenario) -> list[Run]:
    runs = [Run(run(central_asia, replicates=40), apply_variant(central_asia, None), {})]
    name = "watched-border"
    return [*runs, Run(run(central_asia, replicates=40, variant=name), apply_variant(central_asia, name), {})]


def test_numbers_are_those_of_the_results(two: list[Run]) -> None:
    bundle, results = build(two), two[0].results
    shown = np.array(bundle["variants"][0]["risk"]).T / 10_000
    assert np.abs(shown - results["risk"]).max() <= 0.00005 + 1e-12
    assert bundle["months"] == results.coords["month"]
    k = results.index("outcome_series", "cells")
    assert np.allclose(bundle["variants"][0]["fan"]["cells"], results["fan"][:, k], atol=0.051)
    assert len(bundle["assumptions"]["rows"]) >= len(quantities(two[0].scenario))
    differs = {row[0] for row in bundle["assumptions"]["rows"] if row[2] is not None}
    assert differs == {f"borders.{border}.guard" for border in ("AFG-TJK", "AFG-UZB", "AFG-TKM", "AFG>TJK")}


def test_contrasts_are_paired_by_replicate(two: list[Run]) -> None:
    a, b = two[0].results, two[1].results
    contrast = next(one for one in paired(a, b) if one.name == "crossed")
    k = a.index("outcome", "crossed")
    gaps = b["outcome_per_replicate"][:, k] - a["outcome_per_replicate"][:, k]
    assert contrast.mean == pytest.approx(gaps.mean())
    assert contrast.high - contrast.mean == pytest.approx(1.959964 * gaps.std(ddof=1) / np.sqrt(len(gaps)))
    assert (contrast.less, contrast.same, contrast.more) == pytest.approx(
        ((gaps < 0).mean(), (gaps == 0).mean(), (gaps > 0).mean())
    )
    assert contrast.mean < 0, "a watched border lets fewer through"


def test_runs_with_other_dice_are_not_paired(two: list[Run], central_asia: Scenario) -> None:
    other = Run(run(central_asia, replicates=40, seed=7), central_asia, {})
    with pytest.raises(ValueError, match="cannot be paired"):
        paired(two[0].results, other.results)
    bundle = build([two[0], other])
    assert not bundle["paired"]
    assert bundle["contrasts"] == []
    with pytest.raises(ValueError, match="one run or two"):
        build([*two, other])


def test_runs_that_are_shown_are_logged_with_their_causes(two: list[Run]) -> None:
    results = [one.results for one in two]
    numbers = [k for k, _ in chosen(results)]
    assert len(numbers) == len(set(numbers))
    abroad = results[0]["outcome_per_replicate"][:, results[0].index("outcome", "cross_border_onsets")]
    assert numbers[0] == int(np.argmax(abroad)) or abroad[numbers[0]] == abroad.max()
    rows = logged(results[0], numbers[0])
    assert all(row[1] != "action" for row in rows)
    onsets = [row for row in rows if row[1] == "onset"]
    assert len(onsets) == len(results[0].log.where(replicate=numbers[0], kind="onset"))
    assert all(row[4] in results[0].coords["channel"] for row in onsets if row[4])


def test_a_run_is_called_more_peaceful_only_if_it_is(two: list[Run], central_asia: Scenario) -> None:
    same = run(central_asia, replicates=40)
    assert not [why for _, why in chosen([two[0].results, same]) if "against A" in why]
    a, b = (one.results["outcome_per_replicate"][:, one.results.index("outcome", "months_in_conflict")] for one in two)
    gap = b.astype(float) - a
    for k, why in chosen([one.results for one in two]):
        assert "B most peaceful" not in why or gap[k] < 0
        assert "B most violent" not in why or gap[k] > 0


def test_events_of_the_file_are_told_in_words(central_asia: Scenario) -> None:
    told = scheduled(central_asia)
    assert [row[0] for row in told] == sorted(row[0] for row in told)
    assert any(text == "United States ends its support to Afghanistan" for _, text, _ in told)
    assert any("Summit “moscow”" in text for _, text, _ in told)


def _decoded(found: dict, code: str) -> list[np.ndarray]:
    arcs = [np.cumsum(np.array(arc), axis=0) for arc in found["topology"]["arcs"]]
    shape = next(one for one in found["topology"]["objects"]["states"]["geometries"] if one["id"] == code)
    return [np.concatenate([arcs[k] if k >= 0 else arcs[~k][::-1] for k in polygon[0]]) for polygon in shape["arcs"]]


def _area(ring: np.ndarray) -> float:
    x, y = np.append(ring[:, 0], ring[0, 0]).astype(float), np.append(ring[:, 1], ring[0, 1]).astype(float)
    return abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2


def test_the_topology_keeps_areas_and_shares_borders() -> None:
    drawn = projected(world(), ["AFG", "TJK", "UZB"], ["AFG", "TJK", "UZB"])
    found = topology(drawn, {"P": ["TJK", "UZB"]})
    scale = found["width"] / (drawn.extent[1] - drawn.extent[0])
    for code in ("AFG", "TJK"):
        ring = drawn.shapes(code)[0][0]
        true = _area(ring) * scale**2
        assert max(map(_area, _decoded(found, code))) == pytest.approx(true, rel=0.01)
    used = {}
    for shape in found["topology"]["objects"]["states"]["geometries"]:
        for polygon in shape["arcs"]:
            for ring in polygon:
                for k in ring:
                    used.setdefault(k if k >= 0 else ~k, set()).add(shape["id"])
    assert {"AFG", "TJK"} in used.values()
    bloc = {k for line in found["topology"]["objects"]["blocs"]["geometries"][0]["arcs"] for k in line}
    assert not any(used.get(k) == {"TJK", "UZB"} for k in bloc), "the border inside a bloc is no outline"


def test_json_cannot_leave_its_element() -> None:
    text = to_json({"a": "</script><!--\u2028&<b>"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--\u2028&<b>"}


def test_the_report_is_small_and_loads_nothing(two: list[Run]) -> None:
    text = html_page(build(two))
    assert len(text.encode()) < 1_000_000
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert "default-src 'none'" in unescape(text)
    assert html_page(build(two)) == text


def test_page_and_figures_have_the_same_colours() -> None:
    colours = [style.INK, style.QUIET, style.GRID, style.SEA, style.LAND, style.EDGE, style.BLOC, style.BLUE]
    colours += [*style.GROUP_COLOURS, *CHANNEL_COLOURS.values(), *style.SHARE_COLOURS]
    assert [colour for colour in colours if f'"{colour}"' not in PALETTE] == []
    for key, name in CHANNEL_NAMES.items():
        assert f'{key}: "{name}"' in PALETTE
    assert "[0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0]" in PALETTE
    assert style.STEPS == (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


def test_licences_come_with_the_bundle() -> None:
    licences = asset("LICENSES.txt")
    for name in ("d3-geo", "d3-scale", "d3-shape", "topojson-client"):
        assert f"\n{name} " in licences
    assert "Permission to use, copy, modify" in licences
