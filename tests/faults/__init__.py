"""Faults: what breaks underneath, and what must still be true afterwards."""
