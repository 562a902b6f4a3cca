"""Plain data out of a pickle without running it: its opcodes are read, and what would be a call becomes a description.

A pickle is a program; loading one from elsewhere runs whatever it says. Here nothing is imported and nothing is called:
numbers, strings, lists, tuples and dictionaries become themselves, a NumPy array becomes an :class:`InertArray`, and a pickle
that names anything but the few functions with which Python 2 and 3 write arrays and byte strings is refused.

Data flow: the batches of CIFAR-10 → :func:`read_inert` → :mod:`cifar`.

Source: the opcodes as documented in Python's own ``pickletools``.
"""

import io
import math
import pickletools
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

_NUMBERS = ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT")
_STRINGS = ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8")
_BYTES_LIKE = ("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8")
_LITERALS = frozenset(_NUMBERS + _STRINGS + _BYTES_LIKE)
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_ARRAY, _BUFFER, _TYPE, _BYTES = "an array", "an array from a buffer", "a type", "bytes"
_FUNCTIONS = {"numpy.dtype": _TYPE, "_codecs.encode": _BYTES}
for _package in ("numpy.core", "numpy._core"):
    _FUNCTIONS |= {f"{_package}.multiarray._reconstruct": _ARRAY, f"{_package}.numeric._frombuffer": _BUFFER}


class UnexpectedPickle(ValueError):
    """The pickle is damaged, or has more in it than plain data and arrays; the message says what was found."""


class _Mark:
    """Where a run of items starts on the stack."""


@dataclass(frozen=True)
class _Name:
    """What the pickle would import, as "module.name"."""

    full: str


@dataclass(frozen=True)
class _Type:
    """A NumPy type as NumPy writes it, such as "u1"."""

    code: object


@dataclass
class InertArray:
    """A NumPy array as the pickle describes it: type, shape, order of the values and their bytes."""

    dtype: object = None
    shape: object = None
    order: object = "C"
    data: object = b""

    def uint8(self) -> NDArray[np.uint8]:
        """The values, read-only, without a copy.

        Raises:
            UnexpectedPickle: they are of another type, or not as many as the shape says.
        """
        shape, data = self.shape, _to_bytes(self.data)
        if not isinstance(shape, tuple) or len(shape) > 4 or not all(type(one) is int and 0 <= one < 2**40 for one in shape):
            raise UnexpectedPickle("an array without a shape")
        if self.dtype not in ("u1", "|u1", "uint8"):
            raise UnexpectedPickle(f"an array of shape {shape} of another type than uint8")
        if len(data) != math.prod(shape):
            raise UnexpectedPickle(f"an array of shape {shape} in {len(data)} bytes")
        return np.frombuffer(data, np.uint8).reshape(shape, order="F" if self.order == "F" else "C")


def read_inert(data: bytes) -> object:
    """What the pickle holds, arrays as :class:`InertArray`; the strings of Python 2 as str of Latin-1.

    Raises:
        UnexpectedPickle: see there.
    """
    machine = _Machine()
    try:
        for opcode, argument, position in pickletools.genops(io.BytesIO(data)):
            if opcode.name == "STOP":
                return machine.stack.pop()
            if not machine.step(opcode.name, argument):
                raise UnexpectedPickle(f"the opcode {opcode.name} at byte {position}")
    except UnexpectedPickle:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError) as error:
        raise UnexpectedPickle(f"damage: {error or type(error).__name__}") from None
    raise UnexpectedPickle("no end")


