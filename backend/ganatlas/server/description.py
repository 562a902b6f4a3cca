"""The API's description as a reader needs it: from the OpenAPI schema to groups of routes with their parameters and answers.

The page at /docs is made of this by a template, without a script, so that it works offline and under the strict policy.
"""

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class FieldView:
    """A parameter, or a field of a body or an answer."""

    name: str
    type: str
    where: str
    required: bool
    default: str | None
    says: str


@dataclass(frozen=True)
class OperationView:
    """One route and method."""

    method: str
    path: str
    anchor: str
    summary: str
    says: str
    parameters: tuple[FieldView, ...]
    body: tuple[FieldView, ...]
    answer: str | None
    """Name of the answer's schema, or its media type where it is no JSON."""


@dataclass(frozen=True)
class SchemaView:
    """One named schema."""

    name: str
    says: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True)
class DescriptionView:
    """Everything on the page."""

    title: str
    version: str
    says: str
    groups: tuple[tuple[str, tuple[OperationView, ...]], ...]
    schemas: tuple[SchemaView, ...]


def describe(openapi: Schema) -> DescriptionView:
    """Turn an OpenAPI 3.1 document into what the page shows, in the document's order."""
    schemas: Schema = openapi.get("components", {}).get("schemas", {})
    groups: dict[str, list[OperationView]] = {}
    for path, methods in openapi["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                tag = (operation.get("tags") or ["other"])[0]
                groups.setdefault(tag, []).append(_operation(method, path, operation, schemas))
    return DescriptionView(
        title=openapi["info"]["title"],
        version=openapi["info"]["version"],
        says="\n\n".join(" ".join(part.split()) for part in openapi["info"].get("description", "").split("\n\n")),
        groups=tuple((tag, tuple(found)) for tag, found in groups.items()),
        schemas=tuple(
            SchemaView(name, schema.get("description", ""), _fields(schema)) for name, schema in sorted(schemas.items())
        ),
    )


def type_name(schema: Schema) -> str:
    """A JSON schema's type in a word: `integer`, `list of number`, `string or null`, or the name of a schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(type_name(part) for part in schema[key]))
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if values:
        return " or ".join(f'"{value}"' for value in values)
    return _container(schema) or str(schema.get("type", "any"))


def _container(schema: Schema) -> str | None:
    """A list, a tuple or an object of things; None for what is none of them."""
    if "prefixItems" in schema:
        return f"({', '.join(type_name(item) for item in schema['prefixItems'])})"
    if schema.get("type") == "array":
        return f"list of {type_name(schema.get('items', {}))}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {type_name(schema['additionalProperties'])}"
    return None


def _operation(method: str, path: str, operation: Schema, schemas: Schema) -> OperationView:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    body = schemas.get(type_name(content), {}) if content else {}
    return OperationView(
        method=method.upper(),
        path=path,
        anchor=operation["operationId"],
        summary=operation.get("summary", ""),
        says=operation.get("description", ""),
        parameters=tuple(_parameter(each) for each in operation.get("parameters", ())),
        body=_fields(body),
        answer=_answer(operation),
    )


def _answer(operation: Schema) -> str | None:
    content: Schema = operation["responses"].get("200", {}).get("content", {})
    for media_type, found in content.items():
        schema = found.get("schema", {})
        return type_name(schema) if media_type == "application/json" and schema else media_type
    return None


def _parameter(parameter: Schema) -> FieldView:
    schema = parameter.get("schema", {})
    says = parameter.get("description") or schema.get("description", "")
    return FieldView(
        parameter["name"], _limits(schema), parameter["in"], bool(parameter.get("required")), _default(schema), str(says)
    )


def _fields(schema: Schema) -> tuple[FieldView, ...]:
    required = schema.get("required", ())
    return tuple(
        FieldView(name, _limits(each), "body", name in required, _default(each), str(each.get("description", "")))
        for name, each in schema.get("properties", {}).items()
    )


def _limits(schema: Schema) -> str:
    """The type, with the least and the largest value where they are set."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and high is None:
        return type_name(schema)
    return f"{type_name(schema)}, {'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:,.15g}'}"


def _default(schema: Schema) -> str | None:
    value = schema.get("default")
    return None if value is None or value == "" else str(value)
