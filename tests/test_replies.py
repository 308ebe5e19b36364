"""What replies add up to, and what follows for those that a report does not name."""

from __future__ import annotations

import pytest

from govstats.replies import Known, bounds_of_not_held, contradictions, derive


def _derive(complete=False, earlier=False, **stated):
    known = {name: Known(float(value), "prose") for name, value in stated.items()}
    breakdown = derive(known, complete, earlier)
    return breakdown, known


def _values(known, *names):
    return [known[name].value if name in known else None for name in names]


def test_replies_that_add_up_leave_nothing_for_the_others():
    breakdown, known = _derive(answered=10, granted=6, partial=1, refused=3)
    assert breakdown == "complete"
    assert known["not_held"] == Known(0.0, "implied")
    assert known["unable"] == Known(0.0, "implied")
    assert known["granted_or_partial"].value == 7


def test_before_2019_only_replies_that_a_form_had_are_implied():
    stated = {"answered": 10, "granted": 6, "partial": 1, "not_held": 3}
    _, known = _derive(**stated, earlier=True)
    assert _values(known, "refused", "refused_third_party", "not_processed", "repeated") == [0] * 4
    assert known["other_handling"] == Known(0.0, "implied")
    later = ("withdrawn", "refused_query_procedure", "reconfirm", "unable_other")
    assert not known.keys() & set(later)
    assert known.keys() < _derive(**stated)[1].keys()
    # What a report names is known whatever the form.
    _, known = _derive(answered=10, granted=8, withdrawn=2, earlier=True)
    assert _values(known, "withdrawn", "other_handling", "not_supplemented") == [2, 2, None]


def test_replies_that_do_not_add_up_leave_the_others_open():
    breakdown, known = _derive(answered=10, granted=6, refused=3)
    assert breakdown == "partial"
    assert _values(known, "not_held", "unable", "partial") == [None, None, None]


def test_no_reply_named_is_no_breakdown():
    assert _derive(received=4, answered=4)[0] == "none"


@pytest.mark.parametrize(
    "stated",
    [
        {"received": 9, "carried_in": 2, "carried_out": 1, "granted": 10},
        {"received": 11, "carried_out": 1, "granted": 10},
        {"received": 10, "granted": 10},
        {"received_incl_carried_in": 12, "carried_out": 2, "granted": 10},
    ],
)
def test_without_answered_what_came_in_and_was_not_left_counts(stated):
    breakdown, known = _derive(**stated)
    assert breakdown == "complete"
    assert known["answered"] == Known(10.0, "derived")


def test_answered_goes_before_what_came_in():
    assert _derive(answered=12, received=10, granted=10)[0] == "partial"


def test_withdrawn_lies_inside_or_beside_other_handling():
    assert _derive(answered=9, granted=4, other_handling=5, withdrawn=2)[0] == "complete"
    assert _derive(answered=11, granted=4, other_handling=5, withdrawn=2)[0] == "complete"
    assert _derive(answered=10, granted=4, other_handling=5, withdrawn=2)[0] == "partial"


def test_replies_printed_apart_count_where_the_total_holds_them():
    assert _derive(answered=8, granted=3, inquiry=5)[0] == "complete"
    assert _derive(answered=3, granted=3, inquiry=5)[0] == "complete"


def test_both_grounds_of_not_held_are_added():
    _, known = _derive(answered=20, not_this_body=3, nonexistent=4)
    assert known["not_held"] == Known(7.0, "derived")


def test_one_ground_alone_is_a_lower_bound_and_unable_an_upper_one():
    assert bounds_of_not_held(_derive(answered=20, nonexistent=4)[1]) == (4, None)
    assert bounds_of_not_held(_derive(answered=20, unable=9, nonexistent=4)[1]) == (4, 9)
    assert bounds_of_not_held(_derive(answered=20, unable=9, still_unclear=2)[1]) == (0, 7)
    assert bounds_of_not_held(_derive(answered=20)[1]) == (None, None)


def test_unable_of_zero_in_a_complete_breakdown_means_no_not_held():
    _, known = _derive(answered=5, granted=5, unable=0)
    assert known["not_held"] == Known(0.0, "implied")


def test_one_ground_in_a_complete_breakdown_is_all_there_is():
    breakdown, known = _derive(answered=9, granted=5, nonexistent=4)
    assert breakdown == "complete"
    assert known["not_held"] == Known(4.0, "implied")


def test_granted_together_stays_together():
    breakdown, known = _derive(answered=9, granted_or_partial=9)
    assert breakdown == "complete"
    assert _values(known, "granted", "partial") == [None, None]


def test_exposure_of_a_body_that_only_gets_transfers():
    assert _derive(received=0, transferred_in=7)[1]["exposure"].value == 7
    assert _derive(received=3, transferred_in=7)[1]["exposure"].value == 3
    assert "exposure" not in _derive(answered=3)[1]


def test_received_is_what_remains_without_what_was_carried_in():
    _, known = _derive(received_incl_carried_in=12, carried_in=2)
    assert known["received"] == Known(10.0, "derived")


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({"reviews": 3, "reviews_upheld": 2}, []),
        ({"reviews": 3, "reviews_upheld": 4}, ["reviews"]),
        ({"suits": 3, "suits_upheld": 1, "suits_corrected": 1, "suits_other": 0}, []),
        (
            {"suits": 3, "suits_upheld": 1, "suits_corrected": 1, "suits_other": 0}
            | {"suits_pending": 0},
            ["suits"],
        ),
        ({"answered": 3, "granted": 4}, ["answered"]),
    ],
)
def test_totals_that_contradict_their_parts_are_named_and_kept(stated, found):
    _, known = _derive(**stated)
    assert contradictions(known) == found
    assert all(known[name].value == value for name, value in stated.items())


@pytest.mark.parametrize(
    ("apart", "open_groups"),
    [
        ("already_public", {"granted_or_partial"}),
        ("inquiry", {"not_processed", "other_handling"}),
        ("not_government_information", {"not_processed", "other_handling"}),
        ("redirected", {"unable", "other_handling"}),
    ],
)
def test_a_reply_counted_apart_leaves_its_group_open(apart, open_groups):
    breakdown, known = _derive(answered=10, refused=8, **{apart: 2})
    assert breakdown == "complete"
    groups = {"granted_or_partial", "unable", "not_processed", "other_handling"}
    assert groups - known.keys() == open_groups
    assert ("not_held" in known) == ("unable" in known)


def test_one_ground_beside_redirected_replies_is_a_lower_bound():
    _, known = _derive(answered=10, granted=5, nonexistent=3, redirected=2)
    assert "not_held" not in known
    assert bounds_of_not_held(known) == (3, None)


def test_a_reply_apart_that_the_total_does_not_need_changes_nothing():
    _, known = _derive(answered=10, granted=10, already_public=4)
    assert _values(known, "partial", "not_held", "other_handling") == [0, 0, 0]


def test_approximate_figures_do_not_add_up_to_complete():
    known = {"received": Known(10.0, "prose", True), "granted": Known(10.0, "prose")}
    assert derive(known, complete=False) == "partial"
    assert "answered" not in known and "not_held" not in known


def test_withdrawn_may_lie_outside_the_answered():
    breakdown, known = _derive(received=39, answered=38, granted=28, refused=10, withdrawn=1)
    assert (breakdown, contradictions(known)) == ("partial", [])


def test_a_group_below_its_own_parts_is_told():
    _, known = _derive(refused=1, refused_process=1, refused_query_procedure=2)
    assert contradictions(known) == ["refused"]
