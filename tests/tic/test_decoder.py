"""The decoder on the streams of tic.md §13 and the damage of §12."""

import pytest

from custom_components.linky_offload.tic import Decoder, Group, Mode, ParityState
from simulator.tic import EOT, ETX, STX, add_parity

from .frames import (
    CONCENTRATOR,
    HISTORIC_BASE,
    HISTORIC_EJP,
    HISTORIC_HC_ADPS,
    HISTORIC_OLD,
    HISTORIC_SHORT,
    HISTORIC_TEMPO,
    HISTORIC_THREE_PHASE,
    STANDARD_CONSUMER,
    STANDARD_PRODUCER,
    STANDARD_TEMPO_NOTICE,
    STANDARD_THREE_PHASE,
    Content,
    decode,
    encode,
    expected,
    frame,
    labels,
)

H, S = Mode.HISTORIC, Mode.STANDARD


@pytest.mark.parametrize(
    ("mode", "groups"),
    [
        pytest.param(H, HISTORIC_BASE, id="historic, 1 phase, BASE"),
        pytest.param(H, HISTORIC_HC_ADPS, id="historic, 1 phase, HC, overload"),
        pytest.param(H, HISTORIC_EJP, id="historic, 1 phase, EJP notice"),
        pytest.param(H, HISTORIC_TEMPO, id="historic, 1 phase, Tempo"),
        pytest.param(H, HISTORIC_THREE_PHASE, id="historic, 3 phases, long"),
        pytest.param(H, HISTORIC_SHORT, id="historic, 3 phases, short"),
        pytest.param(H, HISTORIC_OLD, id="historic, before Linky, no PAPP"),
        pytest.param(H, CONCENTRATOR, id="concentrator, indexes of 8 digits"),
        pytest.param(S, STANDARD_CONSUMER, id="standard, 1 phase, consumer"),
        pytest.param(S, STANDARD_TEMPO_NOTICE, id="standard, Tempo notice, horodates without season"),
        pytest.param(S, STANDARD_PRODUCER, id="standard, producer"),
        pytest.param(S, STANDARD_THREE_PHASE, id="standard, 3 phases, degraded clock"),
    ],
)
@pytest.mark.parametrize("carried", [True, False], ids=["parity carried", "parity stripped"])
def test_a_frame_is_decoded_whole(mode: Mode, groups: list[Content], carried: bool) -> None:
    wire = frame(mode, groups) * 2
    decoder = Decoder()

    assert decoder.feed(add_parity(wire) if carried else wire) == expected(groups * 2)
    assert decoder.mode is mode
    assert decoder.parity is (ParityState.CHECKED if carried else ParityState.STRIPPED)
    assert (decoder.stats.damaged, decoder.stats.unknown_labels) == (0, 0)
    assert (decoder.stats.frames, decoder.stats.groups) == (2, 2 * len(groups))
    assert decoder.stats.bytes == len(wire)


def test_literal_bytes_with_spaces_for_checksums() -> None:
    """Nothing is stripped before the checksum, whichever mode (tic.md §12.1)."""
    historic = b"\x02\nPTEC HP..  \r\nPTEC HPJR  \r\nMOTDETAT 000000 B\r\x03"
    standard = b"\x02\nEASD01\t000000000\t \r\nIRMS1\t007\t5\r\nLTARF\t  HEURE  PLEINE \tA\r\x03"

    assert decode(historic) == expected([("PTEC", "HP..", None), ("PTEC", "HPJR", None), ("MOTDETAT", "000000", None)])
    assert decode(standard) == expected(
        [("EASD01", "000000000", None), ("IRMS1", "007", None), ("LTARF", "  HEURE  PLEINE ", None)]
    )


