"""The books: conserved stocks, named flows.

A stock (besieged civilians, fighters, food) changes only through a flow that has a name and a sign, so deaths
by cause, food eaten and people gone are read from the same place that proves that nothing was made or lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from siege_sim.errors import LedgerError, did_you_mean

IN, OUT, NOTE = 1, -1, 0
"""A flow adds to its stock, takes from it, or is only counted (people wounded are still there)."""


@dataclass(frozen=True)
class Flow:
    """A named way by which a stock changes. Everything that lists deaths or where people went reads these.

    Attributes:
        sign: ``IN``, ``OUT`` or ``NOTE``.
        label: what tables and charts call it, beginning with a capital: "Died of hunger".
        death: whether people die by it.
        violent: whether that is by violence.
        excess: whether people would have lived without the siege, as far as deaths go.
    """

    sign: int
    label: str = ""
    death: bool = False
    violent: bool = False
    excess: bool = True


def killed(label: str) -> Flow:
    """Declare deaths by violence, which take from their stock."""
    return Flow(OUT, label, death=True, violent=True)


def left_to(side: str) -> str:
    """Return the name of the flow, and outcome, that counts who crossed to a side's ground."""
    return f"left_to_{side}"


@dataclass
class Stock:
    """One conserved quantity.

    Attributes:
        unit: what is counted.
        flows: each flow by name.
        measure: reads the amount that is really there.
        opening: the amount on day 0.
        totals: each flow's sum since day 0.
        this_morning: the same, as it was when the day began.
    """

    unit: str
    flows: Mapping[str, Flow]
    measure: Callable[[], float]
    opening: float = 0.0
    totals: dict[str, float] = field(default_factory=dict)
    this_morning: dict[str, float] = field(default_factory=dict)

    @property
    def expected(self) -> float:
        """Opening + in - out."""
        return self.opening + sum([flow.sign * self.totals[name] for name, flow in self.flows.items()])

    @property
    def volume(self) -> float:
        """All that was ever there, came in or went out."""
        return abs(self.opening) + sum(self.totals.values())


class Ledger:
    """All stocks of a run."""

    def __init__(self) -> None:
        self.stocks: dict[str, Stock] = {}

    def open(self, name: str, unit: str, flows: Mapping[str, Flow], measure: Callable[[], float]) -> None:
        """Open the account of a stock with what ``measure`` finds now.

        A measure of something in the model is ``functools.partial(function, model)``: a function that only remembers
        its model, as a lambda does, would read the original in a copy of the model too, so such a model is not copied.
        """
        stock = Stock(unit, dict(flows), measure, opening=float(measure()))
        stock.totals = dict.fromkeys(flows, 0.0)
        stock.this_morning = dict(stock.totals)
        self.stocks[name] = stock

    def brought(self, stock: str) -> float:
        """Return the opening of a stock and all that came in since."""
        account = self._account(stock)
        return account.opening + sum(account.totals[name] for name, flow in account.flows.items() if flow.sign == IN)

    def book(self, stock: str, flow: str, amount: float) -> None:
        """Add ``amount`` to a flow of a stock.

        Raises:
            LedgerError: unknown stock or flow, or an amount below zero.
        """
        totals = self._totals(stock, flow)
        if amount < 0:
            raise LedgerError(f"{stock}.{flow}: an amount of {amount:g} was booked; flows are never negative")
        totals[flow] += float(amount)

    def total(self, stock: str, *flows: str) -> float:
        """Return the sum of a flow since day 0, or of several together."""
        try:
            totals = self.stocks[stock].totals
            return sum([totals[flow] for flow in flows])
        except KeyError:
            return sum(self._totals(stock, flow)[flow] for flow in flows)  # says which name is not known

    def deaths(self, stock: str, *, violent_only: bool = False) -> float:
        """Return how many of a stock the siege has killed since day 0, by any cause, or by violence only."""
        account = self._account(stock)
        return sum(
            [
                account.totals[name]
                for name, flow in account.flows.items()
                if flow.violent or (flow.death and flow.excess and not violent_only)
            ]
        )

    def is_violent(self, stock: str, flow: str) -> bool:
        """Return whether a flow counts deaths by violence."""
        self._totals(stock, flow)
        return self.stocks[stock].flows[flow].violent

    def today(self, stock: str, flow: str) -> float:
        """Return what a flow has carried since the day began."""
        return self._totals(stock, flow)[flow] - self.stocks[stock].this_morning[flow]

    def start_day(self) -> None:
        """Remember where every flow stands in the morning."""
        for stock in self.stocks.values():
            stock.this_morning = dict(stock.totals)

    def check(self) -> None:
        """Compare every stock with its books.

        Raises:
            LedgerError: when opening + in - out differs from what is there by more than rounding.
        """
        for name, stock in self.stocks.items():
            there, expected = float(stock.measure()), stock.expected
            off = abs(there - expected)
            if off > 0.5 and off > 0.5 + 1e-12 * stock.volume:
                raise LedgerError(
                    f"the books of '{name}' do not balance: {there:,.3f} {stock.unit} are there, "
                    f"{expected:,.3f} are expected; a process changed the stock without booking a flow"
                )

    def _account(self, stock: str) -> Stock:
        try:
            return self.stocks[stock]
        except KeyError:
            raise LedgerError(f"no stock '{stock}' in the ledger{did_you_mean(stock, self.stocks)}") from None

    def _totals(self, stock: str, flow: str) -> dict[str, float]:
        totals = self._account(stock).totals
        if flow not in totals:
            raise LedgerError(f"stock '{stock}' has no flow '{flow}'{did_you_mean(flow, totals)}")
        return totals
