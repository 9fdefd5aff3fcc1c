"""Offloading in closed loop: seeded households, lived second by second under our engine and the rules of others."""
