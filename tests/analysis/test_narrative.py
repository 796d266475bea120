"""What is said of a variant, word for word, from tables made by hand."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from stability_sim.analysis.contrasts import CONTRAST_COLUMNS
from stability_sim.analysis.divergence import DIVERGENCE_COLUMNS
from stability_sim.analysis.narrative import MOST, VariantTables, number, tell
from stability_sim.analysis.spread import PATHWAY_COLUMNS
from stability_sim.results.results import Results


def _contrast(
    outcome: str, label: str, was: float, now: float, se: float, sd: float, share: float, **more: object
) -> dict[str, object]:
    d = now - was
    row = {
        "variant": "v", "scope": "region", "outcome": outcome, "label": label, "replicates": 200, "base_mean": was, "variant_mean": now,
        "difference": d, "share_differs": share, "share_more": 0.02, "share_less": share - 0.02, "se_paired": se, "low": d - 2 * se,
        "high": d + 2 * se, "effect_in_sd": d / sd, "interval": "luck only",
    } | more  # fmt: skip
    return row


def _pathway(cut: str, part: str, was: int, now: int) -> dict[str, object]:
    return {
        "cut": cut, "part": part, "base_count": was, "variant_count": now, "difference_count": now - was, "se_paired": 0.01, "replicates": 200,
    }  # fmt: skip


def _parting(replicate: int, month: int, date: str, kind: str, side: str, **more: object) -> dict[str, object]:
    blank = dict.fromkeys(DIVERGENCE_COLUMNS, "")
    return blank | {
        "replicate": replicate, "month": month, "date": date, "basis": "logged", "side": side, "kind": kind, "state": "B", "source": "A",
        "channel": "kin", "group": "rebels",
    } | more  # fmt: skip


CONTRASTS = [
    _contrast("onsets", "conflicts that began", 1.5, 1.0, 0.05, 1.0, 0.4),
    _contrast("ever_onset", "P(onset) in B", 0.4, 0.3, 0.01, 0.5, 0.1, scope="B"),
    _contrast("raids", "raids", 1500.0, 1510.0, 1.0, 1000.0, 0.3),
    _contrast("deaths", "battle deaths", 2000.0, 1999.0, 40.0, 900.0, 0.005),
    _contrast("cross_border_onsets", "conflicts brought in", 1.0, 1.0, 0.0, 1.0, 0.0),
]
PATHWAYS = [
    _pathway("border", "A>B", 120, 40), _pathway("border", "B>C", 10, 12), _pathway("channel", "kin", 130, 52), _pathway("step", "step 1", 130, 52),
]  # fmt: skip
PARTINGS = [
    _parting(3, 4, base_date, "raid", "base", instead_kind="action", instead_channel="aid") for base_date in ("2020-05",)
] + [
    _parting(5, 6, "2020-07", "onset", "variant"), _parting(8, 6, "2020-07", "onset", "variant"), _parting(9, 8, "2020-09", "onset", "variant"),
    _parting(11, -1, "", "", "", basis="no logged event differs", state="", source="", channel="", group=""),
]  # fmt: skip


def _told(**more: object) -> VariantTables:
    given = {
        "variant": "v", "changes": ["`x` is removed"], "contrasts": pd.DataFrame(CONTRASTS, columns=list(CONTRAST_COLUMNS)),
        "pathways": pd.DataFrame(PATHWAYS, columns=list(PATHWAY_COLUMNS)),
        "divergence": pd.DataFrame(PARTINGS, columns=list(DIVERGENCE_COLUMNS)),
        "wars": pd.DataFrame(PARTINGS[1:4], columns=list(DIVERGENCE_COLUMNS)),
    }  # fmt: skip
    return VariantTables(**(given | more))  # type: ignore[arg-type]


def test_what_differs(base: Results) -> None:
    text = tell(_told(), base, base)
    assert "\n- `x` is removed\n" in text
    assert "5 outcomes were compared; 4 differ in at least one replicate." in text
    assert "looked at together: 3. Ranked" in text
    assert (
        "1. **conflicts that began**: 1.50 → 1.00 a run (×0.67), a difference of -0.5 (95 % interval -0.6 to -0.4; luck only). "
        "40.0% of the replicates differ: 2.0% have more, 38.0% less.\n"
        "2. **P(onset) in B**: 40 → 30 % (×0.75), a difference of -10 points (95 % interval -12 to -8 points; luck only). "
    ) in text
    assert "Clear, but smaller than 0.02 standard deviations of the base: raids (10 a run)." in text
    assert (
        "- battle deaths: -1 a run (-81 to 79), 1 replicate differs.\n- conflicts brought in: 0 a run (0 to 0), no replicate differs.\n"
        in text
    )
    assert "Left out of the ranking" not in text
    without = tell(_told(by_construction=("onsets", "raids")), base, base)
    assert "Left out of the ranking, since the variant takes away what they count: conflicts that began, raids." in without
    assert "1. **P(onset) in B**" in without


def test_no_more_is_ranked_than_is_read(base: Results) -> None:
    def ranked(n: int) -> str:
        rows = [_contrast(f"o{k}", f"outcome {k}", 1.0, 5.0 + k, 0.01, 1.0, 0.4) for k in range(n)]
        return tell(_told(contrasts=pd.DataFrame(rows, columns=list(CONTRAST_COLUMNS))), base, base)

    assert "more in contrasts.csv" not in ranked(MOST)
    text = ranked(MOST + 2)
    assert f"{MOST}. **outcome 2**" in text
    assert "outcome 1**" not in text
    assert "… and 2 more in contrasts.csv." in text


def test_which_way_it_travels(base: Results) -> None:
    text = tell(_told(), base, base)
    assert (
        "Conflicts brought in from another state: 130 in the base, 52 in the variant, a difference of -78 in 200 replicates."
        in text
    )
    assert (
        "- by border: A>B -80 (±3.9); B>C +2 (±3.9).\n- by channel: kin -78 (±3.9).\n- by step of the chain: step 1 -78 (±3.9)."
        in text
    )
    for n, more in ((MOST, ""), (MOST + 1, " …")):
        many = [_pathway("border", f"A>S{k}", 9, 1) for k in range(n)]
        said = tell(_told(pathways=pd.DataFrame(many, columns=list(PATHWAY_COLUMNS))), base, base)
        assert f"A>S{MOST - 1} -8 (±3.9){more}.\n- by channel: no part differs." in said
        assert f"A>S{MOST} " not in said
    same = pd.DataFrame([_pathway("border", "A>B", 7, 7)], columns=list(PATHWAY_COLUMNS))
    assert "No conflict that was brought in from abroad travelled another way" in tell(_told(pathways=same), base, base)


def test_where_the_futures_part(base: Results) -> None:
    text = tell(_told(), base, base)
    assert "Of 200 replicates 4 part at an event of the log, 1 differ only in what the log leaves out" in text
    assert "and 195 are the same throughout." in text
    assert "Half of those that part have done so by 2020-07." in text
    assert "there is in the base: raid 1; and in the variant: onset 3; action aid 1." in text
    assert (
        "- 3 replicates: a conflict begins in B, brought from A by kin and ideas (rebels) (in the variant alone)\n- 1 replicate: rebels raids B from A (in the base alone)"
        in text
    )
    assert "In 3 replicates (1.5%) the wars themselves differ" in text
    assert (
        "For example replicate 5, the same in both until 2020-07:\n\n- 2020-07: a conflict begins in B, brought from A by kin and ideas (rebels) "
        "(variant alone)\n"
    ) in text
    seven = pd.DataFrame([_parting(k, k, "", "raid", "base") for k in range(7)], columns=list(DIVERGENCE_COLUMNS))
    assert "Half of those that part have done so by 2020-04." in tell(_told(divergence=seven, wars=seven.head(0)), base, base)
    calm = _told(wars=pd.DataFrame([], columns=list(DIVERGENCE_COLUMNS)))
    assert "For example" not in tell(calm, base, base)
    named = base.attributes["alliances"]
    assert "counted on the members that the base has" not in text
    assert named
    other = dataclasses.replace(base, attributes=base.attributes | {"alliances": {}})
    assert "Attacks on members of an alliance are counted on the members that the base has, in both." in tell(
        _told(), base, other
    )


@pytest.mark.parametrize(
    ("value", "said"), [(0.0, "0"), (999.6, "1e+03"), (1000.0, "1,000"), (-1234.5, "-1,234"), (0.01234, "0.0123"), (-2.0, "-2")]
)
def test_numbers(value: float, said: str) -> None:
    assert number(value) == said


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (1.0, 3.0, "1.0 → 3.0"),
        (100.0, 350.0, "100 → 350"),
        (0.5, 0.5002, "0.50000 → 0.50020"),
        (0.5, 0.5 + 1e-9, "0.500000 → 0.500000"),
    ],
)
def test_as_many_digits_as_it_takes(base: Results, was: float, now: float, said: str) -> None:
    rows = [_contrast("raids", "raids", was, now, 0.0, 1e-9, 0.4, low=0.0, high=0.0, effect_in_sd=1.0)]
    text = tell(_told(contrasts=pd.DataFrame(rows, columns=list(CONTRAST_COLUMNS))), base, base)
    assert f"**raids**: {said} a run" in text
