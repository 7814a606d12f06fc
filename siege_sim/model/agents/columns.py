"""Tables of NumPy columns, and agents whose attributes are views on one row.

What a property layer is for cells, a column is for agents: processes read and write whole columns, a person
at the console reads ``agent.food_kcal``, and both see the same number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar, cast, overload

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)
Value = TypeVar("Value")


class Column(Generic[Scalar]):
    """One attribute of every row of a table, as a NumPy array.

    Assigning a whole column to a table writes into the array that is there, so nobody's view of it goes stale.

    Args:
        dtype: the NumPy type.
        unit: the unit of its numbers.
        doc: what it is, in a sentence.
        default: its value before anything is set.
        of_members: whether it counts members of a household, so that it is never more than the members left.
    """

    def __init__(
        self, dtype: type[Scalar], unit: str, doc: str, default: float = 0, *, of_members: bool = False
    ) -> None:
        self.dtype = dtype
        self.unit = unit
        self.default = default
        self.of_members = of_members
        self.__doc__ = doc

    def __set_name__(self, owner: type[Table], name: str) -> None:
        self.name = name
        owner.columns = {**owner.columns, name: self}

    @overload
    def __get__(self, table: None, owner: type[Table]) -> Self: ...

    @overload
    def __get__(self, table: Table, owner: type[Table]) -> NDArray[Scalar]: ...

    def __get__(self, table: Table | None, owner: type[Table]) -> Self | NDArray[Scalar]:
        if table is None:
            return self
        return cast("NDArray[Scalar]", table.arrays[self.name])  # reached only before the table has its arrays


class Table:
    """A fixed number of rows; rows are never reused, moved or removed.

    Args:
        rows: how many.
        further: columns besides those of the class, by name: what mechanisms bring along.

    Attributes:
        rows: how many there are.
        further: the columns that mechanisms brought along, by name.
        arrays: the columns by name.
    """

    columns: ClassVar[dict[str, Column[Any]]] = {}

    def __init__(self, rows: int, further: Mapping[str, Column[Any]] | None = None) -> None:
        self.further = dict(further or {})
        if further:
            self.__dict__["columns"] = {**self.columns, **further}
        self.rows = rows
        self.arrays: dict[str, NDArray[Any]] = {
            name: np.full(rows, column.default, dtype=column.dtype) for name, column in self.columns.items()
        }
        # In the instance's own dictionary an array is found at once, without asking the column.
        self.__dict__.update(self.arrays)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a whole column into the array that is there; set anything else as usual."""
        if name not in self.columns:
            super().__setattr__(name, value)
        elif value is not self.arrays[name]:
            self.arrays[name][...] = value

    def __len__(self) -> int:
        return self.rows


class Entry(Generic[Value]):
    """An agent's attribute: the entry of its row in a column, as a plain Python number.

    Numbers that the books or other columns depend on are for reading only: they change through methods.
    """

    def __init__(self, column: Column[Any], kind: type[Value], *, read_only: bool = False) -> None:
        self.column = column
        self.kind = kind
        self.read_only = read_only
        self.__doc__ = column.__doc__

    @overload
    def __get__(self, agent: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, agent: Any, owner: type[Any]) -> Value: ...

    def __get__(self, agent: Any, owner: type[Any]) -> Self | Value:
        if agent is None:
            return self
        return self.kind(agent.table.arrays[self.column.name][agent.row])  # type: ignore[call-arg]

    def __set__(self, agent: Any, value: Value) -> None:
        if self.read_only:
            raise AttributeError(
                f"{self.column.name} is read-only, because other numbers depend on it; use the methods of "
                f"{type(agent).__name__} or of model.{type(agent.table).__name__.lower()}"
            )
        agent.table.arrays[self.column.name][agent.row] = value
