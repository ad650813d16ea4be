"""JSON Schemas of values: what a docstring says of a field stands with the field."""

from __future__ import annotations

import inspect
import re
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

_PARAMETERS = "\n\nParameters\n----------\n"
_SECTION = re.compile(r"\n\n\w+\n-+\n")
_ENTRY = re.compile(r"^(\w+(?:, \w+)*)\n((?:    .*\n?)+)", re.MULTILINE)


class DescribedSchema(GenerateJsonSchema):
    """The schema of frozen values, their fields described by the numpydoc of their class."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> dict[str, Any]:
        """Return the schema of a value; its description is the docstring without its parameters."""
        described = super().dataclass_schema(schema)
        docstring = inspect.getdoc(schema["cls"]) or ""
        described["description"] = docstring.partition("\n")[0]
        for base in schema["cls"].__mro__:
            for name, words in field_descriptions(inspect.getdoc(base) or "").items():
                if name in described["properties"]:
                    described["properties"][name].setdefault("description", words)
        return described

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Tell whether a field is always there; a document holds all fields of its values."""
        return field["type"] == "dataclass-field" or super().field_is_required(field, total)


def field_descriptions(docstring: str) -> dict[str, str]:
    r"""Return what the part ``Parameters`` of a docstring says, by the name of the parameter.

    Examples
    --------
    >>> field_descriptions("An interval.\n\nParameters\n----------\nlow, high\n    Its limits.")
    {'low': 'Its limits.', 'high': 'Its limits.'}
    """
    part = _SECTION.split(docstring.partition(_PARAMETERS)[2], maxsplit=1)[0]
    return {
        name: " ".join(words.split()) for names, words in _ENTRY.findall(part) for name in names.split(", ")
    }
