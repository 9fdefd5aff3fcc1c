"""A house behind a Linky: loads, rooms, sun, the meter's breaker and the frames it writes. Standard library only."""
