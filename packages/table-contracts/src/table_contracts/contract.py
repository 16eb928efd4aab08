"""A table's contract: its columns, its keys, and whether it may have columns beside these."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from table_contracts.column_table import column_table, read_column
from table_contracts.document import expect_table, parse, write
from table_contracts.errors import ContractError

if TYPE_CHECKING:
    from os import PathLike

    from table_contracts.column import Column
    from table_contracts.document import Table

_KEYS = dict.fromkeys(("name", "extra_columns", "keys", "columns"))


@dataclass(frozen=True)
class Contract:
    """A table's contract, checked for contradictions when it is made; raises `ContractError`.

    Each of `keys` names the columns whose values together are unique. Rows with a null in a key are not compared, as in
    SQL: make the column `nullable=False` to refuse them. `extra_columns` says whether the table may have columns that
    are not named here.
    """

    name: str
    columns: tuple[Column, ...]
    _: KW_ONLY
    keys: tuple[tuple[str, ...], ...] = ()
    extra_columns: bool = False

    def __post_init__(self) -> None:
        """Refuse columns named twice and keys that cannot be unique."""
        self._check_words(self.name, self.extra_columns)
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "keys", tuple(map(_as_key, self.keys)))
        names = [column.name for column in self.columns]
        if not names:
            raise ContractError("columns: there is none; a contract names at least one")
        for name in names:
            if names.count(name) > 1:
                raise ContractError(f"columns.{name}: it is there twice")
        for number, key in enumerate(self.keys):
            self._check_key(f"keys[{number}]", key)
        if len({frozenset(key) for key in self.keys}) < len(self.keys):
            raise ContractError("keys: one is there twice")

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> Contract:
        """Read a contract from a file in TOML, UTF-8; raises `ContractError` that names the file, or `OSError`."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ContractError(f"{path}: this is no UTF-8: {error}") from error
        return cls.loads(text, source=str(path))

    @classmethod
    def loads(cls, text: str, *, source: str = "contract") -> Contract:
        """Read a contract from text in TOML; `source` is how errors name it."""
        try:
            return cls._read(parse(text))
        except ContractError as error:
            raise ContractError(f"{source}: {error}") from error

    def to_toml(self) -> str:
        """Write the contract as TOML from which `loads` makes an equal one."""
        table: Table = {"name": self.name}
        if self.extra_columns:
            table["extra_columns"] = True
        if self.keys:
            table["keys"] = self.keys
        return write({**table, "columns": {column.name: column_table(column) for column in self.columns}})

    @classmethod
    def _read(cls, given: Table) -> Contract:
        table = expect_table(given, _KEYS, "")
        columns = table.get("columns", {})
        if not isinstance(columns, dict):
            raise ContractError(f"columns: {columns!r} is no table; write [columns.order_id]")
        keys = table.get("keys", [])
        if not isinstance(keys, list):
            raise ContractError(f"keys: {keys!r} is no list of lists; write keys = [['order_id']]")
        return cls(
            cast("str", table.get("name", "")),
            tuple(read_column(name, column) for name, column in columns.items()),
            keys=tuple(keys),
            extra_columns=cast("bool", table.get("extra_columns", False)),
        )

    @staticmethod
    def _check_words(name: object, extra_columns: object) -> None:
        if not isinstance(name, str) or not name:
            raise ContractError(f"name: {name!r} is no name of a table")
        if not isinstance(extra_columns, bool):
            raise ContractError(f"extra_columns: {extra_columns!r} is neither true nor false")

    def _check_key(self, where: str, key: tuple[str, ...]) -> None:
        if not key:
            raise ContractError(f"{where}: it names no column")
        columns = {column.name: column for column in self.columns}
        for name in key:
            if name not in columns:
                raise ContractError(f"{where}: there is no column {name!r}; there are {', '.join(columns)}")
            if not columns[name].required:
                raise ContractError(f"{where}: {name} may be absent, and a key may not; make it required")
            if "map<" in columns[name].type or "variant" in columns[name].type:
                raise ContractError(f"{where}: {name} is {columns[name].type}, which Spark does not compare")
        if len(set(key)) < len(key):
            raise ContractError(f"{where}: a column is named twice")


def _as_key(key: object) -> tuple[str, ...]:
    if not isinstance(key, list | tuple):
        raise ContractError(f"keys: {key!r} is no list of column names; write ['order_id']")
    return tuple(key)
