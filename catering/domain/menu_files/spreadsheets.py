"""Menus exported from a spreadsheet: one product a line under a line of column names."""

import csv
import io
import re
from collections.abc import Iterator

from catering.domain.menu_files.drafts import Draft, Entry, at_line, shown
from catering.domain.menu_files.results import Field

MANDATORY = (Field.CATEGORY, Field.NAME, Field.PRICE)
DELIMITERS = ",;\t"

NAMES = {
    Field.CATEGORY: ("category", "section", "категорія", "розділ"),
    Field.NAME: ("name", "title", "назва", "найменування"),
    Field.DESCRIPTION: ("description", "опис"),
    Field.PRICE: ("price", "price uah", "ціна", "ціна грн"),
    Field.CURRENCY: ("currency", "валюта"),
    Field.KIND: ("kind", "type", "вид", "тип"),
    Field.STOCK: ("stock", "залишок", "кількість"),
    Field.PHOTO: ("photo", "image", "фото", "зображення"),
    Field.VARIANTS: ("variants", "variant", "sizes", "варіанти", "розміри"),
    Field.MODIFIERS: ("modifiers", "modifier groups", "add ons", "модифікатори", "додатки"),
    Field.EXTERNAL_ID: ("external id", "id", "sku", "артикул", "код", "зовнішній код"),
}
COLUMNS = {name: field for field, names in NAMES.items() for name in names}
NOT_LETTERS = re.compile(r"[\W_]+")

Row = tuple[int, list[str]]
Columns = list[Field | None]


def draft(text: str) -> Draft:
    """The entries of a CSV export, whatever its delimiter and the order of its columns."""
    found = Draft()
    rows = _rows(text, _delimiter(text), found)
    line, header = next(rows, (1, []))
    columns: Columns = [COLUMNS.get(_plain(name)) for name in header]
    _check(columns, line, found)
    if not found.problems:
        _note_unknown(header, columns, line, found)
        for number, cells in rows:
            _add(number, cells, columns, found)
    return found


def _delimiter(text: str) -> str:
    """The delimiter that makes most of the first line: a column name can hold a comma too."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda delimiter: _known_columns(first, delimiter))


def _known_columns(line: str, delimiter: str) -> int:
    return sum(_plain(name) in COLUMNS for name in line.split(delimiter))


def _plain(name: str) -> str:
    return NOT_LETTERS.sub(" ", name).strip().casefold()


def _rows(text: str, delimiter: str, found: Draft) -> Iterator[Row]:
    """Rows that say something, with the line each begins on: a quoted cell may hold several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        found.trouble(f"From here on it is no CSV ({error}). Look for a lone quote.", line=line)


def _check(columns: Columns, line: int, found: Draft) -> None:
    if missing := [field for field in MANDATORY if field not in columns]:
        message = f"There is no column {', '.join(missing)}. Name the columns in the first line: "
        found.trouble(message + "category,name,description,price,kind,stock,photo", line=line)
    for field in Field:
        if columns.count(field) > 1:
            found.trouble(f"Several columns are called {field}. Keep one.", line=line)


def _note_unknown(header: list[str], columns: Columns, line: int, found: Draft) -> None:
    for name, field in zip(header, columns, strict=True):
        if field is None and name.strip():
            message = f"The column {shown(name)} is not known and was not read."
            found.notes.append(at_line(line, message))


def _add(line: int, cells: list[str], columns: Columns, found: Draft) -> None:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(columns):
        message = f"Here are {len(cells)} cells under {len(columns)} columns. "
        found.trouble(message + 'Put a text that holds a delimiter in "quotes".', line=line)
        return
    texts = {field: cell for field, cell in zip(columns, cells, strict=True) if field is not None}
    found.entries.append(Entry(line, f"Line {line}", texts))
