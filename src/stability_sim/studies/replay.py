"""Replay the run of a folder, and check that its files are what the run gives."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from stability_sim.ensemble.executors import THREADS, Execution
from stability_sim.ensemble.run import BASE, ForkError, prepare, run_forked
from stability_sim.results.results import Results
from stability_sim.scenario import load, resolve
from stability_sim.scenario.problems import printable
from stability_sim.storage.files import UsageError
from stability_sim.storage.manifest import RunManifest, StoreError, altered, read_manifest, versions
from stability_sim.storage.run_folder import EVENTS, FILES, RESULTS, SCENARIO, read_files, write_events, write_results
from stability_sim.storage.staging import temporary_folder
from stability_sim.studies.points import Say
from stability_sim.studies.run import refuse_giants, run_ensemble, write_tables
from stability_sim.terminal import write

_WRITERS = ("stability-sim", "h5netcdf", "h5py")  # the packages that decide about the bytes of the files of a run


def _manifest_of_run(folder: Path) -> RunManifest:
    """Return the manifest of a folder that holds a run, with everything that a replay needs."""
    manifest = read_manifest(folder)
    if not isinstance(manifest, RunManifest):
        made_by = manifest.command or "a command that it does not tell"
        raise UsageError(f"{folder} holds a {manifest.kind}, not a run; it was made by: {printable(made_by)}")
    return manifest


def _again(folder: Path, manifest: RunManifest, execution: Execution, say: Say) -> Results:
    """Replay the run of a folder; a fork of a comparison is forked from the base in the folder beside it."""
    scenario, name, month = load(folder / SCENARIO).scenario, manifest.variant, manifest.from_month
    n, seed, first = manifest.replicates, manifest.seed, manifest.first_replicate
    refuse_giants(scenario, n)
    if name == BASE or month is None:
        return run_ensemble(scenario, name, n, seed, first, execution, say)
    base = folder.resolve().parent / BASE / SCENARIO
    if not base.is_file():
        raise UsageError(f"{folder} has the past of another run up to month {month}, and {base} is not there")
    prepare(say)
    past, future = (resolve(loaded) for loaded in (load(base).scenario, scenario))
    try:
        results = run_forked(past, future, month, replicates=n, seed=seed, first=first, execution=execution)
    except ForkError as error:
        raise StoreError(f"{folder}: {error}") from None
    results.attributes["variant"] = name
    return results


def _other_bytes(folder: Path, manifest: RunManifest, results: Results, wrong: Collection[str]) -> dict[str, str]:
    """Return the files whose bytes differ from those that the results give, each with the fault, leaving out ``wrong`` ones.

    Another version of the packages that write may give other bytes for the same results: then the contents are compared.
    """
    current, fault = versions(), "does not hold what the run gives"
    if any(manifest.versions.get(name) != current.get(name) for name in _WRITERS):
        try:
            same = bool(wrong) or read_files(folder).hash() == results.hash()
        except (OSError, KeyError, RuntimeError, ValueError):
            same = False
        return {} if same else {f"{RESULTS} or {EVENTS}": fault}
    with temporary_folder() as made:
        write_results(results, made / RESULTS)
        write_events(results.log, results.coords["month"], made / EVENTS)
        write_tables(results, made)
        names = {*FILES, *manifest.sha256}.difference(wrong)
        paths = [path for path in sorted(made.iterdir()) if path.name in names]
        return {path.name: fault for path in paths if (folder / path.name).read_bytes() != path.read_bytes()}


def replay(folder: Path, *, execution: Execution = THREADS, say: Say = print) -> int:
    """Replay the run of a folder; return 0 if its files are unaltered and the replay gives the same bytes, else 1.

    Figures are not compared: they may be drawn anew.
    """
    manifest = _manifest_of_run(folder)
    wrong = {name: "is missing" for name in FILES if not (folder / name).is_file()} | altered(folder, manifest)
    then, now = manifest.results_hash, None
    if SCENARIO not in wrong:
        results = _again(folder, manifest, execution, say)
        now = results.hash()
        if now == then:
            wrong = _other_bytes(folder, manifest, results, wrong) | wrong
    verdicts = ["ALTERED files"] * bool(wrong) + ["DIFFERENT results"] * (now not in (None, then))
    faults = "".join(f"  {printable(name)} {fault}\n" for name, fault in wrong.items())
    write(f"{folder}: {', '.join(verdicts) or 'the same results'}\n{faults}  then {printable(then)}\n")
    write(f"  now  {now}\n" if now else "")
    writer, current = manifest.versions.get("stability-sim"), versions()["stability-sim"]
    if now not in (None, then) and writer != current:
        say(
            f"It was run by stability-sim {writer}, and this is {current}: between versions the model changes, and its numbers with it"
        )
    return 1 if verdicts else 0
