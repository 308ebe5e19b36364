"""Other countries and published figures: nothing broken passes, every figure is accounted for."""

from __future__ import annotations

import os
import shutil
from math import isnan
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from panels import BUREAU, CITY, COUNTY, TOWN, panel

from govstats import outside, plots, vocabulary
from govstats.models import mean_share
from govstats.outside.compare import counterpart, years
from govstats.tables import read_table

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "raw" / "outside"
CORPUS = ROOT / "data" / "raw" / "collected" / "corpus"
COUNTRIES = ("uk.csv", "scotland.csv", "new_zealand.csv")
BEIJING = {"province": "北京市", "prefecture": "", "gb2260": "110102"}
DISTRICT = {**COUNTY, **BEIJING, "issuer": "北京市西城区人民政府", "county": "西城区"}


@pytest.fixture(scope="module")
def others() -> pd.DataFrame:
    return outside.read_outside(FOLDER)


@pytest.fixture(scope="module")
def published() -> outside.Published:
    return outside.read_published(CORPUS)


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return read_table("panel", ROOT / "data" / "processed")


@pytest.fixture(scope="module")
def found(shipped, published) -> pd.DataFrame:
    return outside.beside(shipped, published)


# ---- reading


def test_every_row_of_the_three_countries_is_read(others):
    lines = {name: (FOLDER / name).read_text(encoding="utf-8").splitlines() for name in COUNTRIES}
    assert others["file"].value_counts().to_dict() == {n: len(t) - 1 for n, t in lines.items()}
    row = others[(others["body"] == "Cabinet Office") & (others["year"] == 2020)].iloc[0]
    assert (row["requests"], row["not_held"], row["complaints"]) == (2060, 785, 57)
    said = lines["uk.csv"][row["line"] - 1]
    assert said == "Cabinet Office,2020,2060,785,57"


def test_no_row_is_a_total_of_others(others):
    bodies = others[others["body"] != ""]
    assert not bodies["body"].str.contains(r"\ball\b|total|departments of state", case=False).any()
    for _, rows in bodies.groupby(["country", "year"]):
        assert rows["requests"].max() < rows["requests"].sum() - rows["requests"].max() or (
            rows.loc[rows["requests"].idxmax(), "body"] == "New Zealand Police"
        )


def test_a_body_that_changed_its_name_is_one_body(others):
    uk = others[others["country"] == "UK"]
    assert not uk.duplicated(["now", "year"]).any()
    names = vocabulary.words("outside.toml")["renamed"]["UK"]
    assert set(names) <= set(uk["body"])
    assert set(names).isdisjoint(uk["now"])
    assert uk.loc[uk["now"] == "Department of Health and Social Care", "year"].nunique() == 11


def test_a_year_without_requests_and_an_unknown_are_no_zero_shares(others):
    empty = others[others["requests"] == 0]
    assert empty[["body", "year"]].values.tolist() == [["Central Office of Information", 2012]]
    averages = outside.averages(others, "not_held").set_index(["country", "year"])
    assert averages.loc[("UK", 2012), "n"] == 42  # of 43 rows
    unknown = others[others["complaints"].isna()]
    assert unknown[["body", "year"]].values.tolist() == [["New Zealand Police", 2018]]
    assert unknown["complaints_of"].isna().all()


def test_two_years_of_equal_sums_are_not_one_copied(others):
    """The sums of 2010 and 2020 are equal by chance: hardly a body has the same number twice."""
    uk = others[others["country"] == "UK"]
    sums = uk.groupby("year")["requests"].sum()
    assert sums[2010] == sums[2020] == 42782
    both = uk.pivot(index="now", columns="year", values="requests")[[2010, 2020]].dropna()
    assert (both[2010] == both[2020]).sum() == 0


def test_scotland_is_sums_only_and_says_what_is_left_out(others):
    scotland = others[others["country"] == "Scotland"]
    assert scotland["body"].eq("").all()
    assert scotland["year"].tolist() == list(range(2013, 2021))
    assert "authority" not in (FOLDER / "scotland.csv").read_text(encoding="utf-8").lower()
    left = scotland[scotland["left_out"] != ""].set_index("year")["left_out"]
    assert left[2018].startswith("City of Glasgow College")
    assert left[2019].startswith("Scottish Civil Justice Council")
    assert len(left) == 2
    # Bodies that leave the field empty are in no denominator.
    assert (scotland["not_held_of"] < scotland["requests"]).all()


