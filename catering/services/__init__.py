"""The use cases: `async def verb(session, …, *, by: Actor)`; no commits and no HTTP."""
