"""A raw folder -> every processed table: extract, collect, clean, join, check.

raw/reports holds report files (or raw itself does, where there is no such folder), raw/manifest.csv
may say what is known of them, raw/collected holds tables of figures transcribed by hand, and
corrections.csv in or beside raw what is corrected by hand. Needs the extra `panel`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from errno import EEXIST, ENOTDIR
from pathlib import Path
from typing import Any

import pandas as pd

from govstats import corpus
from govstats.across import across
from govstats.batch.gather import gather
from govstats.clean import clean
from govstats.collected import Collected, CollectedError, read_collected
from govstats.collected.manifest import YEARS, read_manifest
from govstats.corrections import FILE, correct, find_file, read_corrections, refuse_unused
from govstats.forms import STATISTICS
from govstats.frame import coverage
from govstats.issuers import level_and_body
from govstats.panel import Panel, build_panel, measure_names
from govstats.schemas import check_table, columns, write_datapackage
from govstats.schemas.fields import names
from govstats.tables import harmless, quoting_of, write_table

RECORD = (
    *("record_id", "origin", "source", "issuer", "province", "prefecture", "county", "level"),
    *("body", "year", "period", "scope", "source_kind", "form", "url", "copy", "truncated"),
    *("patch", "remark"),
)
_TYPES = {"string": "str", "int64": "Int64", "float64": "float64"}
_FRAMES = ("records", "figures", "cells", "topics")


@dataclass(frozen=True)
class Build:
    """What a build made, as counts, and the files that failed, each with the reason.

    What is left out and unused is listed in the tables of that name.
    """

    files: int
    failed: tuple[str, ...]
    records: int
    rows: int
    left_out: int
    unused: int
    corrected: int


def build(
    raw: Path, out: Path, corrections: Path | None = None, limits: corpus.Limits = corpus.LIMITS
) -> Build:
    """Build every table of `raw` into `out`, and datapackage.json with what each column means.

    `corrections` is the file of corrections by hand; without it, corrections.csv in `raw` or beside
    it is taken, where there is one. `limits` are those of a report file. Raises CollectedError for
    corrections, collected tables or a manifest that cannot be used, naming file, line and column;
    OSError when `raw` is no folder, or `out` holds other tables or cannot be written; EngineError
    and GuardError where no process can be had. What is left out is listed with the reason.
    """
    _check_folders(raw, out)
    by_hand = find_file(raw, corrections)
    given = read_corrections(by_hand) if by_hand else []
    folder = raw / "collected"
    collected = read_collected(folder) if folder.is_dir() else None
    sources = _report_files(raw, out, by_hand, limits.largest)
    manifest, problems = read_manifest(raw / "manifest.csv", {each.name for each in sources})
    if problems:
        raise CollectedError.of(problems)
    found, collected, targets = correct(gather(sources, limits), collected, given)
    every, unknown = _without_unknown(_with(_extracted(found, manifest), collected))
    cleaned = clean(every.records, every.topics, _sizes(every))
    left_out = pd.concat([cleaned.left_out, unknown])
    kept = set(cleaned.records["record_id"])
    figures, cells = (t[t["record_id"].isin(kept)] for t in (every.figures, every.cells))
    panel = build_panel(cleaned.records, figures, cells)
    refuse_unused(given, targets, left_out, panel.passed_over)
    tables = {
        "records": cleaned.records,
        "record_figures": figures.sort_values(["record_id", "measure", "scope"], kind="stable"),
        "record_cells": cells.sort_values("record_id", kind="stable"),
        "cleaning": cleaned.log,
        "left_out": left_out,
        "unused": panel.unused,
        "panel": panel.rows,
        "across": across(panel.rows),
        "coverage": coverage(panel.rows),
        "totals": _totals(every.figures, kept, panel),
    }
    corpus.write(found, out)
    # Those that sentences of collected reports name stand with those that were extracted.
    write_table("topics", _topic_rows(cleaned.topics), out, "csv")
    _write(out, tables)
    records = len(every.records) + len(unknown)
    counts = (len(panel.rows), len(left_out), len(panel.unused))
    failed = tuple(f"{each.stage}: {each.error}" for each in found.failed)
    return Build(len(sources), failed, records, *counts, len(given))


def _check_folders(raw: Path, out: Path) -> None:
    """Before anything is read or written: `raw` is a folder, `out` holds no other tables."""
    if not raw.is_dir():
        raise NotADirectoryError(ENOTDIR, "is no folder", str(raw))
    known = {f"{name}.{kind}" for name in names() for kind in ("csv", "parquet")}
    held = sorted(out.iterdir()) if out.is_dir() else []
    for path in held:
        if path.suffix in (".csv", ".parquet") and path.name not in known:
            raise FileExistsError(EEXIST, "is no table of ours: choose another --out", str(path))


def _report_files(raw: Path, out: Path, by_hand: Path | None, largest: int) -> list[corpus.Source]:
    """The files of raw/reports; without that folder, all of raw but the tables about them.

    What an earlier build wrote into a folder below `raw` is no report.
    """
    if (raw / "reports").is_dir():
        return corpus.find_sources([raw / "reports"], largest)
    own, written = ("manifest.csv", "collected/", FILE), out.resolve()
    named = by_hand.resolve() if by_hand else None
    return [
        source
        for source in corpus.find_sources([raw], largest)
        if not source.name.startswith(own)
        and written not in source.path.resolve().parents
        and source.path.resolve() != named
    ]


def _extracted(found: corpus.Collection, manifest: dict[str, dict[str, str]]) -> Collected:
    """The reports that were read, in the frames that collected tables have."""
    frames = {
        name: pd.DataFrame(corpus.rows_of(found, name), columns=list(columns(name)))
        for name in ("reports", "cells", "prose", "topics")
    }
    for name in ("cells", "prose", "topics"):
        frames[name] = frames[name].rename(columns={"report_id": "record_id"})
    cells, prose, topics = frames["cells"], frames["prose"], frames["topics"]
    cells = cells[cells["label"] == ""].astype({"value": "float64", "corrected": "float64"})
    prose = prose.astype({"value": "float64"})
    earlier = set(cells.loc[cells["table"].isin(STATISTICS), "record_id"])
    reports = [
        _record(row, manifest.get(row["source"], {}), row["report_id"] in earlier)
        for row in _dicts(frames["reports"])
    ]
    records = pd.DataFrame(reports, columns=list(RECORD)).astype({"year": "Int64"})
    return Collected(records, prose, cells, topics)


def _with(extracted: Collected, collected: Collected | None) -> Collected:
    """Extracted reports, and below them those collected by hand, where there are any."""
    if collected is None:
        return extracted
    both = ([getattr(each, name) for each in (extracted, collected)] for name in _FRAMES)
    return Collected(*map(pd.concat, both))


def _topic_rows(topics: pd.DataFrame) -> Iterator[list[Any]]:
    """The rows of the processed table of topics, with their themes; None for no count."""
    table = topics.rename(columns={"record_id": "report_id"})[list(columns("topics"))]
    for row in table.astype(object).itertuples(index=False):
        yield [None if pd.isna(value) else value for value in row]


def _dicts(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")


def _record(report: dict[str, Any], said: dict[str, str], earlier: bool) -> dict[str, Any]:
    """A report as a record; what the manifest says of issuer, year and scope goes first.

    `earlier` says that it has a statistics form of the years before 2019.
    """
    issuer = said.get("issuer") or report["issuer"]
    level, body = level_and_body(issuer)
    same = issuer == report["issuer"]
    place = {name: report[name] if same else "" for name in ("province", "prefecture", "county")}
    return {
        "record_id": report["report_id"],
        "origin": "extracted",
        "source": report["source"],
        "issuer": issuer,
        **place,
        "level": level,
        "body": body,
        "year": int(said["year"]) if said.get("year") else report["year"],
        "period": "year",
        "scope": said.get("scope") or report["scope"],
        "source_kind": "report",
        "form": report["form_requests"] or ("pre-2019" if earlier else "unknown"),
        "url": said.get("url", ""),
        "copy": 0,
        "truncated": 0,
        "patch": "extracted",
        "remark": "",
    }


def _without_unknown(every: Collected) -> tuple[Collected, pd.DataFrame]:
    """Without reports that do not say whose or which year's they are: rows of left_out."""
    records = every.records
    known = records["year"].between(*YEARS).fillna(False).astype(bool) & (records["issuer"] != "")
    reasons = [
        (row["record_id"], "unknown", f"{row['source']} {_what_lacks(row)}: add it to manifest.csv")
        for row in records[~known].to_dict("records")
    ]
    kept = set(records.loc[known, "record_id"])
    frames = {name: getattr(every, name) for name in _FRAMES}
    some = {name: frame[frame["record_id"].isin(kept)] for name, frame in frames.items()}
    heads = ["record_id", "rule", "reason"]
    return Collected(**some), pd.DataFrame(reasons, columns=heads, dtype="str").assign(kept="")


