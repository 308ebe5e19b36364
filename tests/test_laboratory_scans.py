import io
from math import atan2, degrees

import numpy as np
import pandas as pd
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from benchmarks import scans as benchmark
from benchmarks.accuracy import read_case
from benchmarks.laboratory.judge import NAMED, RIGHT, SILENT, UNREAD, Judgement
from benchmarks.laboratory.scan_damages import DAMAGES, SKEW, has_font
from benchmarks.laboratory.scans import (
    DPIS,
    POOR,
    SCANS,
    as_mixed_pdf,
    as_pdf,
    as_picture,
    count_pages,
    make_ruled,
    scan,
    write_scan,
)
from govstats.forms import Address

pytestmark = pytest.mark.skipif(not has_font(), reason="no Chinese font on this machine")
LOW = 60  # dots per inch: enough to see what a damage does


@pytest.fixture(scope="module")
def case():
    return make_ruled(3, 1)


def pixels(page: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page)).convert("L")).astype(int)


def test_the_same_seed_gives_the_same_bytes(case) -> None:
    assert make_ruled(3, 1).data == case.data != make_ruled(4, 1).data
    first, second, other = (scan(case.data, LOW, [POOR], seed) for seed in (5, 5, 6))
    assert first == second
    assert all(page != changed for page, changed in zip(first, other, strict=True))
    assert as_pdf(first) == as_pdf(second)
    assert as_mixed_pdf(case.data, first) == as_mixed_pdf(case.data, second)


@pytest.mark.parametrize("dpi", DPIS)
def test_sizes_fit_the_resolution(case, dpi) -> None:
    pages = scan(case.data, dpi, [], 1)
    assert len(pages) == count_pages(case.data) > 1
    for page in map(Image.open, map(io.BytesIO, pages)):
        assert page.size == pytest.approx((595 * dpi / 72, 842 * dpi / 72), abs=1)
        assert page.info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)
    with pypdfium2.PdfDocument(as_pdf(pages)) as document:
        assert [page.get_size() for page in document] == [
            pytest.approx((595, 842), abs=0.5) for _ in pages
        ]


@pytest.mark.parametrize("name", DAMAGES)
def test_every_damage_changes_every_page(case, name) -> None:
    clean, damaged = scan(case.data, LOW, [], 1), scan(case.data, LOW, [name], 1)
    for before, after in zip(map(pixels, clean), map(pixels, damaged), strict=True):
        assert before.shape == after.shape
        assert np.any(before != after)


def test_poor_is_every_damage(case) -> None:
    assert scan(case.data, LOW, [POOR], 1) == scan(case.data, LOW, [*reversed(DAMAGES)], 1)


def test_lines_go_and_numbers_stay(case) -> None:
    before, after = (pixels(scan(case.data, 100, n, 1)[0]) for n in ([], ["lines_missing"]))
    assert np.all(after >= before)
    dark = [(levels < 128).sum() for levels in (before, after)]
    assert 0.6 < dark[1] / dark[0] < 0.95


def test_a_stamp_is_red_and_lets_print_show_through(case) -> None:
    clean = pixels(scan(case.data, 100, [], 1)[0])
    page = np.asarray(Image.open(io.BytesIO(scan(case.data, 100, ["stamp"], 1)[0]))).astype(int)
    red = (page[..., 0] - page[..., 1] > 60) & (page[..., 0] - page[..., 2] > 60)
    rows, columns = np.nonzero(red)
    millimetres = 25.4 / 100
    assert 20 < (np.ptp(rows) + np.ptp(columns)) / 2 * millimetres < 42
    assert page[clean < 60].max() < 70
    assert np.all((page.max(axis=2) == clean)[clean < 60] | (page[..., 0] < clean)[clean < 60])


def test_skew_is_of_the_degrees_said() -> None:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842), invariant=True)
    canvas.line(50, 421, 545, 421)
    canvas.showPage()
    canvas.showPage()  # an empty sheet, which nobody scans
    canvas.save()
    for seed in range(6):
        (page,) = scan(target.getvalue(), 150, ["skew"], seed)
        levels = pixels(page)
        rows, columns = np.nonzero(levels < 128)
        left, right = columns.argmin(), columns.argmax()
        angle = degrees(atan2(rows[right] - rows[left], columns[right] - columns[left]))
        assert SKEW[0] - 0.1 <= abs(angle) <= SKEW[1] + 0.1 <= 2.1


def test_light_darkens_paper_unevenly(case) -> None:
    after = pixels(scan(case.data, LOW, ["light"], 1)[-1])
    assert np.ptp(after[-20:]) > 20
    assert after.max() < 255


def test_an_unknown_damage_is_named(case) -> None:
    with pytest.raises(KeyError, match=r"no such damage: \['coffee'\]; known: \['lines_missing'"):
        scan(case.data, LOW, ["coffee"], 1)


