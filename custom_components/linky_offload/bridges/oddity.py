"""What may be wrong with a message; each is counted and shown in diagnostics, never raised."""

from enum import StrEnum


class Oddity(StrEnum):
    """Why a message, or one value of it, was not believed."""

    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    NOT_TEXT = "not_text"  # bytes that are no UTF-8
    BROKEN_JSON = "broken_json"
    DUPLICATE_KEY = "duplicate_key"
    DAMAGED_LINE = "damaged_line"  # raw TIC whose parity, checksum or content does not hold
    NULL = "null"  # null, -32768, an empty text: the bridge has no value
    WRONG_TYPE = "wrong_type"  # an object, a list or a boolean where a value is due
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    BAD_VALUE = "bad_value"  # not a word, or not the characters, that the label may carry
    UNKNOWN_LABEL = "unknown_label"
    OTHER_MODE = "other_mode"  # a label of the mode that this meter is not in
    NOT_KNOWN_YET = "not_known_yet"  # 0 W beside a power in VA: the bridge has not measured yet
    STUCK = "stuck"  # a power that the status register and the current contradict
    SAME_AGAIN = "same_again"  # all its figures to the last digit: what serves them may have lost what measures them
    RETAINED = "retained"
    NOTHING = "nothing"  # a message that says nothing of the meter
