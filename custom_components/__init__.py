"""Custom components of Home Assistant; the product is in linky_offload."""
