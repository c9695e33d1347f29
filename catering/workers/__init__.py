"""The engine: the relay announces events and rings for due tasks; workers do them."""