class TestDamage:
    """What is lost is only what is damaged."""

    WIRE = frame(S, STANDARD_CONSUMER)

    def after(self, damaged: bytes) -> tuple[list[str], Decoder]:
        """Return what is missing from a damaged frame between two clean ones, and the decoder."""
        decoder = Decoder()
        decoder.feed(self.WIRE)
        found = labels(decoder.feed(damaged))
        assert decoder.feed(self.WIRE) == expected(STANDARD_CONSUMER)
        return [label for label, _, _ in STANDARD_CONSUMER if label not in found], decoder

    @pytest.mark.parametrize(
        ("whole", "damaged", "missing"),
        [
            pytest.param(b"\nPREF", b"\x0ePREF", [], id="LF to another control character"),
            pytest.param(b"\r\nPCOUP", b"\x00\x00PCOUP", [], id="CR and LF to NUL"),
            pytest.param(b"\r\nPCOUP", b"\xff\nPCOUP", [], id="CR to FF"),
            pytest.param(b"\r\nPCOUP", b"\nPCOUP", [], id="CR lost"),
            pytest.param(b"\r\nPCOUP", b"\rPCOUP", [], id="LF lost"),
            pytest.param(b"\r\nPCOUP", b"PCOUP", ["PREF", "PCOUP"], id="two groups run into each other"),
            pytest.param(b"PREF\t06", b"PREF\x0806", ["PREF"], id="HT to BS"),
            pytest.param(b"SINSTS\t01679", b"SINSTS\t0q679", ["SINSTS"], id="bit 6, which the checksum cannot see"),
            pytest.param(b"SINSTS\t01679", b"SINSTS\t01678", ["SINSTS"], id="wrong digit"),
            pytest.param(b"SINSTS\t01679", b"SINSTS\t01\x02679", ["SINSTS"], id="STX inside a group"),
            pytest.param(b"SINSTS\t01679", b"SINSTS\t01\n679", ["SINSTS"], id="LF inside a group"),
            pytest.param(b"\x03", b"", [], id="ETX lost"),
            pytest.param(b"\x02\n", b"C", ["ADSC"], id="STX to a letter, LF lost"),
        ],
    )
    def test_one_spot(self, whole: bytes, damaged: bytes, missing: list[str]) -> None:
        assert whole in self.WIRE
        assert self.after(self.WIRE.replace(whole, damaged))[0] == missing

    def test_damage_is_counted_by_its_kind(self) -> None:
        wire = self.WIRE
        for whole, damaged in (
            (b"SINSTS\t01679", b"SINSTS\t01678"),  # checksum
            (b"IRMS1\t007", b"IRMS1\t00w"),  # rule: bit 6 passes the checksum
            (b"URMS1\t", b"URMS1\x08"),  # framing, two pieces
            (b"NTARF", b"RTAFN"),  # unknown label, the same letters
        ):
            assert whole in wire
            wire = wire.replace(whole, damaged)
        missing, decoder = self.after(wire)

        assert missing == ["IRMS1", "URMS1", "SINSTS", "NTARF"]
        stats = decoder.stats
        assert (stats.checksum_errors, stats.rule_errors, stats.framing_errors) == (1, 1, 2)
        assert (stats.unknown_labels, stats.parity_errors, stats.damaged) == (1, 0, 4)

    def test_the_group_after_a_loss_says_so_and_no_other(self) -> None:
        decoder = Decoder()
        decoder.feed(self.WIRE)
        groups = decoder.feed(self.WIRE.replace(b"SINSTS\t01679", b"SINSTS\t01678"))

        assert [group.label for group in groups if group.after_loss] == ["SMAXSN"]

    def test_an_adapter_that_turns_cr_into_lf_and_loses_etx(self) -> None:
        wire = frame(H, HISTORIC_BASE).replace(b"\r\x03", b"\n").replace(b"\r", b"\n") * 2
        groups = decode(wire)

        assert groups == expected(HISTORIC_BASE * 2)
        assert [group.frame for group in groups] == [1] * len(HISTORIC_BASE) + [2] * len(HISTORIC_BASE)

    def test_a_line_without_any_terminator_stays_bounded(self) -> None:
        decoder = Decoder()
        decoder.feed(self.WIRE)
        for _ in range(1000):
            assert decoder.feed(b"U" * 50) == []
        assert len(decoder._tail) <= 161
        assert decoder.feed(b"\r") == []
        assert decoder.stats.framing_errors == 1
        assert decoder.feed(self.WIRE) == expected(STANDARD_CONSUMER)


