"""Control of faults."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sandbox.amazon import faults
from sandbox.amazon.world import World
from sandbox.control import reading


def add(pages: Blueprint, world: World) -> None:
    @pages.get("/faults")
    def show_faults() -> ResponseReturnValue:
        return jsonify(faults=[fault.as_json() for fault in world.faults.all()])

    @pages.post("/faults")
    def add_fault() -> ResponseReturnValue:
        return jsonify(_fault(world, reading.body())), 201

    @pages.delete("/faults")
    def clear_faults() -> ResponseReturnValue:
        world.faults.clear()
        return jsonify(faults=[])

    @pages.delete("/faults/<int:number>")
    def clear_fault(number: int) -> ResponseReturnValue:
        world.faults.clear(number)
        return jsonify(faults=[fault.as_json() for fault in world.faults.all()])


def _fault(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A fault that lasts `times` hits or `seconds`; one hit if neither is given."""
    kind = reading.choice(body, "kind", faults.KINDS)
    lasts = "seconds" in body
    fault = world.faults.add(
        kind,
        str(body.get("operation", "*")),
        times=None if lasts and "times" not in body else int(reading.number(body, "times", 1, least=1)),
        seconds=reading.number(body, "seconds", 0, least=0) if lasts else None,
        probability=reading.number(body, "probability", 1, least=0, most=1),
        **({"delay": reading.number(body, "delay", 0, least=0, most=120)} if "delay" in body else {}),
    )
    return fault.as_json()
