"""Sweeps that survive: kill -9, an interrupt, dead workers, damaged files, a full disk, a replicate that cannot run."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from stability_sim.ensemble import tasks as work
from stability_sim.ensemble.chunks import CHUNKS, FAILURES, ChunkStore, replace_file
from stability_sim.ensemble.driver import DEATH, dispatch
from stability_sim.ensemble.executors import Dask, Engine, Execution, Processes, Threads, opened
from stability_sim.ensemble.sweep import sweep
from stability_sim.ensemble.tasks import Task, as_text, code_version, from_bytes
from stability_sim.scenario import Scenario, dump
from stability_sim.storage.run_folder import StoreError
from waiting import until

VARY = ["states.B.capacity=0.1:0.9:5"]
MARK = b"interrupted"
_LAUNCH = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from stability_sim.cli.main import main\n"
    "if __name__ == '__main__': main()"
)


def _words(file: Path, n: int, chunk: int, *more: str) -> list[str]:
    return ["sweep", str(file), "--vary", VARY[0], "-n", str(n), "--chunk", str(chunk), "--no-figures", "-o", "out", *more]


def _start(words: list[str], cwd: Path) -> subprocess.Popen[bytes]:
    launcher = cwd / "launch.py"
    launcher.write_text(_LAUNCH)
    return subprocess.Popen(
        [sys.executable, str(launcher), *words],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _finish(words: list[str], cwd: Path) -> str:
    process = _start(words, cwd)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told.decode()
    return told.decode()


def _bytes(folder: Path) -> dict[str, str]:
    """Hash every file of a sweep but the manifest, which tells the time."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def _n_chunks(folder: Path) -> int:
    return sum(1 for _ in (folder / CHUNKS).rglob("[0-9a-f]*.chunk"))


