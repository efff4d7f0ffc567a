# raytrace - balls on a chequered floor: small immutable objects of floats.
#
# SPDX-License-Identifier: Apache-2.0
from math import sqrt

WIDTH, HEIGHT, DEPTH = 200, 150, 3


class Vec:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y, self.z + o.z)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y, self.z - o.z)

    def __mul__(self, f):
        return Vec(self.x * f, self.y * f, self.z * f)

    def dot(self, o):
        return self.x * o.x + self.y * o.y + self.z * o.z

    def unit(self):
        return self * (1.0 / sqrt(self.dot(self)))

    def mirrored(self, normal):
        return self - normal * (2.0 * self.dot(normal))


class Sphere:
    def __init__(self, centre, radius, colour, shine):
        self.centre, self.radius = centre, radius
        self.paint, self.shine = colour, shine

    def hit(self, start, way):
        to = self.centre - start
        along = to.dot(way)
        rest = self.radius**2 - to.dot(to) + along * along
        if rest < 0:
            return None
        far = along - sqrt(rest)
        return far if far > 1e-6 else None

    def normal(self, at):
        return (at - self.centre).unit()

    def colour(self, at):
        return self.paint


class Floor:
    shine = 0.1

    def hit(self, start, way):
        if way.y > -1e-6:
            return None
        return -start.y / way.y

    def normal(self, at):
        return Vec(0.0, 1.0, 0.0)

    def colour(self, at):
        dark = (int(at.x + 100) + int(at.z + 100)) % 2
        return Vec(0.2, 0.2, 0.2) if dark else Vec(0.9, 0.9, 0.8)


class Scene:
    def __init__(self):
        self.things = [Floor()]
        self.light = Vec(-6.0, 9.0, -5.0)
        self.rays = 0
        for n in range(7):
            x, z = n * 1.3 - 4.0, (n * n) % 5 * 0.9
            paint = Vec(n % 3 / 2, n % 2 * 0.8, n % 4 / 3)
            sphere = Sphere(Vec(x, 0.7, z), 0.7, paint, 0.2 + 0.05 * n)
            self.things.append(sphere)

    def nearest(self, start, way):
        self.rays += 1
        best = None
        for thing in self.things:
            far = thing.hit(start, way)
            if far is not None and far > 1e-6:
                if best is None or far < best[0]:
                    best = far, thing
        return best

    def trace(self, start, way, depth):
        found = self.nearest(start, way)
        if found is None:
            glow = 0.5 + way.y / 2
            return Vec(glow * 0.6, glow * 0.7, glow)
        far, thing = found
        at = start + way * far
        normal = thing.normal(at)
        to_light = (self.light - at).unit()
        bright = max(0.0, normal.dot(to_light))
        if bright and self.nearest(at + normal * 1e-5, to_light):
            bright = 0.0
        colour = thing.colour(at) * (0.2 + 0.8 * bright)
        if depth:
            mirrored = way.mirrored(normal)
            seen = self.trace(at + normal * 1e-5, mirrored, depth - 1)
            colour = colour * (1 - thing.shine) + seen * thing.shine
        return colour


def run():
    scene, total = Scene(), Vec(0.0, 0.0, 0.0)
    eye = Vec(0.0, 2.2, -8.0)
    for row in range(HEIGHT):
        for column in range(WIDTH):
            way = Vec(column / WIDTH - 0.5, 0.35 - row / HEIGHT, 1.1).unit()
            total = total + scene.trace(eye, way, DEPTH)
    return f"{scene.rays} {total.x:.4f} {total.y:.4f} {total.z:.4f}"
