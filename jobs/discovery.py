"""Plug-ins: one module of a package is one network, algorithm version or expectation."""

import pkgutil
from importlib import import_module
from types import ModuleType

from jobs.errors import MissingInput


def names(package: str) -> list[str]:
    """The plug-ins of a package by file name, without importing them; a leading underscore hides one."""
    folder = import_module(package).__path__
    return sorted(module.name for module in pkgutil.iter_modules(folder) if not module.name.startswith("_"))


def load(package: str, name: str) -> ModuleType:
    """Import one plug-in by its name.

    Errors: MissingInput when the package has no such module; the message lists those that exist.
    """
    known = names(package)
    if name not in known:
        path = f"{package.replace('.', '/')}/{name}.py"
        raise MissingInput(
            f"no {path}; known: {', '.join(known) or 'none'}. Use one of them, or add the file."
        )
    return import_module(f"{package}.{name}")
