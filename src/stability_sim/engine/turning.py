"""What begins a month: its happenings are emptied, and the world after starts as a copy of the world now.

Field by field in compiled code: a hundred small copies from Python would take as long as half the processes.
"""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_untyped_decorators=False

from __future__ import annotations

import numba
from numba.core import cgutils, types
from numba.extending import intrinsic

from stability_sim.compilation import kernel
from stability_sim.handles import ColumnType, place_of
from stability_sim.world.arrays import REWRITTEN, SHARED, copy_into
from stability_sim.world.month import KEPT, clear

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
