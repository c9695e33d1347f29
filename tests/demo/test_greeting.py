from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate

import catering
from catering.demo import greeting, reading
from catering.settings import Settings

SCHEMA = Path(catering.__file__).parent.parent / "schema.graphql"

MENUS = {
    "one": {"menu": [{"products": [_ := {"id": "prd_none", "availability": "UNAVAILABLE"}]},
                     {"products": [_, {"id": "prd_soup", "availability": "AVAILABLE"}]}]},
    "two": {"menu": [{"products": [{"id": "prd_juice", "availability": "LIMITED"}]}]},
}  # fmt: skip


class Counter(ThreadingHTTPServer):
    """Takes orders as the API would, and remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Waiter)
        self.asked = list[tuple[str | None, dict[str, Any]]]()


class Waiter(BaseHTTPRequestHandler):
    server: Counter

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.headers["authorization"], body))
        answer = json.dumps({"data": answer_to(body["query"])}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def answer_to(query: str) -> dict[str, Any]:
    if "signIn" in query:
        return {"signIn": {"session": {"accessToken": "letmein"}}}
    return {"placeOrder": {"order": {"number": "К-1"}}} if "placeOrder" in query else MENUS


@pytest.fixture
def counter() -> Iterator[Counter]:
    with Counter() as counter:
        thread = threading.Thread(target=counter.serve_forever, args=(0.01,))
        thread.start()
        yield counter
        counter.shutdown()
        thread.join()


def paste(counter: Counter) -> str:
    """What a shell says to the commands of the greeting."""
    settings = Settings("", "", port=counter.server_port)
    bash = shutil.which("bash") or "bash"
    done = subprocess.run(
        [bash], input="\n".join(greeting.order(settings)), capture_output=True, text=True,
        timeout=30, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not all(map(shutil.which, ("bash", "curl", "python3"))),
    reason="pasting needs bash, curl and python3",
)


def test_the_order_of_the_greeting_can_be_pasted(counter: Counter) -> None:
    assert json.loads(paste(counter)) == {"data": {"placeOrder": {"order": {"number": "К-1"}}}}

    (_, sign_in), (menu_token, menus), (order_token, order) = counter.asked
    assert sign_in["variables"]["input"] == {
        "email": "customer@demo.catering.test",
        "password": reading.PASSWORD,
    }
    assert {by["slug"] for by in menus["variables"].values()} == set(greeting.KITCHENS)
    assert menu_token == order_token == "Bearer letmein"
    products = [line["productId"] for line in order["variables"]["input"]["lines"]]
    assert products == ["prd_soup", "prd_juice"]
    assert order["variables"]["input"]["destination"]["line"] == "вул. Антоновича, 50, Київ"


@pytest.mark.skipif(not SCHEMA.exists(), reason="there is no schema yet")
def test_the_api_knows_everything_that_is_pasted(counter: Counter) -> None:
    paste(counter)

    schema = build_schema(SCHEMA.read_text(encoding="utf-8"))
    for _, asked in counter.asked:
        assert validate(schema, parse(asked["query"])) == []


def test_everybody_of_the_demo_is_greeted() -> None:
    told = "\n".join(greeting.lines(Settings("", "")))

    assert all(f"{person['name']}@" in told for person in reading.people())
    assert reading.PASSWORD in told
    assert ".venv/bin/catering walk" in told


def test_a_kitchen_of_the_greeting_never_closes() -> None:
    hours = {row["slug"]: row["opening_hours"] for row in reading.restaurants()}

    for slug in greeting.KITCHENS:
        assert all(spans == [["00:00", "24:00"]] for spans in hours[slug].values())
        assert len(hours[slug]) == 7
