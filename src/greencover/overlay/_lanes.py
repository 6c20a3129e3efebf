"""Sixty-four bytes compared at once, compiled to whatever wide registers the processor has."""

# Numba hands an intrinsic its types and builder; the names below are what it calls them by.
# ruff: noqa: ARG001
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 64
EVERY_LANE = 0xFFFF_FFFF_FFFF_FFFF

_BYTES = ir.VectorType(ir.IntType(8), LANES)
_MASK = ir.IntType(LANES)


@intrinsic
def equal_lanes(typingctx, cells, row, column, code):
    """Bit i set where the byte at ``column`` + i of a row is ``code``.

    The row must hold 64 bytes from ``column`` on, one beside the other.
    """

    def generate(context, builder, signature, arguments):
        array, *place, code = arguments
        kind = signature.args[0]
        first = cgutils.get_item_pointer(
            context, builder, kind, context.make_array(kind)(context, builder, array), place
        )
        block = builder.load(builder.bitcast(first, _BYTES.as_pointer()), align=1)
        empty = ir.Constant(_BYTES, ir.Undefined)
        lane = builder.insert_element(empty, code, ir.Constant(ir.IntType(32), 0))
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        wanted = builder.shuffle_vector(lane, empty, everywhere)
        return builder.bitcast(builder.icmp_unsigned("==", block, wanted), _MASK)

    return types.uint64(cells, types.intp, types.intp, types.uint8), generate


@intrinsic
def count_lanes(typingctx, lanes):
    """Number of bits set."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@intrinsic
def first_lane(typingctx, lanes):
    """Place of the lowest bit set; one must be."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate
