"""Word templates that would loop, repeat or nest for ever, or run what is none of theirs."""

from __future__ import annotations


def _often(inside: str, name: str = "i") -> str:
    return f"{{% for {name} in range(9999) %}}{inside}{{% endfor %}}"


def _grown(change: str, start: str = "'xx'") -> str:
    """What is changed many times, and shown."""
    again = f"{{% for i in range(99) %}}{change}{{% endfor %}}"
    return f"{{% set n = namespace(a={start}) %}}{again}{{{{ n.a }}}}"


def _macros() -> str:
    """Macros of which each calls the one before ten times."""
    text = "{% macro m0() %}x{% endmacro %}"
    for one in range(1, 12):
        text += f"{{% macro m{one}() %}}{f'{{{{ m{one - 1}() }}}}' * 10}{{% endmacro %}}"
    return text + "{{ m11() }}"


TEMPLATES: dict[str, str] = {
    "loops in loops": _often(_often(_often("", "c"), "b"), "a"),
    "long range": "{% for a in range(10**9) %}{% endfor %}",
    "long text in loops": _often(_often("y" * 10_000, "b"), "a"),
    "recursive loop": "{% for a in [[]] recursive %}{{ loop([a]) }}{% endfor %}",
    "macro that calls itself": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "macros of macros": _macros(),
    "called blocks": "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}"
    + _often(_often("{% call m() %}x{% endcall %}", "b"), "a"),
    "lists in a loop": _often("{{ range(9999)|map('string')|join|length }}"),
    "text times a number": "{{ 'x' * 10**10 }}",
    "number times text": "{{ 10**10 * 'x' }}",
    "list times a number": "{{ [1] * 10**10 }}",
    "power": "{{ 9**(9**9) }}",
    "squares": _grown("{% set n.a = n.a * n.a %}", "9"),
    "doubled text": _grown("{% set n.a = n.a ~ n.a %}"),
    "doubled sum": _grown("{% set n.a = n.a + n.a %}"),
    "doubled block": _grown("{% set n.a %}{{ n.a }}{{ n.a }}{% endset %}"),
    "doubled list": _grown("{% set _ = n.a.extend(n.a) %}", "[1]"),
    "list of lists": _grown("{% set n.a = [n.a, n.a] %}", "[1]"),
    "list of lists as text": _grown("{% set n.a = [n.a, n.a] %}", "[1]").replace(
        "n.a }}", "n.a|string }}"
    ),
    "wide format": "{{ '%1000000000d' % 1 }}",
    "width from outside": "{{ '%*d' % (10**9, 1) }}",
    "wide format filter": "{{ '%1000000000d'|format(1) }}",
    "wide format method": "{{ '{:1000000000}'.format(1) }}",
    "centred": "{{ 'x'|center(10**9) }}",
    "centred by method": "{{ 'x'.center(10**9) }}",
    "zeros": "{{ 'x'.zfill(10**9) }}",
    "indented": "{{ 'x\\ny'|indent(10**9) }}",
    "batch": "{{ [1]|batch(10**9, 1)|list }}",
    "replaced": "{{ ('x' * 999999)|replace('x', 'x' * 999999) }}",
    "replaced by method": "{{ ('x' * 999999).replace('x', 'y' * 99999) }}",
    "joined": "{{ range(9999)|join('x' * 999999) }}",
    "words of nobody": "{{ lipsum(n=10**7) }}",
    "code": "{{ ''.__class__.__mro__ }}",
}  # fmt: skip
