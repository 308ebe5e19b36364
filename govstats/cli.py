"""The command: `govstats extract PATH... --out DIR` and `govstats show FILE`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govstats import __version__

if TYPE_CHECKING:
    from govstats.batch.merge import Summary
    from govstats.corpus import Failure, Limits

# Below this a progress bar is over before it is read.
MANY_FILES = 20
# More failures than this are only counted on the terminal.
MOST_LINES = 200
SOME_FAILED = 3
WRONG_USE = 2

MaxMb = Annotated[int, typer.Option(min=1, help="Largest file to read, in megabytes.")]
MaxSeconds = Annotated[
    float, typer.Option(min=0.1, help="Longest time that reading one file may take.")
]
MaxPages = Annotated[int, typer.Option(min=1, help="Most pages of a PDF to read.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


class Format(StrEnum):
    """File formats of the written tables."""

    csv = "csv"
    parquet = "parquet"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"govstats {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Figures of China's government-information-disclosure annual reports, read and checked."""


@app.command()
def extract(  # noqa: PLR0913, PLR0917 - an option each
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files or folders of reports.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables; made if needed.")],
    file_format: Annotated[
        Format, typer.Option("--format", help="Format of the tables.")
    ] = Format.csv,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that read; 0: one for each core.")
    ] = 0,
    max_mb: MaxMb = 20,
    max_seconds: MaxSeconds = 60,
    max_pages: MaxPages = 500,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Read on this Dask cluster: tcp://host:port.")
    ] = "",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Read all anew, also what earlier runs have read.")
    ] = False,
) -> None:
    """Read reports and write reports, cells, checks and failures.

    A run that was ended goes on where it was when it is given again; later runs read only files
    that are new or changed. Exit code 0: all read (or duplicates); 3: some failed, see failures;
    2: wrong use.
    """
    from govstats.batch import run
    from govstats.batch.engine import EngineError
    from govstats.batch.guard import GuardError
    from govstats.readers import MEGABYTE

    limits = _limits(max_mb, max_seconds, max_pages)
    options = run.Options(limits, file_format.value, workers, cluster, fresh)
    told = _Failures()
    try:
        with _progress(paths, limits.largest) as advance:
            summary = run.extract(paths, out, options, advance, told.add)
    except run.OutputError as error:
        raise _wrong_use(error) from error
    except (EngineError, GuardError) as error:
        raise _wrong_use(f"{error} (what was read is kept in {out / run.PARTS})") from error
    told.rest(out / f"failures.{file_format.value}")
    typer.echo(f"{_line(summary)} -> {out}")
    typer.echo(
        f"{out / run.PARTS} keeps what was read ({run.kept(out) / MEGABYTE:.1f} MB) for later runs"
    )
    if summary.failed:
        raise typer.Exit(SOME_FAILED)


def _limits(max_mb: int, max_seconds: float, max_pages: int) -> Limits:
    from govstats.corpus import Limits
    from govstats.readers import MEGABYTE

    return Limits(max_mb * MEGABYTE, max_seconds, max_pages)


def _wrong_use(said: object) -> typer.Exit:
    typer.echo(str(said), err=True)
    return typer.Exit(WRONG_USE)


@contextmanager
def _progress(paths: list[Path], largest: int) -> Iterator[Callable[[int], object]]:
    """A bar of files done, with rate and time left, where somebody watches."""
    if not sys.stderr.isatty():
        yield lambda files: None
        return
    from tqdm import tqdm

    from govstats.corpus import count_sources

    total = count_sources(paths, largest)
    with tqdm(total=total, unit="file", disable=total < MANY_FILES, smoothing=0.05) as bar:
        yield bar.update


class _Failures:
    """Prints failures, but not without end."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, failure: Failure) -> None:
        self._count += 1
        if self._count <= MOST_LINES:
            typer.echo(f"{failure.stage}: {failure.error}", err=True)

    def rest(self, table: Path) -> None:
        if self._count > MOST_LINES:
            typer.echo(f"and {self._count - MOST_LINES} more: see {table}", err=True)


def _line(summary: Summary) -> str:
    return (
        f"{summary.files} files: {summary.reports} reports ({summary.cells_stated} cells stated, "
        f"{summary.cells_unread} unread, {summary.checks_violated} checks violated), "
        f"{summary.duplicates} duplicates, {summary.failed} failed"
    )


@app.command()
def build(
    raw: Annotated[Path, typer.Option(help="Folder with reports/, collected/, manifest.csv.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables; made if needed.")],
    corrections: Annotated[
        Path | None,
        typer.Option(help="Corrections by hand; default: corrections.csv in or beside the folder."),
    ] = None,
    max_mb: MaxMb = 20,
    max_seconds: MaxSeconds = 60,
    max_pages: MaxPages = 500,
) -> None:
    """Extract, clean and join a folder of reports and collected tables into the panel.

    Exit code 0: built; 3: built, but some report files failed, see failures; 2: wrong use.
    """
    try:
        from govstats.batch.engine import EngineError
        from govstats.batch.guard import GuardError
        from govstats.build import build as build_all
        from govstats.collected import CollectedError
    except ModuleNotFoundError as error:
        raise _wrong_use(f"{error.name} is missing: pip install 'govstats[panel]'") from error
    try:
        made = build_all(raw, out, corrections, _limits(max_mb, max_seconds, max_pages))
    except (CollectedError, EngineError, GuardError) as error:
        raise _wrong_use(error) from error
    except OSError as error:
        said = f"{error.filename} cannot be used ({error.strerror})" if error.filename else error
        raise _wrong_use(said) from error
    for failure in made.failed:
        typer.echo(failure, err=True)
    typer.echo(
        f"{made.files} files, {len(made.failed)} failed; {made.records} records -> {made.rows} rows"
        f" of the panel ({made.left_out} records left out, {made.unused} figures not used,"
        f" {made.corrected} corrections used) -> {out}"
    )
    if made.failed:
        raise typer.Exit(SOME_FAILED)


class Page(StrEnum):
    """What the codebook may print: columns of tables, forms and law, metrics and measures."""

    columns = "columns"
    forms = "forms"
    metrics = "metrics"


@app.command()
def codebook(
    page: Annotated[
        Page, typer.Argument(help="Columns of tables, forms and law, or metrics and measures.")
    ] = Page.columns,
) -> None:
    """Print what every column of every table means, or what forms and metrics mean, in Markdown."""
    from govstats import schemas

    pages = {Page.columns: schemas.codebook, Page.forms: schemas.law}
    typer.echo(pages.get(page, schemas.dictionary)(), nl=False)


@app.command()
def show(file: Annotated[Path, typer.Argument(metavar="FILE", help="One report.")]) -> None:
    """Print a report's tables and the checks it violates."""
    from govstats.document import ReportError
    from govstats.readers import load
    from govstats.readers.pictures import beside_file
    from govstats.report import read_report
    from govstats.show import print_report

    try:
        report = read_report(file.name, load(file), beside_file(file))
    except ReportError as error:
        typer.echo(f"{error.stage}: {file} {error}", err=True)
        raise typer.Exit(SOME_FAILED) from error
    print_report(report)


def main() -> None:
    """Entry point of the command `govstats`."""
    app()
