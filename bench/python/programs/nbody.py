# nbody - the planets pull at each other: floats in attributes and lists.
#
# SPDX-License-Identifier: Apache-2.0
from math import sqrt

STEPS = 120_000
DAY = 0.01
BODIES = (
    # mass, place, velocity
    (39.478, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    (0.0377, (4.84, -1.16, -0.104), (0.606, 2.811, -0.025)),
    (0.0113, (8.34, 4.125, -0.403), (-1.011, 1.825, 0.0084)),
    (0.0017, (12.89, -15.11, -0.223), (1.083, 0.868, -0.0108)),
    (0.002, (15.38, -25.92, 0.179), (0.979, 0.594, -0.0347)),
)


class Body:
    def __init__(self, mass, place, velocity):
        self.mass = mass
        self.x, self.y, self.z = place
        self.vx, self.vy, self.vz = velocity


def energy(bodies, pairs):
    total = 0.0
    for b in bodies:
        total += b.mass * (b.vx**2 + b.vy**2 + b.vz**2) / 2
    for a, b in pairs:
        far = sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2)
        total -= a.mass * b.mass / far
    return total


def advance(bodies, pairs, dt):
    for a, b in pairs:
        dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        square = dx * dx + dy * dy + dz * dz
        pull = dt / (square * sqrt(square))
        to_a, to_b = b.mass * pull, a.mass * pull
        a.vx -= dx * to_a
        a.vy -= dy * to_a
        a.vz -= dz * to_a
        b.vx += dx * to_b
        b.vy += dy * to_b
        b.vz += dz * to_b
    for b in bodies:
        b.x += dt * b.vx
        b.y += dt * b.vy
        b.z += dt * b.vz


def run():
    bodies = [Body(*numbers) for numbers in BODIES]
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]
    before = energy(bodies, pairs)
    for _ in range(STEPS):
        advance(bodies, pairs, DAY)
    return f"{before:.6f} {energy(bodies, pairs):.6f}"
