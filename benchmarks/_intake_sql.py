"""The checks of intake as an analyst writes them in SQL, in DuckDB.

One scan reads, types and judges every row into a table of the database, which compresses it and lets what
does not fit go to the disk; copies, results and counts are then queries on that table.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks._intake_data import AS_OF, ITEMS, SURVEY_TYPES, ZONE, file_of

_STAMP = "%Y-%m-%d %H:%M:%S"


def with_duckdb(folder: Path, form: str, threads: int) -> dict[str, int]:
    """Take the file in with DuckDB."""
    import duckdb

    spill = str(folder / "spill")
    connection = duckdb.connect(
        str(folder / "peer.duckdb"),
        config={"threads": threads, "temp_directory": spill, "memory_limit": "2GB"},
    )
    with connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(_judged(folder, form))
        connection.execute(_CONFLICTS)
        broken = 0
        if form == "csv":
            found = connection.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchone()
            broken = found[0] if found else 0
        kept = connection.execute(
            f"COPY (SELECT * EXCLUDE (reason, line, content, raw) FROM judged "
            "WHERE reason IS NULL AND line NOT IN (SELECT line FROM again)) "
            f"TO '{folder / 'kept.parquet'}' (COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        ).fetchone()
        bad = connection.execute(
            "COPY (SELECT line, coalesce(again.why, reason) AS reason, response_id, raw "
            "FROM judged LEFT JOIN again USING (line) WHERE reason IS NOT NULL OR again.why IS NOT NULL) "
            f"TO '{folder / 'quarantine.parquet'}'"
        ).fetchone()
        counts = [
            connection.execute(
                "SELECT sum(n) FROM (SELECT count(*) AS n FROM judged WHERE reason IS NULL AND in_period "
                f"AND {item} IS NOT NULL AND line NOT IN (SELECT line FROM again) "
                f"GROUP BY unit_id, month, survey_type, {item})"
            ).fetchone()
            for item in ITEMS
        ]
    return {
        "kept": kept[0] if kept else 0,
        "quarantined": (bad[0] if bad else 0) + broken,
        "n": int(sum(count[0] for count in counts if count)),
    }


_CONFLICTS = """
CREATE TEMP TABLE again AS
WITH twice AS (
    SELECT line, response_id, content FROM judged
    WHERE response_id IN (SELECT response_id FROM judged GROUP BY response_id HAVING count(*) > 1)
), marked AS (
    SELECT line, line > min(line) OVER (PARTITION BY response_id, content) AS identical,
           min(content) OVER ids < max(content) OVER ids AS conflicting
    FROM twice WINDOW ids AS (PARTITION BY response_id)
)
SELECT line, CASE WHEN identical THEN 'identical' ELSE 'conflicting' END AS why
FROM marked WHERE identical OR conflicting
"""


def _judged(folder: Path, form: str) -> str:
    stamp = "submitted" if form == "native" else f"try_strptime(submitted, '{_STAMP}')"
    scores = ", ".join(f"TRY_CAST({item} AS DOUBLE) AS {item}" for item in ITEMS)
    hashed = ["response_id", "invitation_id", "survey_type", "unit_id", "customer_id", "channel", "submitted"]
    content = f"hash({', '.join([*hashed, *ITEMS])})"
    off = " OR ".join(
        f"(raw_{item} IS NOT NULL AND {item} IS NULL) OR {item} NOT IN (1, 2, 3, 4, 5)" for item in ITEMS
    )
    raws = ", ".join(f"{item} AS raw_{item}" for item in ITEMS)
    surveys = ", ".join(f"'{name}'" for name in SURVEY_TYPES)
    others = ", anonymous" if form == "native" else ""
    cells = ", ".join(f"raw_{item}" for item in ITEMS)
    return f"""
CREATE TABLE judged AS
WITH typed AS (
    SELECT line, response_id, invitation_id, survey_type, unit_id, customer_id, channel{others},
           {stamp} AS moment, submitted AS written, {content} AS content, {scores}, {raws}
    FROM ({_read(file_of(folder, form), form)})
), timed AS (
    SELECT *, timezone('{ZONE}', timezone('UTC', moment)) AS local FROM typed
)
SELECT line, response_id, invitation_id, survey_type, timed.unit_id, customer_id, channel{others},
       epoch_us(moment) AS submitted_at, year(local) * 100 + month(local) AS month,
       CAST(local AS DATE) AS day,
       CAST(epoch(local) AS BIGINT) % 86400 AS second, year(local) BETWEEN 2023 AND 2025 AS in_period,
       {", ".join(ITEMS)}, content,
       CASE WHEN response_id IS NULL THEN 'key' WHEN units.unit_id IS NULL THEN 'unit'
            WHEN moment IS NULL THEN 'time' WHEN moment > TIMESTAMP '{AS_OF}' THEN 'future'
            WHEN survey_type NOT IN ({surveys}) OR {off} THEN 'scale' END AS reason,
       CASE WHEN reason IS NOT NULL THEN concat_ws(',', timed.unit_id, written, {cells})
       END AS raw
FROM timed LEFT JOIN read_csv('{folder / "units.csv"}', all_varchar = true) AS units
     ON timed.unit_id = units.unit_id
"""


def _read(path: Path, form: str) -> str:
    if form != "csv":
        return (
            f"SELECT * RENAME (file_row_number AS line) FROM read_parquet('{path}', file_row_number = true)"
        )
    options = "all_varchar = true, header = true, delim = ',', quote = '\"', store_rejects = true"
    return f"SELECT *, row_number() OVER () AS line FROM read_csv('{path}', {options})"
