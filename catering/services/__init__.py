"""The use cases: `async def verb(session, …, *, by: Actor)`. They never commit and speak no HTTP."""