def test_every_table_has_its_publisher_and_licence():
    sources = outside.read_sources(FOLDER).set_index("file")
    assert set(sources.index) == set(COUNTRIES)
    assert sources.loc["uk.csv", "licence"].startswith("Open Government Licence v3.0")
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert all(publisher in readme for publisher in sources["publisher"])


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "uk.csv",
            "Cabinet Office,2020,2060,785,57",
            "Cabinet Office,2020,2060,2785,57",
            "uk.csv, line 12, column not_held: is above requests: correct it, or leave the row out"
            " and say so",
        ),
        (
            "uk.csv",
            "Cabinet Office,2020,2060,785,57",
            "Cabinet Office,2019,2060,785,57",
            "uk.csv, line 12, column year: has the body, year of an earlier row: keep one",
        ),
        (
            "uk.csv",
            "Cabinet Office,2020,2060,785,57",
            "Cabinet Office,2020,2060,-,57",
            "uk.csv, line 12, column not_held: '-' is no whole number: write plain digits; leave it"
            " empty where it is not known",
        ),
        (
            "new_zealand.csv",
            "ACC,2018,720,9",
            ",2018,720,9",
            "new_zealand.csv, line 2, column body: '' is empty: fill it in",
        ),
        (
            "new_zealand.csv",
            "ACC,2018,720,9",
            "ACC,18,720,9",
            "new_zealand.csv, line 2, column year: '18' is no year: write its four digits",
        ),
        (
            "scotland.csv",
            "2013,189",
            "2013,1,189",
            "scotland.csv, line 2, column 16: 17 fields, and the head has 16: put text in quotes",
        ),
        (
            "scotland.csv",
            "year,bodies",
            "year,offices",
            "scotland.csv, line 1, column bodies: must stand in the head once: add or remove it",
        ),
    ],
)
def test_what_is_broken_is_named_with_its_place(name, old, new, message, tmp_path):
    shutil.copytree(FOLDER, tmp_path / "data")
    path = tmp_path / "data" / name
    text = path.read_text(encoding="utf-8")
    if old.startswith("Cabinet Office"):  # at the head of the file, so that its line is known
        head, *rows = text.splitlines()
        rows = [*[r for r in rows if r.startswith("Cabinet Office")]]
        text = "\n".join([head, *rows]) + "\n"
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(outside.OutsideError) as error:
        outside.read_outside(tmp_path / "data")
    assert str(error.value) == message


def test_a_missing_file_and_a_wrong_encoding_are_named(tmp_path):
    with pytest.raises(outside.OutsideError, match=r"uk\.csv: is not there: put it into"):
        outside.read_outside(tmp_path)
    (tmp_path / "uk.csv").write_bytes("body,year\né".encode("latin-1"))
    with pytest.raises(outside.OutsideError, match=r"uk\.csv, line 2, .*is not UTF-8"):
        outside.read_outside(tmp_path)


# ---- sums by year


def test_sums_by_year_leave_out_the_odd_rows_and_count_no_unknown_as_zero():
    rows = pd.DataFrame(
        [
            ("A", 2019, 100, 10, 1),
            ("B", 2019, 50, None, 5),
            ("C", 2019, 50, 20, None),
            ("Scottish Civil Justice Council", 2019, 2, 3, 0),
        ],
        columns=["body", "year", "requests", "not_held", "complaints"],
    ).astype({"not_held": "Int64", "complaints": "Int64"})
    year = outside.by_year(rows, "Scotland").iloc[0]
    assert (year["bodies"], year["requests"]) == (3, 200)
    assert (year["not_held"], year["not_held_bodies"], year["not_held_of"]) == (30, 2, 150)
    assert (year["complaints"], year["complaints_of"]) == (6, 150)
    # The mean of 10 and 40 %; the jackknife's error is 15, and t has 1 degree of freedom.
    assert year["mean_not_held"] == pytest.approx(25)
    assert (year["low_not_held"], year["high_not_held"]) == (0, 100)
    assert year["left_out"].startswith("Scottish Civil Justice Council: more replies")


def _corpus() -> pd.DataFrame:
    originals = os.environ.get("GOVSTATS_ORIGINALS")
    path = Path(originals or "").parent / "corpus" / "external_dispositions.csv"
    if not originals or not path.is_file():
        pytest.skip("the rows that were collected are not at hand")
    names = {"agency": "body", "requests_processed": "requests"}
    names["litigation_or_appeals"] = "complaints"
    table = pd.read_csv(path).rename(columns=names)
    return table.astype(dict.fromkeys(("requests", "not_held", "complaints", "year"), "Int64"))


