"""Topics of requests, on made-up sentences; and on the originals where they are at hand."""

import csv
import os
import tomllib
from pathlib import Path

import pytest

from govstats.topics import read_topics, theme

DATA = Path(__file__).parent / "data" / "prose"
ORIGINALS = Path(os.environ.get("GOVSTATS_ORIGINALS", "originals-not-given"))


def _cases():
    groups = tomllib.loads((DATA / "topics.toml").read_text(encoding="utf-8"))["groups"]
    for group, content in groups.items():
        for nth, (sentence, expected) in enumerate(content["cases"]):
            yield pytest.param(sentence, expected, id=f"{group}-{nth}")


@pytest.mark.parametrize(("sentence", "expected"), list(_cases()))
def test_made_up_sentence(sentence, expected):
    found = []
    for topic in read_topics(sentence):
        assert topic.about == "requests"
        assert "".join(sentence[topic.start : topic.end].split()) == topic.topic
        count = [] if topic.count is None else [str(topic.count)]
        found.append(" ".join([topic.topic, topic.theme, *count]))
    assert found == [part.strip() for part in expected.split(";") if part.strip()]


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("征地拆迁", "land_expropriation"),
        ("涉及征地拆迁类信息", "land_expropriation"),
        ("财政信息", "finance_prices"),
        ("候鸟救护", "uncoded"),
    ],
)
def test_theme(phrase, expected):
    assert theme(phrase) == expected


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="set GOVSTATS_ORIGINALS to the originals")
def test_originals_state_exactly_the_topics_of_the_truth():
    with (ORIGINALS / "truth" / "topics.csv").open(encoding="utf-8-sig", newline="") as stream:
        truth = {(row["report"], row["topic"]) for row in csv.DictReader(stream)}
    found = {
        (path.stem, topic.topic)
        for path in ORIGINALS.glob("*.txt")
        for topic in read_topics(path.read_text(encoding="utf-8"))
    }
    assert found == truth
