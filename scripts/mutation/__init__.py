"""Mutation testing: what is spoilt, and the two oracles that may notice."""
