"""The rules of the trade: pure, standard library only, time passed in."""
