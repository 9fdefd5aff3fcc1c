"""The checksum of a group, one rule a mode (tic.md §3.3).

``C = (S & 0x3F) + 0x20`` where S is the sum of the 7-bit codes from the first character of the label to the last
character of the data in historic mode, to the separator after the data in standard mode.
"""

HT = 0x09
SP = 0x20


def checksum_holds(line: bytes) -> bool:
    """Tell whether the last byte of ``line`` (label … separator, checksum) is the checksum of what precedes it.

    The separator before the checksum names the mode, so a line is never tried against the other mode's rule.
    ``line`` holds 7-bit codes and at least two bytes.
    """
    mark = line[-1]
    total = sum(line) - mark
    if line[-2] == SP:
        total -= SP
    return (total & 0x3F) + 0x20 == mark
