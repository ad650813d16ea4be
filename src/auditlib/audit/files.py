"""Files appear whole or not at all, under names that no name from outside can lead elsewhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.files import beside

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 80
"""Characters of a slug; with the notebook before and an ending behind it every file system takes it."""


@dataclass(frozen=True, slots=True)
class Slugs:
    """Parts of file names that stand for names from outside: letters, digits, hyphens and underscores.

    A name that is such a part stands for itself. Where two names would meet, also on a system that takes
    A for a, the later gets a number.
    """

    _slugs: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """Return the part that stands for `name`, the same whenever it is asked for."""
        if name not in self._slugs:
            used = {slug.casefold() for slug in self._slugs.values()}
            stem = _stem(name)
            numbered = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
            self._slugs[name] = next(slug for slug in numbered if slug.casefold() not in used)
        return self._slugs[name]


def _stem(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", letters)[:_LONGEST].strip("-") or "exhibit"


def write_table(path: Path, rows: pd.DataFrame) -> None:
    """Write `rows` to `path` as Parquet, whole or not at all; the same rows give the same bytes."""
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)
    with beside(path) as draft:
        parquet.write_table(table, draft, compression="zstd", write_page_checksum=True)
