"""What stands in the quarters and does something for the people there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from siege_sim.errors import SiegeError
from siege_sim.model.city.map import ManyPlaces
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    import mesa
    from mesa.discrete_space import FixedAgent

    from siege_sim.model.agents.base import SiegeAgent
    from siege_sim.model.city.grid import City

    class _Agent(SiegeAgent, FixedAgent): ...

else:

    class _Agent:
        """The base of places: Mesa's classes are beside it once a siege can be played, see `place_agent`."""


class Facility(_Agent):
    """A place in one cell. A class for each kind says what maps, targets and pages need to know of it.

    Attributes:
        cell_index: flat index of its cell.
        repair_days: days until it works again after a hit; 0 when it is not damaged.
        destroyed: beyond repair within the siege.
        hits: heavy impacts on it today.
    """

    kind: ClassVar[str] = "facility"
    """Its name in events and results."""
    map_key: ClassVar[str] = ""
    """The list of a map's ``facilities`` in which it stands."""
    label: ClassVar[str] = "facility"
    """What pages call one; with the name of its quarter it is the name of a place that has none of its own."""
    symbol: ClassVar[str] = "?"
    """A letter or sign for it on the map."""
    target: ClassVar[str] = ""
    """The weight of `Targets` by which strikes fall on it; empty for none."""
    note_when_lost: ClassVar[bool] = False
    """Whether the log tells when it falls with its ground while in service."""
    place: ClassVar[type[ManyPlaces]] = ManyPlaces
    """What a map says of it."""

    @classmethod
    def stand(cls, model: mesa.Model, city: City, cell_index: int, name: str, place: Any) -> Self:
        """Return one that stands in a cell as the map's entry ``place`` says."""
        return cls(model, city, cell_index, name)

    def __init__(self, model: mesa.Model, city: City, cell_index: int, name: str) -> None:
        super().__init__(model)
        self.city = city
        self.cell_index = cell_index
        self.name = name
        self.repair_days = 0
        self.destroyed = False
        self.hits = 0
        self.cell = city.cells[cell_index]
        self._layers = city.layers

    @property
    def in_pocket(self) -> bool:
        """Whether the garrison holds the ground it stands on."""
        return bool(self._layers.holder.item(self.cell_index) == GARRISON)

    @property
    def closed(self) -> bool:
        """Whether damage keeps it out of service today, wherever it stands."""
        return self.destroyed or self.repair_days > 0

    @property
    def working(self) -> bool:
        """Whether it serves the pocket today."""
        return not self.closed and self.in_pocket

    @property
    def quarter(self) -> str:
        """The name of its quarter."""
        return self.city.quarter_name(self.cell_index)

    def close_for(self, days: int) -> None:
        """Put it out of service for at least ``days``."""
        self.repair_days = max(self.repair_days, days)

    def remove(self) -> None:
        """Refuse to leave the model: what stands there can only be out of service.

        Raises:
            SiegeError: always.
        """
        raise SiegeError(f"{self!r} cannot be removed; put it out of service with close_for, or set destroyed")

    def __repr__(self) -> str:
        state = "working" if self.working else "not working"
        return f"{type(self).__name__}({self.name}, {state})"


class Hospital(Facility):
    """A hospital or field clinic with beds."""

    kind, map_key, label, symbol, target = "hospital", "hospitals", "hospital", "H", "hospitals"
    note_when_lost = True

    def __init__(self, model: mesa.Model, city: City, cell_index: int, name: str, beds: int) -> None:
        super().__init__(model, city, cell_index, name)
        self.beds = beds


class RescueTeam(Facility):
    """First responders: crews that dig people out."""

    kind, map_key, label, symbol = "rescue_team", "rescue_teams", "rescue centre", "R"

    def __init__(self, model: mesa.Model, city: City, cell_index: int, name: str, crews: int) -> None:
        super().__init__(model, city, cell_index, name)
        self.crews = crews


class FoodStock(Facility):
    """A place with food: a warehouse, a bakery with its flour, or a market's traders.

    Attributes:
        owner: ``"council"``, ``"aid_agency"`` or ``"merchant"``.
        kcal: food in it now.
        taken_out_kcal: food that has been taken out of it so far, other than by sale.
        burnt_kcal: the part of that which strikes burnt.
    """

    kind = "food_stock"

    def __init__(self, model: mesa.Model, city: City, cell_index: int, name: str, owner: str, kcal: float) -> None:
        super().__init__(model, city, cell_index, name)
        self.owner = owner
        self.kcal = kcal
        self.taken_out_kcal = 0.0
        self.burnt_kcal = 0.0

    def take_out(self, kcal: float) -> float:
        """Take out up to ``kcal``; return how much it was. The taker books it."""
        taken = min(kcal, self.kcal)
        self.kcal -= taken
        self.taken_out_kcal += taken
        return taken


class Warehouse(FoodStock):
    """A store of the local council or of an aid agency."""

    kind, map_key, label, symbol, target = "warehouse", "warehouses", "store", "W", "stores"


class Bakery(FoodStock):
    """A bakery: turns the council's flour into bread, up to so much a day."""

    kind, map_key, label, symbol, target = "bakery", "bakeries", "bakery", "B", "bakeries"
    note_when_lost = True

    def __init__(self, model: mesa.Model, city: City, cell_index: int, name: str, kcal_per_day: float) -> None:
        super().__init__(model, city, cell_index, name, "council", 0.0)
        self.kcal_per_day = kcal_per_day


class Market(FoodStock):
    """A market: traders who sell at the price that scarcity makes."""

    kind, map_key, label, symbol, target = "market", "markets", "market", "M", "markets"


class School(Facility):
    """A school. It has no function in the model but is hit like the others, and counted."""

    kind, map_key, label, symbol, target = "school", "schools", "school", "S", "schools"


class Crossing(Facility):
    """A place where people could pass the line.

    Attributes:
        into: whose ground lies on the other side.
        open_share: how freely one can pass, from 0 (closed) to 1; an intervention may raise it.
        trusted: how far people trust today that they come through unharmed; an intervention may raise it.
    """

    kind, map_key, label, symbol = "crossing", "crossings", "crossing", "X"

    def __init__(self, model: mesa.Model, city: City, cell_index: int, name: str, into: int, open_share: float) -> None:
        super().__init__(model, city, cell_index, name)
        self.into = into
        self.usual_open_share = open_share
        self.open_share = open_share
        self.trusted = 0.0


class Road(Facility):
    """A road into the pocket; supplies come in while it is open and its cell is held.

    Attributes:
        usual_open_share: how open it is every morning: 0 (closed) until the siege is broken, then 1.
        open_share: how open it is today; an intervention may raise it.
    """

    kind, map_key, label, symbol = "road", "roads", "road", "="

    def __init__(self, model: mesa.Model, city: City, cell_index: int, name: str) -> None:
        super().__init__(model, city, cell_index, name)
        self.usual_open_share = 0.0
        self.open_share = 0.0
