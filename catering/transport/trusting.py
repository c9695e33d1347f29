"""Which text is meant, and whether it may be executed: trusted documents, and Apollo's hashes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self

from catering.settings import BadSetting, Settings, Trust

from .codes import Code
from .documents import Documents, NotGood, hashed
from .faults import Fault
from .reading import Asked

APOLLO: Final = "apollo-persisted-query-manifest"
_PREFIX: Final = "sha256:"

log = logging.getLogger(__name__)


class Trusted:
    """The documents of the manifests, by the ids that they have there."""

    def __init__(self, documents: Documents, mode: Trust, listed: Mapping[str, str]) -> None:
        self._documents, self._mode, self._listed = documents, mode, listed
        self._hashes = {hashed(text) for text in listed.values()}

    @classmethod
    def read(cls, documents: Documents, settings: Settings) -> Self:
        """Those that are set; each is validated now rather than when somebody is hungry. Raises
        `BadSetting`."""
        mode, paths = settings.trusted_documents, settings.document_manifests
        if mode is Trust.REQUIRED and not paths:
            raise BadSetting(
                "CATERING_TRUSTED_DOCUMENTS is required, so CATERING_DOCUMENT_MANIFESTS has to "
                "name a manifest: nothing could be asked for."
            )
        listed: dict[str, str] = {}
        for path in paths if mode is not Trust.OFF else ():
            for id, text in manifest(path).items():
                if listed.setdefault(id, text) != text:
                    raise BadSetting(f"{path}: {id} is another document in another manifest.")
                _check(documents, path, id, text)
        return cls(documents, mode, listed)

    def text(self, asked: Asked) -> str:
        """The text that is to be executed. Raises `Fault`."""
        if asked.document_id is not None:
            return self._by_id(asked.document_id, asked.query)
        hash = asked.hash
        if hash is not None and asked.query is None:
            return self._by_hash(hash)
        if not asked.query:
            raise Fault(Code.BAD_REQUEST, "A request has a `query`.")
        if hash is not None and hashed(asked.query) != hash:
            raise Fault(Code.BAD_REQUEST, "The hash is not that of the `query`.")
        return self._given(asked.query)

    def _by_id(self, id: str, query: str | None) -> str:
        if query is not None:
            raise Fault(Code.BAD_REQUEST, "A request has a `query` or a `documentId`, not both.")
        text = self._listed.get(_bare(id))
        if text is None:
            message = "No document with this id is in a manifest here."
            raise Fault(Code.PERSISTED_QUERY_NOT_IN_LIST, message)
        return text

    def _by_hash(self, hash: str) -> str:
        if hash in self._listed:
            return self._listed[hash]
        if self._mode is Trust.REQUIRED:
            # The client would only send the text next, and be refused then.
            message = "No document with this hash is in a manifest here."
            raise Fault(Code.PERSISTED_QUERY_NOT_IN_LIST, message)
        document = self._documents.known(hash)
        if document is None:
            raise Fault(Code.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return document.text

    def _given(self, query: str) -> str:
        if self._mode is Trust.OFF:
            return query
        hash = hashed(query)
        if hash in self._hashes:
            return query
        if self._mode is Trust.REQUIRED:
            message = "Only documents of the manifests are executed here."
            raise Fault(Code.QUERY_NOT_IN_SAFELIST, message)
        if not self._documents.known(hash):
            log.info("A document that is in no manifest is executed: %s", hash)
        return query


def manifest(path: Path) -> dict[str, str]:
    """The documents of a manifest by id: Apollo's, or an object of texts as Relay and the client
    preset of GraphQL Code Generator write it. Raises `BadSetting`."""
    try:
        told = json.loads(path.read_bytes())
    except OSError as error:
        raise BadSetting(f"The manifest {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise BadSetting(f"The manifest {path} is not JSON: {error}.") from error
    pairs = list(_pairs(told))
    if not pairs or not all(isinstance(each, str) for pair in pairs for each in pair):
        raise BadSetting(
            f"{path} is no manifest: neither {APOLLO}, version 1, nor an object of texts by id."
        )
    return {_bare(id): text for id, text in pairs}


def _pairs(told: Any) -> Iterator[tuple[Any, Any]]:
    match told:
        case {"format": str(format), "version": version, "operations": [*operations]}:
            fits = (format, version) == (APOLLO, 1)
            for each in operations if fits else ():
                yield (each.get("id"), each.get("body")) if isinstance(each, dict) else (None, None)
        case {**texts}:
            yield from texts.items()


def _check(documents: Documents, path: Path, id: str, text: str) -> None:
    try:
        documents.prepare(text)
    except NotGood as error:
        raise BadSetting(f"{path}: document {id} is not good: {error}") from error


def _bare(id: str) -> str:
    return id.removeprefix(_PREFIX)
