"""The command: `govstats extract PATH... --out DIR` and `govstats show FILE`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govstats import __version__

if TYPE_CHECKING:
    from govstats.corpus import Collection

# Below this a progress bar is over before it is read.
MANY_FILES = 20
SOME_FAILED = 3
WRONG_USE = 2

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
def extract(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files or folders of reports.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables; made if needed.")],
    file_format: Annotated[
        Format, typer.Option("--format", help="Format of the tables.")
    ] = Format.csv,
    max_mb: Annotated[int, typer.Option(min=1, help="Largest file to read, in megabytes.")] = 20,
) -> None:
    """Read reports and write reports, cells, checks and failures.

    Exit code 0: all read (or duplicates); 3: some failed, see failures; 2: wrong use.
    """
    from tqdm import tqdm

    from govstats import corpus
    from govstats.readers import MEGABYTE

    sources = corpus.find_sources(paths, max_mb * MEGABYTE)
    with tqdm(total=len(sources), unit="file", disable=len(sources) < MANY_FILES or None) as bar:
        collection = corpus.collect(sources, max_mb * MEGABYTE, bar.update)
    try:
        corpus.write(collection, out, file_format.value)
    except OSError as error:
        typer.echo(f"{out} cannot be written ({error.strerror}): choose another --out", err=True)
        raise typer.Exit(WRONG_USE) from error
    for failure in collection.failed:
        typer.echo(f"{failure.stage}: {failure.error}", err=True)
    typer.echo(_summary(collection, len(sources), out))
    if collection.failed:
        raise typer.Exit(SOME_FAILED)


def _summary(collection: Collection, files: int, out: Path) -> str:
    from govstats.extract import STATED, UNREAD

    reports = collection.reports
    stated = sum(report.count(STATED) for report in reports)
    unread = sum(report.count(UNREAD) for report in reports)
    violated = sum(len(report.violated()) for report in reports)
    duplicates = len(collection.failures) - len(collection.failed)
    return (
        f"{files} files: {len(reports)} reports ({stated} cells stated, {unread} unread, "
        f"{violated} checks violated), {duplicates} duplicates, "
        f"{len(collection.failed)} failed -> {out}"
    )


@app.command()
def build(
    raw: Annotated[Path, typer.Option(help="Folder with reports/, collected/, manifest.csv.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables; made if needed.")],
    corrections: Annotated[
        Path | None,
        typer.Option(help="Corrections by hand; default: corrections.csv in or beside the folder."),
    ] = None,
) -> None:
    """Extract, clean and join a folder of reports and collected tables into the panel.

    Exit code 0: built; 3: built, but some report files failed, see failures; 2: wrong use.
    """
    try:
        from govstats.build import build as build_all
        from govstats.collected import CollectedError
    except ModuleNotFoundError as error:
        typer.echo(f"{error.name} is missing: pip install 'govstats[panel]'", err=True)
        raise typer.Exit(WRONG_USE) from error
    try:
        made = build_all(raw, out, corrections)
    except CollectedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_USE) from error
    except OSError as error:
        said = f"{error.filename} cannot be used ({error.strerror})" if error.filename else error
        typer.echo(str(said), err=True)
        raise typer.Exit(WRONG_USE) from error
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