@pytest.fixture(scope="module")
def file(small: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(dump(small))
    return path


def _kill_at_random_moments(file: Path, tmp_path: Path, n: int, chunk: int, times: int) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    words = _words(file, n, chunk)
    _finish(words, whole)
    expected, chunks = _bytes(whole / "out"), _n_chunks(whole / "out")
    draw = random.Random(chunks)
    killed_at_work = 0
    for k in range(times):
        place = tmp_path / f"killed{k}"
        place.mkdir()
        process = _start(words, place)
        enough = draw.randrange(chunks)
        until(lambda place=place, enough=enough: _n_chunks(place / "out") > enough, process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        killed_at_work += process.returncode == -signal.SIGKILL and 0 < _n_chunks(place / "out") < chunks
        _finish(words, place)
        assert _bytes(place / "out") == expected, f"moment {k}"
    assert killed_at_work >= times // 2


def test_killed_and_taken_up_again(file: Path, tmp_path: Path) -> None:
    _kill_at_random_moments(file, tmp_path, n=600, chunk=30, times=2)


SLOW = (
    pytest.mark.slow,
    pytest.mark.skipif("STABILITY_SIM_SLOW" not in os.environ, reason="takes minutes: set STABILITY_SIM_SLOW"),
)


@SLOW[0]
@SLOW[1]
def test_killed_at_twenty_moments(file: Path, tmp_path: Path) -> None:
    _kill_at_random_moments(file, tmp_path, n=2000, chunk=50, times=20)


@pytest.mark.parametrize("engine", ["threads", "processes", pytest.param("dask", marks=SLOW)])
def test_an_interrupt_keeps_what_is_finished(file: Path, tmp_path: Path, engine: str) -> None:
    words = _words(file, 20_000, 50, "--engine", engine, "--workers", "2")
    process = _start(words, tmp_path)
    until(lambda: _n_chunks(tmp_path / "out") >= 5, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told.decode()
    assert MARK in told
    assert b"Traceback" not in told
    assert b"goes on from there" in told
    kept = _n_chunks(tmp_path / "out")
    assert 5 <= kept < 2000
    with ChunkStore.opened(tmp_path / "out") as store:  # nobody holds it any more, and all in it is whole
        assert all(store.holds(path.stem) for path in (tmp_path / "out" / CHUNKS).rglob("[0-9a-f]*.chunk"))
    assert _n_chunks(tmp_path / "out") == kept


def _tasks(scenario: Scenario, n: int, size: int) -> list[Task]:
    text = as_text(scenario.model_copy(update={"variants": {}}))
    return [Task(text, 3, first, size, scenario.months, log=True, code=code_version()) for first in range(0, n, size)]


@pytest.fixture(scope="module")
def alone(small: Scenario) -> dict[int, bytes]:
    """What each task gives when nothing goes wrong."""
    return {task.first: work.perform_to_bytes(task) for task in _tasks(small, 400, 20)}


def _done_with(engine: Engine, scenario: Scenario, moments: tuple[int, ...], harm: list[int]) -> dict[int, bytes]:
    """Do the tasks, and kill a worker after some of the chunks."""
    found: dict[int, bytes] = {}

    def keep(task: Task, raw: bytes) -> None:
        found[task.first] = raw
        if len(found) in moments:
            os.kill(_worker(engine), signal.SIGKILL)
            harm.append(len(found))

    dispatch(engine, _tasks(scenario, 400, 20), keep)
    return found


def _worker(engine: Engine) -> int:
    """Return the number of one of the worker processes."""
    if isinstance(engine, Dask):
        assert str(engine._client.scheduler.address).startswith("tcp://127.0.0.1:")  # nobody on the network reaches it
        return int(next(iter(engine._client.run(os.getpid).values())))
    return int(multiprocessing.active_children()[0].pid or 0)


@pytest.mark.parametrize(("name", "moments"), [("processes", (3, 8)), ("dask", (3,))])
def test_a_worker_that_is_killed_changes_nothing(
    small: Scenario, alone: dict[int, bytes], name: str, moments: tuple[int, ...]
) -> None:
    harm: list[int] = []
    with opened(Execution(name, 2)) as engine:
        assert _done_with(engine, small, moments, harm) == alone
    assert tuple(harm) == moments


def test_workers_send_names_not_chunks(small: Scenario, alone: dict[int, bytes]) -> None:
    """What is longer than a pipe takes at once can be cut in two by a kill, and its reader would wait for ever."""
    engine = Processes(1)
    try:
        future = engine.submit(next(iter(_tasks(small, 20, 20))))
        place = Path(future.result())
        assert len(str(place)) < 512
        assert engine.received(future) == alone[0]
        assert not place.exists()
    finally:
        engine.close()
    assert not place.parent.exists()


def test_all_engines_give_the_same_bytes(small: Scenario, tmp_path: Path) -> None:
    told = {}
    for name, workers in (("threads", 1), ("threads", 3), ("processes", 2), ("dask", 2)):
        place = tmp_path / f"{name}{workers}"
        done = sweep(small, VARY, replicates=60, folder=place, engine=name, workers=workers, chunk_size=17)
        told[name, workers] = (done.results.hash(), _bytes(place))
    assert len({str(found) for found in told.values()}) == 1


class _Deadly(Processes):
    """Worker processes that die when they are given replicate 77: as a kernel might that writes where it must not."""

    def submit(self, task: Task) -> Future[str]:
        if task.first <= 77 < task.first + task.n:
            return self._executor.submit(os._exit, 1)  # type: ignore[arg-type]
        return super().submit(task)


def test_a_replicate_that_kills_its_worker_is_found(small: Scenario, alone: dict[int, bytes]) -> None:
    found: dict[int, bytes] = {}
    engine = _Deadly(1)
    try:
        dispatch(engine, _tasks(small, 120, 20), lambda task, raw: found.__setitem__(task.first, raw))
    finally:
        engine.close()
    assert all(found[first] == alone[first] for first in (0, 20, 40, 80, 100))
    result, whole = from_bytes(found[60]), from_bytes(alone[60])
    assert [(failure.replicate, failure.n, failure.error) for failure in result.failures] == [(77, 1, DEATH)]
    others = np.arange(60, 80) != 77
    assert np.array_equal(result.rows.outcomes[others], whole.rows.outcomes[others])
    assert np.isnan(result.rows.outcomes[17]).all()


@contextlib.contextmanager
def _poisoned(replicates: set[int]) -> Iterator[None]:
    """Have every chunk with one of some replicates raise in its last month."""
    real = work.run_batch

    def run_batch(batch, *others, **named):
        result = real(batch, *others, **named)
        bad = replicates & set(batch.replicates.tolist())
        if bad:
            raise ZeroDivisionError(f"poison in {min(bad)}")
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "run_batch", run_batch)
        yield


def test_a_poisoned_replicate_is_recorded_and_the_others_are_finished(small: Scenario, tmp_path: Path) -> None:
    whole = sweep(small, VARY, replicates=90, folder=tmp_path / "whole", chunk_size=30)
    with _poisoned({41}):
        done = sweep(small, VARY, replicates=90, folder=tmp_path / "poisoned", chunk_size=30)
    assert {(failure["replicate"], failure["error"]) for failure in done.failures} == {(41, "ZeroDivisionError: poison in 41")}
    assert len(done.failures) == 5  # one of the five points is the scenario as it is
    assert all(failure["scenario"] == "small" and "run_batch" in failure["traceback"] for failure in done.failures)
    assert len(list((tmp_path / "poisoned" / FAILURES).iterdir())) == 5
    others = np.arange(90) != 41
    for point in range(5):
        assert np.array_equal(done.outcomes(point)[others], whole.outcomes(point)[others])
        assert np.isnan(done.outcomes(point)[41]).all()
        kept = whole.outcomes(point)[others]
        assert done.results["mean"][point] == pytest.approx(kept.mean(axis=0))
    assert (done.results["runs"] == 89).all()
    again = sweep(small, VARY, replicates=90, folder=tmp_path / "poisoned", chunk_size=30)
    assert len(again.failures) == 5  # what failed once is not tried again,
    for path in (tmp_path / "poisoned" / FAILURES).iterdir():
        path.unlink()  # unless its record is taken away
    healed = sweep(small, VARY, replicates=90, folder=tmp_path / "poisoned", chunk_size=30)
    assert healed.results.hash() == whole.results.hash()
    assert healed.failures == []


def test_a_program_that_always_fails_does_not_fail_forever(small: Scenario, tmp_path: Path) -> None:
    with _poisoned(set(range(1000))):
        done = sweep(small, VARY, replicates=200, folder=tmp_path, chunk_size=200)
    assert sum(failure["n"] for failure in done.failures) == 5 * 200
    assert len(done.failures) < 5 * 30
    assert np.isnan(done.results["mean"]).all()


def _damage(path: Path, kind: int, draw: random.Random) -> None:
    raw = bytearray(path.read_bytes())
    place = draw.randrange(len(raw))
    if kind == 0:
        raw = raw[:place]
    elif kind == 1:
        raw[place] ^= 1 << draw.randrange(8)
    elif kind == 2:
        before = bytes(raw)
        while bytes(raw) == before:  # zeros over zeros are no damage
            start = draw.randrange(len(raw))
            raw[start : start + 4096] = bytes(len(raw[start : start + 4096]))
    else:
        raw = bytearray(len(raw)) if draw.random() < 0.5 else raw + b"x"
    path.write_bytes(raw)


def test_sixty_damaged_chunks_are_found_and_made_again(small: Scenario, tmp_path: Path) -> None:
    first = sweep(small, VARY, replicates=100, folder=tmp_path, chunk_size=8)
    whole = _bytes(tmp_path)
    draw = random.Random(5)
    files = draw.sample(sorted((tmp_path / CHUNKS).rglob("[0-9a-f]*.chunk")), 60)
    for k, path in enumerate(files):
        _damage(path, k % 4, draw)
    again = sweep(small, VARY, replicates=100, folder=tmp_path, chunk_size=8)
    assert sorted(again.damaged) == sorted(files)
    assert _bytes(tmp_path) == whole
    assert again.results.hash() == first.results.hash()


def test_a_chunk_in_the_place_of_another_is_noticed(small: Scenario, tmp_path: Path) -> None:
    first = sweep(small, VARY, replicates=20, folder=tmp_path, chunk_size=10)
    one, two = sorted((tmp_path / CHUNKS).rglob("[0-9a-f]*.chunk"))[:2]
    one.write_bytes(two.read_bytes())
    again = sweep(small, VARY, replicates=20, folder=tmp_path, chunk_size=10)
    assert again.damaged == [one]
    assert again.results.hash() == first.results.hash()


@contextlib.contextmanager
def _small_disk(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir()
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing(file: Path, tmp_path: Path) -> None:
    words = _words(file, 1000, 50)
    (tmp_path / "whole").mkdir()
    _finish(words, tmp_path / "whole")
    disk = tmp_path / "disk"
    with _small_disk(disk, "1M"):
        process = _start(words, disk)
        _, told = process.communicate(timeout=120)
        assert process.returncode == 1, told.decode()
        assert b"disk is full" in told
        assert b"Traceback" not in told
        assert 3 < _n_chunks(disk / "out") < 100
        assert not list(disk.rglob(".part-*"))
        subprocess.run(["mount", "-o", "remount,size=200M", str(disk)], check=True)
        before = {path: path.stat().st_mtime_ns for path in (disk / "out" / CHUNKS).rglob("[0-9a-f]*.chunk")}
        _finish(words, disk)
        assert _bytes(disk / "out") == _bytes(tmp_path / "whole" / "out")
        assert all(path.stat().st_mtime_ns == written for path, written in before.items())  # none was made again


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_file(tmp_path / "x", b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="disk is full"):
        replace_file(tmp_path / "x", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x", b"old")]


def test_two_processes_do_not_share_a_store(small: Scenario, tmp_path: Path) -> None:
    with ChunkStore.opened(tmp_path), pytest.raises(StoreError, match="in use"):
        sweep(small, VARY, replicates=10, folder=tmp_path)


def _has_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_workers_end_with_their_parent(small: Scenario) -> None:
    code = (
        "import os, sys, multiprocessing\n"
        "from stability_sim.ensemble.executors import Processes\n"
        "if __name__ == '__main__':\n"
        "    engine = Processes(1)\n"
        "    print(engine._executor.submit(os.getpid).result(), flush=True)\n"
        "    sys.stdin.read()\n"  # for ever
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    process.kill()
    process.communicate()
    assert until(lambda: _has_ended(worker)), "the worker lives on"


def test_another_version_is_not_obeyed(small: Scenario) -> None:
    task = _tasks(small, 10, 10)[0]
    engine = Threads(1)
    with pytest.raises(work.OtherVersion):
        dispatch(engine, [Task(task.scenario, 1, 0, 10, task.months, code="other")], lambda _, __: None)
    engine.close()


def test_chunks_hold_no_pickle(alone: dict[int, bytes]) -> None:
    raw = alone[0]
    header = json.loads(raw[len(b"stability-sim chunk 1\n") + 8 :].split(b"}]", 1)[0] + b"}]}")
    assert header["arrays"][0]["name"] == "tallies.in_conflict"
