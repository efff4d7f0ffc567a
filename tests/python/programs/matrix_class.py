# matrix_class - a class of exact matrices with all the operators.
#
# SPDX-License-Identifier: Apache-2.0
from fractions import Fraction


class Matrix:
    def __init__(self, rows):
        self.rows = tuple(tuple(map(Fraction, row)) for row in rows)
        if len({len(row) for row in self.rows}) != 1:
            raise ValueError("rows of different lengths")

    @classmethod
    def identity(cls, n):
        return cls([int(i == j) for j in range(n)] for i in range(n))

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    @property
    def T(self):
        return Matrix(zip(*self.rows))

    def __getitem__(self, at):
        row, column = at
        return self.rows[row][column]

    def __eq__(self, other):
        return self.rows == other.rows

    def __add__(self, other):
        return Matrix(
            map(sum, zip(*pair)) for pair in zip(self.rows, other.rows)
        )

    def __mul__(self, factor):
        return Matrix((x * factor for x in row) for row in self.rows)

    __rmul__ = __mul__

    def __matmul__(self, other):
        if self.shape[1] != other.shape[0]:
            raise ValueError(f"{self.shape} @ {other.shape}")
        return Matrix(
            (
                sum(a * b for a, b in zip(row, column))
                for column in zip(*other.rows)
            )
            for row in self.rows
        )

    def __pow__(self, n):
        if n < 0:
            return self.inverse() ** -n
        result, square = Matrix.identity(len(self.rows)), self
        while n:
            if n & 1:
                result @= square
            square @= square
            n >>= 1
        return result

    def reduced(self):
        """The reduced echelon form, and the determinant."""
        rows, determinant, at = (
            [list(row) for row in self.rows],
            Fraction(1),
            0,
        )
        for column in range(len(rows[0])):
            pivot = next(
                (r for r in range(at, len(rows)) if rows[r][column]), None
            )
            if pivot is None:
                determinant *= 0 if column < len(rows) else 1
                continue
            if pivot != at:
                rows[at], rows[pivot] = rows[pivot], rows[at]
                determinant = -determinant
            determinant *= rows[at][column]
            rows[at] = [x / rows[at][column] for x in rows[at]]
            for r, row in enumerate(rows):
                if r != at and row[column]:
                    rows[r] = [
                        x - row[column] * y for x, y in zip(row, rows[at])
                    ]
            at += 1
            if at == len(rows):
                break
        return Matrix(rows), determinant

    def inverse(self):
        n = len(self.rows)
        wide = Matrix(
            row + one for row, one in zip(self.rows, Matrix.identity(n).rows)
        )
        reduced, determinant = wide.reduced()
        if not determinant:
            raise ZeroDivisionError("singular")
        return Matrix(row[n:] for row in reduced.rows)

    def __str__(self):
        cells = [[str(x) for x in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*cells)]
        return "\n".join(
            " ".join(c.rjust(w) for c, w in zip(row, widths)) for row in cells
        )


m = Matrix([[2, -1, 0], [1, 3, 5], [0, 4, 7]])
print(m, m.inverse(), m @ m.inverse() == m**0, m.reduced()[1], sep="\n")
print(m.T + 2 * m, (m**-2)[0, 0], m[1, 2], sep="\n")
fib = Matrix([[1, 1], [1, 0]])
print((fib**90)[0, 1], fib**-5)
hilbert = Matrix([Fraction(1, i + j + 1) for j in range(5)] for i in range(5))
print(hilbert.inverse(), hilbert.reduced()[1], sep="\n")
equations = Matrix([[1, 2, -1, 3], [2, 4, 1, 9], [3, 6, 0, 12]])
print(equations.reduced()[0])
for bad in (
    lambda: m @ fib,
    lambda: Matrix([[1], [2, 3]]),
    lambda: Matrix([[1, 2], [2, 4]]).inverse(),
):
    try:
        bad()
    except (ValueError, ZeroDivisionError) as error:
        print(type(error).__name__, error)