class _Machine:
    """The stack and the memo of Python's pickle machine, without its calls."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> bool:
        """Does one opcode; False for one that has no place among plain data."""
        return name in ("PROTO", "FRAME") or self._push(name, argument) or self._gather(name) or self._describe(name, argument)

    def _push(self, name: str, argument: Any) -> bool:
        """The opcodes that put one thing on the stack, or remember what is there."""
        stack, memo = self.stack, self._memo
        if name in _LITERALS:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("EMPTY_LIST", "EMPTY_DICT"):
            stack.append([] if name == "EMPTY_LIST" else {})
        elif name == "MARK":
            stack.append(_Mark())
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[int(argument)])
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if name == "MEMOIZE" else int(argument)] = stack[-1]
        else:
            return False
        return True

    def _gather(self, name: str) -> bool:
        """The opcodes that make a collection of what is on the stack, or put it into one."""
        if name in _TUPLES:
            self.stack.append(tuple(self._pop(_TUPLES[name])))
        elif name in ("TUPLE", "LIST", "DICT"):
            items = self._pop_run()
            self.stack.append(tuple(items) if name == "TUPLE" else items if name == "LIST" else _pairs(items))
        elif name in ("APPEND", "APPENDS"):
            items = self._pop(1) if name == "APPEND" else self._pop_run()
            self._top(list).extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = self._pop(2) if name == "SETITEM" else self._pop_run()
            self._top(dict).update(_pairs(items))
        else:
            return False
        return True

    def _describe(self, name: str, argument: Any) -> bool:
        """The opcodes that would import, call and set up: here they describe."""
        if name in ("GLOBAL", "STACK_GLOBAL"):
            self.stack.append(_name(*(argument.split(" ", 1) if name == "GLOBAL" else self._pop(2))))
        elif name == "REDUCE":
            self.stack.append(_called(*self._pop(2)))
        elif name == "BUILD":
            (state,) = self._pop(1)
            _give_state(self.stack[-1], state)
        else:
            return False
        return True

    def _pop(self, count: int) -> list[Any]:
        if len(self.stack) < count:
            _refuse("an end of its stack")
        items = self.stack[-count:]
        del self.stack[-count:]
        return items

    def _pop_run(self) -> list[Any]:
        start = len(self.stack) - 1
        while start >= 0 and not isinstance(self.stack[start], _Mark):
            start -= 1
        if start < 0:
            _refuse("items without a beginning")
        items = self.stack[start + 1 :]
        del self.stack[start:]
        return items

    def _top(self, kind: type) -> Any:
        if not self.stack or type(self.stack[-1]) is not kind:
            _refuse(f"items of a {kind.__name__} that is none")
        return self.stack[-1]


def _pairs(items: list[Any]) -> dict[Any, Any]:
    if not all(isinstance(key, (str, bytes, int)) for key in items[::2]):
        _refuse("a key that is no text")
    return dict(zip(items[::2], items[1::2], strict=True))


def _name(module: object, name: object) -> _Name:
    full = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "of no text"
    if full not in _FUNCTIONS and full != "numpy.ndarray":
        _refuse(f"the name {full[:80]}, which is not run")
    return _Name(full)


def _called(function: object, arguments: object) -> object:
    """What a call of one of the known functions would make."""
    kind = _FUNCTIONS.get(function.full) if isinstance(function, _Name) else None
    if isinstance(arguments, tuple):
        if kind == _ARRAY:
            return InertArray()
        if kind == _TYPE and arguments:
            return _Type(arguments[0])
        if kind == _BUFFER and len(arguments) == 4 and isinstance(arguments[1], _Type):
            return InertArray(arguments[1].code, arguments[2], arguments[3], arguments[0])
        if kind == _BYTES and len(arguments) == 2 and arguments[1] == "latin1":
            return _to_bytes(arguments[0])  # how Python 3 writes bytes for Python 2
    _refuse("a call that makes no array")


def _give_state(made: object, state: object) -> None:
    """NumPy's state of an array: (version, shape, type, whether in Fortran's order, bytes), once without a version."""
    if isinstance(made, _Type):
        return  # byte order and the like: nothing to the numbers of one byte, and other types are refused
    values = state[-4:] if isinstance(state, tuple) and len(state) in (4, 5) else ()
    if not isinstance(made, InertArray) or not values or not isinstance(values[1], _Type):
        _refuse("a state that is no array's")
    made.shape, made.dtype, made.order, made.data = values[0], values[1].code, "F" if values[2] else "C", values[3]


def _to_bytes(value: object) -> bytes:
    """Bytes as each Python writes them: Python 2's strings are read as Latin-1."""
    if isinstance(value, str):
        return value.encode("latin-1")
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    _refuse("an array without its bytes")


def _refuse(found: str) -> NoReturn:
    raise UnexpectedPickle(found)
