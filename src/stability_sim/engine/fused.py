"""Processes run one after the other, and month after month, in one call: the interpreter is not asked in between.

Thirty calls a month from Python took a tenth of a run, and held its lock meanwhile (docs/decisions/0014).
"""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_untyped_decorators=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.core import cgutils, types
from numba.extending import intrinsic

from stability_sim.engine.schedule import Process
from stability_sim.kernels.compile import address_of, is_compiled, kernel, straight
from stability_sim.kernels.handles import ColumnType, place_of
from stability_sim.world.fields import KEPT, REWRITTEN, SHARED, clear, copy_into


def _call_at(given):
    """Return the type and the code of a call of the kernel that lies at an address, for arguments of some types."""

    def write(context, builder, sig, args):
        shape = context.call_conv.get_function_type(types.none, given)
        there = builder.inttoptr(args[0], shape.as_pointer())
        status, _ = context.call_conv.call_function(builder, there, types.none, given, args[1:])
        with cgutils.if_unlikely(builder, status.is_error):
            context.call_conv.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return types.none(types.int64, *given), write


@intrinsic
def _process(typingctx, address, frame, p, now, after, month, log, seed, replicates, t):
    return _call_at((frame, p, now, after, month, log, seed, replicates, t))


@intrinsic
def _record(typingctx, address, frame, world, month, tallies, rows, t):
    return _call_at((frame, world, month, tallies, rows, t))


@kernel
def _run(addresses, frame, p, now, after, month, log, seed, replicates, t):
    for k in range(addresses.shape[0]):
        _process(addresses[k], frame, p, now, after, month, log, seed, replicates, t)


@kernel
def _run_months(addresses, recording, frame, p, now, after, month, log, seed, replicates, first, last, tallies, rows):
    for t in range(first, last):
        for k in range(addresses.shape[0]):
            _process(addresses[k], frame, p, now, after, month, log, seed, replicates, t)
        _record(recording, frame, after, month, tallies, rows, t)
        now, after = after, now


def _addresses(processes, given):
    return np.array([address_of(process, given) for process in processes], dtype=np.int64)


def in_sequence(processes: tuple[Process, ...], given: tuple[Any, ...]) -> Callable[..., None]:
    """Return what runs processes in their order, with things that are of the same types as ``given``."""
    if all(is_compiled(process) for process in processes):
        addresses = _addresses(processes, given)
        run = straight(_run, (addresses, *given))
        return lambda *given: run(addresses, *given)

    calls = [straight(process, given) for process in processes]

    def one_by_one(*given: Any) -> None:
        for call in calls:
            call(*given)

    return one_by_one


def months_in_sequence(
    processes: tuple[Process, ...], record: Process, given: tuple[Any, ...], kept: tuple[Any, Any]
) -> Callable[..., None] | None:
    """Return what runs processes for some months, and a kernel that records each of them; None if they are not compiled.

    It takes what the processes take, with the first month and the one behind the last in place of the month, and the
    handles of what is kept. The world at the end is the one after for an odd number of months, the one now for an even.
    """
    if not all(is_compiled(process) for process in (*processes, record)):
        return None
    frame, _, now, _, month, *_, t = given
    addresses, recording = _addresses(processes, given), address_of(record, (frame, now, month, *kept, t))
    run = straight(_run_months, (addresses, recording, *given, t, *kept))
    return lambda *given: run(addresses, recording, *given)


# What begins a month: its happenings are emptied, and the world after starts as a copy of the world now.
#
# Field by field in compiled code: a hundred small copies from Python would take as long as half the processes.


LEFT_ALONE = REWRITTEN.union(SHARED)


def _columns(typ, left_alone):
    """Return the names of the fields of a type of handle that are arrays, but for some."""
    return [name for name, (field, _) in typ.places.items() if isinstance(field, ColumnType) and name not in left_alone]


@intrinsic
def _copy(typingctx, source, target):
    def write(context, builder, sig, args):
        for name in _columns(source, LEFT_ALONE):
            there, size = place_of(context, builder, source, args[0], name)
            here, _ = place_of(context, builder, target, args[1], name)
            cgutils.raw_memcpy(builder, here, there, size, 1)
        return context.get_dummy_value()

    return types.none(source, target), write


@intrinsic
def _empty(typingctx, month):
    def write(context, builder, sig, args):
        for name in _columns(month, KEPT):
            here, size = place_of(context, builder, month, args[0], name)
            cgutils.memset(builder, here, size, 0)
        return context.get_dummy_value()

    return types.none(month), write


if numba.config.DISABLE_JIT:

    def copy_world(frame, p, now, after, month, log, seed, replicates, t):
        """Write the world now over the one after, but for what both share or what is written anew."""
        copy_into(now, after)

    def empty_month(frame, p, now, after, month, log, seed, replicates, t):
        """Empty the happenings of the month before."""
        clear(month)

else:

    @kernel
    def copy_world(frame, p, now, after, month, log, seed, replicates, t):
        """Write the world now over the one after, but for what both share or what is written anew."""
        _copy(now, after)

    @kernel
    def empty_month(frame, p, now, after, month, log, seed, replicates, t):
        """Empty the happenings of the month before."""
        _empty(month)
