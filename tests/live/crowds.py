"""Many people at once, at the door of a real server; nobody types a password."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from catering.database import Transaction, clock
from catering.domain import ids
from catering.domain.people import Role
from catering.models import Session, User
from catering.services import tokens


async def crowd(transaction: Transaction, count: int, role: Role) -> dict[UUID, str]:
    """So many who are signed in, each with his token."""
    people = [ids.new() for _ in range(count)]
    async with transaction() as session:
        end = await clock(session) + timedelta(minutes=10)
        session.add_all(
            User(id=id, email=f"{id}@t.test", password_hash="-", display_name="-", role=role)
            for id in people
        )
        await session.flush()
        session.add_all(
            Session(family_id=id, user_id=id, token_hash=id.bytes, expires_at=end) for id in people
        )
        return {id: await tokens.sign(session, id, role, id, end) for id in people}


async def at_once(
    url: str, query: str, inputs: Iterable[tuple[str, dict[str, Any]]]
) -> Counter[tuple[int, str]]:
    """What all are told who ask in the same moment: the HTTP status, and the codes of errors.

    `inputs` are tokens and what each wants; the one mutation of `query` asks for the codes.
    """
    unlimited = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(verify=False, limits=unlimited, timeout=60) as http:

        async def one(token: str, input: dict[str, Any]) -> tuple[int, str]:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            body = json.dumps({"query": query, "variables": {"input": input}}).encode()
            answer = await http.post(f"{url}/graphql", content=body, headers=headers)
            (told,) = (answer.json().get("data") or {"-": None}).values()
            codes = [error["code"] for error in told["errors"]] if told else ["?"]
            return answer.status_code, ", ".join(codes) or "done"

        return Counter(await asyncio.gather(*(one(*each) for each in inputs)))