def _what_lacks(record: dict[str, Any]) -> str:
    if record["issuer"] == "":
        return "does not name its issuer"
    return f"does not say a year from {YEARS[0]} to {YEARS[1]}"


def _sizes(every: Collected) -> dict[str, int]:
    """How many figures and cells a record has: the fuller of two duplicates wins."""
    ids = pd.concat([every.figures["record_id"], every.cells["record_id"]])
    return {str(name): int(count) for name, count in ids.value_counts().items()}


def _totals(figures: pd.DataFrame, kept: set[str], panel: Panel) -> pd.DataFrame:
    """By measure: figures stated, left out with their record, unused, and taken into the panel.

    `difference` is before - left_out - unused - after and must be 0 in number and in sum.
    """
    out = figures[~figures["record_id"].isin(kept)]
    rows = []
    for measure in measure_names():
        taken = panel.rows.loc[panel.rows[f"{measure}_from"] == "prose", measure].astype("float64")
        parts = [t.loc[t["measure"] == measure, "value"] for t in (figures, out, panel.unused)]
        counts = [len(part) for part in (*parts, taken)]
        sums = [float(part.astype("float64").sum()) for part in (*parts, taken)]
        for unit, numbers in (("figures", counts), ("sum", sums)):
            before, left, unused, after = numbers
            rows.append(
                (measure, unit, before, left, unused, after, before - left - unused - after)
            )
    return pd.DataFrame(rows, columns=list(columns("totals")))


def _write(out: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write each table as its contract asks, the panel as Parquet too, and what they all mean."""
    for name, frame in tables.items():
        kinds = columns(name)
        ordered = frame[list(kinds)]
        if name != "panel":  # whose counts are whole numbers, or not, by measure
            ordered = ordered.astype({column: _TYPES[kind] for column, kind in kinds.items()})
        check_table(name, ordered)
        texts = [column for column, kind in kinds.items() if kind == "string"]
        written = ordered.assign(
            **{column: ordered[column].map(harmless, na_action="ignore") for column in texts}
        )
        quoting = quoting_of(text for column in texts for text in written[column].dropna())
        written.to_csv(out / f"{name}.csv", index=False, lineterminator="\n", quoting=quoting)
    tables["panel"].to_parquet(out / "panel.parquet", index=False)
    write_datapackage(out)
