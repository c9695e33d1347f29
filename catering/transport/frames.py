"""WebSocket frames, where uvicorn's own protocol is too good-natured."""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

MOST_PIECES: Final = 64
"""Frames of one message. Its bytes are bounded elsewhere, but a piece may be empty."""


class Frames(WebSocketsSansIOProtocol):
    """Messages come in few pieces, and in UTF-8; who sends others is hung up on, without a fuss."""

    def handle_cont(self, event: Frame) -> None:
        """A further piece of a message."""
        if len(self.frames) >= MOST_PIECES:
            self._hang_up(CloseCode.MESSAGE_TOO_BIG, "Too many pieces.")
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """The message is whole."""
        # Looked at here, because uvicorn logs a client's bad text as an accident of ours.
        if self.curr_msg_data_type == "text" and not _is_text(self.frames):
            self._hang_up(CloseCode.INVALID_DATA, "Text is UTF-8.")
        else:
            super().send_receive_event_to_app()

    def _hang_up(self, code: CloseCode, reason: str) -> None:
        self.frames = []
        if not (self.close_sent or self.transport.is_closing()):
            self.conn.fail(code, reason)
            self.handle_parser_exception()


def _is_text(pieces: list[bytes]) -> bool:
    try:
        b"".join(pieces).decode()
    except UnicodeDecodeError:
        return False
    return True
