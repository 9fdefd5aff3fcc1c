"""The names that Zigbee2MQTT gives to the attributes of a ZLinky_TIC, and the labels behind them (mqtt-formats §4)."""

from collections.abc import Mapping
from typing import Final

STANDARD: Final = {
    "site_id": "PRM",
    "software_revision": "VTIC",
    "current_date": "DATE",
    "current_tarif": "NGTF",
    "current_price": "LTARF",
    "current_index_tarif": "NTARF",
    "meter_serial_number": "ADSC",
    "rms_current": "IRMS1",
    "rms_current_ph_b": "IRMS2",
    "rms_current_ph_c": "IRMS3",
    "rms_voltage": "URMS1",
    "rms_voltage_ph_b": "URMS2",
    "rms_voltage_ph_c": "URMS3",
    "average_rms_voltage_meas_period": "UMOY1",
    "average_rms_voltage_measure_period_ph_b": "UMOY2",
    "average_rms_voltage_meas_period_ph_b": "UMOY2",
    "average_rms_voltage_meas_period_ph_c": "UMOY3",
    "available_power": "PREF",
    "power_threshold": "PCOUP",
    "active_power": "CCASN",
    "active_power_ph_b": "CCASN-1",
    "injected_v_a": "SINSTI",
    "injected_v_a_max_n": "SMAXIN",
    "injected_v_a_max_n1": "SMAXIN-1",
    "injected_active_load_n": "CCAIN",
    "injected_active_load_n1": "CCAIN-1",
    "status_register": "STGE",
    "relais": "RELAIS",
    "start_mobile_point1": "DPM1",
    "stop_mobile_point1": "FPM1",
    "start_mobile_point2": "DPM2",
    "stop_mobile_point2": "FPM2",
    "start_mobile_point3": "DPM3",
    "stop_mobile_point3": "FPM3",
    "days_number_current_calendar": "NJOURF",
    "days_number_next_calendar": "NJOURF+1",
    "days_profile_current_calendar": "PJOURF+1",
    "days_profile_next_calendar": "PPOINTE",
    "message1": "MSG1",
    "message2": "MSG2",
}
STANDARD_ONE: Final = {
    "apparent_power": "SINSTS",
    "active_power_max": "SMAXSN",
    "drawn_v_a_max_n1": "SMAXSN-1",
}
STANDARD_THREE: Final = {
    "apparent_power": "SINSTS1",
    "apparent_power_ph_b": "SINSTS2",
    "apparent_power_ph_c": "SINSTS3",
    "total_apparent_power": "SINSTS",
    "active_power_max": "SMAXSN1",
    "active_power_max_ph_b": "SMAXSN2",
    "active_power_max_ph_c": "SMAXSN3",
    "drawn_v_a_max_n1": "SMAXSN1-1",
    "drawn_v_a_max_n1_p2": "SMAXSN2-1",
    "drawn_v_a_max_n1_p3": "SMAXSN3-1",
}
HISTORIC: Final = {
    "meter_serial_number": "ADCO",
    "current_tarif": "OPTARIF",
    "available_power": "ISOUSC",
    "active_register_tier_delivered": "PTEC",
    "tomorrow_color": "DEMAIN",
    "schedule_h_p_h_c": "HHPHC",
    "mot_d_etat": "MOTDETAT",
    "apparent_power": "PAPP",
}
HISTORIC_ONE: Final = {"rms_current": "IINST", "rms_current_max": "IMAX"}
HISTORIC_THREE: Final = {
    "rms_current": "IINST1",
    "rms_current_ph_b": "IINST2",
    "rms_current_ph_c": "IINST3",
    "rms_current_max": "IMAX1",
    "rms_current_max_ph_b": "IMAX2",
    "rms_current_max_ph_c": "IMAX3",
    "active_power_max": "PMAX",
    "presence_potential": "PPOT",
}
WARNING_KEYS: Final = {
    "warn_d_p_s": "ADPS",
    "warn_d_i_r1": "ADIR1",
    "warn_d_i_r2": "ADIR2",
    "warn_d_i_r3": "ADIR3",
}
EJP_NOTICE: Final = "start_notice_e_j_p"

STANDARD_KILOS: Final = {
    "current_summ_delivered": "EAST",
    "current_summ_received": "EAIT",
    **{f"current_tier{tier}_summ_delivered": f"EASF{tier:02}" for tier in range(1, 11)},
    **{f"active_energy_out_d{tier:02}": f"EASD{tier:02}" for tier in range(1, 5)},
    **{f"active_enerfy_out_d{tier:02}": f"EASD{tier:02}" for tier in range(1, 5)},
    "total_reactive_power": "ERQ1",
    "reactive_power": "ERQ2",
    "reactive_power_ph_b": "ERQ3",
    "reactive_power_ph_c": "ERQ4",
}
TIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "BAS": ("BASE",),
    "HC": ("HCHC", "HCHP"),
    "EJP": ("EJPHN", "EJPHPM"),
    "BBR": ("BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR"),
}
"""The historic indexes behind the tiers, by the first letters of the option. Only BASE has a total of its own."""

LINKY_ONLY: Final = frozenset(
    {
        "current_tarif",
        "active_register_tier_delivered",
        "schedule_h_p_h_c",
        "warn_d_p_s",
        "mot_d_etat",
        "currentTarif",
        "activeRegisterTierDelivered",
        "scheduleHPHC",
        "warnDPS",
        "motDEtat",
    }
)
"""Keys that no other Zigbee device has."""


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


FIRST_GENERATION: Final = {
    _camel(key): key
    for table in (
        *(STANDARD, STANDARD_ONE, STANDARD_THREE, STANDARD_KILOS),
        *(HISTORIC, HISTORIC_ONE, HISTORIC_THREE, WARNING_KEYS, {EJP_NOTICE: "PEJP"}),
    )
    for key in table
    if "_" in key
}
PRESENT: Final = frozenset(FIRST_GENERATION.values()) - {key for key in STANDARD_KILOS if "_out_" in key}
"""Names that only the present generation has; the distributor's indexes already had theirs in the first."""
