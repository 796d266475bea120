"""The commands that take several ensembles, as a user meets them."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from commands import command
from stability_sim.scenario import Scenario
from stability_sim.scenario.explain import dump
from stability_sim.storage.run_folder import read_run


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory, small: Scenario) -> Path:
    folder = tmp_path_factory.mktemp("user")
    variants = {
        "no-pledge": {"note": "What if P were not?", "remove": ["alliances.P"]},
        "guarded": {"set": {"borders.A-B.guard": 0.95}},
        "shorter": {"set": {"months": 12}},
        "nothing": {"set": {"states.D.prestige": 0.3}},
    }
    whole = Scenario.model_validate(small.model_dump() | {"variants": variants})
    (folder / "small.yaml").write_text(dump(whole))
    bare = Scenario.model_validate(small.model_dump())
    (folder / "bare.yaml").write_text(dump(bare))
    return folder


@pytest.fixture(scope="module")
def compared(user: Path) -> Path:
    done = command("compare", "small.yaml", "--variant", "no-pledge", "guarded", "-n", "60", "-o", "cmp", cwd=user)
    assert done.returncode == 0, done.stderr
    assert "no-pledge" in done.stdout
    assert "luck only" in done.stdout
    return user / "cmp"


@pytest.mark.parametrize("name", ["contrasts", "flows"])
def test_every_number_of_a_comparison_has_a_unit(compared: Path, name: str) -> None:
    with (compared / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["unit"] for row in rows)


def test_compare_writes_everything(compared: Path) -> None:
    for name in ("contrasts.csv", "pathways.csv", "flows.csv", "divergence.csv", "wars.csv", "risk.csv", "what-changed.md"):
        assert (compared / name).stat().st_size > 60, name
    figures = {path.name for path in (compared / "figures").iterdir()}
    assert figures == {
        f"{kind}.{form}" for kind in ("difference-map", "contrasts", "divergence") for form in ("png", "svg", "pdf")
    }
    for variant in ("base", "no-pledge", "guarded"):
        assert read_run(compared / "runs" / variant).n_replicates == 60
    manifest = json.loads((compared / "manifest.json").read_text())
    assert manifest["kind"] == "comparison"
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((compared / name).read_bytes()).hexdigest() == digest
    words = (compared / "what-changed.md").read_text()
    assert "What if P were not?" in words
    assert "`alliances.P` is removed" in words


def test_compare_again_gives_the_same_tables(compared: Path, user: Path) -> None:
    done = command(
        "compare",
        "small.yaml",
        "no-pledge",
        "--variant",
        "guarded",
        "-n",
        "60",
        "--workers",
        "1",
        "--no-figures",
        "-o",
        "again",
        cwd=user,
    )
    assert done.returncode == 0, done.stderr
    mine, theirs = (sorted((folder / "contrasts.csv").read_text().splitlines()) for folder in (compared, user / "again"))
    assert mine == theirs


def test_a_variant_that_changes_nothing_differs_nowhere(user: Path) -> None:
    done = command("compare", "small.yaml", "nothing", "-n", "30", "--no-figures", "-o", "same", cwd=user)
    assert done.returncode == 0, done.stderr
    with (user / "same" / "contrasts.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 20
    assert all(float(row["difference"]) == float(row["se_paired"]) == float(row["share_differs"]) == 0 for row in rows)
    assert (user / "same" / "divergence.csv").read_text().count("\n") == 1
    assert "30 are the same throughout" in (user / "same" / "what-changed.md").read_text()


def test_a_fork_keeps_the_past(user: Path) -> None:
    done = command(
        "compare", "small.yaml", "guarded", "-n", "30", "--from-month", "2021-03", "--no-figures", "-o", "fork", cwd=user
    )
    assert done.returncode == 0, done.stderr
    with (user / "fork" / "divergence.csv").open() as file:
        months = [int(row["month"]) for row in csv.DictReader(file)]
    assert months
    assert min(month for month in months if month >= 0) >= 14
    assert "from 2021-03 on" in (user / "fork" / "what-changed.md").read_text()


def test_attribute(user: Path) -> None:
    done = command("attribute", "small.yaml", "-n", "20", "-o", "attr", cwd=user)
    assert done.returncode == 0, done.stderr
    for word in ("hazard share", "knock-out", "Shapley", "R0", "exporters", "importers"):
        assert word in done.stdout
    assert {p.name for p in (user / "attr" / "figures").glob("*.png")} == {"exporters-importers.png", "channels-three-ways.png"}


def test_sensitivity_then_discover(user: Path) -> None:
    words = ("sensitivity", "small.yaml", "-n", "4", "--factors", "parameters.*_onset", "--factors", "parameters.onset_per_year", "--top", "2",
             "--trajectories", "2", "--base-sample", "32", "--outcome", "hazard_from_abroad", "-o", "sens")  # fmt: skip
    done = command(*words, cwd=user)
    assert done.returncode == 0, done.stderr
    assert "points" in done.stderr
    assert "assumed" in done.stdout
    assert (user / "sens" / "figures" / "tornado-hazard_from_abroad.png").stat().st_size > 10_000
    found = command("discover", "sens", "-o", "boxes.csv", cwd=user)
    assert found.returncode == 0, found.stderr
    assert "hazard_from_abroad ≥" in found.stdout
    assert (user / "boxes.csv").read_text().startswith("box,factor,low,high")


def test_discover_in_a_sweep(user: Path) -> None:
    words = (
        "--vary",
        "borders.A-B.guard=0.05:0.95",
        "--vary",
        "parameters.summit_prestige",
        "--lhs",
        "60",
        "-n",
        "6",
        "--no-figures",
        "-o",
        "swept",
    )
    done = command("sweep", "bare.yaml", *words, cwd=user)
    assert done.returncode == 0, done.stderr
    found = command("discover", "swept", "--outcome", "crossed", cwd=user)
    assert found.returncode == 0, found.stderr
    assert "borders.A-B.guard ≤" in found.stdout
    assert "summit_prestige" not in found.stdout


def test_uncertainty(user: Path) -> None:
    done = command("uncertainty", "small.yaml", "-n", "3", "--points", "2", "--outcome", "incidents", "-o", "unc", cwd=user)
    assert done.returncode == 0, done.stderr
    for word in ("luck", "parameters", "structure"):
        assert word in done.stdout
    assert (user / "unc" / "figures" / "uncertainty.svg").stat().st_size > 1000


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("compare", "bare.yaml"), 2, "has no variants"),
        (("compare", "small.yaml", "no-pledg"), 2, "did you mean 'no-pledge'"),
        (("compare", "small.yaml", "shorter", "-n", "3"), 2, "cannot be paired: months is 30 in one and 12"),
        (("compare", "nowhere.yaml"), 3, "there is no such file"),
        (("compare", "small.yaml", "guarded", "--from-month", "99"), 2, "months 0 to 29"),
        (("compare", "small.yaml", "guarded", "--from-month", "soon"), 2, "is no month"),
        (("compare", "small.yaml", "guarded", "-n", "1000000", "--set", "months=1200"), 2, "fewer replicates"),
        (("attribute", "small.yaml", "--outcome", "wealth", "-n", "2"), 2, "there is no outcome 'wealth'"),
        (("sensitivity", "small.yaml", "--factors", "nothing.*"), 2, "no number with a range"),
        (("sensitivity", "small.yaml", "--base-sample", "30"), 2, "power of two"),
        (("uncertainty", "small.yaml", "-n", "1"), 2, "two replicates"),
        (("discover", "nowhere"), 3, "there is no such file"),
        (("discover", "."), 1, "holds no sample.csv"),
    ],
    ids=lambda value: "-".join(value)[:44] if isinstance(value, tuple) else None,
)
def test_mistakes_have_a_message_and_a_code(user: Path, words: tuple[str, ...], code: int, message: str) -> None:
    done = command(*words, cwd=user)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_explained_is_refused(user: Path) -> None:
    words = ("sensitivity", "bare.yaml", "-n", "2", "--factors", "parameters.summit_prestige", "--top", "1", "--trajectories", "2",
             "--base-sample", "8", "--outcome", "hidden_among_refugees")  # fmt: skip
    done = command(*words, "--set", "parameters.hidden_share=0", cwd=user)
    assert done.returncode == 2
    assert "no variance to explain" in done.stderr
    assert "Traceback" not in done.stderr
