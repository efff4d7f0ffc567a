# task_kernel - tasks of a kernel pass packets: methods and attributes.
#
# SPDX-License-Identifier: Apache-2.0
PACKETS, DEVICES, WORK = 100_000, 4, 6


class Packet:
    def __init__(self, kind, number):
        self.kind = kind
        self.number = number
        self.data = [0] * 4
        self.next = None


class Queue:
    def __init__(self):
        self.head = self.tail = None
        self.length = 0

    def put(self, packet):
        packet.next = None
        if self.tail is None:
            self.head = packet
        else:
            self.tail.next = packet
        self.tail = packet
        self.length += 1

    def take(self):
        packet = self.head
        self.head = packet.next
        if self.head is None:
            self.tail = None
        self.length -= 1
        return packet


class Task:
    def __init__(self, kernel, name, priority):
        self.kernel = kernel
        self.name = name
        self.priority = priority
        self.queue = Queue()
        self.held = False
        self.runs = 0

    def ready(self):
        return not self.held and self.queue.head is not None

    def run(self):
        self.runs += 1
        self.handle(self.queue.take())

    def handle(self, packet):
        raise NotImplementedError


class Source(Task):
    """Makes packets as long as there are any to make."""

    def __init__(self, kernel, name, priority, count):
        super().__init__(kernel, name, priority)
        self.left = count

    def ready(self):
        return self.left > 0 and self.kernel.under_way < 40

    def run(self):
        self.runs += 1
        self.left -= 1
        packet = Packet("work", self.left)
        self.kernel.under_way += 1
        self.kernel.send("worker", packet)


class Worker(Task):
    def __init__(self, kernel, name, priority):
        super().__init__(kernel, name, priority)
        self.letter = 0

    def handle(self, packet):
        data = packet.data
        for i in range(4):
            self.letter = self.letter % 26 + 1
            data[i] = self.letter * WORK % 31
        self.kernel.send(f"device{packet.number % DEVICES}", packet)


class Device(Task):
    def __init__(self, kernel, name, priority):
        super().__init__(kernel, name, priority)
        self.total = 0

    def handle(self, packet):
        self.total = (self.total * 3 + sum(packet.data)) % 1_000_003
        packet.kind = "done"
        self.kernel.send("sink", packet)
        self.held = self.queue.length > 3 and not self.held


class Sink(Task):
    def __init__(self, kernel, name, priority):
        super().__init__(kernel, name, priority)
        self.seen = 0

    def handle(self, packet):
        if packet.kind == "done":
            self.seen += packet.number
            self.kernel.under_way -= 1
            self.kernel.release(packet.number)


class Kernel:
    def __init__(self):
        self.tasks = []
        self.by_name = {}
        self.under_way = 0
        self.switches = 0

    def add(self, kind, name, priority, *more):
        task = kind(self, name, priority, *more)
        self.by_name[name] = task
        self.tasks.append(task)
        self.tasks.sort(key=lambda t: -t.priority)

    def send(self, name, packet):
        self.by_name[name].queue.put(packet)

    def release(self, number):
        for task in self.tasks:
            if task.held and task.priority > number % 3:
                task.held = False

    def run(self):
        while True:
            for task in self.tasks:
                if task.ready():
                    self.switches += 1
                    task.run()
                    break
            else:
                held = [task for task in self.tasks if task.held]
                if not held:
                    return
                for task in held:
                    task.held = False


def run():
    kernel = Kernel()
    kernel.add(Source, "source", 1, PACKETS)
    kernel.add(Worker, "worker", 5)
    for n in range(DEVICES):
        kernel.add(Device, f"device{n}", 6 + n)
    kernel.add(Sink, "sink", 3)
    kernel.run()
    totals = [t.total for t in kernel.tasks if isinstance(t, Device)]
    return kernel.switches, kernel.by_name["sink"].seen, *totals
