"""How kernels are given a hundred arrays at once: as one pointer, whose fields are read by name.

Numba passes a named tuple of arrays by value, all of its fields, to every function that a kernel calls: with a world of
this size compiling took minutes, and calling dominated. A handle is one pointer to a table of addresses and shapes.
In a kernel ``world.capacity[r, i]`` reads the same from a handle as from the named tuple that interpreted kernels get.
"""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_untyped_decorators=False
# mypy: disallow_subclassing_any=False

from __future__ import annotations

import functools
import hashlib
import operator
import struct
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr,
    lower_getattr_generic,
    models,
    overload,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.numpy_support import from_dtype

_WORD = ir.IntType(64)
NO_ARRAY = -1
_AS_DOUBLE, _AS_WORD = struct.Struct("d").pack, struct.Struct("q").unpack


class Handle:
    """A named tuple of C-contiguous arrays or floats, laid out so that kernels can read it through one pointer.

    The arrays stay the caller's: what a kernel writes is seen in ``fields``. Kept alive as long as the handle.
    """

    __slots__ = ("_numba_type_", "address", "fields", "table")

    def __init__(self, fields: Any) -> None:
        words: list[int] = []
        layout: list[tuple[str, str, int]] = []
        for name, value in zip(fields._fields, fields, strict=True):
            if isinstance(value, float):
                layout.append((name, "f8", NO_ARRAY))
                words += _AS_WORD(_AS_DOUBLE(value))
                continue
            if not value.flags.c_contiguous:
                raise ValueError(f"{name} is not C-contiguous")
            layout.append((name, value.dtype.str, value.ndim))
            words += [value.__array_interface__["data"][0], *value.shape]
        self.fields = fields
        self.table = np.array(words, dtype=np.int64)
        self.address = int(self.table.ctypes.data)
        self._numba_type_ = _type_of(type(fields).__name__, tuple(layout))


def handle(fields: Any) -> Any:
    """Return what kernels take for a named tuple: a handle on it, or itself where kernels are interpreted."""
    return fields if numba.config.DISABLE_JIT else Handle(fields)


class ColumnType(types.Type):
    """The type of a field that is an array: C-contiguous, read and written at whole indices, never negative ones."""

    def __init__(self, field: str, element: Any, ndim: int) -> None:
        self.field = field
        self.element = element
        self.ndim = ndim
        self.index = types.intp if ndim == 1 else types.UniTuple(types.intp, ndim)  # type: ignore[attr-defined]
        super().__init__(name=f"Column({field}, {element}, {ndim})")


class HandleType(types.Type):
    """The type of a handle: names, element types and dimensions of its fields."""

    def __init__(self, name: str, layout: tuple[tuple[str, str, int], ...]) -> None:
        self.places: dict[str, tuple[Any, int]] = {}
        offset = 0
        for field, element, ndim in layout:
            kind = from_dtype(np.dtype(element))
            self.places[field] = (kind if ndim == NO_ARRAY else ColumnType(f"{name}.{field}", kind, ndim), offset)
            offset += 1 + max(ndim, 0)
        described = ", ".join(f"{field}:{element}:{ndim}" for field, element, ndim in layout)
        # Names of types become part of the names of all functions that take them: a hash keeps these short.
        super().__init__(name=f"{name}{hashlib.sha256(described.encode()).hexdigest()[:12]}")


@functools.cache
def _type_of(name: str, layout: tuple[tuple[str, str, int], ...]) -> HandleType:
    return HandleType(name, layout)


@typeof_impl.register(Handle)
def _typeof(value, context):
    return value._numba_type_


@register_model(HandleType)
class _HandleModel(models.OpaqueModel):
    pass


@register_model(ColumnType)
class _ColumnModel(models.StructModel):
    def __init__(self, manager, typ):
        extents = [(f"extent{k}", types.intp) for k in range(typ.ndim)]
        super().__init__(manager, typ, [("data", types.CPointer(typ.element)), *extents])  # type: ignore[attr-defined]


@infer_getattr
class _HandleAttributes(AttributeTemplate):
    key = HandleType

    def generic_resolve(self, value, name):
        return value.places[name][0] if name in value.places else None


@infer_getattr
class _ColumnAttributes(AttributeTemplate):
    key = ColumnType

    def resolve_shape(self, value):
        return types.UniTuple(types.intp, value.ndim)  # type: ignore[attr-defined]


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args, kws):
        column = args[0]
        return signature(column.element, column, column.index) if isinstance(column, ColumnType) else None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args, kws):
        column = args[0]
        return signature(types.none, column, column.index, column.element) if isinstance(column, ColumnType) else None


