"""Intentions; each opens one transaction and hands over to one use case."""
