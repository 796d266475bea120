"""A folder of chunks: each is whole or not there, is named by what is in it, and is checked whenever it is read."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from stability_sim.ensemble.chunkfile import Arrays, DamagedChunk, decode, header_of
from stability_sim.ensemble.store import StoreError
from stability_sim.rooms import clear_leftovers, lock
from stability_sim.writing import sync

CHUNKS, FAILURES, FIGURES, LOCK = "chunks", "failures", "figures", ".lock"
_PARTIAL = ".part-"


@contextlib.contextmanager
def told_if_full(folder: Path) -> Iterator[None]:
    """Raise StoreError if the disk of a folder is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StoreError(f"{folder}: the disk is full; what was finished before is kept") from None


def replace_file(path: Path, raw: bytes) -> None:
    """Write a file so that, whatever happens, its place holds what it held before or the new bytes.

    For files of a store that is locked: who holds the lock clears what a kill leaves here, and nobody else writes.
    A room for each of its many small files would be dear. Raises StoreError if the disk is full.
    """
    partial = path.with_name(f"{_PARTIAL}{path.name}")
    try:
        with told_if_full(path.parent):
            with partial.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            sync(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


class ChunkStore:
    """The chunks below a folder, by their keys; ``damaged`` lists the files that were found damaged and removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[Path] = []

    @classmethod
    @contextlib.contextmanager
    def opened(cls, folder: Path) -> Iterator[ChunkStore]:
        """Give the store of a folder, which no other process may write meanwhile; StoreError if one does."""
        clear_leftovers(folder)  # which may bring back what was here
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOCK).open("wb") as file:
            try:
                lock(file.fileno())
            except BlockingIOError:
                raise StoreError(f"{folder} is in use by another process") from None
            store = cls(folder)
            store._sweep_up()
            yield store

    def _sweep_up(self) -> None:
        """Remove what a process left that was killed while it wrote; no link is followed."""
        ours = [self.folder / name for name in (CHUNKS, FAILURES, FIGURES)]
        ours += (self.folder / CHUNKS).glob("??")
        for place in (self.folder, *(path for path in ours if path.is_dir() and not path.is_symlink())):
            clear_leftovers(place)
            for path in [*place.glob(f"{_PARTIAL}*")]:
                if path.is_dir() and not path.is_symlink():  # earlier versions drew in such folders
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all chunks and records of failures."""
        for name in (CHUNKS, FAILURES):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def path(self, key: str) -> Path:
        """Return where the chunk of a key is, or would be."""
        return self.folder / CHUNKS / key[:2] / f"{key}.chunk"

    def write(self, key: str, raw: bytes) -> None:
        """Store a chunk, and a record of the failures that its header tells of."""
        path = self.path(key)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync(path.parent.parent)
        failures = header_of(raw)["failures"]
        if failures:
            self._record(key, failures)
        replace_file(path, raw)

    def _record(self, key: str, failures: list[dict[str, Any]]) -> None:
        path = self.folder / FAILURES / f"{key}.json"
        path.parent.mkdir(exist_ok=True)
        replace_file(path, (json.dumps(failures, indent=2) + "\n").encode())

    def raw(self, key: str) -> bytes:
        """Return the bytes of a chunk as they are on the disk; DamagedChunk if there are none."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise DamagedChunk(f"{self.path(key)} is missing") from None

    def _remove(self, key: str) -> None:
        self.damaged.append(self.path(key))
        self.path(key).unlink(missing_ok=True)

    def holds(self, key: str) -> bool:
        """Return whether the chunk of a key is there and whole; a damaged one is removed.

        A chunk with failures counts as whole as long as their record is there: without it they are tried again.
        """
        if not self.path(key).is_file():
            return False
        try:
            header = header_of(self.raw(key))
        except DamagedChunk:
            header = {"key": None}
        if header["key"] != key:
            self._remove(key)
            return False
        return not header["failures"] or (self.folder / FAILURES / f"{key}.json").is_file()

    def read(self, key: str, names: Collection[str] | None = None) -> tuple[dict[str, Any], Arrays]:
        """Return header and arrays of a chunk; DamagedChunk, and the file is removed, if it is not whole."""
        raw = self.raw(key)
        try:
            header, arrays = decode(raw, names)
            if header["key"] != key:
                raise DamagedChunk("it is another chunk")
        except DamagedChunk as error:
            self._remove(key)
            raise DamagedChunk(f"{self.path(key)}: {error}") from None
        return header, arrays


def fingerprint(*parts: str) -> str:
    """Return the SHA-256 of some texts, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()
