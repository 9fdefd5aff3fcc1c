"""What bridges publish that send all labels in one message: as JSON, or as the meter's own lines."""

from simulator.bridge_message import Body, Message, json_message, value_text
from simulator.frames import groups_of
from simulator.state import MeterState
from simulator.tic import encode_group, frame


def teleinfo2mqtt(state: MeterState) -> list[Message]:
    """Raw text, value, and a time whose zone is wrong."""
    body: Body = {}
    for group in groups_of(state):
        text = group.data.strip()
        entry: Body = {"raw": text, "value": int(text) if text.isdigit() else text.rstrip(".")}
        if group.horodate is not None and group.horodate[0] != " ":
            stamp = group.horodate
            date = f"20{stamp[1:3]}-{stamp[3:5]}-{stamp[5:7]}T{stamp[7:9]}:{stamp[9:11]}:{stamp[11:13]}.000Z"
            entry["timestamp"] = {"date": date, "dst": "summer" if stamp[0] in "Ee" else "winter"}
        body[group.label] = entry
    return [json_message(f"teleinfo/{state.address}", body)]


def tic2mqtt_json(state: MeterState) -> list[Message]:
    """Raw text and horodate."""
    body: Body = {
        group.label: {"raw": group.data} | ({"timestamp": group.horodate} if group.horodate else {})
        for group in groups_of(state)
    }
    return [json_message(f"tic2mqtt/{state.address}", body)]


def flat(state: MeterState) -> list[Message]:
    """All labels as texts."""
    return [json_message("teleinfo/demo", {group.label: value_text(group) for group in groups_of(state)})]


def linky_state(state: MeterState) -> list[Message]:
    """All labels as texts, kept by the broker."""
    return [json_message("linky/state", {group.label: value_text(group) for group in groups_of(state)}, retained=True)]


def tic_frame(state: MeterState) -> list[Message]:
    """A whole frame in one message."""
    return [Message("tic/frame", frame(groups_of(state), state.mode))]


def tic_lines(state: MeterState) -> list[Message]:
    """One line a message, without its ends of line."""
    lines = [encode_group(state.mode, group.label, group.data, group.horodate) for group in groups_of(state)]
    return [Message("tic/line", line.strip(b"\r\n")) for line in lines]