@unbox(HandleType)
def _unbox(typ, obj, c):
    address = c.pyapi.object_getattr_string(obj, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


def _load(builder, table, offset):
    """Read a word of the table; it never changes while a kernel runs, so that the compiler may read it once."""
    word = builder.load(builder.gep(table, [_WORD(offset)]))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


@lower_getattr_generic(HandleType)
def _read_field(context, builder, typ, value, name):
    field, offset = typ.places[name]
    table = builder.bitcast(value, _WORD.as_pointer())
    first = _load(builder, table, offset)
    if not isinstance(field, ColumnType):
        return builder.bitcast(first, ir.DoubleType())
    pointer = builder.inttoptr(first, context.get_data_type(field.element).as_pointer())
    column = builder.insert_value(ir.Constant(context.get_value_type(field), ir.Undefined), pointer, 0)
    for k in range(field.ndim):
        column = builder.insert_value(column, _load(builder, table, offset + 1 + k), 1 + k)
    return column


def field_named(fields, name):
    """Return the field of a handle or a named tuple that has a name; in kernels the name is known when they are compiled.

    Numba's own ``getattr`` counts references to what it returns, which kernels do not.
    """
    return getattr(fields, name)


@intrinsic(prefer_literal=True)
def _field_named(typingctx, fields, name):
    def write(context, builder, sig, args):
        return _read_field(context, builder, fields, args[0], name.literal_value)

    return fields.places[name.literal_value][0](fields, name), write


@overload(field_named, prefer_literal=True)
def _overload_field_named(fields, name):
    if isinstance(fields, HandleType) and isinstance(name, types.StringLiteral):  # type: ignore[attr-defined]
        return lambda fields, name: _field_named(fields, name)  # noqa: PLW0108 - numba compiles what is returned
    return None


def place_of(context, builder, typ, value, name):
    """Return, while a kernel is compiled, the address of an array of a handle and its size in bytes."""
    column = _read_field(context, builder, typ, value, name)
    size = _WORD(np.dtype(str(typ.places[name][0].element)).itemsize)
    for k in range(typ.places[name][0].ndim):
        size = builder.mul(size, builder.extract_value(column, 1 + k))
    return builder.bitcast(builder.extract_value(column, 0), cgutils.voidptr_t), size


@lower_getattr(ColumnType, "shape")
def _shape(context, builder, typ, value):
    extents = [builder.extract_value(value, 1 + k) for k in range(typ.ndim)]
    return cgutils.pack_array(builder, extents)


def _check(context, builder, typ, column, indices):
    """Have a kernel raise an IndexError that names the field, where an index is not one of an entity of it."""
    for k, index in enumerate(indices):
        extent = builder.extract_value(column, 1 + k)
        with cgutils.if_unlikely(builder, builder.icmp_unsigned(">=", index, extent)):  # unsigned: negative ones as well
            place = f"index {k + 1} of {typ.ndim}"
            context.call_conv.return_user_exc(builder, IndexError, (f"index out of bounds: {typ.field}, {place}",))


def _element(context, builder, typ, column, index):
    """Return the address of an element: row by row; checked if NUMBA_BOUNDSCHECK asks for it."""
    indices = [index] if typ.ndim == 1 else cgutils.unpack_tuple(builder, index)
    if context.enable_boundscheck:
        _check(context, builder, typ, column, indices)
    place = indices[0]
    for k, step in enumerate(indices[1:], start=1):
        place = builder.add(builder.mul(place, builder.extract_value(column, 1 + k)), step)
    return builder.gep(builder.extract_value(column, 0), [place])


def _only_this_field(builder, typ, access):
    """Tell the compiler that what is read or written here lies in this field: no write to another field changes it.

    It may then keep what it read, and work on several entities at once. Fields of the same name, in the world now and the
    world after, may be the same array.
    """
    add = builder.module.add_metadata
    field = add([typ.field, add(["fields of handles"]), _WORD(0)])
    access.set_metadata("tbaa", add([field, field, _WORD(0)]))
    return access


@lower_builtin(operator.getitem, ColumnType, types.Any)
def _get(context, builder, sig, args):
    return _only_this_field(builder, sig.args[0], builder.load(_element(context, builder, sig.args[0], *args)))


@lower_builtin(operator.setitem, ColumnType, types.Any, types.Any)
def _set(context, builder, sig, args):
    column, index, value = args
    place = _element(context, builder, sig.args[0], column, index)
    _only_this_field(builder, sig.args[0], builder.store(value, place))
    return context.get_dummy_value()
