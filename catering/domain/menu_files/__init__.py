"""Menu files: a restaurant's own spreadsheet or web page, read into products.

    MenuFile = items to offer + problems to mend + notes worth telling

Reading never fails: whatever is wrong with a file is a problem that says where and what to do.
"""

from catering.domain.menu_files import linked_data, spreadsheets
from catering.domain.menu_files.checking import checked
from catering.domain.menu_files.drafts import Draft, at_line
from catering.domain.menu_files.results import Field, MenuFile, MenuItem, Problem

__all__ = ["Field", "MenuFile", "MenuItem", "Problem", "read"]


def read(text: str, name: str, *, currency: str = "UAH") -> MenuFile:
    """The menu in a CSV export, a schema.org JSON-LD file or a web page that carries one.

    `name` is the file's; its ending helps where the content does not tell.
    """
    menu = checked(_draft(text.removeprefix("\ufeff"), name.casefold()), currency=currency)
    if menu.items or menu.problems:
        return menu
    nothing = at_line(1, "There are no products. Write one a line below the column names.")
    return MenuFile((), (nothing,), menu.notes)


def _draft(text: str, name: str) -> Draft:
    start = text.lstrip()[:1]
    if start in {"{", "["} or name.endswith((".json", ".jsonld")):
        return linked_data.draft(text)
    if start == "<" or name.endswith((".html", ".htm")):
        return linked_data.draft_of_page(text)
    return spreadsheets.draft(text)
