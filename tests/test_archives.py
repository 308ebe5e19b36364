"""Zip archives read in place: names, places, limits, and a failure for every bad member."""

from __future__ import annotations

import csv
import random
import struct
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import office
import pytest
from openpyxl import Workbook
from reading import collect
from typer.testing import CliRunner

from govstats.cli import app
from govstats.corpus import Source, find_sources
from govstats.document import ReportError
from govstats.readers import archive, read

VALID = Path(__file__).parent / "data" / "valid"
GOOD = (VALID / "html-spans-2021.html").read_bytes()
OTHER = (VALID / "tabs-row-lost.txt").read_bytes()


def _zip(members: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return stream.getvalue()


def _saved(folder: Path, data: bytes, name: str = "a.zip") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _failures(path: Path, **limits) -> dict[str, tuple[str, str]]:
    found = collect(find_sources([path]), **limits)
    return {f.source: (f.stage, f.error.removeprefix(f.source + " ")) for f in found.failures}


def test_members_are_reports_of_their_own(tmp_path):
    path = _saved(tmp_path, _zip({"一/甲.html": GOOD, "乙.txt": OTHER, "一/丙.html": GOOD}))
    sources = find_sources([path])
    assert sources == [
        Source(path, "a.zip/一/甲.html", (0,)),
        Source(path, "a.zip/乙.txt", (1,)),
        Source(path, "a.zip/一/丙.html", (2,)),
    ]
    found = collect(sources)
    assert [report.source for report in found.reports] == ["a.zip/一/甲.html", "a.zip/乙.txt"]
    assert found.reports[0].report_id == sha256(GOOD).hexdigest()[:12]
    (twice,) = found.failures
    assert (twice.source, twice.stage) == ("a.zip/一/丙.html", "duplicate")
    assert list(tmp_path.iterdir()) == [path]


def test_a_member_is_told_by_its_content_whatever_its_name(tmp_path):
    report = office.as_docx(
        "甲县2021年政府信息公开工作年度报告", office.statutory({}, "2021", "2021")
    )
    book = office.saved(Workbook())
    path = _saved(tmp_path, _zip({"甲.zip": report, "乙.docx": GOOD, "丙.html": book}), "b.docx")
    names = [source.name for source in find_sources([path])]
    assert names == ["b.docx/甲.zip", "b.docx/乙.docx", "b.docx/丙.html"]
    found = collect(find_sources([path]))
    assert [(r.source, r.format) for r in found.reports] == [
        ("b.docx/甲.zip", "docx"),
        ("b.docx/乙.docx", "html"),
    ]
    assert [f.source for f in found.failures] == ["b.docx/丙.html"]


def test_office_files_are_no_archives(tmp_path):
    docx = _saved(tmp_path, office.as_docx("甲", []), "a.docx")
    xlsx = _saved(tmp_path, office.saved(Workbook()), "b.zip")
    assert [s.place for s in find_sources([docx, xlsx])] == [(), ()]


def _old_names(data: bytes, names: dict[str, bytes]) -> bytes:
    """The archive with names replaced by other bytes of the same length, without the UTF-8 flag."""
    for name, raw in names.items():
        assert len(raw) == len(name)
        data = data.replace(name.encode(), raw)
    return data


def test_names_of_chinese_windows_and_of_macos_are_decoded(tmp_path):
    windows, mac = "甲县年报.html".encode("gbk"), "乙县年报.html".encode()
    first, second = "x" * len(windows), "y" * len(mac)
    data = _old_names(_zip({first: GOOD, second: OTHER}), {first: windows, second: mac})
    names = [source.name for source in find_sources([_saved(tmp_path, data)])]
    assert names == ["a.zip/甲县年报.html", "a.zip/乙县年报.html"]


def test_names_never_lead_out_of_the_archive(tmp_path):
    hostile = ["../../etc/x.txt", "/abs.txt", "C:\\win\\y.txt", "a/./..//b.txt", "..", "n\x01.txt"]
    data = _zip({name: f"{i}".encode() for i, name in enumerate(hostile)})
    names = [
        source.name.removeprefix("a.zip/") for source in find_sources([_saved(tmp_path, data)])
    ]
    assert names == ["etc/x.txt", "abs.txt", "win/y.txt", "a/b.txt", "nameless", "n?.txt"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_gets_a_number(tmp_path):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("a.html", GOOD)
        target.writestr("a.html", OTHER)
    found = collect(find_sources([_saved(tmp_path, stream.getvalue())]))
    assert [r.source for r in found.reports] == ["a.zip/a.html", "a.zip/a.html (2)"]
    assert found.reports[1].sha256 == sha256(OTHER).hexdigest()


def test_folders_hidden_files_and_those_of_macos_are_left_out(tmp_path):
    members = {"d/": b"", "d/甲.html": GOOD, "__MACOSX/d/._甲.html": b"x", ".DS_Store": b"y"}
    names = [s.name for s in find_sources([_saved(tmp_path, _zip(members))])]
    assert names == ["a.zip/d/甲.html"]


def test_archives_in_an_archive_are_read_one_level_deep(tmp_path):
    deepest = _zip({"丙.html": GOOD})
    inner = _zip({"甲.html": GOOD, "deep.zip": deepest})
    path = _saved(tmp_path, _zip({"inner.zip": inner, "乙.txt": OTHER}))
    sources = find_sources([path])
    assert [(s.name, s.place) for s in sources] == [
        ("a.zip/inner.zip/甲.html", (0, 0)),
        ("a.zip/inner.zip/deep.zip", (0, 1)),
        ("a.zip/乙.txt", (1,)),
    ]
    assert [r.source for r in collect(sources).reports] == [
        "a.zip/inner.zip/甲.html",
        "a.zip/乙.txt",
    ]
    assert _failures(path) == {
        "a.zip/inner.zip/deep.zip": (
            "decode",
            "is a zip archive of 1 files: give it to `govstats extract` by itself, or unpack it",
        )
    }


def _flagged_as_encrypted(data: bytes, name: str) -> bytes:
    """The archive with the bit set that says that a member is encrypted, in both its headers."""
    data = bytearray(data)
    for signature, at, length in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        start = data.find(signature)
        while start >= 0:
            if data[start + length :].startswith(name.encode()):
                flags = struct.unpack_from("<H", data, start + at)[0]
                struct.pack_into("<H", data, start + at, flags | 1)
            start = data.find(signature, start + 4)
    return bytes(data)


def test_each_bad_member_is_a_failure_of_its_own(tmp_path):
    noise = bytes(range(256)) * 40
    members = {"bad.html": noise, "locked.html": OTHER, "empty.txt": b" ", "good.html": GOOD}
    data = bytearray(_flagged_as_encrypted(_zip(members), "locked.html"))
    data[60:70] = b"\xff" * 10
    path = _saved(tmp_path, bytes(data))
    assert [r.source for r in collect(find_sources([path])).reports] == ["a.zip/good.html"]
    assert _failures(path) == {
        "a.zip/bad.html": (
            "decode",
            "is damaged in its archive: pack or download the archive again",
        ),
        "a.zip/locked.html": ("decode", "is encrypted: unpack the archive with its password"),
        "a.zip/empty.txt": ("read", "is empty: save the report again"),
    }


def test_bombs_and_large_members_are_refused(tmp_path):
    noise = random.Random(1).randbytes(2_500_000)
    members = {"bomb.txt": b"0" * 3_000_000, "large.html": noise, "good.html": GOOD}
    path = _saved(tmp_path, _zip(members))
    found = _failures(path, largest=2_000_000)
    assert found["a.zip/large.html"] == (
        "read",
        "is 2 MB, more than 2 MB: cut out the report, or raise the limit with --max-mb",
    )
    assert set(found) == {"a.zip/bomb.txt", "a.zip/large.html"}
    stage, error = _failures(path)["a.zip/bomb.txt"]
    assert stage == "read" and error.endswith("times its size: no report does")


def test_an_archive_that_unpacks_to_too_much_is_refused_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 1_000_000)
    path = _saved(tmp_path, _zip({"a.txt": b"0" * 700_000, "b.txt": b"1" * 700_000}))
    assert _failures(path) == {
        "a.zip": ("decode", "unpacks to 1 MB, more than 1 MB: give it in parts")
    }


def test_archives_without_anything_to_read_are_named(tmp_path):
    empty = _saved(tmp_path, _zip({}), "empty.zip")
    folders = _saved(tmp_path, _zip({"d/": b""}), "folders.zip")
    cut = _saved(tmp_path, _zip({"a.html": GOOD})[:-40], "cut.zip")
    nothing = ("decode", "is a zip archive without files: check the download")
    assert _failures(empty) == {"empty.zip": nothing}
    assert _failures(folders) == {"folders.zip": nothing}
    assert _failures(cut) == {
        "cut.zip": (
            "decode",
            "is a damaged zip-based file (docx, xlsx or zip): download it again",
        )
    }


def test_the_archive_that_changed_meanwhile_is_named(tmp_path):
    path = _saved(tmp_path, _zip({"a.html": GOOD, "b.html": OTHER}))
    sources = find_sources([path])
    _saved(tmp_path, _zip({"a.html": GOOD}))
    found = collect(sources)
    assert [f.error for f in found.failures] == [
        "a.zip/b.html cannot be found again in its archive: it was changed meanwhile"
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_zip({"a.html": GOOD}), "zip archive of 1 files"),
        (_zip({"[Content_Types].xml": b"x", "ppt/slides.xml": b"x"}), "is a presentation"),
        (_zip({"mimetype": b"application/epub+zip"}), "is an OpenDocument file of no text"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "damaged old Word file"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Office file of an unknown kind"),
    ],
)
def test_other_kinds_of_file_are_named(data, words):
    with pytest.raises(ReportError, match=words) as caught:
        read(data)
    assert caught.value.stage == "decode"


def test_an_office_file_that_unpacks_to_too_much_is_refused():
    members = {"[Content_Types].xml": b"x", "word/document.xml": b"0" * 201_000_000}
    with pytest.raises(ReportError, match="unpacks to 201 MB") as caught:
        read(_zip(members))
    assert caught.value.stage == "read"


def test_the_command_counts_members(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    _saved(folder, _zip({"甲.html": GOOD, "坏.txt": b"\xff\xd8\xff"}))
    result = CliRunner().invoke(app, ["extract", str(folder), "--out", str(tmp_path / "out")])
    assert result.exit_code == 3
    assert "2 files: 1 reports (" in result.output
    with (tmp_path / "out" / "failures.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["source"] for row in csv.DictReader(stream)] == ["a.zip/坏.txt"]
