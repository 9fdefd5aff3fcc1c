"""A slice of the fuzz campaign: no exception, no group against its rule, bounded memory."""

from .fuzz import campaign


def test_a_megabyte_of_random_and_mutated_input() -> None:
    findings = campaign(1.0, seed=54)

    # The slice reaches what it is meant to reach.
    assert findings.groups > 5_000
    assert findings.parity >= {"checked", "stripped"}
    assert findings.modes >= {"historic", "standard"}
    assert findings.from_noise <= 2
