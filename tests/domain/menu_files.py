"""Menu files, written by hand."""

import json
from typing import Any

from catering.domain.menu_files import MenuFile, read

HEADER = "category,name,description,price,kind,stock,photo,external id"


def spreadsheet(*lines: str, header: str = HEADER) -> MenuFile:
    return read("\n".join([header, *lines]), "menu.csv")


def linked(document: object, name: str = "menu.json") -> MenuFile:
    return read(json.dumps(document, ensure_ascii=False), name)


def menu(*sections: dict[str, Any]) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "Menu", "hasMenuSection": list(sections)}


def fields(file: MenuFile) -> list[tuple[int, str | None]]:
    return [(problem.line, problem.field) for problem in file.problems]
