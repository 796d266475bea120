"""Simulate how instability crosses borders, conditional on stated assumptions."""