def test_the_shipped_tables_are_those_collected(others):
    rows = _corpus()
    for file, country in (("uk.csv", "UK central government"), ("new_zealand.csv", "New Zealand")):
        columns = ["body", "year", "requests", "complaints"]
        columns += ["not_held"] if file == "uk.csv" else []
        given = rows[rows["country"] == country].sort_values(["body", "year"], ignore_index=True)
        held = others[others["file"] == file].reset_index(drop=True)
        pd.testing.assert_frame_equal(held[columns], given[columns], check_dtype=False)
    sums = outside.by_year(rows[rows["country"] == "Scotland"], "Scotland")
    shipped = pd.read_csv(FOLDER / "scotland.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(sums[shipped.columns], shipped, check_dtype=False, rtol=1e-3)


# ---- averages


def test_averages_are_those_of_the_models(others):
    averages = outside.averages(others, "not_held").set_index(["country", "year"])
    rows = others[(others["country"] == "UK") & (others["year"] == 2020)]
    direct = (100 * rows["not_held"] / rows["requests"]).astype(float)
    assert averages.loc[("UK", 2020), "estimate"] == pytest.approx(direct.mean())
    assert averages.loc[("UK", 2020), "n"] == len(rows) == 41
    assert set(averages.index.get_level_values("country")) == {"UK", "Scotland"}
    assert averages.loc[("Scotland", 2019), "estimate"] == 8.0943


def test_complaints_do_not_hang_on_the_largest_body(others):
    zealand = others[(others["country"] == "New Zealand") & (others["year"] == 2019)]
    with_police = outside.averages(zealand, "complaints").iloc[0]
    rest = zealand[zealand["body"] != "New Zealand Police"]
    without = outside.averages(rest, "complaints").iloc[0]
    assert with_police["estimate"] == pytest.approx(without["estimate"], rel=0.05)
    police = zealand["requests"].max() / zealand["requests"].sum()
    assert police > 0.6


def test_bodies_are_ranked_from_thirty_requests_and_five_years_on(others):
    ranked, left = outside.by_body(others, "UK")
    assert ranked["estimate"].is_monotonic_decreasing
    assert {"Royal Mint", "Government Equalities Office"} <= set(left)
    assert set(left).isdisjoint(ranked["body"])
    uk = others[others["country"] == "UK"]
    assert len(left) + len(ranked) == uk["now"].nunique()
    row = ranked.set_index("body").loc["Department of Health and Social Care"]
    rows = uk[uk["now"] == row.name]
    crude = 100 * rows["not_held"].sum() / rows["requests"].sum()
    assert row["estimate"] == pytest.approx(float(crude))
    assert row["requests"] == rows["requests"].sum()


def test_ours_stand_first_and_say_why_there_is_no_estimate(others, shipped):
    rows = outside.not_held(shipped.iloc[:0], others)
    assert isnan(rows.loc[0, "estimate"])
    assert "cannot be estimated" in rows.loc[0, "caveats"]
    shares = [{"answered": 100, "not_held": count} for count in (10, 30)]
    ours = panel({**CITY, **shares[0]}, {**DISTRICT, **shares[1]}).assign(breakdown="complete")
    ours = ours.assign(not_held_low=ours["not_held"], not_held_high=ours["not_held"])
    rows = outside.not_held(ours, others)
    direct = mean_share(ours, "not_held", "answered", "", cluster="province")
    assert rows.loc[0, "estimate"] == pytest.approx(direct.estimate) == pytest.approx(20)
    assert rows.loc[0, "n"] == 2
    assert not rows["label"].str.fullmatch(r"China 20\d\d").any()  # fewer than five reports a year
    none = panel({**CITY, "answered": 0, "not_held": 0}).assign(breakdown="complete")
    more = outside.not_held(pd.concat([ours, none], ignore_index=True), others)
    assert more.loc[1, ["low", "high", "n"]].tolist() == rows.loc[1, ["low", "high", "n"]].tolist()


# ---- published figures


def test_every_published_figure_is_compared_or_has_its_reason(found, published):
    files = {"published_figures.csv": published.figures, "court_studies.csv": published[1]}
    assert found["file"].value_counts().to_dict() == {n: len(rows) for n, rows in files.items()}
    for name, rows in files.items():
        lines = (CORPUS / name).read_text(encoding="utf-8").splitlines()
        assert sorted(found.loc[found["file"] == name, "line"]) == rows["line"].tolist()
        assert rows["line"].max() == len(lines)
    assert found["why"].str.len().gt(0).all()
    assert not found["why"].str.contains("no counterpart is named").any()
    compared = found["kind"] != "none"
    assert found.loc[compared, "ours"].notna().all()
    assert found.loc[~compared, "ours"].isna().all()
    assert (found["verdict"] != "").equals(compared)
    assert compared.sum() == 22


def test_every_entry_of_the_vocabulary_is_used_and_sound(found):
    entries = vocabulary.words("counterparts.toml")["counterpart"]
    figures = found.to_dict("records")
    used = [id(counterpart(figure)) for figure in figures]
    assert [e["statistic"] for e in entries if id(e) not in used] == []
    for entry in entries:
        assert entry["kind"] in ("total", "part", "share", "none")
        assert (entry["kind"] == "none") == ("measure" not in entry) == ("label" not in entry)


def test_no_count_of_ours_is_above_one_that_contains_it(found):
    parts = found[found["kind"] == "part"]
    assert len(parts) == 19
    assert (parts["verdict"] == "within").all()
    row = parts[(parts["place"] == "Beijing") & (parts["year"] == "2013")].iloc[0]
    assert (row["theirs"], row["ours"], row["n"]) == (861, 21, 1)


def test_a_share_of_two_published_counts(found):
    row = found[found["statistic"] == "replies: information does not exist"].iloc[0]
    assert row["theirs"] == pytest.approx(100 * 915 / 1670)
    assert (row["unit"], row["kind"], row["n"]) == ("percent", "share", 2)
    assert (row["verdict"], isnan(row["low"])) == ("no interval", True)
    won = found[found["statistic"] == "OGI cases won by applicant in sample"].iloc[0]
    assert won["theirs"] == pytest.approx(100 * 1943 / 5000)
    assert (won["ours"], won["n"]) == (0, 1)


def test_percent_among_counts_and_years_among_values_mislead_nobody(found):
    courts = found[found["file"] == "court_studies.csv"]
    odd = courts[courts["topic"] == "占一审常规行政案件"].iloc[0]
    assert "percent" in odd["why"]
    hits = courts[(courts["place"] == "全国法院") & (courts["statistic"] == "suits")].iloc[0]
    assert (hits["theirs"], hits["kind"]) == (2020, "none")
    # The growth that was printed is not the one of the courts' own counts.
    counts = courts[courts["place"].str.startswith("北京") & (courts["statistic"] == "suits")]
    suits = counts.set_index("year")["theirs"]
    assert suits["2013"] / suits["2012"] - 1 < 0.6
    growth = found[found["statistic"] == "OGI lawsuits growth on previous year"].iloc[0]
    assert growth["theirs"] == 220


def _one(rows: pd.DataFrame, published: outside.Published, statistic: str, **only) -> pd.Series:
    held = outside.beside(rows, published)
    held = held[held["statistic"] == statistic]
    for column, value in only.items():
        held = held[held[column] == value]
    return held.iloc[0]


SUITS = "OGI first-instance lawsuits newly filed"
REQUESTS = "new OGI requests"


def test_rows_that_overlap_are_not_added_up(published):
    office = {**DISTRICT, "issuer": "北京市西城区人民政府办公室"}
    bureau = {**DISTRICT, **BUREAU, "issuer": "北京市西城区房屋管理局"}
    rows = panel(
        {**DISTRICT, "year": 2013, "scope": "system", "suits": 21},
        {**bureau, "year": 2013, "suits": 16},
    )
    row = _one(rows, published, SUITS)
    assert (row["ours"], row["n"], row["kind"]) == (21, 1, "part")
    assert "the largest row" in row["computed"]
    rows = panel({**office, "year": 2013, "suits": 5}, {**bureau, "year": 2013, "suits": 16})
    row = _one(rows, published, SUITS)
    assert (row["ours"], row["n"]) == (21, 2)
    assert "which do not overlap" in row["computed"]


def test_more_than_the_whole_is_told(published):
    rows = panel({**DISTRICT, "year": 2013, "suits": 862})
    assert _one(rows, published, SUITS)["verdict"] == "above"


def test_a_place_of_its_own_total_is_the_same_quantity(published):
    whole = {**BEIJING, "issuer": "北京市人民政府", "gb2260": "110000", "level": "province"}
    rows = panel(
        {**whole, "year": 2020, "scope": "system", "received": 36988},
        {**DISTRICT, "year": 2020, "scope": "own", "received": 40},
    )
    row = _one(rows, published, REQUESTS, place="北京")
    assert (row["kind"], row["ours"], row["verdict"]) == ("same", 36988, "equal")
    rows.loc[0, "received"] = 36000
    assert _one(rows, published, REQUESTS, place="北京")["verdict"] == "differs"


def test_another_place_or_year_is_not_ours(published):
    rows = panel({**TOWN, "year": 2013, "suits": 3}, {**DISTRICT, "year": 2014, "suits": 3})
    row = _one(rows, published, SUITS)
    assert (row["kind"], row["n"]) == ("none", 0)
    assert row["why"].startswith("no row of this place and year states suits; theirs is")


def test_a_prefecture_of_a_like_name_is_no_province(published):
    """海南 is the province, not 海南藏族自治州 in 青海."""
    place = {"province": "青海省", "prefecture": "海南藏族自治州", "gb2260": "632500"}
    rows = panel({**CITY, **place, "year": 2019, "reviews": 3})
    statistic = "administrative reconsideration cases accepted, all subjects"
    assert _one(rows, published, statistic, place="海南")["kind"] == "none"
    assert _one(rows, published, statistic, place="青海")["ours"] == 3


def test_nothing_held_says_so_of_every_figure(published):
    held = outside.beside(panel(), published)
    assert held["kind"].eq("none").all()
    assert outside.reading(held) == []
    assert held.loc[held["measure"] != "", "why"].str.contains("has no column|not stated").all()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2013", (2013, 2013)),
        ("2015-2017", (2015, 2017)),
        ("to 2019", (2008, 2019)),
        ("to 2018-08-05", (2008, 2018)),
        ("pre-2010 (year not seen)", None),
        ("2009-2016 volume (year not seen)", None),
    ],
)
def test_years_of_a_figure(text, span):
    assert years(text) == span


