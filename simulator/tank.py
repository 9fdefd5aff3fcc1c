"""A storage water heater: layers of water, losses, draws of hot water, its own thermostat, a level for dimmers."""

from collections.abc import Sequence
from typing import override

from simulator.habits import Diary, Habit
from simulator.loads import Appliance, Moment, Name
from simulator.plug import Plug
from simulator.power import DARK, Power, modulated
from simulator.rooms import Thermostat

_JOULE_L_K = 4186.0
_COLD_C = 12.0
_AMBIENT_C = 18.0
_DRAW_L_S = 0.1
HOUSEHOLD_DRAWS = (Habit(7.0, 25, 0.95), Habit(7.6, 20, 0.6), Habit(13.0, 30, 0.7), Habit(20.6, 40, 0.9))


class WaterHeater(Appliance):
    """A tank of `litres` in `layers` equal layers, cold at the bottom where its element is.

    `level` (0…1) is what a dimmer lets through; 1 is a plain mains supply. With `contactor`, it works only while the
    meter's dry contact is closed. Each draw of the seeded `habits` takes `draw_l` litres.
    """

    kind = "tank"

    def __init__(
        self,
        appliance_id: str,
        name: Name,
        *,
        rated_w: float = 2200.0,
        litres: float = 200.0,
        layers: int = 4,
        target_c: float = 60.0,
        temperature_c: float = 50.0,
        contactor: bool = False,
        habits: Sequence[Habit] = (),
        draw_l: float = 40.0,
        loss_w_k: float = 1.6,
        seed: int = 0,
        phase: int = 1,
        plug: Plug | None = None,
    ) -> None:
        super().__init__(appliance_id, name, rated_w=rated_w, phase=phase, plug=plug)
        self.layers_c = [temperature_c] * layers
        self.thermostat = Thermostat(target_c, hysteresis_c=2.0)
        self.level = 1.0
        self._layer_l = litres / layers
        self.contactor = contactor
        self._diary = Diary(f"{seed} {appliance_id}", habits)
        self._draw_l = draw_l
        self._loss_w_k = loss_w_k

    @property
    def temperature_c(self) -> float:
        """Mean temperature of the water."""
        return sum(self.layers_c) / len(self.layers_c)

    @property
    def top_c(self) -> float:
        """Temperature of the water that comes out."""
        return self.layers_c[-1]

    def set_temperature(self, temperature_c: float) -> None:
        """Put the whole tank at one temperature."""
        self.layers_c = [temperature_c] * len(self.layers_c)

    def take_water(self, litres: float) -> None:
        """Draw hot water from the top; as much cold water enters at the bottom."""
        share = min(litres / self._layer_l, 1.0)
        below = [_COLD_C, *self.layers_c[:-1]]
        self.layers_c = [own + share * (under - own) for own, under in zip(self.layers_c, below, strict=True)]

    @override
    def draw(self, moment: Moment, *, supplied: bool) -> Power:
        if self._diary.under_way(moment, self._draw_l / _DRAW_L_S):
            self.take_water(_DRAW_L_S * moment.dt_s)
        # The thermostat sits low in the tank, beside the element.
        wanted = self.thermostat.update(self.layers_c[0])
        fed = supplied and (moment.contact_closed or not self.contactor)
        power = modulated(self.rated_w, self.level) if wanted and fed and self.level > 0 else DARK
        self._heat(power.p_w, moment.dt_s)
        return power

    def _heat(self, heat_w: float, dt_s: float) -> None:
        capacity = self._layer_l * _JOULE_L_K
        loss_w_k = self._loss_w_k / len(self.layers_c)
        self.layers_c = [t - loss_w_k * (t - _AMBIENT_C) * dt_s / capacity for t in self.layers_c]
        self.layers_c[0] += heat_w * dt_s / capacity
        # Warmer water rises: the bottom mixes with as many layers as it is warmer than.
        run, mean = 1, self.layers_c[0]
        while run < len(self.layers_c) and mean > self.layers_c[run]:
            run += 1
            mean = sum(self.layers_c[:run]) / run
        self.layers_c[:run] = [mean] * run
