"""OSSP: Open Source Smart Plugs over their WebSocket, as devices of the meter's entry (reference §2)."""