def test_land_cases_are_those_published_once(published):
    land = outside.land_cases(published.court_studies, published.figures)
    first = land.iloc[0]
    assert (first["place"], first["cases"], first["total"]) == ("Yantai", 47, 103)
    assert first["estimate"] == pytest.approx(45.6, abs=0.05)  # as the source itself prints it
    # Wilson's interval of 47 of 103, by the formula.
    assert (first["low"], first["high"]) == pytest.approx((36.3, 55.2), abs=0.1)
    assert len(land) == 3
    assert land["caveat"].str.len().gt(0).all()
    without = land[land["total"].isna()]
    assert without["place"].tolist() == ["Zhejiang"]
    assert without["estimate"].isna().all()
    empty = outside.land_cases(published.court_studies.iloc[:0], published.figures.iloc[:0])
    assert list(empty.columns) == list(land.columns)
    assert empty.empty


# ---- words


def test_laws_stand_in_both_languages():
    english, chinese = outside.laws(), outside.laws("zh")
    assert english.shape == chinese.shape == (4, 5)
    assert (english != "").all(axis=None)
    assert (chinese != "").all(axis=None)
    no_ground = english.set_index("country")["other_body"].str.startswith("no such ground")
    assert no_ground.to_dict() == {
        "China": False,
        "UK": True,
        "Scotland": True,
        "New Zealand": False,
    }


