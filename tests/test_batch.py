"""Batches: whatever is killed, dies, hangs or fills up, the tables are those of a quiet run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from errno import ENOSPC
from pathlib import Path

import batch_jobs
import pyarrow.parquet
import pytest
from pdf_pages import Sheet, write_pdf
from reading import collect
from typer.testing import CliRunner

from govstats import corpus
from govstats.batch import engine, parts, run
from govstats.batch.gather import gather
from govstats.batch.guard import DIED
from govstats.cli import app
from govstats.outcome import Outcome, faulty, outcome_of
from govstats.report import digest_of
from govstats.tables import EXTRACTED

DATA = Path(__file__).parent / "data"
GOOD = (DATA / "valid" / "html-spans-2021.html").read_bytes()
BAD = b"\x89PNG picture"
# Seconds in which a test that waits for something gives up.
PATIENCE = 60


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv(batch_jobs.LOG, str(tmp_path / "log"))
    # However slow the machine, a part ends by the number of files only.
    monkeypatch.setattr(run, "_PART_SECONDS", 1e9)


def _varied(number: int, mark: bytes = b"") -> bytes:
    return GOOD + mark + f"<!--{number}-->".encode()


@pytest.fixture
def folder(tmp_path):
    """Reports, some twice, some bad, some in an archive."""
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    for number in range(12):
        (folder / f"{number:02}.html").write_bytes(_varied(number))
        (folder / "b" / f"{number:02}.html").write_bytes(_varied(number + 8))
    (folder / "05.png").write_bytes(BAD)
    (folder / "b" / "gone.html").symlink_to(folder / "nowhere")
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        for number in range(6):
            archive.writestr(f"{number}.html", _varied(number + 17))
    return folder


def _options(**given) -> run.Options:
    limits = corpus.Limits(**{n: given.pop(n) for n in corpus.Limits._fields if n in given})
    return run.Options(limits, **{"workers": 1, "read": batch_jobs.note, **given})


def _tables(out: Path, kind: str = "csv") -> dict[str, bytes]:
    return {name: (out / f"{name}.{kind}").read_bytes() for name in EXTRACTED}


def _expected(folder: Path, out: Path, kind: str = "csv") -> dict[str, bytes]:
    """The tables of the same files read in this process, one after the other."""
    corpus.write(collect(corpus.find_sources([folder])), out, kind)
    return _tables(out, kind)


def _failures(out: Path) -> dict[str, str]:
    table = pyarrow.parquet.read_table(out / "failures.parquet").to_pylist()
    return {row["source"]: f"{row['stage']}: {row['error']}" for row in table}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("workers", [1, 2])
def test_tables_are_those_of_one_process(folder, tmp_path, kind, workers):
    counts = []
    out = tmp_path / "out"
    summary = run.extract([folder], out, _options(workers=workers, file_format=kind), counts.append)
    assert _tables(out, kind) == _expected(folder, tmp_path / "expected", kind)
    assert (summary.files, summary.reports, summary.duplicates, summary.failed) == (32, 23, 7, 2)
    assert sum(counts) == 32
    assert len(batch_jobs.noted()) == 24


def test_only_what_is_new_is_read(folder, tmp_path):
    out, again = tmp_path / "out", _options()
    run.extract([folder], out, again)
    assert len(batch_jobs.noted()) == 24
    run.extract([folder], out, again)
    assert batch_jobs.noted() == []
    (folder / "00.html").rename(folder / "renamed.html")
    same = (folder / "03.html").stat()
    (folder / "03.html").write_bytes((folder / "03.html").read_bytes().replace(b"3-->", b"x-->"))
    os.utime(folder / "03.html", ns=(same.st_atime_ns, same.st_mtime_ns))
    (folder / "0new.html").write_bytes(_varied(99))
    (folder / "11.html").unlink()
    run.extract([folder], out, again)
    assert batch_jobs.noted() == ["03.html", "0new.html"]
    assert _tables(out) == _expected(folder, tmp_path / "expected")
    run.extract([folder], out, _options(fresh=True))
    assert len(batch_jobs.noted()) == 25


def test_what_another_version_read_is_read_anew(folder, tmp_path):
    out = tmp_path / "out"
    run.extract([folder], out, _options())
    assert len(batch_jobs.noted()) == 24
    for path in (out / run.PARTS).glob("*.parquet"):
        table = parts.read_part(path).replace_schema_metadata({"govstats": "another"})
        pyarrow.parquet.write_table(table, path)
    run.extract([folder], out, _options())
    assert len(batch_jobs.noted()) == 24
    assert _tables(out) == _expected(folder, tmp_path / "expected")


def test_a_damaged_part_is_read_anew(folder, tmp_path):
    out = tmp_path / "out"
    run.extract([folder], out, _options())
    (part,) = (out / run.PARTS).glob("*.parquet")
    part.write_bytes(part.read_bytes()[:-100])
    batch_jobs.noted()
    run.extract([folder], out, _options())
    assert len(batch_jobs.noted()) == 24
    assert _tables(out) == _expected(folder, tmp_path / "expected")


# A run in a process of its own that writes a part after every four files and may be told to kill
# itself just before or just after a file of its is put in place.
DRIVER = """
import os, signal, sys
from pathlib import Path
import batch_jobs
from govstats.batch import engine, run
folder, out, point = sys.argv[1:]
run._PART_FILES, engine._CHUNK_FILES = 6, 2
calls, replace = [], os.replace
def put(old, new):
    calls.append(new)
    if len(calls) == abs(int(point)) and int(point) < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(old, new)
    if len(calls) == int(point):
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = put
run.extract([Path(folder)], Path(out), run.Options(workers=1, read=batch_jobs.note))
print(len(calls))
"""


def _start(folder: Path, out: Path, point: int = 0) -> subprocess.Popen:
    paths = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(folder), str(out), str(point)],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_at_every_file_that_is_put_in_place(folder, tmp_path):
    expected = _expected(folder, tmp_path / "expected")
    out = tmp_path / "out"
    # Parts first, then the six tables: each run comes one step further than the one before.
    killed = 0
    for point in (-1, 2, -3, -2, 3, 5):
        process = _start(folder, out, point)
        process.communicate(timeout=PATIENCE)
        killed += process.returncode == -signal.SIGKILL
    assert killed == 6
    run.extract([folder], out, _options())
    assert _tables(out) == expected
    # Each of the 24 once; what was on its way to a part when the run was killed, again.
    assert 24 <= len(batch_jobs.noted()) <= 24 + 4 * 6
    assert sorted(path.name for path in out.iterdir() if path.is_file()) == sorted(
        f"{name}.csv" for name in EXTRACTED
    )


def test_killed_at_random_moments(folder, tmp_path):
    expected = _expected(folder, tmp_path / "expected")
    chance = random.Random(8)
    for trial in range(2):
        out = tmp_path / f"out{trial}"
        for _ in range(2):
            process = _start(folder, out)
            time.sleep(chance.uniform(0.3, 2.5))
            process.kill()
            process.communicate()
        run.extract([folder], out, _options())
        assert _tables(out) == expected


def test_files_that_end_or_stall_their_reader_cost_themselves_only(folder, tmp_path):
    for name, mark in (
        ("04d", batch_jobs.DEADLY),
        ("06o", batch_jobs.ONCE),
        ("07e", batch_jobs.ENDLESS),
        ("08s", batch_jobs.SLOW),
    ):
        (folder / f"{name}.html").write_bytes(_varied(50, mark))
    out = tmp_path / "out"
    options = _options(read=batch_jobs.suffer, workers=2, seconds=6, file_format="parquet")
    summary = run.extract([folder], out, options)
    assert (summary.files, summary.reports, summary.failed) == (36, 25, 4)
    failures = _failures(out)
    assert failures["04d.html"] == f"extract: 04d.html {DIED}"
    assert failures["07e.html"] == (
        "extract: 07e.html took more than 6 seconds: raise the limit with --max-seconds"
    )
    batch_jobs.noted()
    # Neither is tried again, but the second where the limit is another.
    run.extract([folder], out, options)
    assert _failures(out) == failures
    data = (folder / "07e.html").read_bytes()
    assert [r["source"] for r in _limited(out)] == [digest_of(data)]
    run.extract([folder], out, _options(seconds=3600, file_format="parquet"))
    assert batch_jobs.noted() == ["07e.html"]
    assert "07e.html" not in _failures(out)


def _long_pdf(folder: Path) -> None:
    first = Sheet()
    for y, words in enumerate(
        ("示例县水务局2022年政府信息公开工作年度报告", "一、主动公开", "二、收到申请")
    ):
        first.text(80, 100 + 30 * y, words)
    folder.mkdir()
    (folder / "long.pdf").write_bytes(write_pdf([first, Sheet(), Sheet(), Sheet()]))


def test_a_pdf_of_too_many_pages_is_read_once_more_are_allowed(tmp_path):
    folder, out = tmp_path / "raw", tmp_path / "out"
    _long_pdf(folder)
    arguments = ["extract", str(folder), "--out", str(out), "--workers", "1", "--max-pages"]
    refused = CliRunner().invoke(app, [*arguments, "3"])
    assert refused.exit_code == 3
    assert (
        "read: long.pdf has 4 pages, more than 3: cut out the report, "
        "or raise the limit with --max-pages" in refused.output
    )
    assert CliRunner().invoke(app, [*arguments, "2"]).exit_code == 3
    assert CliRunner().invoke(app, [*arguments, "4"]).exit_code == 0
    # What has been read stays read.
    assert CliRunner().invoke(app, [*arguments, "2"]).exit_code == 0


def test_the_limits_hold_for_what_is_gathered(tmp_path):
    _long_pdf(tmp_path / "raw")
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
        inner.writestr("good.html", GOOD)
        inner.writestr("padding.bin", random.Random(1).randbytes(2_500_000))
    with zipfile.ZipFile(tmp_path / "raw" / "outer.zip", "w") as outer:
        outer.write(tmp_path / "inner.zip", "inner.zip")
    arguments = ["build", "--raw", str(tmp_path / "raw"), "--out"]
    tight = ["--max-pages", "3", "--max-mb", "2", "--max-seconds", "50"]
    refused = CliRunner().invoke(app, [*arguments, str(tmp_path / "tight"), *tight])
    assert "long.pdf has 4 pages, more than 3" in refused.output
    assert "outer.zip/inner.zip is 3 MB, more than 2 MB" in refused.output
    loose = ["--max-pages", "4", "--max-mb", "3"]
    built = CliRunner().invoke(app, [*arguments, str(tmp_path / "loose"), *loose])
    assert "long.pdf" not in built.output
    reports = (tmp_path / "loose" / "reports.csv").read_text(encoding="utf-8")
    assert "outer.zip/inner.zip/good.html" in reports


def _limited(out: Path) -> list[dict[str, str]]:
    held = [row for p in (out / run.PARTS).glob("*.parquet") for row in parts.held_by(p) or ()]
    return [{"source": digest} for digest, limits in held if limits]


def test_a_child_that_is_killed_costs_nothing(folder, tmp_path):
    import psutil

    def strike(files: int) -> None:
        # Those that take their place are left alone: a file at which two died would be a failure.
        children = psutil.Process().children()
        if len(children) == 2 and not struck:
            for child in children:
                struck.append(child.pid)
                child.kill()

    struck: list[int] = []
    out = tmp_path / "out"
    run.extract([folder], out, _options(workers=2), strike)
    assert len(struck) == 2
    assert _tables(out) == _expected(folder, tmp_path / "expected")
    assert psutil.Process().children() == []


def test_what_cannot_be_a_table_is_a_fault_of_that_file(monkeypatch):
    sound = outcome_of(GOOD)
    odd = outcome_of(_varied(1))
    object.__setattr__(odd.report.extraction, "title", "\ud800")
    packed = parts.pack([sound, odd, sound])
    table = pyarrow.ipc.open_stream(packed).read_all()
    assert table["stage"].to_pylist() == ["", "extract", ""]
    assert table["error"][1].as_py().startswith("met a fault in govstats (UnicodeEncodeError: ")
    assert faulty("0", ValueError("\ud800")).error.isascii()
    assert parts.pack([Outcome("0", stage="read", error="x")])


def test_a_file_that_vanishes_is_a_failure(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.html").write_bytes(_varied(number))
    last = folder / "39.html"
    summary = run.extract(
        [folder], out, _options(workers=1, file_format="parquet"), lambda n: last.unlink(True)
    )
    assert (summary.reports, summary.failed) == (39, 1)
    assert _failures(out) == {"39.html": "find: 39.html does not exist: check the path"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_pipes_and_odd_names_are_named(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    with open(os.fsencode(folder) + b"/" + "甲县.html".encode("gb18030"), "wb") as stream:
        stream.write(BAD)
    run.extract([folder], out, _options(file_format="parquet"))
    failures = _failures(out)
    assert set(failures) == {"pipe", "甲县.html"}
    assert failures["pipe"] == ("find: pipe is a pipe, socket or device: give files and folders")


def test_tables_among_the_reports_are_not_read(folder):
    run.extract([folder], folder, _options())
    first = _tables(folder)
    summary = run.extract([folder], folder, _options())
    assert summary.files == 32
    assert _tables(folder) == first


def test_a_full_disk_is_named_and_what_was_read_is_kept(folder, tmp_path, monkeypatch):
    out, write, written = tmp_path / "out", run.write_part, []

    def fill(packed, work):
        if written:
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        written.append(write(packed, work))
        return written[0]

    with monkeypatch.context() as patch:
        patch.setattr(run, "_PART_FILES", 8)
        patch.setattr(run, "write_part", fill)
        with pytest.raises(run.OutputError) as caught:
            run.extract([folder], out, _options())
    assert str(caught.value) == (
        f"{out} is full (No space left on device): "
        "make room and run the same again, what was read is kept"
    )
    held = len(parts.held_by(written[0]))
    assert held >= 8
    batch_jobs.noted()
    run.extract([folder], out, _options())
    assert len(batch_jobs.noted()) == 24 - held
    assert _tables(out) == _expected(folder, tmp_path / "expected")


@pytest.mark.parametrize("place", ["batch.parts.os.fsync", "tables.CsvTable.finish"])
def test_a_full_disk_leaves_the_tables_of_before(tmp_path, monkeypatch, place):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.html").write_bytes(GOOD)
    run.extract([folder], out, _options())
    before = _tables(out)
    (folder / "new.html").write_bytes(_varied(77))

    def full(handle):
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(f"govstats.{place}", full)
        with pytest.raises(run.OutputError, match="is full"):
            run.extract([folder], out, _options())
    assert _tables(out) == before
    assert not list(out.rglob("*.part"))


def test_two_runs_do_not_write_to_one_folder(folder, tmp_path):
    out = tmp_path / "out"
    (out / run.PARTS).mkdir(parents=True)
    with run.lock(out / run.PARTS / "lock"), pytest.raises(run.OutputError) as caught:
        run.extract([folder], out, _options())
    assert str(caught.value) == (
        f"{out} cannot be written (another run is writing there): "
        "wait for it, or choose another --out"
    )


def test_the_command_tells_where_it_keeps_what(folder, tmp_path):
    arguments = ["extract", str(folder), "--out", str(tmp_path / "out"), "--workers", "1"]
    result = CliRunner().invoke(app, [*arguments, "--max-seconds", "30", "--fresh"])
    assert result.exit_code == 3
    first, second = [line for line in result.stdout.splitlines() if "out" in line][-2:]
    assert first.startswith("32 files: 23 reports (")
    assert first.endswith(f", 7 duplicates, 2 failed -> {tmp_path / 'out'}")
    assert second == f"{tmp_path / 'out' / run.PARTS} keeps what was read (0.0 MB) for later runs"


def test_a_cluster_that_is_not_there_is_wrong_use(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    path = tmp_path / "a.html"
    path.write_bytes(GOOD)
    result = CliRunner().invoke(
        app, ["extract", str(path), "--out", str(tmp_path / "out"), "--cluster", "tcp://x:1"]
    )
    assert result.exit_code == 2
    assert "distributed is missing: pip install 'govstats[cluster]'" in result.output


def test_chunks_are_small_first_and_never_large():
    assert engine.cores() >= 1
    tasks = [run.Task(corpus.Source(Path("x"), "x"), b"1" * 3)] * 500
    sizes = [len(chunk) for chunk in engine.in_chunks(tasks, 2)]
    assert sizes[0] == 1 and sum(sizes) == 500
    assert max(sizes) == engine._CHUNK_FILES


def test_what_is_gathered_in_memory_is_the_same(folder):
    sources = corpus.find_sources([folder])
    for workers in (1, 2):
        assert gather(sources, workers=workers) == collect(sources)
    assert gather([]) == corpus.Collection()


def test_a_file_that_hangs_or_kills_costs_a_build_that_file_only(folder):
    for name, mark in (("04d", batch_jobs.DEADLY), ("07e", batch_jobs.ENDLESS)):
        (folder / f"{name}.html").write_bytes(_varied(50, mark))
    sources = corpus.find_sources([folder])
    found = gather(sources, corpus.Limits(seconds=6), read=batch_jobs.suffer)
    assert len(found.reports) + len(found.failures) == len(sources)
    errors = {failure.source: failure.error for failure in found.failed}
    assert errors["04d.html"] == f"04d.html {DIED}"
    assert errors["07e.html"] == (
        "07e.html took more than 6 seconds: raise the limit with --max-seconds"
    )
    names = [report.source for report in found.reports]
    assert names == [s.name for s in sources if s.name in set(names)]


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, each a process of its own: the address, and the workers."""
    pytest.importorskip("distributed")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment |= {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_TEMPORARY_DIRECTORY": str(tmp_path)}
    about = tmp_path / "scheduler.json"
    serve = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    serve += ["--port", "0", "--no-dashboard", "--scheduler-file", str(about)]
    work = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(about)]
    work += ["--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1"]
    started = []
    with (tmp_path / "cluster.txt").open("wb") as said:
        try:
            for command in (serve, work, work):
                started.append(subprocess.Popen(command, env=environment, stdout=said, stderr=said))
                end = time.monotonic() + PATIENCE
                while not about.exists() and time.monotonic() < end:
                    time.sleep(0.1)
            yield json.loads(about.read_text(encoding="utf-8"))["address"], started[1:]
        finally:
            for process in started:
                process.kill()
                process.wait()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_tables_though_a_worker_is_killed(folder, tmp_path, cluster):
    address, workers = cluster
    for number in range(100, 160):
        (folder / f"{number}.html").write_bytes(_varied(number))
    out, before = tmp_path / "out", []

    def strike(files: int) -> None:
        before.append(files)
        if len(before) == 3:
            workers[0].kill()

    run.extract([folder], out, _options(cluster=address), strike)
    assert workers[0].wait(PATIENCE) == -signal.SIGKILL and workers[1].poll() is None
    assert sum(before) == 92
    assert _tables(out) == _expected(folder, tmp_path / "expected")
    names = set(batch_jobs.noted())
    assert len(names) == 84