class TestOpening:
    """The line is joined anywhere."""

    def test_a_group_begun_before_we_listened_is_dropped_without_a_count(self) -> None:
        decoder = Decoder()
        groups = decoder.feed(b"\t01679\t]\r" + encode(S, STANDARD_CONSUMER))

        assert groups == expected(STANDARD_CONSUMER)
        assert decoder.stats.damaged == 0
        assert groups[0].after_loss

    def test_every_way_to_join_a_frame_gives_right_groups_only(self) -> None:
        wire = frame(H, HISTORIC_THREE_PHASE) * 2
        whole = expected(HISTORIC_THREE_PHASE * 2)
        for start in range(len(wire) // 2):
            groups = decode(wire[start:])
            assert groups == whole[len(whole) - len(groups) :]
            assert len(groups) >= len(HISTORIC_THREE_PHASE)

    def test_a_reopened_line_begins_anew_and_keeps_its_counters(self) -> None:
        decoder = Decoder()
        wire = frame(S, STANDARD_CONSUMER)
        decoder.feed(wire + wire[:200])
        decoder.reset()
        groups = decoder.feed(wire[300:])

        assert decoder.stats.damaged == 0
        assert decoder.stats.groups > len(STANDARD_CONSUMER) + len(groups)
        assert decoder.mode is S
        assert groups[0].after_loss
        assert groups[0].frame == 3


class TestFrames:
    """Where a frame begins, so that the absence of a label can be told."""

    @staticmethod
    def numbers(groups: list[Group]) -> list[tuple[int, int, bool]]:
        """Return frame, number of groups, and whether something was lost in it."""
        return [
            (
                number,
                len([g for g in groups if g.frame == number]),
                any(g.after_loss for g in groups if g.frame == number),
            )
            for number in sorted({g.frame for g in groups})
        ]

    def test_eot_cuts_a_long_frame_short(self) -> None:
        """A three-phase meter in overload: the frame is broken off after a group, short ones follow (tic.md §6.3)."""
        cut = STX + encode(H, HISTORIC_THREE_PHASE[:6]) + EOT
        wire = frame(H, HISTORIC_THREE_PHASE) + cut + frame(H, HISTORIC_SHORT) * 2 + frame(H, HISTORIC_THREE_PHASE)
        decoder = Decoder()

        assert self.numbers(decoder.feed(wire)) == [
            (1, 17, True),  # the first frame after opening
            (2, 6, False),
            (3, 5, True),  # EOT says that frame 2 proves nothing
            (4, 5, False),
            (5, 17, False),
        ]
        assert decoder.stats.damaged == 0

    def test_short_frames_run_together_when_their_edges_are_lost(self) -> None:
        wire = encode(H, HISTORIC_SHORT) * 3
        assert self.numbers(decode(wire)) == [(1, 5, True), (2, 5, False), (3, 5, False)]

    def test_the_address_begins_a_frame_when_edges_and_first_group_are_lost(self) -> None:
        wire = encode(H, HISTORIC_BASE[1:]) + encode(H, HISTORIC_BASE) * 2
        assert self.numbers(decode(wire)) == [(1, 9, True), (2, 10, False), (3, 10, False)]

    def test_standby_frames_with_an_address_alone(self) -> None:
        wire = frame(H, HISTORIC_BASE[:1]) * 4
        assert self.numbers(decode(wire)) == [(1, 1, True), (2, 1, False), (3, 1, False), (4, 1, False)]

    def test_edges_need_no_order(self) -> None:
        groups = encode(H, HISTORIC_BASE)
        wire = STX + STX + groups + ETX + ETX + groups
        assert [number for number, _, _ in self.numbers(decode(wire))] == [1, 2]


class TestUnknownLabels:
    """A firmware may say more than the specification: shown, never read."""

    def test_counted_and_kept_for_diagnostics_only(self) -> None:
        decoder = Decoder()
        groups = decoder.feed(frame(S, [*STANDARD_CONSUMER, ("NOUVEAU", "1234", None)]) * 5)

        assert groups == expected(STANDARD_CONSUMER * 5)
        assert decoder.unknown == {"NOUVEAU": 5}
        assert decoder.stats.unknown_labels == 5
        assert decoder.stats.damaged == 0

    def test_one_that_comes_back_is_no_loss(self) -> None:
        decoder = Decoder()
        wire = frame(S, [*STANDARD_CONSUMER, ("NOUVEAU", "1234", None)])
        decoder.feed(wire * 3)

        assert not any(group.after_loss for group in decoder.feed(wire * 2))

    def test_one_seen_once_may_be_a_damaged_label(self) -> None:
        decoder = Decoder()
        decoder.feed(frame(H, HISTORIC_HC_ADPS))
        wire = frame(H, HISTORIC_HC_ADPS).replace(b"ADPS", b"APDS")
        groups = decoder.feed(wire)

        assert "ADPS" not in labels(groups)
        assert [group.label for group in groups if group.after_loss] == ["IMAX"]

    def test_they_stay_few_and_the_frequent_ones_stay(self) -> None:
        decoder = Decoder()
        decoder.feed(frame(S, [("NOUVEAU", "1234", None)]) * 5)
        for number in range(200):
            decoder.feed(frame(S, [(f"BRUIT{number}", "1", None)]))

        assert len(decoder.unknown) <= 32
        assert decoder.unknown["NOUVEAU"] == 5
        assert decoder.stats.unknown_labels == 205


class TestMode:
    """Found from the bytes, followed live, never flipped by an accident (tic.md §3.5)."""

    def test_the_first_group_is_believed_at_once(self) -> None:
        decoder = Decoder()
        assert decoder.feed(encode(S, STANDARD_CONSUMER[:1])) == expected(STANDARD_CONSUMER[:1])
        assert decoder.mode is S

    def test_two_groups_prove_no_change_three_do_and_none_is_lost(self) -> None:
        decoder = Decoder()
        decoder.feed(frame(H, HISTORIC_BASE))
        assert decoder.feed(STX + encode(S, STANDARD_CONSUMER[:2])) == []
        assert decoder.mode is H
        assert decoder.feed(encode(S, STANDARD_CONSUMER[2:3])) == expected(STANDARD_CONSUMER[:3])
        assert decoder.mode is S

    @pytest.mark.parametrize(
        ("first", "then"), [(HISTORIC_BASE, STANDARD_CONSUMER), (STANDARD_CONSUMER, HISTORIC_BASE)]
    )
    def test_a_meter_that_changes_its_mode(self, first: list[Content], then: list[Content]) -> None:
        before, after = (H, S) if first is HISTORIC_BASE else (S, H)
        decoder = Decoder()
        decoder.feed(frame(before, first) * 2)
        groups = decoder.feed(frame(after, then))

        assert groups == expected(then)
        assert {group.mode for group in groups} == {after}
        assert decoder.mode is after
        assert decoder.stats.mode_changes == 1

    def test_a_stray_group_of_the_other_mode_changes_nothing(self) -> None:
        decoder = Decoder()
        stray = encode(H, HISTORIC_BASE[:2])
        groups = decoder.feed(frame(S, STANDARD_CONSUMER) + stray + frame(S, STANDARD_CONSUMER))

        assert groups == expected(STANDARD_CONSUMER * 2)
        assert decoder.mode is S
        assert (decoder.stats.mode_changes, decoder.stats.mode_errors) == (0, 2)
        assert [group.label for group in groups if group.after_loss] == ["ADSC", "ADSC"]
