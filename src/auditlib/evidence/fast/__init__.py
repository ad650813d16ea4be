"""What only saves time: without it, evidence would be the same to the byte.

`known_rows` types rows by look-up where the exact query has judged all their cells before, and leaves the
others to the query. `cell_counter` counts while rows are at hand; `prefetch` reads and writes ahead.
"""

from auditlib.evidence.fast.lookup import known_rows

__all__ = ["known_rows"]
