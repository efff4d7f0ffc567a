# constraints - one-way constraints planned and propagated: object graphs.
#
# SPDX-License-Identifier: Apache-2.0
CHAIN, ROUNDS, FAN = 300, 60, 1_800


class Variable:
    def __init__(self, value=0):
        self.value = value
        self.constraints = []
        self.decided_by = None
        self.mark = 0
        self.strength = 0


class Constraint:
    def __init__(self, strength, *variables):
        self.strength = strength
        self.variables = variables
        self.output = None
        for variable in variables:
            variable.constraints.append(self)

    def inputs(self):
        return [v for v in self.variables if v is not self.output]

    def choose(self, mark):
        """The weakest variable that nobody stronger has decided."""
        best = None
        for variable in self.variables:
            if variable.mark != mark and variable.strength < self.strength:
                if best is None or variable.strength < best.strength:
                    best = variable
        return best

    def decide(self, variable):
        """The variable is now as strong as the weakest it depends on."""
        self.output = variable
        variable.decided_by = self
        variable.strength = min(
            [self.strength, *(v.strength for v in self.inputs())]
        )

    def execute(self):
        pass


class Stay(Constraint):
    pass


class Edit(Constraint):
    pass


class Equal(Constraint):
    def execute(self):
        a, b = self.variables
        if self.output is b:
            b.value = a.value
        else:
            a.value = b.value


class Scale(Constraint):
    """b = a * factor + offset, whichever of both is wanted."""

    def __init__(self, strength, a, b, factor, offset):
        super().__init__(strength, a, b)
        self.factor, self.offset = factor, offset

    def execute(self):
        a, b = self.variables
        if self.output is b:
            b.value = a.value * self.factor + self.offset
        else:
            a.value = (b.value - self.offset) // self.factor


class Planner:
    def __init__(self):
        self.mark = 0

    def add(self, constraint):
        self.mark += 1
        pending = [constraint]
        while pending:
            new = pending.pop()
            variable = new.choose(self.mark)
            if variable is None:
                continue
            before = variable.decided_by
            new.decide(variable)
            variable.mark = self.mark
            if before is not None:
                before.output = None
                pending.append(before)

    def remove(self, constraint):
        plan = self.plan([constraint])
        variable = constraint.output
        constraint.output = variable.decided_by = None
        variable.strength = 0
        variable.constraints.remove(constraint)
        lost = set(variable.constraints)
        for other in plan[1:]:
            other.decide(other.output)
            lost.update(other.output.constraints)
        for other in sorted(lost, key=lambda c: -c.strength):
            if other.output is None:
                self.add(other)

    def plan(self, sources):
        """The constraints downstream of the sources, in order."""
        self.mark += 1
        plan, pending = [], list(sources)
        while pending:
            constraint = pending.pop()
            output = constraint.output
            if output is None or output.mark == self.mark:
                continue
            plan.append(constraint)
            output.mark = self.mark
            for other in output.constraints:
                if other is not constraint and other.output is not None:
                    pending.append(other)
        return plan


def chain(planner):
    variables = [Variable() for _ in range(CHAIN + 1)]
    planner.add(Stay(2, variables[0]))
    for a, b in zip(variables, variables[1:]):
        planner.add(Equal(8, a, b))
    planner.add(Stay(3, variables[-1]))
    total = 0
    edit = Edit(6, variables[0])
    planner.add(edit)
    plan = planner.plan([edit])
    for n in range(ROUNDS):
        variables[0].value = n * 7
        for constraint in plan:
            constraint.execute()
        total += variables[-1].value
    planner.remove(edit)
    variables[-1].value = 5
    back = planner.plan([variables[-1].decided_by])
    for constraint in back:
        constraint.execute()
    return total, len(plan), len(back), variables[0].value


def fan(planner):
    factor, total = 10, 0
    pairs = []
    for n in range(FAN):
        source, target = Variable(n), Variable()
        planner.add(Stay(2, source))
        planner.add(Scale(8, source, target, factor, 1000))
        pairs.append((source, target))
    for index, weak in ((0, 1), (1, 0)):
        for pair in pairs:
            edit = Edit(6, pair[index])
            planner.add(edit)
            plan = planner.plan([edit])
            for n in range(8):
                pair[index].value = n * 30 + 1000
                for constraint in plan:
                    constraint.execute()
            total += pair[weak].value
            planner.remove(edit)
    return total


def run():
    planner = Planner()
    sums = [chain(planner) for _ in range(90)]
    return sums[0], sums == sums[:1] * 90, fan(planner), fan(planner)
