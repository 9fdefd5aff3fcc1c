"""The rules to compare with: each module holds one `Controller`, found by its `name`.

Their constants are those that their authors document; none is tuned to the households of this benchmark.
"""

from importlib import import_module
from pkgutil import iter_modules

from benchmarks.closed_loop.controller import Controller


def all_rules() -> dict[str, type[Controller]]:
    """Return every rule of this package by name."""
    rules: dict[str, type[Controller]] = {}
    for module in iter_modules(__path__):
        name = f"{__name__}.{module.name}"
        for value in vars(import_module(name)).values():
            if isinstance(value, type) and issubclass(value, Controller) and value.__module__ == name:
                rules[value.name] = value
    return rules
