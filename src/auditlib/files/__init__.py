"""Files written whole, hashed and exchanged: one way of each for the whole suite."""

from auditlib.files.hashing import canonical, compact, digest, hash_bytes, hash_file
from auditlib.files.writing import beside, flush, flush_directory, write_bytes, write_json, write_text

__all__ = [
    "beside",
    "canonical",
    "compact",
    "digest",
    "flush",
    "flush_directory",
    "hash_bytes",
    "hash_file",
    "write_bytes",
    "write_json",
    "write_text",
]
