"""Chunks of results as files: arrays behind a header in JSON with a checksum (no code), and the folders that hold them.

A file is: a line that says what it is; the length of the header in 8 bytes; the header; the arrays, little-endian, one
after the other; the SHA-256 of everything before it. Whole numbers that are mostly zeros, such as histograms, are kept
as the places and values of what is not zero, in 4 bytes each if they fit.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import math
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.storage.files import sync
from stability_sim.storage.run_folder import StoreError
from stability_sim.storage.staging import clear_leftovers, lock

MAGIC = b"stability-sim chunk 1\n"
_LENGTH, _DIGEST = 8, 32
_KINDS = ("<i8", "<i4", "<i2", "|i1", "<f8", "<f4")
SMALL, SPARSE_BELOW = 64, 0.25  # entries, and the share of them that is not zero, up to which places are not kept

Arrays = dict[str, NDArray[Any]]


class DamagedChunk(Exception):  # noqa: N818 - reads as a statement where it is caught
    """Bytes that are not a whole chunk."""


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    fits = values.size == 0 or (values.min() >= -(2**31) and values.max() < 2**31)
    return values.astype("<i4" if fits else "<i8")


def _parts(values: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the arrays to store for an array: itself, or the places and values of what is not zero."""
    flat = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")).reshape(-1)
    if flat.dtype.kind == "i" and flat.size > SMALL:
        places = np.flatnonzero(flat)
        if len(places) < SPARSE_BELOW * flat.size:
            return [_narrow(places), _narrow(flat[places])]
    return [flat]


def encode(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return a chunk as bytes: the same header and arrays always give the same.

    Parameters
    ----------
    header : mapping
        Whatever JSON can hold; comes back from ``decode``.
    arrays : mapping
        Arrays of whole or real numbers by name, of any shape.
    """
    entries, body = [], []
    for name, values in arrays.items():
        parts = _parts(values)
        kind = values.dtype.newbyteorder("<").str
        if kind not in _KINDS:
            raise TypeError(f"a chunk cannot hold {name}, of type {values.dtype}")
        entries.append(
            {"name": name, "type": kind, "shape": values.shape, "n": len(parts[-1]), "kept": [k.dtype.str for k in parts]}
        )
        body += [part.tobytes() for part in parts]
    text = json.dumps({"header": header, "arrays": entries}, sort_keys=True, separators=(",", ":")).encode()
    content = b"".join([MAGIC, len(text).to_bytes(_LENGTH, "little"), text, *body])
    return content + hashlib.sha256(content).digest()


def _checked(raw: bytes) -> tuple[dict[str, Any], int]:
    """Return header and place of the arrays; DamagedChunk unless every byte is as it was written."""
    start = len(MAGIC) + _LENGTH
    if len(raw) < start + _DIGEST or not raw.startswith(MAGIC):
        raise DamagedChunk("it does not begin as a chunk does")
    if hashlib.sha256(memoryview(raw)[:-_DIGEST]).digest() != raw[-_DIGEST:]:
        raise DamagedChunk("its checksum does not fit")
    end = start + int.from_bytes(raw[len(MAGIC) : start], "little")
    try:
        return json.loads(raw[start:end]), end
    except ValueError:
        raise DamagedChunk("its header cannot be read") from None


def header_of(raw: bytes) -> dict[str, Any]:
    """Return the header of a chunk; DamagedChunk unless every byte is as it was written."""
    header: dict[str, Any] = _checked(raw)[0]["header"]
    return header


def _dense(parts: list[NDArray[Any]], kind: str, shape: list[int]) -> NDArray[Any]:
    """Return the array that ``_parts`` stored as some arrays."""
    if len(parts) == 1:
        return parts[0].reshape(shape)
    values = np.zeros(math.prod(shape), dtype=kind)
    values[parts[0]] = parts[1]
    return values.reshape(shape)


def decode(raw: bytes, names: Collection[str] | None = None) -> tuple[dict[str, Any], Arrays]:
    """Return header and arrays of a chunk, those in ``names`` alone if it is given; DamagedChunk if it is not whole."""
    head, place = _checked(raw)
    arrays: Arrays = {}
    for entry in head["arrays"]:
        layout = []
        for kind in entry["kept"]:
            layout.append((kind, place))
            place += np.dtype(kind).itemsize * entry["n"]
        if names is None or entry["name"] in names:
            parts = [np.frombuffer(raw, kind, entry["n"], at) for kind, at in layout]
            arrays[entry["name"]] = _dense(parts, entry["type"], entry["shape"])
    return head["header"], arrays


CHUNKS, FAILURES, FIGURES, LOCK = "chunks", "failures", "figures", ".lock"
_PARTIAL = ".part-"


@contextlib.contextmanager
def disk_full_as_store_error(folder: Path) -> Iterator[None]:
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
    A staging folder for each small file would cost too much. Raises StoreError if the disk is full.
    """
    partial = path.with_name(f"{_PARTIAL}{path.name}")
    try:
        with disk_full_as_store_error(path.parent):
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
