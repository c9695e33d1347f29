"""Everything is killed at random while orders are on their way: `make chaos`."""
