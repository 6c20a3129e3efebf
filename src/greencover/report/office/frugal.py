"""The workshop in which templates of others are filled: nothing in it loops or grows for ever.

A child process with limits would hold more, but neither the limits nor the way to start one are
the same on every system, and inside a GIS there is no Python to start. So whatever repeats counts
its steps, and whatever makes text or lists longer is asked for their length before.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from jinja2 import nodes, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.filters import (
    do_batch,
    do_center,
    do_format,
    do_indent,
    do_replace,
    make_attrgetter,
    sync_do_join,
    sync_do_slice,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from greencover.ground.notes import Note

_LONGEST_S = 10.0
# A report of a province in the longest words is a tenth of these.
_MOST_STEPS = 500_000
_MOST_TEXT = 50_000_000
_LARGEST_VALUE = 1_000_000
_LARGEST_COUNT = 10_000
_MOST_BITS = 10_000
# Fields of a format wider than this are there to fill the memory.
_WIDE = re.compile(r"\d{4}|\*")
_OF_TEXT = frozenset(
    (
        *("capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha"),
        *("isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "lower", "lstrip"),
        *("partition", "removeprefix", "removesuffix", "rfind", "rpartition", "rsplit", "rstrip"),
        *("split", "splitlines", "startswith", "strip", "swapcase", "title", "upper"),
    )
)
_LEFT_OUT = ("pprint", "tojson", "xmlattr", "urlize", "wordwrap")
_GROWING = frozenset(("extend", "insert"))
_TICK, _JOIN = "greencover_step", "greencover_joined"


class Frugal(SandboxedEnvironment):
    """Fills one template, with a budget of steps, text and time; beyond it that is refused."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=self._shown, **options)
        self._steps, self._text = 0, 0
        self._end = 0.0
        self.globals.pop("lipsum", None)
        self.globals |= {"range": _counted, _TICK: self._step, _JOIN: self._joined}
        for name in _LEFT_OUT:
            self.filters.pop(name, None)
        self.filters |= {
            "batch": _with_small_numbers(do_batch),
            "center": _with_small_numbers(do_center),
            "slice": _with_small_numbers(sync_do_slice),
            "indent": _with_small_numbers(do_indent),
            "format": lambda text, *given, **named: do_format(
                _narrow(text), *map(_plain, given), **{k: _plain(v) for k, v in named.items()}
            ),
            "replace": self._replaced,
            "join": self._listed,
            "string": lambda value: str(_plain(value)),
        }

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Leave out what makes text or lists long at a stroke."""
        if isinstance(obj, str) and attr not in _OF_TEXT:
            return False
        growing = isinstance(obj, list) and attr in _GROWING
        return not growing and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Any:  # noqa: ARG002
        """Leave the method out like others that make text long; there is a filter for it."""
        return None

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse a sum, product, power or format whose result would be enormous."""
        if operator == "%" and isinstance(left, str):
            given = right if isinstance(right, tuple) else (right,)
            return super().call_binop(context, operator, _narrow(left), tuple(map(_plain, given)))
        for one, other in ((left, right), (right, left)):
            if operator == "*" and hasattr(one, "__len__") and isinstance(other, int):
                _allow(len(one) * max(other, 0), _LARGEST_VALUE)
        if operator == "+" and hasattr(left, "__len__") and hasattr(right, "__len__"):
            _allow(len(left) + len(right), _LARGEST_VALUE)
        if isinstance(left, int) and isinstance(right, int):
            bits = left.bit_length() * max(right, 1) if operator == "**" else left.bit_length()
            _allow(bits if operator == "**" else bits + right.bit_length(), _MOST_BITS)
        return super().call_binop(context, operator, left, right)

    def _generate(
        self, source: nodes.Template, name: Any, filename: Any, defer_init: bool = False
    ) -> str:
        repeating: Any = source.find_all((nodes.For, nodes.Macro, nodes.CallBlock))
        for repeated in repeating:
            long = sum(len(one.data) for one in repeated.find_all(nodes.TemplateData))
            step = nodes.Call(nodes.Name(_TICK, "load"), [nodes.Const(long)], [], None, None)
            repeated.body.insert(0, nodes.Output([step]))
        for joined in list(source.find_all(nodes.Concat)):
            joined.nodes = [
                nodes.Call(nodes.Name(_JOIN, "load"), list(joined.nodes), [], None, None)
            ]
        source.set_environment(self)
        source.set_lineno(1)
        return super()._generate(source, name, filename, defer_init)

    def _step(self, text: int = 0) -> str:
        self._steps += 1
        self._text += text
        _allow(self._steps, _MOST_STEPS)
        _allow(self._text, _MOST_TEXT)
        # Time of others on the machine, and of what comes before the first step, is not counted.
        self._end = self._end or time.thread_time() + _LONGEST_S
        if time.thread_time() > self._end:
            raise SecurityError(str(Note("office.takes_over", seconds=_LONGEST_S)))
        return ""

    def _shown(self, value: Any) -> Any:
        _plain(value)
        if isinstance(value, str):
            self._text += len(value)
            _allow(self._text, _MOST_TEXT)
        return value

    def _joined(self, *parts: Any) -> str:
        texts = [one if isinstance(one, str) else str(_plain(one)) for one in parts]
        _allow(sum(map(len, texts)), _LARGEST_VALUE)
        marked = any(isinstance(one, Markup) for one in texts)
        return Markup("").join(texts) if marked else "".join(texts)

    @pass_eval_context
    def _listed(self, context: Any, value: Any, d: str = "", attribute: Any = None) -> Any:
        kept, long = [], 0
        chosen = map(make_attrgetter(self, attribute), value) if attribute is not None else value
        for one in chosen:
            kept.append(_plain(one))
            long += len(str(one)) + len(str(_plain(d)))
            _allow(long, _LARGEST_VALUE)
        return sync_do_join(context, kept, d)

    @pass_eval_context
    def _replaced(self, context: Any, s: Any, old: str, new: str, count: int | None = None) -> Any:
        text = s if isinstance(s, str) else str(_plain(s))
        _allow(len(text) + text.count(str(old)) * len(str(_plain(new))), _LARGEST_VALUE)
        return do_replace(context, text, old, new, count)


def _allow(size: int, most: int) -> None:
    if size > most:
        raise SecurityError(str(Note("office.repeats_over", most=most)))


def _counted(*given: int) -> range:
    steps = range(*given)
    _allow(len(steps), _LARGEST_COUNT)
    return steps


def _narrow(text: Any) -> Any:
    if _WIDE.search(str(text)):
        raise SecurityError(str(Note("office.repeats_over", most=_LARGEST_COUNT)))
    return text


def _plain(value: Any) -> Any:
    """What is turned into text: lists in lists may be far longer as text than they are."""
    waiting, seen = [value], 0
    while waiting:
        one = waiting.pop()
        seen += 1
        _allow(seen, _LARGEST_COUNT)
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list | tuple | set):
            waiting += one
    return value


def _with_small_numbers(run: Callable[..., Any]) -> Callable[..., Any]:
    def bounded(value: Any, *given: Any, **named: Any) -> Any:
        for one in (*given, *named.values()):
            if isinstance(one, int):
                _allow(one, _LARGEST_COUNT)
        return run(value, *given, **named)

    return bounded
