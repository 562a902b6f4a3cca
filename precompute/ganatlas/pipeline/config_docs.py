"""The configuration as a page: every key of `AtlasConfig` with its type, default and meaning, as Markdown tables.

`python -m ganatlas.pipeline.config_docs` prints the tables that docs/configuration.md holds; a test compares the two.
"""

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from .config import PRESETS, AtlasConfig


def describe() -> str:
    """All tables, one a section, then the presets."""
    parts = [_table("At the top", AtlasConfig), *_sections(AtlasConfig, "")]
    parts.append(_presets())
    return "\n\n".join(parts) + "\n"


def _sections(of: type[BaseModel], path: str) -> Iterator[str]:
    """The tables of all sections below one, each after the one that holds it."""
    for name, field in of.model_fields.items():
        if section := _section_of(field.annotation):
            heading = f"`[[{path}{name}]]`" if get_origin(field.annotation) is tuple else f"`[{path}{name}]`"
            yield _table(heading, section)
            yield from _sections(section, f"{path}{name}.")


def _table(heading: str, section: type[BaseModel]) -> str:
    lines = [
        f"## {heading}",
        "",
        (section.__doc__ or "").split("\n")[0],
        "",
        "| key | type | default | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in section.model_fields.items():
        if _section_of(field.annotation) is None:
            lines.append(f"| `{name}` | {_type(field)} | {_default(field)} | {field.description} |")
    return "\n".join(lines)


def _section_of(annotation: Any) -> type[BaseModel] | None:
    found = [annotation, *get_args(annotation)]
    return next((a for a in found if isinstance(a, type) and issubclass(a, BaseModel)), None)


def _type(field: FieldInfo) -> str:
    bounds = [f"{sign} {getattr(m, name)}" for m in field.metadata for name, sign in _SIGNS if hasattr(m, name)]
    return " ".join([_name(field.annotation), *([", ".join(bounds)] if bounds else [])])


_SIGNS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


def _name(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(_name(a) for a in inner if a is not type(None))
    if origin is tuple:
        return f"list of {_name(inner[0])}" if inner[-1] is Ellipsis else f"{len(inner)} {_name(inner[0])}s"
    if hasattr(annotation, "__metadata__"):
        return _name(inner[0])
    return {str: "text", int: "integer", float: "number", bool: "true or false"}.get(annotation, str(annotation))


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "*required*"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return "—" if field.default is None else f"`{_plain(field.default)}`"


def _plain(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def _presets() -> str:
    lines = [
        "## Presets",
        "",
        "A preset is a set of other defaults; what the file says itself goes before it.",
        "",
        "| preset | sets |",
        "|---|---|",
    ]
    for name, values in PRESETS.items():
        said = ", ".join(f"`{section}.{key} = {value}`" for section, key, value in _leaves(values))
        lines.append(f"| `{name}` | {said or 'the defaults above'} |")
    return "\n".join(lines)


def _leaves(values: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    for section, keys in values.items():
        for key, value in keys.items():
            yield section, key, value


if __name__ == "__main__":
    print(describe(), end="")
