"""JSON Schemas of parameter files, so that an editor completes keys and marks mistakes while typing."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from auditlib.contracts import TABLES, Column, ColumnKind, Table
from auditlib.parameters.described import DescribedSchema
from auditlib.parameters.run import Run

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ORIGIN = {"$ref": "#/$defs/Origin"}


def file_schema(model: type[BaseModel], *, title: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file, as strict as its model."""
    schema: dict[str, Any] = closed(model.model_json_schema())
    return {"$schema": DIALECT} | schema | {"title": title}


def document_schema(model: type[BaseModel], *, title: str) -> dict[str, Any]:
    """Return the JSON Schema of a document that the suite writes: every field is there."""
    schema = model.model_json_schema(schema_generator=DescribedSchema, mode="serialization")
    return {"$schema": DIALECT} | schema | {"title": title}


def run_schema() -> dict[str, Any]:
    """Return the JSON Schema of a run file, canonical columns spelled out for each table."""
    schema: dict[str, Any] = closed(Run.model_json_schema())
    item = schema["$defs"]["ItemModel"]["properties"]["scale"]
    item["anyOf"] = [{"$ref": item.pop("$ref")}, {"type": "string"}]
    source = schema["$defs"]["Source"]
    schema["$defs"]["Origin"] = source["properties"]["columns"]["additionalProperties"]
    source["properties"]["columns"]["additionalProperties"] = _ORIGIN
    source["properties"]["table"]["enum"] = list(TABLES)
    source["allOf"] = [_columns_of(table) for table in TABLES.values()]
    return {"$schema": DIALECT, "title": "A run file of auditlib"} | schema


def _columns_of(table: Table) -> dict[str, Any]:
    """Return the rule: for this table, these canonical columns may be mapped."""
    columns = {column.name: {"description": _meaning(column)} | _ORIGIN for column in table.columns}
    block: dict[str, Any] = {"properties": columns, "additionalProperties": False}
    if table.name == "responses":
        block["patternProperties"] = {"^q_": _ORIGIN}
    names = {"propertyNames": {"enum": list(columns)}}
    return {
        "if": {"properties": {"table": {"const": table.name}}, "required": ["table"]},
        "then": {"properties": {"columns": block, "constants": names}},
    }


def _meaning(column: Column) -> str:
    words = [column.meaning]
    if column.required:
        words.append("Required.")
    if column.codes:
        words.append(f"Codes: {', '.join(column.codes)}.")
    if column.kind is ColumnKind.INSTANT:
        words.append("A date and time.")
    return " ".join(words)


def closed(part: Any) -> Any:
    """Return a schema with names outside a pattern refused, as the models refuse them."""
    if isinstance(part, list):
        return [closed(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    inner = {key: closed(value) for key, value in part.items()}
    if "patternProperties" in inner:
        inner.setdefault("additionalProperties", False)
    return inner