def test_a_scanned_pdf_holds_the_pictures_unchanged_and_no_text(case) -> None:
    pages = scan(case.data, LOW, ["stamp"], 1)
    with pypdfium2.PdfDocument(as_pdf(pages)) as document:
        for given, page in zip(pages, document, strict=True):
            assert page.get_textpage().count_chars() == 0
            (held,) = page.get_objects()
            picture = held.get_bitmap().to_pil().convert("RGB")
            assert picture.tobytes() == Image.open(io.BytesIO(given)).tobytes()


def test_a_mixed_pdf_has_text_on_its_first_page_only(case) -> None:
    with pypdfium2.PdfDocument(as_mixed_pdf(case.data, scan(case.data, LOW, [], 1))) as document:
        counts = [page.get_textpage().count_chars() for page in document]
    assert counts[0] > 100
    assert counts[1:] == [0] * (count_pages(case.data) - 1)


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_holds_the_pages_below_one_another(case, kind) -> None:
    pages = scan(case.data, LOW, [], 1)
    whole = Image.open(io.BytesIO(as_picture(pages, kind)))
    assert whole.format == kind.upper()
    assert whole.height == sum(len(pixels(page)) for page in pages)
    assert np.abs(pixels(pages[0]) - np.asarray(whole)[: len(pixels(pages[0]))]).mean() < 3


def test_scans_have_every_resolution_with_every_damage() -> None:
    ruled = {(how.dpi, how.damages) for how in SCANS.values() if how.kind == "pdf"}
    names = [(), *((name,) for name in (*DAMAGES, POOR))]
    assert ruled == {(dpi, damages) for dpi in DPIS for damages in names}
    assert {how.kind for how in SCANS.values()} == {"pdf", "mixed", "png", "jpeg"}


def test_write_scan_gives_the_kind_of_file_asked_for(case) -> None:
    starts = {"pdf": b"%PDF-", "mixed": b"%PDF-", "png": b"\x89PNG", "jpeg": b"\xff\xd8\xff"}
    for kind, start in starts.items():
        how = next(how for how in SCANS.values() if how.kind == kind)
        assert write_scan(case.data, how, 1).startswith(start)


@pytest.mark.parametrize("number", range(4))
def test_the_figures_that_are_judged_by_are_those_of_the_pdf(number) -> None:
    """The PDF that is scanned has text: all of it is read as it is known."""
    case = make_ruled(number, 1)
    judged, refusal = read_case(case)
    assert refusal == ""
    assert {item.address for item in judged} == case.truth.keys() == case.printed.keys()
    assert {item.address: item.value for item in judged} == case.printed == case.truth
    assert {item.verdict for item in judged} == {RIGHT}


def test_the_benchmark_counts_what_is_judged(monkeypatch) -> None:
    """Of one table in every way: right, wrong with and without a word of it, unread."""
    verdicts = ((7, RIGHT), (8, SILENT), (9, UNREAD), (9, NAMED), (0, RIGHT))
    judged = [
        Judgement(Address("requests", f"row{i}", "total"), verdict, printed, printed, None)
        for i, (printed, verdict) in enumerate(verdicts)
    ]
    monkeypatch.setattr(benchmark, "read_case", lambda case: (judged, ""))
    found = benchmark.run([benchmark.TEXT], range(3), seed=1)
    wrong = [(i, verdict) for i in range(3) for verdict in (SILENT, UNREAD, NAMED)]
    assert [(row[1], row[2]) for row in found.faults] == wrong
    row = benchmark.summary(pd.DataFrame(found.counts)).loc[benchmark.TEXT]
    assert (row["cells"], row["nonzero"], row["silent"]) == (15, 12, 3)
    assert row["right %"].startswith("25.0 [")
    assert (row["unread %"], row["named %"]) == (25.0, 25.0)
    assert row["tables %"].startswith("100.0 [")
    assert row["pages"] == sum(count_pages(make_ruled(i, 1).data) for i in range(3))


def test_the_benchmark_runs_as_a_command(tmp_path, capsys) -> None:
    out, folder = tmp_path / "scans.csv", tmp_path / "files"
    options = ["--scan", "text", "--pages", "5", "--out", str(out), "--save", str(folder)]
    assert benchmark.main(options) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1].split()[0] == benchmark.TEXT
    assert "report" in shown.err
    counts = pd.read_csv(out)
    assert set(counts["printed"]) == {benchmark.NONZERO, benchmark.ZERO}
    assert (counts["right"] == counts["cells"]).all()
    assert len(list(folder.glob("text-*.pdf"))) == counts["report"].nunique() == 3


def test_without_the_extra_the_benchmark_says_so(monkeypatch, capsys) -> None:
    monkeypatch.setattr(benchmark, "find_spec", lambda name: None)
    assert benchmark.main(["--pages", "1"]) == 2
    assert "govstats[ocr]" in capsys.readouterr().err
