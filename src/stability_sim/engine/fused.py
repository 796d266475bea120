"""Processes run one after the other, and month after month, in one compiled call without the interpreter in between.

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


def _call_at(argument_types):
    """Return the type and the code of a call of the kernel that lies at an address, for arguments of some types."""

    def write(context, builder, sig, args):
        shape = context.call_conv.get_function_type(types.none, argument_types)
        pointer = builder.inttoptr(args[0], shape.as_pointer())
        status, _ = context.call_conv.call_function(builder, pointer, types.none, argument_types, args[1:])
        with cgutils.if_unlikely(builder, status.is_error):
            context.call_conv.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return types.none(types.int64, *argument_types), write


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


def _addresses(processes, arguments):
    return np.array([address_of(process, arguments) for process in processes], dtype=np.int64)


def in_sequence(processes: tuple[Process, ...], arguments: tuple[Any, ...]) -> Callable[..., None]:
    """Return what runs processes in their order, on arguments of the same types as ``arguments``."""
    if all(is_compiled(process) for process in processes):
        addresses = _addresses(processes, arguments)
        run = straight(_run, (addresses, *arguments))
        return lambda *arguments: run(addresses, *arguments)

    calls = [straight(process, arguments) for process in processes]

    def run_each(*arguments: Any) -> None:
        for call in calls:
            call(*arguments)

    return run_each


def months_in_sequence(
    processes: tuple[Process, ...], record: Process, arguments: tuple[Any, ...], totals: tuple[Any, Any]
) -> Callable[..., None] | None:
    """Return what runs processes for some months, and a kernel that records each of them; None if they are not compiled.

    It takes what the processes take, with the first month and the one behind the last in place of the month, and the
    handles of ``totals``, where months are recorded. The world at the end is the one after for an odd number of months,
    the one now for an even.
    """
    if not all(is_compiled(process) for process in (*processes, record)):
        return None
    frame, _, now, _, month, *_, t = arguments
    addresses, recording = _addresses(processes, arguments), address_of(record, (frame, now, month, *totals, t))
    run = straight(_run_months, (addresses, recording, *arguments, t, *totals))
    return lambda *arguments: run(addresses, recording, *arguments)


# Fields are copied and emptied in compiled code: a hundred small copies from Python would take as long as half the processes.
LEFT_ALONE = REWRITTEN.union(SHARED)


def _columns(typ, left_alone):
    """Return the names of the fields of a type of handle that are arrays, but for some."""
    return [name for name, (field, _) in typ.places.items() if isinstance(field, ColumnType) and name not in left_alone]


@intrinsic
def _copy(typingctx, source, target):
    def write(context, builder, sig, args):
        for name in _columns(source, LEFT_ALONE):
            source_data, size = place_of(context, builder, source, args[0], name)
            target_data, _ = place_of(context, builder, target, args[1], name)
            cgutils.raw_memcpy(builder, target_data, source_data, size, 1)
        return context.get_dummy_value()

    return types.none(source, target), write


@intrinsic
def _empty(typingctx, month):
    def write(context, builder, sig, args):
        for name in _columns(month, KEPT):
            data, size = place_of(context, builder, month, args[0], name)
            cgutils.memset(builder, data, size, 0)
        return context.get_dummy_value()

    return types.none(month), write


if numba.config.DISABLE_JIT:
    _copy, _empty = copy_into, clear


@kernel
def copy_world(frame, p, now, after, month, log, seed, replicates, t):
    """Write the world now over the one after, but for what both share or what is written anew."""
    _copy(now, after)


@kernel
def empty_month(frame, p, now, after, month, log, seed, replicates, t):
    """Empty the happenings of the month before."""
    _empty(month)
