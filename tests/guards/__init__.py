"""The tests are tested: one guard of the engine off at a time, and a test has to notice.

`make guards` copies the sources, takes one guard out of the copy, and runs the few tests that are
there for it. It is no part of `make test`, which only looks whether the list still fits the code.
"""
