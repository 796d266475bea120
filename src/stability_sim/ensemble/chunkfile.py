"""The bytes of a chunk: arrays behind a header in JSON, and a checksum over all of it. Nothing in them can run.

A file is: a line that says what it is; the length of the header in 8 bytes; the header; the arrays, little-endian, one
after the other; the SHA-256 of everything before it. Whole numbers that are mostly zeros, such as histograms, are kept
as the places and values of what is not zero, in 4 bytes each if they fit.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
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
    """Return the arrays that keep an array: itself, or the places and values of what is not zero."""
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
    told, body = [], []
    for name, values in arrays.items():
        kept = _parts(values)
        kind = values.dtype.newbyteorder("<").str
        if kind not in _KINDS:
            raise TypeError(f"a chunk cannot hold {name}, of type {values.dtype}")
        told.append({"name": name, "type": kind, "shape": values.shape, "n": len(kept[-1]), "kept": [k.dtype.str for k in kept]})
        body += [part.tobytes() for part in kept]
    text = json.dumps({"header": header, "arrays": told}, sort_keys=True, separators=(",", ":")).encode()
    whole = b"".join([MAGIC, len(text).to_bytes(_LENGTH, "little"), text, *body])
    return whole + hashlib.sha256(whole).digest()


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


def _whole(parts: list[NDArray[Any]], kind: str, shape: list[int]) -> NDArray[Any]:
    """Return the array that some arrays keep."""
    if len(parts) == 1:
        return parts[0].reshape(shape)
    values = np.zeros(math.prod(shape), dtype=kind)
    values[parts[0]] = parts[1]
    return values.reshape(shape)


def decode(raw: bytes, names: Collection[str] | None = None) -> tuple[dict[str, Any], Arrays]:
    """Return header and arrays of a chunk, those in ``names`` alone if it is given; DamagedChunk if it is not whole."""
    told, place = _checked(raw)
    found: Arrays = {}
    for entry in told["arrays"]:
        kept = []
        for kind in entry["kept"]:
            kept.append((kind, place))
            place += np.dtype(kind).itemsize * entry["n"]
        if names is None or entry["name"] in names:
            parts = [np.frombuffer(raw, kind, entry["n"], at) for kind, at in kept]
            found[entry["name"]] = _whole(parts, entry["type"], entry["shape"])
    return told["header"], found
