"""Requests that outlive a server that was killed, and answers read as a person reads them."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import httpx
import pytest

from catering import walk
from catering.walk.ending import Failed, Unreachable
from catering.walk.talking import Api, pauses


class Instance:
    """Answers with what it was given, one after the other."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests = list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def api(self, url: str = "http://catering.test") -> Api:
        return Api(url, httpx.AsyncClient(transport=httpx.MockTransport(self)))


def _data() -> httpx.Response:
    return httpx.Response(200, json={"data": {"orderBoard": {"position": "7"}}})


async def test_a_question_is_asked_with_its_name_and_its_token() -> None:
    instance = Instance(_data())
    answer = await instance.api().ask("BoardPosition", {"a": 1}, "secret")
    assert answer == {"orderBoard": {"position": "7"}}
    (request,) = instance.requests
    sent = json.loads(request.content)
    assert (sent["operationName"], sent["variables"]) == ("BoardPosition", {"a": 1})
    assert sent["query"].startswith("query BoardPosition")
    assert request.headers["Authorization"] == "Bearer secret"


async def test_the_same_is_asked_again_until_somebody_answers() -> None:
    instance = Instance(
        httpx.ConnectError("refused"), httpx.ReadError("cut"), httpx.Response(503),
        httpx.Response(429, headers={"Retry-After": "0"}), _data(),
    )  # fmt: skip
    await instance.api().ask("BoardPosition", {})
    assert len({request.content for request in instance.requests}) == 1
    assert len(instance.requests) == 5


async def test_an_error_of_the_server_ends_the_walk() -> None:
    error = {"message": "Ask less.", "path": ["orderBoard"], "extensions": {"code": "TOO_COSTLY"}}
    api = Instance(httpx.Response(200, json={"data": None, "errors": [error]})).api()
    with pytest.raises(
        Failed, match=r"^BoardPosition failed: Ask less. \(TOO_COSTLY, orderBoard\)"
    ):
        await api.ask("BoardPosition", {})


async def test_an_answer_that_is_no_json_ends_the_walk() -> None:
    with pytest.raises(Failed, match="answered with 404 and no JSON"):
        await Instance(httpx.Response(404, text="Not here")).api().ask("BoardPosition", {})


async def test_nobody_there_is_unreachable_at_once() -> None:
    with pytest.raises(Unreachable, match=r"Nobody answers at http://catering.test/graphql"):
        await Instance(httpx.ConnectError("refused")).api().greet()


async def test_somebody_else_there_is_unreachable_too() -> None:
    with pytest.raises(Unreachable, match="answers 404 instead of GraphQL"):
        await Instance(httpx.Response(404)).api().greet()


@pytest.mark.parametrize(
    "url", ["http://a.test:81", "http://a.test:81/", "http://a.test:81/graphql"]
)
def test_an_address_may_name_the_endpoint_or_the_instance(url: str) -> None:
    api = Instance().api(url)
    assert (api.url, api.live_url) == ("http://a.test:81/graphql", "ws://a.test:81/graphql")


def test_pauses_grow_up_to_a_second() -> None:
    assert list(islice(pauses(first=0.2), 5)) == [0.2, 0.4, 0.8, 1.0, 1.0]


def test_the_command_says_what_to_start(
    unused_port: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{unused_port}"
    assert walk.main(url, carrier=False, card=False, kill=False, data=tmp_path) == 2
    told = capsys.readouterr()
    assert f"seen through {url}/graphql" in told.out
    assert told.err == f"Nobody answers at {url}/graphql. Start everything with `make run` first.\n"


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