def test_labels_in_both_languages(found):
    row = found[(found["statistic"] == REQUESTS) & (found["place"] == "江苏")]
    assert outside.labels(row) == ["new requests, Jiangsu 2020"]
    assert outside.labels(row, "zh") == ["新收申请，江苏 2020"]


def test_sentences_give_both_numbers_and_the_reason(found):
    sentences = outside.reading(found)
    assert len(sentences) == 22
    text = next(each for each in sentences if "a provincial capital" in each)
    assert "[54.8 percent](http" in text
    assert "Why they differ: theirs is one city" in text
    bound = next(each for each in sentences if "广东 2020" in each)
    assert "[at least 47,000 requests]" in bound


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_cut_nothing(language, others, shipped, found, monkeypatch):
    monkeypatch.setenv("GOVSTATS_LANG", language)
    plots.use_style()
    rows = outside.not_held(shipped.iloc[:0], others)
    bodies, _ = outside.by_body(others, "UK")
    compared = found[found["kind"] != "none"]
    figures = [
        outside.draw_countries(rows, "%", outside.words(), widest=50),
        outside.draw_bodies(bodies, rows.iloc[0], "%"),
        outside.draw_pairs(compared),
        outside.draw_pairs(compared.iloc[:0]),
    ]
    for figure in figures:
        figure.canvas.draw()
        box, frame = figure.get_tightbbox(), figure.get_size_inches()
        assert box.x0 >= -0.01
        assert box.x1 <= frame[0] + 0.01
    assert all(outside.words() in figure.get_suptitle() for figure in figures[:2])
    said = [text.get_text() for axis in figures[3].axes for text in axis.texts]
    assert said == [plots.say("nothing is held to compare", "没有可比的数字")] * 2
    plt.close("all")
