"""The books."""

from __future__ import annotations

import pytest

from siege_sim.errors import LedgerError
from siege_sim.model.ledger import IN, NOTE, OUT, Flow, Ledger


@pytest.fixture
def granary():
    amount = {"kcal": 100.0}
    ledger = Ledger()
    ledger.open("food", "kcal", {"grown": Flow(IN), "eaten": Flow(OUT), "seen": Flow(NOTE)}, lambda: amount["kcal"])
    return ledger, amount


def test_opening_plus_in_minus_out_is_what_is_there(granary):
    ledger, amount = granary
    ledger.book("food", "grown", 30)
    ledger.book("food", "eaten", 50)
    ledger.book("food", "seen", 999)
    amount["kcal"] = 80.0
    ledger.check()
    assert ledger.total("food", "eaten") == 50


def test_an_unbooked_change_is_found_and_named(granary):
    ledger, amount = granary
    amount["kcal"] = 99.0
    with pytest.raises(LedgerError, match=r"'food' do not balance: 99.*100"):
        ledger.check()


def test_today_starts_again_every_morning(granary):
    ledger, _ = granary
    ledger.book("food", "grown", 30)
    ledger.start_day()
    ledger.book("food", "grown", 5)
    assert (ledger.today("food", "grown"), ledger.total("food", "grown")) == (5, 35)


@pytest.mark.parametrize(
    ("stock", "flow", "amount", "said"),
    [
        ("fod", "eaten", 1, "did you mean 'food'"),
        ("food", "eatn", 1, "did you mean 'eaten'"),
        ("food", "eaten", -1, "never negative"),
    ],
)
def test_wrong_bookings_are_refused(granary, stock, flow, amount, said):
    with pytest.raises(LedgerError, match=said):
        granary[0].book(stock, flow, amount)
